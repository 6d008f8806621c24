//! After a crash: what is there of an interrupted commit, and whose lock is in the way.

use crate::{
    command::Git,
    error::GitError,
    index,
    replacement::{self, LockIdentity, PRIVATE},
    repo_call,
};
use autocommit_core::{id::Oid, repo::Repo};

/// Where a branch stands, seen from an interrupted commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefState {
    /// The branch has the commit.
    Contains,
    /// The branch has it not.
    Without,
}

/// Whether `branch` contains `commit`.
pub async fn ref_state(git: &Git, repo: &Repo, branch: &str, commit: &Oid) -> Result<RefState, GitError> {
    let name = format!("refs/heads/{branch}");
    let asked = repo_call(git, repo, "recover")
        .args(["merge-base", "--is-ancestor", commit.as_str(), &name])
        .run()
        .await?;
    match asked.code {
        Some(0) => return Ok(RefState::Contains),
        Some(1) => return Ok(RefState::Without),
        _ => {}
    }
    // Neither yes nor no: only a branch or a commit that is certainly not there is a no. Anything else is not known.
    for missing in [name, format!("{commit}^{{commit}}")] {
        let args = ["rev-parse", "--verify", "--quiet", &missing];
        if repo_call(git, repo, "recover").args(args).run().await?.code == Some(1) {
            return Ok(RefState::Without);
        }
    }
    Err(GitError::failed("recover", &asked))
}

/// Where `branch` stands; nothing where it does not exist.
pub async fn tip(git: &Git, repo: &Repo, branch: &str) -> Result<Option<Oid>, GitError> {
    let name = format!("refs/heads/{branch}");
    let output = repo_call(git, repo, "tip").args(["rev-parse", "--verify", "--quiet", &name]).run().await?;
    Ok(Oid::parse(String::from_utf8_lossy(&output.stdout).trim()))
}

/// Ends a lock that our own journal proves to be ours: its content becomes the index when the branch has moved, and it
/// is removed when it has not. Any other lock is left alone. True if there was one of ours.
pub fn settle_lock(repo: &Repo, lock: &LockIdentity, state: RefState) -> Result<bool, GitError> {
    if lock.path != repo.git_dir.join("index.lock") || !replacement::holds(lock) {
        return Ok(false);
    }
    let done = match state {
        RefState::Contains => std::fs::rename(&lock.path, index::of(repo)),
        RefState::Without => std::fs::remove_file(&lock.path),
    };
    done.map(|()| true)
        .map_err(|source| GitError::File { what: "our own index lock could not be cleared", source })
}

/// Removes private files that an earlier process of ours left in the git folder.
pub fn discard_leftovers(repo: &Repo) {
    // A linked worktree's configuration is with those of the others.
    let folders = [&repo.git_dir, &repo.common_dir];
    for entry in folders.into_iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten() {
        let name = entry.file_name();
        let ours = name.as_encoded_bytes().strip_prefix(PRIVATE.as_bytes());
        if ours.is_some_and(|run| run.len() > 32 && run[..32].iter().all(u8::is_ascii_hexdigit)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
