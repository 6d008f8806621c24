//! The state that a repository shows, from what its last run found. Pure; the engine only stores the answer.

use crate::cycle::{RunReport, RunStatus};
use serde::{Deserialize, Serialize};

/// The state of a repository, as every view shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepoState {
    /// Nothing to commit, nothing to push.
    Clean,
    /// Changes wait for the next run.
    Dirty,
    /// Changes wait until writing stops.
    Settling,
    /// A run is on.
    Running,
    /// Commits wait for the remote.
    Unpushed,
    /// A person must act before it goes on.
    Held,
    /// The last run failed.
    Failing,
    /// A person switched it off, or the settings leave it out.
    OptedOut,
    /// It cannot be read, or is gone.
    Unavailable,
    /// It brings programs that nobody has approved.
    NeedsTrust,
}

impl RepoState {
    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Dirty => "dirty",
            Self::Settling => "settling",
            Self::Running => "running",
            Self::Unpushed => "unpushed",
            Self::Held => "held",
            Self::Failing => "failing",
            Self::OptedOut => "opted_out",
            Self::Unavailable => "unavailable",
            Self::NeedsTrust => "needs_trust",
        }
    }

    /// The state after a run. Offline is `unpushed`, never `failing`.
    pub fn after(run: &RunReport) -> Self {
        let reason = run.reason_code.as_deref().unwrap_or_default();
        match run.status {
            RunStatus::Failed if matches!(reason, "unreadable" | "foreign_owner" | "gone") => {
                Self::Unavailable
            }
            RunStatus::Failed => Self::Failing,
            RunStatus::Held if reason == "needs_trust" => Self::NeedsTrust,
            RunStatus::Held => Self::Held,
            RunStatus::Skipped if reason == "settling" => Self::Settling,
            RunStatus::Skipped if matches!(reason, "disabled" | "stopping") => Self::Dirty,
            RunStatus::Skipped => Self::OptedOut,
            _ if run.held.iter().any(|f| !f.rule.transient()) => Self::Held,
            _ if run.held.iter().any(|f| f.rule.transient()) => Self::Settling,
            RunStatus::Committed | RunStatus::Unchanged if run.ahead > 0 => Self::Unpushed,
            RunStatus::Pushed | RunStatus::Committed | RunStatus::Unchanged => Self::Clean,
        }
    }
}
