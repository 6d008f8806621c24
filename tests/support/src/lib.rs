//! What tests need to run real programs against real git without touching anything of the person who runs them.
//!
//! [`Sandbox`] owns a whole world: a home folder, git configuration, repositories, remotes, settings and state folder of
//! Autocommit, and a clock for commits that advances by one second for each. [`fake_git`] stands in front of the real
//! git and does what a script says at chosen calls; [`fake_llama`] is a model's server with bad days; `keyring` is a session's bus
//! with a real keyring on it. [`hostile`] is what others may write to do harm. [`servers`] are remotes that answer, refuse or hang. Everything listens on loopback only, is
//! bounded, and ends when its value is dropped.
//!
//! What this crate must not do: ask the program under test how it is. Every oracle here looks from outside: git itself,
//! the bytes of files, the refs of a remote. It is made for Unix.
#![allow(
    clippy::disallowed_methods,
    reason = "tests play the person and the world around the program: they start programs of their own"
)]

mod config;
mod daemon;
pub mod fake_git;
pub mod fake_llama;
pub mod hostile;
mod http;
#[cfg(target_os = "linux")]
pub mod keyring;
mod output;
mod process;
mod programs;
mod sandbox;
pub mod servers;
pub mod session_bus;
mod snapshot;
#[cfg(target_os = "linux")]
mod terminal;
pub mod trace;

pub use config::Config;
pub use daemon::{Daemon, free_port};
pub use http::{Reply, request};
pub use output::Output;
pub use sandbox::Sandbox;
pub use snapshot::{Entry, Manifest};
