//! What every git command of ours is given: its environment and its first words, as a recording double sees them.
#![allow(clippy::unwrap_used, reason = "a test")]

mod calls;
mod counted;
mod signing;
