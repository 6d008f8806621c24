//! Commit: an object made from a cleared tree, then the named branch by compare-and-swap, with the user's index brought
//! along under its own lock.

use crate::{
    branch::{Move, Witness},
    command::Git,
    error::{Failure, GitError},
    inspect::Inspector,
    limits::Class,
    recover::{RefState, ref_state},
    replacement::Replacement,
    repo_call,
    reword::Author,
    signing::Signer,
    stage::Staged,
};
use autocommit_core::{guards::Cleared, id::Oid, repo::Repo};
use std::{path::Path, time::Duration};

/// How often and how long to wait for a lock that a git command of the person's holds for a moment.
const LOCK_TRIES: u32 = 20;
const REF_TRIES: u32 = 4;
const LOCK_WAIT: Duration = Duration::from_millis(50);

/// A commit to be made. Only a cleared tree can be ordered.
#[derive(Debug)]
pub struct Order<'a> {
    /// The tree that the guards have cleared.
    pub tree: &'a Cleared<Oid>,
    /// The branch, without `refs/heads/`.
    pub branch: &'a str,
    /// The commit the branch must still be at; nothing where it must not exist yet.
    pub parent: Option<&'a Oid>,
    /// The whole message.
    pub message: &'a str,
    /// Author and committer date: `@seconds zone`.
    pub date: &'a str,
    /// Sign it, as the person's configuration asks.
    pub sign: bool,
}

/// What became of a commit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The branch has it, and the user's index knows.
    Done,
    /// Somebody held the index or moved the branch meanwhile: the branch and the index are as they were.
    MovedMeanwhile,
}

/// The current time with the local offset, as git takes dates: `@1700000000 +0100`.
pub fn date_now() -> String {
    let now = jiff::Zoned::now();
    let offset = now.offset().seconds();
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    format!("@{} {sign}{:02}{:02}", now.timestamp().as_second(), minutes / 60, minutes % 60)
}

/// What a commit object is made of.
pub(crate) struct Content<'a> {
    pub(crate) tree: &'a Oid,
    pub(crate) parents: &'a [Oid],
    /// Who wrote it and when, where that is not the person of the configuration at `date`.
    pub(crate) author: Option<&'a Author>,
    pub(crate) message: &'a str,
    pub(crate) date: &'a str,
    pub(crate) sign: bool,
}

/// Makes the commit object. The same order makes the same object, unless it is signed, for which a private file is made
/// in `scratch` and removed.
pub async fn create(git: &Git, repo: &Repo, order: &Order<'_>, scratch: &Path) -> Result<Oid, GitError> {
    let content = Content {
        tree: order.tree.get(),
        parents: order.parent.map(std::slice::from_ref).unwrap_or_default(),
        author: None,
        message: order.message,
        date: order.date,
        sign: order.sign,
    };
    commit_tree(git, repo, &content, scratch).await
}

pub(crate) async fn commit_tree(
    git: &Git,
    repo: &Repo,
    content: &Content<'_>,
    scratch: &Path,
) -> Result<Oid, GitError> {
    let signer = match content.sign {
        true => Signer::quiet(repo_call(git, repo, "signing"), scratch).await?,
        false => None,
    };
    let mut call = repo_call(git, repo, "commit-tree")
        .env("GIT_AUTHOR_DATE", content.author.map_or(content.date, |author| author.date.as_str()))
        .env("GIT_COMMITTER_DATE", content.date)
        .args(["commit-tree", content.tree.as_str()]);
    if let Some(author) = content.author {
        call = call
            .env("GIT_AUTHOR_NAME", &*String::from_utf8_lossy(&author.name))
            .env("GIT_AUTHOR_EMAIL", &*String::from_utf8_lossy(&author.email));
    }
    for parent in content.parents {
        call = call.args(["-p", parent.as_str()]);
    }
    if content.sign {
        call = call.class(Class::Program).arg("-S");
        call = signer.iter().fold(call, |call, signer| signer.used_by(call));
    }
    let made = call.args(["-F", "-"]).stdin(content.message.as_bytes().to_vec()).check().await;
    let output = match made {
        // Whatever the signing program said: it is required, and it did not work.
        Err(GitError::Failed { step, class: Failure::Other, detail }) if content.sign => {
            return Err(GitError::Failed { step, class: Failure::Signing, detail });
        }
        Err(GitError::TimedOut { step, detail }) if content.sign => {
            let detail = format!("The signing program did not end in time.\n{detail}").trim_end().to_owned();
            return Err(GitError::Failed { step, class: Failure::Signing, detail });
        }
        other => other?,
    };
    Oid::parse(String::from_utf8_lossy(&output.stdout).trim())
        .ok_or(GitError::Unparsable { step: "commit-tree" })
}

