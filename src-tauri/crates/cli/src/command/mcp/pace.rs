//! How often an agent may ask: one that asks in a circle is stopped, and the rest of the machine does not notice.

use crate::exit::Failure;
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

const WITHIN: Duration = Duration::from_secs(60);
/// Looks in a minute.
const LOOKS: usize = 120;
/// Actions in a minute.
const ACTS: usize = 20;

/// When it asked lately.
#[derive(Default)]
pub(super) struct Pace {
    looks: Mutex<VecDeque<Instant>>,
    acts: Mutex<VecDeque<Instant>>,
}

impl Pace {
    /// One more look, or an error.
    pub(super) fn look(&self) -> Result<(), Failure> {
        one_more(&self.looks, LOOKS, Instant::now())
    }

    /// One more action, or an error.
    pub(super) fn act(&self) -> Result<(), Failure> {
        one_more(&self.acts, ACTS, Instant::now())
    }
}

fn one_more(times: &Mutex<VecDeque<Instant>>, most: usize, now: Instant) -> Result<(), Failure> {
    let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
    while times.front().is_some_and(|first| now.duration_since(*first) >= WITHIN) {
        times.pop_front();
    }
    if times.len() >= most {
        return Err(Failure::attention(format!("This was asked {most} times within a minute."))
            .hint("Wait a minute, then ask again."));
    }
    times.push_back(now);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_in_a_minute() {
        let (times, now) = (Mutex::default(), Instant::now());
        assert!((0..3).all(|_| one_more(&times, 3, now).is_ok()));
        assert!(one_more(&times, 3, now + WITHIN - Duration::from_millis(1)).is_err());
        assert!(one_more(&times, 3, now + WITHIN).is_ok());
    }
}
