//! Leaves a model alone that failed several times in a row, so that it costs each commit nothing.

use std::time::{Duration, Instant};

/// Failures in a row until the model rests.
const FAILURES: u32 = 3;
/// How long it rests; then one question tells whether it is back.
const REST: Duration = Duration::from_secs(300);
/// How long a server that loads its model is left alone.
const LOADING: Duration = Duration::from_secs(5);

/// What is remembered of a model's failures.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Breaker {
    failures: u32,
    until: Option<Instant>,
    loading: bool,
}

/// Whether the model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Ask.
    Open,
    /// It is loading, and asked again after a few seconds.
    Loading,
    /// It failed too often, and is asked again after this time.
    Resting(Duration),
}

impl Breaker {
    /// Whether to ask now.
    pub(crate) fn gate(&self, now: Instant) -> Gate {
        match self.until.map(|until| until.saturating_duration_since(now)) {
            None | Some(Duration::ZERO) => Gate::Open,
            Some(_) if self.loading => Gate::Loading,
            Some(left) => Gate::Resting(left),
        }
    }

    /// An answer came, usable or not: the machine is able.
    pub(crate) fn answered(&mut self) {
        *self = Self::default();
    }

    /// No answer came. After a rest, one failure is enough for the next.
    pub(crate) fn failed(&mut self, now: Instant) {
        self.failures += 1;
        self.loading = false;
        if self.failures >= FAILURES {
            self.until = Some(now + REST);
        }
    }

    /// The server said that it is loading its model: that is no failure.
    pub(crate) fn loads(&mut self, now: Instant) {
        (self.until, self.loading) = (Some(now + LOADING), true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_then_a_rest_then_one_question() {
        let (start, mut breaker) = (Instant::now(), Breaker::default());
        breaker.failed(start);
        breaker.failed(start);
        assert_eq!(breaker.gate(start), Gate::Open);
        breaker.answered();
        (0..3).for_each(|_| breaker.failed(start));
        assert_eq!(breaker.gate(start + Duration::from_secs(1)), Gate::Resting(Duration::from_secs(299)));
        let later = start + REST;
        assert_eq!(breaker.gate(later), Gate::Open);
        breaker.failed(later);
        assert_eq!(breaker.gate(later), Gate::Resting(REST));
        breaker.answered();
        assert_eq!(breaker.gate(later), Gate::Open);
    }

    #[test]
    fn loading_is_waited_for_seconds_only() {
        let (start, mut breaker) = (Instant::now(), Breaker::default());
        (0..9).for_each(|_| breaker.loads(start));
        assert_eq!(breaker.gate(start), Gate::Loading);
        assert_eq!(breaker.gate(start + LOADING), Gate::Open);
    }
}
