//! The pure heart of Autocommit: what is known about a repository, and every decision made from it.
//!
//! Nothing in this crate reads a disk, a clock or the network, starts a program or is async: `now` is always a
//! parameter (invariant A1). Everything here can therefore be tested with plain tables.

pub mod activity;
pub mod approval;
pub mod backoff;
mod closed;
pub mod cycle;
pub mod draft;
pub mod gitconfig;
pub mod guards;
pub mod history;
pub mod id;
pub mod locks;
pub mod patch;
pub mod path;
pub mod phase;
pub mod plan;
pub mod power;
pub mod push;
pub mod reason;
pub mod repo;
pub mod reword;
pub mod settings;
pub mod settle;
pub mod snapshot;
pub mod text;
pub mod trust;
pub mod web;

pub use jiff::Timestamp;
