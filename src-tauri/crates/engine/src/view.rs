//! What the engine shows of itself: plain values, made fresh for each question.

use autocommit_core::{
    Timestamp,
    cycle::{CycleSummary, RunReport},
    draft::Draft,
    guards::Finding,
    id::{CycleId, RepoId},
    phase::RepoState,
    repo::{Package, Repo},
};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// What the engine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkState {
    /// The first look at the base paths is not finished.
    Starting,
    /// Waiting for the next cycle.
    Idle,
    /// A cycle is on.
    Running,
    /// Switched off: nothing is written to any repository.
    Disabled,
}

/// The engine as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// Whether it may write.
    pub enabled: bool,
    /// What it is doing.
    pub state: WorkState,
    /// Time since it started.
    pub uptime: Duration,
    /// Time between cycles.
    pub cycle_interval: Duration,
    /// Until when it is paused, where it is; it is not enabled meanwhile.
    pub paused_until: Option<Timestamp>,
    /// When the next cycle starts, where one is planned.
    pub next_cycle_at: Option<Timestamp>,
    /// Counts of repositories.
    pub repos: RepoTotals,
    /// Commits in each of the last 24 hours, the oldest hour first.
    pub commits_by_hour: [usize; 24],
    /// A host that is pushed to cannot be reached.
    pub offline: bool,
    /// The language model.
    pub llm: LlmStatus,
    /// The watching of files.
    pub watch: crate::WatchStatus,
    /// The supply of power and the connection, and what follows from them.
    pub power: crate::PowerStatus,
    /// The cycle that is on.
    pub current_cycle: Option<CycleSummary>,
    /// The last cycle that ended.
    pub last_cycle: Option<CycleSummary>,
    /// Trouble that is not a repository's: a damaged history, settings that could not be read again.
    pub warnings: Vec<String>,
}

/// Counts of repositories by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RepoTotals {
    /// All that discovery found.
    pub total: usize,
    /// Not opted out.
    pub enabled: usize,
    /// With changes that are not committed.
    pub dirty: usize,
    /// With something held.
    pub held: usize,
    /// Whose own programs nobody has approved.
    pub needs_trust: usize,
    /// Whose last run failed, or that cannot be read.
    pub failing: usize,
    /// With commits that wait for the remote.
    pub unpushed: usize,
    /// Packages in all of them.
    pub packages: usize,
}

/// The language model's part of the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlmStatus {
    /// `off` where rules write every message.
    pub state: &'static str,
    /// How it is with the model, in one sentence.
    pub message: String,
    /// Time that a message takes, as far as is known.
    pub per_message: Option<Duration>,
    /// The configured model.
    pub model: String,
    /// The configured server.
    pub base_url: String,
}

/// One repository as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoView {
    /// What discovery found.
    pub repo: Repo,
    /// Its packages.
    pub packages: Vec<Package>,
    /// The branch at the last look.
    pub branch: Option<String>,
    /// The remote it pushes to.
    pub remote: Option<String>,
    /// Its address, without credentials.
    pub remote_url: Option<String>,
    /// Not opted out.
    pub enabled: bool,
    /// Its commits are pushed.
    pub push: bool,
    /// Its state.
    pub state: RepoState,
    /// Why, as a stable name.
    pub reason_code: Option<String>,
    /// Why, in one sentence.
    pub reason: Option<String>,
    /// Since when this process has seen it in this state for this reason.
    pub since: Option<Timestamp>,
    /// What a person can do.
    pub hint: Option<String>,
    /// Commits that wait for the remote.
    pub ahead: usize,
    /// Paths that differ from HEAD.
    pub dirty_files: usize,
    /// Time of the last commit made here by us.
    pub last_commit_at: Option<Timestamp>,
    /// Time of the last push that arrived.
    pub last_push_at: Option<Timestamp>,
    /// What the last failure said.
    pub last_error: Option<String>,
}

/// What one repository keeps back, as its last run found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldView {
    /// The repository.
    pub repo: Repo,
    /// Why all of it waits and what to do, where it does.
    pub reason: Option<(String, String)>,
    /// What is held of its files, by path; of very many only the first.
    pub findings: Vec<Finding>,
    /// How many are held.
    pub count: usize,
}

/// Changes to the person's rules for one repository; what is not given stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RulesPatch {
    /// Opt in or out.
    pub enabled: Option<bool>,
    /// Push, or commit only.
    pub push: Option<bool>,
}

/// A cycle with its runs; the runs are there once it has finished, in the order of their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// Counts and times.
    pub summary: CycleSummary,
    /// One entry for each repository; for one that rests, that of the run that found it so.
    pub runs: Arc<[Arc<RunReport>]>,
}

impl Cycle {
    /// The cycle's name.
    pub fn id(&self) -> &CycleId {
        &self.summary.id
    }
}

/// A repository as discovery found it, untouched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedRepo {
    /// The repository.
    pub repo: Repo,
    /// Its packages.
    pub packages: Vec<Package>,
    /// Whether a person opted it out (by path, in the state folder).
    pub enabled: bool,
}

/// The message that would be used for a repository's changes right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePreview {
    /// The repository.
    pub repo_id: RepoId,
    /// Its work tree.
    pub path: PathBuf,
    /// The message.
    pub draft: Draft,
    /// The one that rules would write.
    pub rules: Draft,
    /// Time it took to write.
    pub elapsed: Duration,
}
