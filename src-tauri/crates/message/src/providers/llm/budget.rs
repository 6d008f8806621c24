//! How much time a cycle may spend on the model, all its repositories together.

use std::time::Duration;

/// The time of a cycle that is left. The model is asked one question at a time, so what is spent is what the cycle
/// takes longer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Budget {
    /// Nothing: as much as each message may take.
    left: Option<Duration>,
}

impl Budget {
    /// A cycle's.
    pub(crate) fn of(total: Duration) -> Self {
        Self { left: Some(total) }
    }

    /// The time for one message that may take `within`.
    pub(crate) fn room(&self, within: Duration) -> Duration {
        self.left.map_or(within, |left| left.min(within))
    }

    /// All that is left; where there is no end, `within`.
    pub(crate) fn whole(&self, within: Duration) -> Duration {
        self.left.unwrap_or(within)
    }

    /// Takes what was used.
    pub(crate) fn spend(&mut self, used: Duration) {
        self.left = self.left.map(|left| left.saturating_sub(used));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_ends_and_without_one_there_is_no_end() {
        let seconds = Duration::from_secs;
        let mut budget = Budget::of(seconds(45));
        assert_eq!((budget.room(seconds(20)), budget.whole(seconds(20))), (seconds(20), seconds(45)));
        budget.spend(seconds(40));
        assert_eq!(budget.room(seconds(20)), seconds(5));
        budget.spend(seconds(40));
        assert_eq!(budget.room(seconds(20)), Duration::ZERO);
        let mut none = Budget::default();
        none.spend(seconds(1000));
        assert_eq!(none.room(seconds(20)), seconds(20));
    }
}