/// Moves the branch from its parent to `commit` and makes `ready` the user's index, or does neither.
///
/// The index lock is held around the ref's move, as `git commit` does, so that no other git command sees the one
/// without the other. Every lock is put on record by `witness` before the branch moves.
#[allow(clippy::too_many_arguments, reason = "one step, with all it stands on")]
pub async fn apply(
    git: &Git,
    repo: &Repo,
    order: &Order<'_>,
    commit: &Oid,
    staged: &Staged,
    ready: &Replacement,
    inspector: &Inspector,
    witness: Witness<'_>,
) -> Result<Applied, GitError> {
    let mut tries = 0;
    loop {
        // A rebase takes the index lock again and again, and stops in the middle where it cannot: it is not got in the way of.
        if crate::state::operation(repo).is_some() {
            return Ok(Applied::MovedMeanwhile);
        }
        if ready.lock(witness).await? {
            break;
        }
        tries += 1;
        if tries == LOCK_TRIES {
            return Ok(Applied::MovedMeanwhile);
        }
        tokio::time::sleep(LOCK_WAIT).await;
    }
    if let Err(or) = may_move(git, repo, order, staged, ready, inspector).await {
        ready.release();
        return or;
    }
    let subject = order.message.lines().next().unwrap_or_default();
    let kind = if order.parent.is_some() { "commit" } else { "commit (initial)" };
    let old = order.parent.map_or_else(|| Oid::zeros_like(commit.as_str().len()), ToString::to_string);
    let note = format!("{kind}: {subject}");
    let busy = || inspector.commit_under_way(repo);
    let moved = move_branch(git, repo, (order.branch, &old, commit, &note), &busy, witness).await;
    if let Ok(false) = moved {
        ready.release();
        return Ok(Applied::MovedMeanwhile);
    }
    if let Err(error) = moved {
        // Whatever git said, or did not live to say: the branch itself tells.
        let state = ref_state(git, repo, order.branch, commit).await.map_err(|_| GitError::HalfDone)?;
        if state == RefState::Without {
            ready.release();
            return match error {
                GitError::Failed { class: Failure::Moved, .. } => Ok(Applied::MovedMeanwhile),
                error => Err(error),
            };
        }
        if matches!(error, GitError::HalfDone) {
            // A lock of git's is left that could not be cleared yet; with the journal recovery does both.
            return Err(error);
        }
    }
    // A switch to another branch at the same commit, in the instant before: the commit stays on the branch it was made
    // for, and the index belongs to the other one.
    if !on_branch(git, repo, order.branch).await.map_err(|_| GitError::HalfDone)? {
        ready.release();
        return Ok(Applied::Done);
    }
    // The lock stays where this fails: with the journal it is what recovery finishes the index from.
    match ready.install().or_else(|_| ready.install()) {
        Ok(()) => Ok(Applied::Done),
        Err(_) => Err(GitError::HalfDone),
    }
}

/// Under the index lock, the last look before the branch moves: the user's index is brought along, HEAD is where it was,
/// nothing was begun meanwhile.
async fn may_move(
    git: &Git,
    repo: &Repo,
    order: &Order<'_>,
    staged: &Staged,
    ready: &Replacement,
    inspector: &Inspector,
) -> Result<(), Result<Applied, GitError>> {
    staged.adapt(git, repo, ready).await.map_err(Err)?;
    let there = on_branch(git, repo, order.branch).await.map_err(Err)?;
    if there && crate::state::operation(repo).is_none() && !inspector.commit_under_way(repo) {
        Ok(())
    } else {
        Err(Ok(Applied::MovedMeanwhile))
    }
}

/// Compare-and-swap of the named branch; another program's lock is given a moment. `false` where the person went to
/// another branch, or is `busy` (began a commit), in the last instant: while git holds its locks HEAD stays where it is.
pub(crate) async fn move_branch(
    git: &Git,
    repo: &Repo,
    (branch, old, new, note): (&str, &str, &Oid, &str),
    busy: &(dyn Fn() -> bool + Sync),
    witness: Witness<'_>,
) -> Result<bool, GitError> {
    let change = Move { branch, old, new, note };
    let mut tries = 0;
    let prepared = loop {
        tries += 1;
        match change.prepare(git, repo).await {
            Err(GitError::Failed { class: Failure::Locked, .. }) if tries < REF_TRIES => {
                tokio::time::sleep(LOCK_WAIT).await;
            }
            other => break other?,
        }
    };
    witness(prepared.locks().to_vec()).await;
    // Nothing comes between this look and the last word: a person's commit that began before it would find HEAD moved.
    let there = on_branch(git, repo, branch).await;
    if !matches!(there, Ok(true)) || busy() {
        prepared.abort().await;
        return there.map(|_| false);
    }
    change.commit(repo, prepared).await.map(|()| true)
}

/// Whether HEAD is on `branch`, read afresh.
async fn on_branch(git: &Git, repo: &Repo, branch: &str) -> Result<bool, GitError> {
    // What git ends a line with, and no more: a name may end in what Unicode calls space.
    let wanted = format!("refs/heads/{branch}");
    if let Ok(text) = std::fs::read_to_string(repo.git_dir.join("HEAD"))
        && let Some(name) = text.strip_prefix("ref: ")
        && name.trim_ascii_end() != "refs/heads/.invalid"
    {
        return Ok(name.trim_ascii_end() == wanted);
    }
    // Reftable keeps HEAD elsewhere; a detached HEAD has no name.
    let output = repo_call(git, repo, "head").args(["symbolic-ref", "--quiet", "HEAD"]).run().await?;
    Ok(String::from_utf8_lossy(&output.stdout).trim_ascii_end() == wanted)
}
