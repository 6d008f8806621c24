//! How much was committed when and where: what the pictures of the activity view are drawn from.

use crate::id::RepoId;
use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use std::path::PathBuf;

/// Repositories that are told, those with the most commits.
pub const REPOS_AT_MOST: usize = 12;

/// Which days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityQuery {
    /// How many days, today being the last.
    pub days: u32,
    /// The clocks that say when a day begins.
    pub zone: TimeZone,
    /// The present.
    pub now: Timestamp,
}

/// What was committed on some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Every day that was asked for, oldest first.
    pub days: Vec<Day>,
    /// The repositories with the most commits on these days, at most [`REPOS_AT_MOST`].
    pub repos: Vec<ActiveRepo>,
    /// Commits on these days by weekday, Monday first, and hour of the day.
    pub hours: [[usize; 24]; 7],
    /// Commits of the whole history.
    pub total_commits: usize,
    /// The day of the first commit of the whole history.
    pub first_day: Option<Date>,
}

/// One day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Commits made.
    pub commits: usize,
    /// Lines added by them.
    pub insertions: usize,
    /// Lines removed by them.
    pub deletions: usize,
    /// Commits that the remote was seen to have.
    pub pushed: usize,
    /// The time from the start of the run to the remote having it that half of them did not exceed, in milliseconds.
    pub p50_ms: Option<u64>,
    /// The same for 95 of 100.
    pub p95_ms: Option<u64>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveRepo {
    /// The repository.
    pub repo_id: RepoId,
    /// Its work tree at its newest commit.
    pub repo: PathBuf,
    /// Commits made.
    pub commits: usize,
    /// Lines added by them.
    pub insertions: usize,
    /// Lines removed by them.
    pub deletions: usize,
}

impl ActivityQuery {
    /// The days, oldest first: the date, when it begins and when the next one does. Where clocks change it is not 24 hours.
    pub fn dates(&self) -> Vec<(Date, Timestamp, Timestamp)> {
        let today = self.zone.to_datetime(self.now).date();
        let back = i64::from(self.days.max(1)) - 1;
        let first = today.checked_sub(jiff::Span::new().days(back)).unwrap_or(Date::MIN);
        let begins =
            |date: Date| date.to_zoned(self.zone.clone()).map_or(Timestamp::MIN, |zoned| zoned.timestamp());
        let dates = first.series(jiff::Span::new().days(1)).take_while(|date| *date <= today);
        dates.map(|date| (date, begins(date), date.tomorrow().map_or(Timestamp::MAX, begins))).collect()
    }

    /// The hour of the day at a time.
    pub fn hour(&self, at: Timestamp) -> usize {
        usize::try_from(self.zone.to_datetime(at).hour()).unwrap_or(0)
    }
}

/// The place of a weekday in [`Activity::hours`].
pub fn row(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

/// The smallest value that at least `percent` of 100 do not exceed (nearest rank); `sorted` goes up.
pub fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::Offset;

    #[test]
    fn nearest_ranks() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!((percentile(&[7], 50), percentile(&[7], 95)), (Some(7), Some(7)));
        let ten: Vec<u64> = (1..=10).collect();
        assert_eq!((percentile(&ten, 50), percentile(&ten, 95)), (Some(5), Some(10)));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!((percentile(&hundred, 50), percentile(&hundred, 95)), (Some(50), Some(95)));
    }

    #[test]
    fn days_begin_where_the_caller_is() {
        let now: Timestamp = "2026-03-01T23:30:00Z".parse().unwrap();
        for (minutes, today, start) in [
            (0, "2026-03-01", "2026-02-28T00:00:00Z"),
            (60, "2026-03-02", "2026-02-28T23:00:00Z"),
            (-300, "2026-03-01", "2026-02-28T05:00:00Z"),
        ] {
            let zone = TimeZone::fixed(Offset::from_seconds(minutes * 60).unwrap());
            let dates = ActivityQuery { days: 2, zone, now }.dates();
            assert_eq!((dates.len(), dates[1].0.to_string().as_str()), (2, today), "{minutes}");
            assert_eq!((dates[0].1.to_string().as_str(), dates[0].2), (start, dates[1].1), "{minutes}");
        }
        let dates = ActivityQuery { days: 0, zone: TimeZone::UTC, now }.dates();
        assert_eq!(dates.len(), 1, "today at least");
        assert_eq!((row(Weekday::Monday), row(Weekday::Sunday)), (0, 6));
    }
}
