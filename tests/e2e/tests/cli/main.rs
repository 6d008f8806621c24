//! The command line: exit codes, JSON, switches, damage, odd names. Asked of git itself wherever git can tell.
#![allow(clippy::unwrap_used, reason = "a test")]

mod configuration;
mod damage;
mod exit_codes;
mod held;
mod json;
mod model;
mod names;
mod once;
mod per_repository;
mod switched_off;
mod unit;

/// The longest wait for anything that happens by itself.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(60);
