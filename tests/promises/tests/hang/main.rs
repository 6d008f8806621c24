//! The hang farm (P5): servers, hooks, filters and helpers that never end, answer nonsense or ask questions. Each is ended by
//! its deadline with everything below it, says truthfully why, leaves no lock, asks nobody, and delays nobody else.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "a test plays the person and the world around the program")]
#![allow(clippy::print_stdout, reason = "what cannot be tried on a machine is said aloud")]

mod crowd;
mod farm;
mod hooks;
mod refusals;
mod servers;
mod terminal;
mod workers;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Orphans of every test come to this one process: the tests take turns, so that each can tell its own.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    autocommit_promises::processes::adopt_orphans();
    turn
}
