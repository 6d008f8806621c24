//! The crate as its users see it: real SQLite, real files in temporary folders.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod activity;
mod approvals;
mod damage;
mod history;
mod journal;
mod make;
mod push_and_cycle;
mod torn;
mod trust;
mod wanted;
