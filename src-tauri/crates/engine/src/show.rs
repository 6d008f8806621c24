//! What a commit of the history changed: read from the repository as it is now, which may have moved on.

use crate::{
    EngineError,
    shared::Shared,
    trust::{Gate, listed},
};
use autocommit_core::{id::Oid, patch::CommitDiff, repo::Repo};
use autocommit_git as git;
use std::{path::Path, sync::Arc};

/// A commit of the history, as far as it can be shown.
#[derive(Debug, Clone, Default)]
pub struct ShownCommit {
    /// The commit; nothing where the entry has none.
    pub commit: Option<Oid>,
    /// What it changed.
    pub diff: CommitDiff,
    /// Why that is not to be had.
    pub problem: Option<String>,
}

pub(crate) async fn show(shared: &Shared, id: i64) -> Result<ShownCommit, EngineError> {
    let entry =
        shared.store.history().get(id).await.map_err(|error| EngineError::State(error.to_string()))?;
    let entry = entry.ok_or(EngineError::UnknownEntry(id))?;
    let Some(commit) = entry.commit else {
        let problem = Some("Nothing was committed here, so there is nothing to show.".to_owned());
        return Ok(ShownCommit { problem, ..ShownCommit::default() });
    };
    // In a statement of its own: the registry's lock ends with it.
    let known = shared.registry().repo(&entry.repo_id);
    let repo = match known {
        Some(repo) => Some(repo),
        None => found_at(&entry.repo).await,
    };
    let shown = match repo {
        Some(repo) => changes(shared, &repo, &commit).await,
        None => Err(format!("The repository {} is not there any more.", entry.repo.display())),
    };
    let (diff, problem) = match shown {
        Ok(diff) => (diff, None),
        Err(problem) => (CommitDiff::default(), Some(problem)),
    };
    Ok(ShownCommit { commit: Some(commit), diff, problem })
}

/// A repository that is not looked after any more, at the place where it was.
pub(crate) async fn found_at(work_tree: &Path) -> Option<Arc<Repo>> {
    let place = work_tree.to_owned();
    let found =
        tokio::task::spawn_blocking(move || autocommit_watch::find_enclosing(&place)).await.ok()??;
    (found.work_tree == work_tree).then(|| Arc::new(found))
}

/// The changes, or a sentence that says why they are not to be had.
async fn changes(shared: &Shared, repo: &Repo, commit: &Oid) -> Result<CommitDiff, String> {
    // It is never closed.
    let _place = shared.shown.acquire().await;
    let failed = |error: git::GitError| format!("The commit could not be read: {error}.");
    let trusted = match shared.gate(repo, &shared.settings()).await.map_err(failed)? {
        Gate::Open { trusted, .. } => trusted,
        Gate::OptedOut => {
            return Err(
                "The repository brings programs that nobody approved, so git is not started in it. Run \
                        autocommit trust show PATH on it to see them."
                    .to_owned(),
            );
        }
        Gate::Asks(asks) => {
            return Err(format!(
                "The repository brings something that nobody approved, so git is not started in it. Run autocommit trust \
                 allow PATH on it if it may.\n{}",
                listed(&asks)
            ));
        }
    };
    match git::show(&shared.git, repo, &trusted, commit).await {
        Ok(Some(diff)) => Ok(diff),
        Ok(None) => {
            Err("The repository has no such commit any more: it was rewritten or removed after it was made."
                .to_owned())
        }
        Err(git::GitError::TimedOut { .. }) => Err("Git took too long to show this commit.".to_owned()),
        Err(error) => Err(failed(error)),
    }
}
