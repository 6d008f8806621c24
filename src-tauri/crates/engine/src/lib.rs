//! Runs repositories: lanes, cycles, recovery and the numbered event log.
//!
//! [`Engine`] is the only handle that anyone else holds: window, tray, HTTP and command line call the same methods.
//! The engine knows no HTTP and no Tauri.

mod events;
mod handle;
mod view;

pub use events::{Event, EventLog, EventRecord};
pub use handle::{Engine, EngineError, RunRequest};
pub use view::{
    Cycle, LlmStatus, MessagePreview, RepoTotals, RepoView, RulesPatch, ScannedRepo, Status, WorkState,
};
