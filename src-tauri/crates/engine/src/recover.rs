//! Recovery at start: what a crash interrupted is compared with the repository, then finished or forgotten.

use crate::{limits, shared::Shared, stages::record, trust::Gate};
use autocommit_core::{id::RepoId, repo::Repo};
use autocommit_git::{Claim, GitError, LockIdentity, RefState, Settled};
use autocommit_store::{Durability, Intent, LockFile, OpenPush, Record, RunEnd, Unfinished};
use std::{sync::Arc, time::SystemTime};
use tracing::Instrument as _;

/// Finishes or forgets everything that was interrupted. What cannot be settled now is tried again before the next cycle.
pub(crate) async fn recover(shared: &Shared) {
    let Some(recovery) = shared.kept("the journal", shared.journal.all_open().await) else { return };
    for (repo, error) in recovery.unreadable {
        shared.warn(format!("the journal of repository {repo} could not be read: {error}"));
    }
    let began = recovery.unfinished.iter().map(|(_, u)| u.intent.started_at);
    let latest = began.chain(recovery.pushes.iter().map(|(_, p)| p.at)).max();
    let fresh = limits::FRESH_CRASH.as_secs().try_into().unwrap_or(0);
    if latest.is_some_and(|at| at.as_second() + fresh > crate::events::now().as_second()) {
        // Killing us does not kill a git command that was in the middle of its write: it may be finishing right now.
        tokio::time::sleep(limits::ORPHAN_GRACE).await;
    }
    for (id, unfinished) in recovery.unfinished {
        let span = span(&unfinished.intent);
        commit(shared, &id, &unfinished).instrument(span).await;
    }
    for (id, open) in recovery.pushes {
        push(shared, &id, &open).await;
    }
}

/// Settles what a run of this very process left half done; nothing else works in the repository meanwhile.
pub(crate) async fn one(shared: &Shared, repo: &Repo) {
    let open = shared.kept("the journal", shared.journal.open_in(&repo.id).await).unwrap_or_default();
    for unfinished in open.commits {
        let span = span(&unfinished.intent);
        commit(shared, &repo.id, &unfinished).instrument(span).await;
    }
    for open in open.pushes {
        push(shared, &repo.id, &open).await;
    }
}

/// What the lines of the log about an interrupted commit belong to.
fn span(intent: &Intent) -> tracing::Span {
    let repo = intent.repo_path.to_string_lossy();
    tracing::error_span!(target: "autocommit_run", "recovery", ?repo, id = %intent.run_id)
}

async fn commit(shared: &Shared, id: &RepoId, unfinished: &Unfinished) {
    let intent = &unfinished.intent;
    let repo = autocommit_watch::probe(&intent.repo_path).filter(|repo| repo.git_dir == intent.git_dir);
    let judged = match &repo {
        // Its disk may not be there yet.
        None if unfinished.object.is_some() && !intent.git_dir.exists() => {
            return shared.left_away(intent.repo_path.clone());
        }
        None => Ok(Some(RunEnd::Dropped { why: "the repository is gone".to_owned() })),
        Some(repo) => judge(shared, id, repo, unfinished).await,
    };
    match judged {
        Ok(Some(end)) => {
            tracing::info!(?end, "an interrupted commit was settled");
            append(shared, id, Record::Outcome { run_id: intent.run_id.clone(), end }).await;
            if let Some(repo) = repo {
                autocommit_git::discard_leftovers(&repo);
            }
        }
        Ok(None) => later(shared, repo),
        Err(error) => {
            let path = intent.repo_path.display();
            shared.warn(format!("An interrupted commit in {path} could not be settled yet: {error}."));
            later(shared, repo);
        }
    }
}

fn later(shared: &Shared, repo: Option<Repo>) {
    if let Some(repo) = repo {
        shared.left_half_done(Arc::new(repo));
    }
}

async fn append(shared: &Shared, id: &RepoId, record: Record) {
    let appended = shared.journal.append(id, &record, Durability::Sync, crate::events::now()).await;
    shared.kept("the journal", appended);
}

