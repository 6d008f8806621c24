//! What is remembered of runs: the history a person can search.

use crate::{
    cycle::RunStatus,
    draft::MessageSource,
    id::{CycleId, Oid, RepoId, RunId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The named stages of a run; the vocabulary of code, log and history alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Waiting until writing stops.
    Settle,
    /// Reading.
    Inspect,
    /// Deciding.
    Plan,
    /// Writing the message.
    Draft,
    /// Writing the commit.
    Commit,
    /// Sending it to the remote.
    Push,
}

impl Stage {
    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Settle => "settle",
            Self::Inspect => "inspect",
            Self::Plan => "plan",
            Self::Draft => "draft",
            Self::Commit => "commit",
            Self::Push => "push",
        }
    }
}

/// One entry of the history: a commit with what became of it, or a failure, or something held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Number of the entry, growing; 0 before it is stored.
    pub id: i64,
    /// The run that made it.
    pub run_id: RunId,
    /// The cycle it belongs to.
    pub cycle_id: CycleId,
    /// The repository.
    pub repo_id: RepoId,
    /// Its work tree.
    pub repo: PathBuf,
    /// The branch.
    pub branch: Option<String>,
    /// The commit.
    pub commit: Option<Oid>,
    /// First line of the message.
    pub subject: Option<String>,
    /// Rest of the message.
    pub body: Option<String>,
    /// Who wrote the message.
    pub message_source: Option<MessageSource>,
    /// Why this source wrote it, in sentences.
    pub message_reason: Option<String>,
    /// Milliseconds it took to write.
    pub message_ms: Option<u64>,
    /// The name that whoever asked for this commit gave to asking, so that to ask again makes no second one.
    #[serde(default)]
    pub request_id: Option<String>,
    /// Files in the commit.
    pub files_changed: usize,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
    /// When the run started.
    pub started_at: Timestamp,
    /// When the commit was made.
    pub committed_at: Option<Timestamp>,
    /// When the remote was seen to have it.
    pub pushed_at: Option<Timestamp>,
    /// `pushed`, `committed`, `failed` or `held`.
    pub status: RunStatus,
    /// The stage it ended in.
    pub stage: Stage,
    /// What went wrong: one sentence, then what git said.
    pub error: Option<String>,
    /// The next step.
    pub hint: Option<String>,
}

/// Which entries of the history to return, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only this repository.
    pub repo: Option<RepoId>,
    /// Only this status.
    pub status: Option<RunStatus>,
    /// Only entries whose message was written by this source.
    pub source: Option<MessageSource>,
    /// Only entries started at or after this.
    pub since: Option<Timestamp>,
    /// Only entries started before this.
    pub until: Option<Timestamp>,
    /// Only entries whose subject, body, path, branch or error contain this text, whatever its case.
    pub q: Option<String>,
    /// Only what came of the request with this name.
    pub request_id: Option<String>,
    /// At most this many; the store clamps it to 1..=500.
    pub limit: usize,
    /// Only entries older than the one with this id.
    pub before: Option<i64>,
}
