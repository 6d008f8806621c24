//! The daemon's clock: a cycle, then the interval, again and again; and what can cut the wait short or make it longer.

use crate::{cycle, handle::RunRequest, limits, power, shared::Shared};
use autocommit_core::cycle::CycleTrigger;
use std::{sync::Arc, time::Instant};

/// Runs cycles until the program is told to end.
pub(crate) async fn run(shared: &Arc<Shared>) {
    loop {
        if shared.stop.is_cancelled() {
            return;
        }
        shared.end_pause_in_time().await;
        if shared.enabled() {
            shared.set_next_cycle_at(None);
            let running = cycle::start(shared, RunRequest::of(CycleTrigger::Interval));
            tokio::select! {
                () = running.finished_or_stalled() => {}
                () = shared.stop.cancelled() => return,
            }
        } else {
            // Looking is allowed: people see what waits, and nothing is written.
            let look = RunRequest { look: true, quiet: true, ..RunRequest::of(CycleTrigger::Interval) };
            cycle::start(shared, look).finished_or_stalled().await;
        }
        until_the_next(shared).await;
    }
}

/// Waits until the next cycle is due. How long that is may change meanwhile, and spared pushes may be due before.
async fn until_the_next(shared: &Arc<Shared>) {
    let since = Instant::now();
    loop {
        let pace = shared.pace().pace;
        let due = pace.looks.map(|looks| since + looks);
        shared.set_next_cycle_at(
            due.and_then(|due| cycle::next_at(due.saturating_duration_since(Instant::now()))),
        );
        // While nothing may be written, the next cycle looks.
        let pushes = shared.power.due(&pace).filter(|_| shared.enabled());
        // A machine that is plugged in for a few minutes gets done what waits.
        let look = pace.message.is_some().then(|| Instant::now() + limits::SUPPLY_READ_EVERY);
        tokio::select! {
            () = at(due) => return,
            () = at(pushes) => power::push_spared(shared),
            () = at(look) => {}
            () = shared.power.changed.notified() => {}
            () = shared.nudge.notified() => return,
            () = end_of_pause(shared) => return,
            () = shared.stop.cancelled() => return,
        }
    }
}

/// Waits for a moment, if there is one.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

/// Waits until a pause is over, by the clock on the wall: a machine that slept has slept through it.
async fn end_of_pause(shared: &Shared) {
    while let Some(left) = shared.pause_left() {
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(limits::LOOK_AT_CLOCK)).await;
    }
    std::future::pending().await
}
