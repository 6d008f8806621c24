//! The handle that everyone else holds.

use crate::{Cycle, EventLog, MessagePreview, RepoView, RulesPatch, ScannedRepo, Status};
use autocommit_core::{
    cycle::CycleTrigger,
    history::{HistoryEntry, HistoryQuery},
    id::{CycleId, RepoId},
    settings::Settings,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// Why the engine could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The id names no repository.
    #[error("there is no repository with the id {0}")]
    UnknownRepo(RepoId),
    /// The path is not inside a repository.
    #[error("{} is not a git repository", .0.display())]
    NotARepository(PathBuf),
    /// Autocommit is switched off.
    #[error("Autocommit is switched off")]
    Disabled,
    /// The repository has nothing to commit.
    #[error("there is nothing to commit in {0}")]
    NothingToCommit(String),
    /// The repository is held, skipped or could not be read; the sentence says why.
    #[error("{0}")]
    NotNow(String),
    /// What should have been remembered could not be.
    #[error("the state folder could not be used: {0}")]
    State(String),
}

/// What to run in a cycle.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// Why.
    pub trigger: CycleTrigger,
    /// Only these repositories; nothing: all enabled ones.
    pub repos: Option<Vec<RepoId>>,
    /// Write nothing.
    pub dry_run: bool,
    /// Push what is committed, commit nothing.
    pub push_only: bool,
    /// Wait until each repository rests.
    pub settle: bool,
}

/// The engine; clones share it.
#[derive(Clone)]
pub struct Engine {
    #[allow(dead_code)]
    inner: Arc<()>,
}

impl Engine {
    /// Opens the state folder (which the caller has locked), finishes or forgets what a crash interrupted, and is ready.
    pub async fn open(_state_dir: &Path, _settings: Settings) -> Result<Self, EngineError> {
        todo!()
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        todo!()
    }

    /// Puts other settings in force, from the next stage of every run on.
    pub fn reload(&self, _settings: Settings) {
        todo!()
    }

    /// Keeps a sentence about trouble that is not a repository's, shows it in the status and as an event.
    pub fn warn(&self, _message: String) {
        todo!()
    }

    /// The engine as a whole.
    pub fn status(&self) -> Status {
        todo!()
    }

    /// All repositories, by path.
    pub fn repos(&self) -> Vec<RepoView> {
        todo!()
    }

    /// One repository.
    pub fn repo(&self, _id: &RepoId) -> Option<RepoView> {
        todo!()
    }

    /// The repository at or around `path`, also outside the base paths; it is then known until the next scan.
    pub async fn repo_at(&self, _path: &Path) -> Result<RepoView, EngineError> {
        todo!()
    }

    /// Changes the person's rules for one repository; they survive a re-clone at the same path.
    pub async fn set_rules(&self, _id: &RepoId, _patch: RulesPatch) -> Result<RepoView, EngineError> {
        todo!()
    }

    /// Switches everything on or off; survives a restart. A running write finishes, nothing new starts.
    pub async fn set_enabled(&self, _enabled: bool) -> Result<Status, EngineError> {
        todo!()
    }

    /// Walks the base paths again and returns what is there, touching nothing.
    pub async fn scan(&self) -> Vec<ScannedRepo> {
        todo!()
    }

    /// Starts a cycle and returns at once; joins the one that is running.
    pub fn trigger(&self, _request: RunRequest) -> Result<CycleId, EngineError> {
        todo!()
    }

    /// Runs one cycle to its end.
    pub async fn run_cycle(&self, _request: RunRequest) -> Result<Cycle, EngineError> {
        todo!()
    }

    /// A cycle that is running, or one of the last that ended.
    pub fn cycle(&self, _id: &CycleId) -> Option<Cycle> {
        todo!()
    }

    /// Entries of the history, newest first, and the id to ask for older ones with.
    pub async fn history(
        &self,
        _query: HistoryQuery,
    ) -> Result<(Vec<HistoryEntry>, Option<i64>), EngineError> {
        todo!()
    }

    /// The message that would be used for the changes of one repository; commits nothing.
    pub async fn message(&self, _id: &RepoId) -> Result<MessagePreview, EngineError> {
        todo!()
    }

    /// What happened and what happens.
    pub fn events(&self) -> &EventLog {
        todo!()
    }

    /// Runs cycles until `stop` is cancelled: the headless daemon and the desktop app alike. Returns after the running
    /// writes have finished.
    pub async fn run(&self, _stop: CancellationToken) {
        todo!()
    }
}
