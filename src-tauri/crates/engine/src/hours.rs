//! When commits were made in the last day, hour by hour.

use autocommit_core::Timestamp;
use std::{collections::VecDeque, time::Duration};

/// Hours that are told.
pub(crate) const HOURS: usize = 24;
const HOUR_MS: i64 = 3_600_000;
/// Commits that are remembered one by one; of more only the newest.
const REMEMBERED: usize = 50_000;

/// The commits of the last day.
#[derive(Debug, Default)]
pub(crate) struct LastDay(VecDeque<Timestamp>);

impl LastDay {
    /// The first moment that counts, seen from `now`.
    pub(crate) fn begin(now: Timestamp) -> Timestamp {
        now.checked_sub(Duration::from_secs(24 * 3600)).unwrap_or(Timestamp::MIN)
    }

    /// Adds a commit; what is older than a day is forgotten.
    pub(crate) fn add(&mut self, at: Timestamp) {
        let begin = Self::begin(at);
        self.0.retain(|known| *known >= begin);
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(at);
    }

    /// Commits in each of the last 24 hours, the oldest hour first; the last ends `now`.
    pub(crate) fn by_hour(&self, now: Timestamp) -> [usize; HOURS] {
        let mut hours = [0; HOURS];
        for at in &self.0 {
            let ago = (now.as_millisecond() - at.as_millisecond()).max(0) / HOUR_MS;
            let place = usize::try_from(ago).ok().and_then(|ago| (HOURS - 1).checked_sub(ago));
            if let Some(hour) = place.and_then(|place| hours.get_mut(place)) {
                *hour += 1;
            }
        }
        hours
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_count_back_from_now() {
        let at = |seconds: i64| Timestamp::from_second(1_750_000_000 + seconds).unwrap();
        let mut day = LastDay::default();
        for seconds in [-90_000, -86_399, -3_601, -3_599, -1] {
            day.add(at(seconds));
        }
        let mut expected = [0; HOURS];
        (expected[0], expected[22], expected[23]) = (1, 1, 2);
        assert_eq!(day.by_hour(at(0)), expected);
        assert_eq!(day.by_hour(at(-10))[23], 3, "a clock that was set back");
        day.add(at(86_400));
        assert_eq!(day.0.len(), 1, "what is older than a day is forgotten");
    }
}
