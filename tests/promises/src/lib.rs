//! What the test programmes behind `PROMISES.md` share: how much is tried, and the tally of what was tried.
//!
//! Each programme is one test program below `tests/`. Under `cargo test` it runs a bounded sample; `cargo xtask torture`
//! runs the same programmes for as long as asked, by the variables that [`Scale`] reads.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "only tests use it")]

mod pending;
pub mod processes;
mod scale;
mod tally;

pub use pending::Pending;
pub use scale::Scale;
pub use tally::Tally;