/// The branch moved only after the object was journalled: without that record nothing was committed. Nothing where a lock
/// of ours is still there because somebody works in the repository.
async fn judge(
    shared: &Shared,
    id: &RepoId,
    repo: &Repo,
    unfinished: &Unfinished,
) -> Result<Option<RunEnd>, GitError> {
    let intent = &unfinished.intent;
    let Some((at, object)) = &unfinished.object else {
        return Ok(Some(RunEnd::Dropped { why: "interrupted before the commit was made".to_owned() }));
    };
    // Settled once somebody has approved what changed since; until then nothing is committed there either.
    if !matches!(shared.gate(repo, &shared.settings()).await?, Gate::Open { .. }) {
        return Ok(None);
    }
    let state = autocommit_git::ref_state(&shared.git, repo, &intent.branch, &object.commit).await?;
    let index = repo.git_dir.join("index.lock");
    let (of_index, others): (Vec<_>, Vec<_>) =
        object.lock.iter().chain(&unfinished.locks).map(identity).partition(|lock| lock.path == index);
    for lock in of_index {
        autocommit_git::settle_lock(repo, &lock, state)?;
    }
    let lasted = autocommit_git::LOCKS_FOLLOW;
    let mut claims = Claim::of_commit(repo, &intent.branch, &object.commit, (*at).into(), lasted);
    claims.extend(others.into_iter().map(Claim::file));
    if !cleared(repo, Some(&intent.branch), None, &claims).await {
        return Ok(None);
    }
    if state == RefState::Without {
        return Ok(Some(RunEnd::Dropped { why: "interrupted before the branch moved".to_owned() }));
    }
    let entry = record::recovered(intent, id, &object.commit, crate::events::now());
    let history = shared.store.history();
    if let Some(old) = &intent.rewords {
        let (subject, body) = (entry.subject.unwrap_or_default(), entry.body.unwrap_or_default());
        let told = history.reword(id, (old, &object.commit), &subject, &body).await;
        shared.kept("the history", told);
    } else {
        shared.kept("the history", history.record(&entry).await);
    }
    Ok(Some(RunEnd::Committed { commit: object.commit.clone() }))
}

/// Of a push only a lock may be left: whether it arrived is seen when it is repeated.
async fn push(shared: &Shared, id: &RepoId, open: &OpenPush) {
    let pushing = &open.pushing;
    let repo = autocommit_watch::probe(&pushing.repo_path).filter(|repo| repo.git_dir == pushing.git_dir);
    if let Some(repo) = &repo {
        let from: SystemTime = open.at.into();
        let lasted = crate::events::now().duration_since(open.at).unsigned_abs();
        let mirror = pushing.mirror.as_deref();
        let mut claims: Vec<_> = open.locks.iter().map(|lock| Claim::file(identity(lock))).collect();
        if let Some(mirror) = mirror {
            claims.extend(Claim::of_push(repo, mirror, &pushing.commit, from, lasted));
        }
        if !cleared(repo, None, mirror, &claims).await {
            return later(shared, Some(repo.clone()));
        }
        autocommit_git::discard_leftovers(repo);
    }
    append(shared, id, Record::Settled { run_id: pushing.run_id.clone() }).await;
}

/// Clears the locks that one of `claims` fits; `false` where somebody at work stands in the way of that for now.
async fn cleared(repo: &Repo, branch: Option<&str>, mirror: Option<&str>, claims: &[Claim]) -> bool {
    let left = autocommit_git::claimed(repo, branch, mirror, claims);
    let settled = autocommit_git::settle(repo, left, claims).await;
    !settled.iter().any(|one| matches!(one, Settled::Young(_) | Settled::Busy(_)))
}

fn identity(lock: &LockFile) -> LockIdentity {
    LockIdentity { path: lock.path.clone(), dev: lock.dev, ino: lock.ino, born_ns: lock.born_ns }
}
