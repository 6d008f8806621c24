//! Runs repositories: lanes, cycles, recovery and the numbered event log.
//!
//! [`Engine`] is the only handle that anyone else holds: window, tray, HTTP and command line call the same methods.
//! The engine knows no HTTP and no Tauri.

mod asked;
mod attempts;
mod cycle;
mod cycles;
mod doctor;
mod events;
mod folders;
mod habits;
mod handle;
mod hours;
mod key;
mod lanes;
mod limits;
mod maintenance;
mod managed;
mod model;
mod onlooker;
mod power;
mod preview;
mod recover;
mod registry;
mod resting;
mod reword;
mod run;
mod schedule;
mod shared;
mod show;
mod stages;
mod steer;
mod survey;
mod tally;
mod trust;
mod view;
mod wants;
mod watching;

pub use asked::Approvable;
pub use autocommit_git::{Found as FoundLock, Holder, Ignored, InUse, Unignored, Unlock, excerpt};
pub use autocommit_llama::{DEFAULT as DEFAULT_MODEL, Model, Presence, Told};
pub use autocommit_store::Given;
pub use autocommit_watch::Unwatched;
pub use doctor::{GitFacts, RemoteFact, git_facts, remote_facts};
pub use events::{Event, EventLog, EventRecord};
pub use handle::{Engine, EngineError, RunRequest};
pub use key::{KeyError, KeySource, KeyState, key_in, key_state, remove_key, set_key};
pub use managed::{Managed, ManagedError, ManagedModel, ManagedView, ModelServer, ServerState};
pub use model::{ModelTest, test_model};
pub use onlooker::{HeldNow, Onlooker, unlock};
pub use power::PowerStatus;
pub use show::ShownCommit;
pub use steer::{Requested, Steer, WrittenBy};
pub use survey::{FolderSuggestion, Survey, SurveyedFolder, SurveyedRepo};
pub use tally::Tally;
pub use trust::{TrustBook, TrustState, TrustView};
pub use view::{
    Cycle, HeldView, LlmStatus, MessagePreview, RepoTotals, RepoView, RulesPatch, ScannedRepo, Status,
    WorkState,
};
pub use watching::{WatchStatus, advised};
