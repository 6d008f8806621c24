//! Settle: has writing stopped? Pure, from the times of the changed files.

use std::time::Duration;

/// Whether a repository may be committed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settle {
    /// It rests, or has been kept waiting long enough.
    Ready,
    /// Look again after this long.
    Wait(Duration),
}

/// Decides from the age of the newest change and from how long the repository has been seen dirty.
///
/// Ready once nothing changed for `quiet`, or once it has been dirty for `max_wait`. A change dated in the future (a
/// skewed clock, a restored file) counts as changed just now, so that only `max_wait` ends it.
pub fn settle(
    newest_change_age: Option<Duration>,
    dirty_for: Duration,
    quiet: Duration,
    max_wait: Duration,
) -> Settle {
    let age = newest_change_age.unwrap_or_default();
    if age >= quiet || dirty_for >= max_wait {
        return Settle::Ready;
    }
    Settle::Wait((quiet - age).min(max_wait - dirty_for))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let s = Duration::from_secs;
        for (age, dirty, expected) in [
            (Some(s(3)), s(0), Settle::Ready),
            (Some(s(1)), s(1), Settle::Wait(s(2))),
            (Some(s(0)), s(58), Settle::Wait(s(2))),
            (Some(s(0)), s(59), Settle::Wait(s(1))),
            (Some(s(0)), s(60), Settle::Ready),
            (None, s(0), Settle::Wait(s(3))),
        ] {
            assert_eq!(settle(age, dirty, s(3), s(60)), expected, "age {age:?}, dirty for {dirty:?}");
        }
        assert_eq!(settle(Some(s(0)), s(0), s(0), s(60)), Settle::Ready, "no stillness asked for");
    }
}
