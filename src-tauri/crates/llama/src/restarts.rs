//! How often a server that ends by itself is started again.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Restarts within [`SPAN`].
const AT_MOST: usize = 3;
/// After this long a failure is forgotten.
const SPAN: Duration = Duration::from_secs(600);
/// The pause before each restart.
const PAUSES: [Duration; AT_MOST] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(30)];

/// The failures that are remembered.
#[derive(Debug, Default)]
pub(crate) struct Restarts {
    failures: VecDeque<Instant>,
}

impl Restarts {
    /// Notes a failure; the pause before the next start, or `None` where it is left alone for now.
    pub(crate) fn failed(&mut self, now: Instant) -> Option<Duration> {
        self.forget(now);
        self.failures.push_back(now);
        PAUSES.get(self.failures.len() - 1).copied()
    }

    /// Whether a start is allowed; else the time until it is.
    pub(crate) fn wait(&mut self, now: Instant) -> Option<Duration> {
        self.forget(now);
        let oldest = self.failures.front().filter(|_| self.failures.len() > AT_MOST)?;
        Some(SPAN.saturating_sub(now.duration_since(*oldest)))
    }

    fn forget(&mut self, now: Instant) {
        while self.failures.front().is_some_and(|failure| now.duration_since(*failure) >= SPAN) {
            self.failures.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_times_in_ten_minutes() {
        let mut restarts = Restarts::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(restarts.failed(at(0)), Some(PAUSES[0]));
        assert_eq!(restarts.failed(at(10)), Some(PAUSES[1]));
        assert_eq!(restarts.wait(at(10)), None);
        assert_eq!(restarts.failed(at(20)), Some(PAUSES[2]));
        assert_eq!(restarts.failed(at(60)), None);
        assert_eq!(restarts.wait(at(100)), Some(Duration::from_secs(500)));
        assert_eq!(restarts.wait(at(600)), None, "the first is forgotten");
        assert_eq!(restarts.failed(at(601)), None, "and there is a new one");
        assert_eq!(restarts.wait(at(1300)), None);
        assert_eq!(restarts.failed(at(1300)), Some(PAUSES[0]));
    }
}
