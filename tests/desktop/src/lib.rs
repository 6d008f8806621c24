//! What the tests of the desktop app share: a session of its own for each test, with a display, a bus, and doubles of
//! the two programs of a desktop that the app talks to.
//!
//! [`Session`] is the world; [`Watcher`] is the tray's host and [`Item`] what it sees of the app; [`Notifications`] is the
//! program that shows bubbles; [`Window`] is the window, driven as WebDriver; [`memory`] says what a program costs. Nothing
//! here asks the app how it is, except where a person could: at its menu, its bubbles and its window.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "only tests use it")]

mod app;
mod bus;
mod item;
mod memory;
mod notifications;
mod program;
mod screen;
mod session;
mod watcher;
mod window;

pub use app::App;
pub use item::{Entry, Icon, Item};
pub use memory::{Memory, memory, processor_seconds};
pub use notifications::{Bubble, Notifications};
pub use program::Program;
pub use screen::{Picture, screenshots};
pub use session::{Session, processes_with};
pub use watcher::Watcher;
pub use window::Window;

use std::{
    thread,
    time::{Duration, Instant},
};

/// Longest wait for something that ought to happen at once.
pub const SOON: Duration = Duration::from_secs(20);

/// Looks again and again until `found` has an answer, at most `limit`; panics with what was waited for and what was
/// seen last.
#[track_caller]
pub fn eventually<T>(what: &str, limit: Duration, mut found: impl FnMut() -> Result<T, String>) -> T {
    let started = Instant::now();
    loop {
        match found() {
            Ok(value) => return value,
            Err(seen) if started.elapsed() > limit => {
                panic!("not within {limit:?}: {what}\nseen last: {seen}")
            }
            Err(_) => thread::sleep(Duration::from_millis(30)),
        }
    }
}
