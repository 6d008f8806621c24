//! How long to leave something alone that did not work.

use std::time::Duration;

/// Shortest wait.
const FIRST: Duration = Duration::from_secs(15);
/// Longest wait.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The wait after `failures` failures in a row (from 1): doubled each time, at most 15 minutes, and spread by `jitter`
/// (0 to 1) over the upper half so that many repositories do not come back at the same moment ("equal jitter", AWS
/// Architecture Blog, 2015).
pub fn backoff(failures: u32, jitter: f64) -> Duration {
    let doubled = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16));
    let full = doubled.min(LONGEST);
    full / 2 + (full / 2).mul_f64(jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_stays_bounded() {
        assert_eq!(backoff(1, 1.0), FIRST);
        assert_eq!(backoff(1, 0.0), FIRST / 2);
        assert_eq!(backoff(3, 1.0), Duration::from_secs(60));
        assert_eq!(backoff(40, 1.0), LONGEST);
        assert_eq!(backoff(u32::MAX, 0.0), LONGEST / 2);
    }
}
