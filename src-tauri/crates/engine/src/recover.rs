//! Recovery at start: what a crash interrupted is compared with the repository, then finished or forgotten.

use crate::{limits, shared::Shared, stages::record};
use autocommit_core::{id::RepoId, repo::Repo};
use autocommit_git::{GitError, LockIdentity, RefState};
use autocommit_store::{Durability, Record, RunEnd, Unfinished};

/// Finishes or forgets every interrupted commit. One that cannot be settled now is left for the next start.
pub(crate) async fn recover(shared: &Shared) {
    let Some(recovery) = shared.kept("the journal", shared.journal.all_unfinished().await) else { return };
    for (repo, error) in recovery.unreadable {
        shared.warn(format!("the journal of repository {repo} could not be read: {error}"));
    }
    let now = crate::events::now();
    let fresh = recovery.unfinished.iter().any(|(_, u)| {
        u.intent.started_at.as_second() + i64::try_from(limits::FRESH_CRASH.as_secs()).unwrap_or(0)
            > now.as_second()
    });
    if fresh {
        // Killing us does not kill a git command that was in the middle of its write: it may be finishing right now.
        tokio::time::sleep(limits::ORPHAN_GRACE).await;
    }
    for (id, unfinished) in recovery.unfinished {
        attempt(shared, &id, &unfinished).await;
    }
}

/// Settles what a run of this very process left half done; nothing else works in the repository meanwhile.
pub(crate) async fn one(shared: &Shared, repo: &Repo) {
    let open = shared.kept("the journal", shared.journal.unfinished(&repo.id).await).unwrap_or_default();
    for unfinished in open {
        attempt(shared, &repo.id, &unfinished).await;
    }
}

async fn attempt(shared: &Shared, id: &RepoId, unfinished: &Unfinished) {
    if let Err(error) = settle(shared, id, unfinished).await {
        let path = unfinished.intent.repo_path.display();
        shared.warn(format!("An interrupted commit in {path} could not be settled yet: {error}."));
    }
}

async fn settle(shared: &Shared, id: &RepoId, unfinished: &Unfinished) -> Result<(), GitError> {
    let intent = &unfinished.intent;
    let repo = autocommit_watch::probe(&intent.repo_path).filter(|repo| repo.git_dir == intent.git_dir);
    let end = match &repo {
        None => RunEnd::Dropped { why: "the repository is gone".to_owned() },
        Some(repo) => judge(shared, id, repo, unfinished).await?,
    };
    tracing::info!(repo = %intent.repo_path.display(), ?end, "an interrupted commit was settled");
    let outcome = Record::Outcome { run_id: intent.run_id.clone(), end };
    let now = crate::events::now();
    shared.kept("the journal", shared.journal.append(id, &outcome, Durability::Sync, now).await);
    if let Some(repo) = repo {
        autocommit_git::discard_leftovers(&repo);
    }
    Ok(())
}

/// The branch moved only after the object was journalled: without that record nothing was committed.
async fn judge(
    shared: &Shared,
    id: &RepoId,
    repo: &Repo,
    unfinished: &Unfinished,
) -> Result<RunEnd, GitError> {
    let intent = &unfinished.intent;
    let Some(object) = &unfinished.object else {
        return Ok(RunEnd::Dropped { why: "interrupted before the commit was made".to_owned() });
    };
    let state = autocommit_git::ref_state(&shared.git, repo, &intent.branch, &object.commit).await?;
    if let Some(lock) = &object.lock {
        let lock = LockIdentity { path: lock.path.clone(), dev: lock.dev, ino: lock.ino };
        autocommit_git::settle_lock(repo, &lock, state)?;
    }
    if state == RefState::Without {
        return Ok(RunEnd::Dropped { why: "interrupted before the branch moved".to_owned() });
    }
    let entry = record::recovered(intent, id, &object.commit, crate::events::now());
    shared.kept("the history", shared.store.history().record(&entry).await);
    Ok(RunEnd::Committed { commit: object.commit.clone() })
}
