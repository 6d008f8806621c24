//! How much a programme tries: a bounded sample under `cargo test`, as long as asked under `cargo xtask torture`.

use std::time::{Duration, Instant};

/// The size of one programme's work.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    until: Option<Instant>,
    seed: u64,
}

impl Scale {
    /// Reads `TEST_TORTURE_SECONDS` (unset: the sample) and `TEST_SEED` (unset: one that is always the same, so that a
    /// red test stays red).
    pub fn from_environment() -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let until = number("TEST_TORTURE_SECONDS").map(|s| Instant::now() + Duration::from_secs(s));
        Self { until, seed: number("TEST_SEED").unwrap_or(1) }
    }

    /// Whether this is the unbounded programme.
    pub fn torture(&self) -> bool {
        self.until.is_some()
    }

    /// Whether to go on after `done` cases: `sample` of them under `cargo test`, until the time is over otherwise.
    pub fn more(&self, done: usize, sample: usize) -> bool {
        match self.until {
            Some(until) => Instant::now() < until,
            None => done < sample,
        }
    }

    /// The seed that random choices start from; printed with every failure.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}
