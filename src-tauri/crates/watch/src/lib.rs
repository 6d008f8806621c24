//! Everything that finds repositories and work in them: discovery and packages, whether anything
//! changed since git said clean, and events.
//!
//! Nothing here starts git or opens a file for writing. What is found is a hint to look, never data: no path list made
//! here decides what is committed (invariant A5).

mod discover;
mod exclude;
mod expand;
mod listing;
mod packages;
mod probe;
mod read;
mod still;
mod watcher;

pub use discover::{Discovery, Found, Limits, Problem, discover, discover_until};
pub use expand::expand;
pub use probe::{find_enclosing, probe};
pub use still::{Capture, Decided, Doubt, Outside, Still};
pub use watcher::{Need, Suspects, Unwatched, Watcher, folder_limit, more_folders, more_watchers};
