//! Sleep of the machine, by the kernel: a timer that never comes is cancelled when the clock on the wall is set, and the
//! kernel sets it whenever the machine wakes (timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`).

use crate::Tiding;
use rustix::{
    io::{Errno, read},
    time::{
        ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime,
        timerfd_create, timerfd_settime,
    },
};
use std::{io, time::Duration};

/// Seconds of the clock on the wall at which the timer would come: in the year 6429.
const NEVER: i64 = 1 << 47;
/// A clock that was only set shows no more than what passes between reading two clocks.
const SLEPT: Duration = Duration::from_secs(1);

/// # Errors
/// Where the kernel does not tell.
pub(super) async fn listen(tell: &(impl Fn(Tiding) + Sync)) -> io::Result<()> {
    let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
    let timer = super::readable(timer)?;
    let mut asleep = time_asleep();
    loop {
        let never = Itimerspec {
            it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: Timespec { tv_sec: NEVER, tv_nsec: 0 },
        };
        timerfd_settime(&timer, TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET, &never)?;
        // What came between the last look and the timer's start is told by the clocks.
        if woke(&mut asleep, time_asleep()) {
            tell(Tiding::Woke);
        }
        let mut ready = timer.readable().await?;
        match read(&timer, &mut [0; 8]) {
            Err(Errno::CANCELED) | Ok(_) => {}
            Err(Errno::AGAIN | Errno::INTR) => ready.clear_ready(),
            Err(error) => return Err(error.into()),
        }
    }
}

/// How long the machine has slept since its start: one clock counts that and the other does not.
fn time_asleep() -> Duration {
    let since = |clock| {
        let time = clock_gettime(clock);
        Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
    };
    let awake = since(ClockId::Monotonic);
    since(ClockId::Boottime).saturating_sub(awake)
}

/// Whether the machine slept between two looks.
fn woke(before: &mut Duration, now: Duration) -> bool {
    now.saturating_sub(std::mem::replace(before, now)) >= SLEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_no_sleep() {
        let mut before = Duration::from_secs(40);
        assert!(!woke(&mut before, Duration::from_micros(40_000_009)));
        assert!(woke(&mut before, Duration::from_secs(43)));
        assert!(!woke(&mut before, Duration::from_secs(43)), "it is told once");
        let mut asleep = time_asleep();
        assert!(!woke(&mut asleep, time_asleep()), "the machine does not sleep during this test");
    }

    #[tokio::test]
    async fn the_kernel_takes_the_timer_and_it_does_not_come() {
        let told = |_| panic!("the machine did not sleep");
        let listening = tokio::time::timeout(Duration::from_millis(50), listen(&told)).await;
        assert!(listening.is_err(), "it listens: {listening:?}");
    }
}
