//! A labelled corpus: for each rule what it must find, in the many ways files write it, and what no rule may find.
//!
//! All values are made at run time from published formats and a seed, so that no line here is itself a token.
#![allow(clippy::unwrap_used, reason = "only tests use it")]

mod chance;
mod contexts;
mod formats;
mod generic;
mod negatives;
mod paths;
mod recall;
mod told;
mod trees;

/// The seed of everything random here; another one must pass as well.
fn seed() -> u64 {
    std::env::var("TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}
