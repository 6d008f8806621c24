//! The stages of a run that take time or write: commit, push, and keeping the record of both.

pub(crate) mod approved;
mod clear;
pub(crate) mod commit;
mod contents;
pub(crate) mod draft;
mod hooks;
pub(crate) mod locks;
pub(crate) mod push;
pub(crate) mod record;
pub(crate) mod refusal;
pub(crate) mod scratch;
pub(crate) mod unpushed;

use crate::run::Run;
use autocommit_core::{
    cycle::{RunReport, RunStatus},
    path::RepoPath,
    reason::Reason,
    snapshot::FileState,
};
use std::time::Duration;

/// How a stage left the run.
pub(crate) enum Progress {
    /// The report says it all.
    Done,
    /// Done for now; look again after this long.
    Again(Duration),
    /// Something moved meanwhile; nothing was written. Look afresh.
    Moved,
}

/// What the disk says of paths, read off the async threads.
pub(crate) async fn file_states(run: &Run, paths: Vec<RepoPath>) -> Vec<FileState> {
    let repo = run.repo.clone();
    tokio::task::spawn_blocking(move || autocommit_git::states(&repo, &paths)).await.unwrap_or_default()
}

/// The report where nothing is committed: what is held, and the note.
pub(crate) fn nothing(report: &mut RunReport, note: Option<&Reason>) {
    report.status = RunStatus::Unchanged;
    let lasting = lasting(report);
    if lasting > 0 {
        report.status = RunStatus::Held;
        report.because(&Reason::AllHeld(lasting));
    }
    without_push(report, note);
}

/// Files that stay held until a person acts.
fn lasting(report: &RunReport) -> usize {
    report.held.iter().filter(|f| !f.rule.transient()).count()
}

/// The report where nothing is pushed: a remote that is not configured is a failure, the rest are states.
pub(crate) fn without_push(report: &mut RunReport, note: Option<&Reason>) {
    match note {
        Some(reason @ Reason::RemoteNotConfigured(_)) => {
            report.status = RunStatus::Failed;
            report.because(reason);
        }
        // Where files are held, that is what a person should read.
        Some(reason) if report.reason.is_none() && lasting(report) == 0 => report.because(reason),
        _ => {}
    }
}
