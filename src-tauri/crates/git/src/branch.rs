//! Moves a branch as one transaction of git's, in two steps: first git takes its locks, then it is told to commit.
//! In between the locks are known by their inodes, so that they can be put on record before anything moves.

use crate::{
    command::Git,
    conversation::Conversation,
    error::{Failure, GitError},
    locks::{self, Claim, Lock, Settled},
    replacement::LockIdentity,
    repo_call,
};
use autocommit_core::{id::Oid, repo::Repo};
use std::{
    pin::Pin,
    time::{Duration, SystemTime},
};

/// The longest time between a record that announces locks and the locks themselves.
pub const LOCKS_FOLLOW: Duration = Duration::from_secs(120);

/// Puts lock files that were made for us on record; they are when it returns.
pub type Witness<'a> =
    &'a (dyn Fn(Vec<LockIdentity>) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> + Send + Sync);

/// A move that waits for its last word. Dropped or aborted, it leaves everything as it was.
pub(crate) struct Prepared {
    talk: Conversation,
    begun: SystemTime,
    locks: Vec<LockIdentity>,
}

/// Git's compare-and-swap of one branch.
pub(crate) struct Move<'a> {
    pub(crate) branch: &'a str,
    pub(crate) old: &'a str,
    pub(crate) new: &'a Oid,
    /// For the reflog.
    pub(crate) note: &'a str,
}

impl Move<'_> {
    /// Takes the locks: the branch is at `old` and stays there until the last word.
    pub(crate) async fn prepare(&self, git: &Git, repo: &Repo) -> Result<Prepared, GitError> {
        let begun = SystemTime::now();
        let call = repo_call(git, repo, "update-ref").with_hooks();
        let mut talk = Conversation::start(call.args(["update-ref", "--stdin", "-z", "-m", self.note]))?;
        let update = format!("refs/heads/{}\0{}\0{}\0", self.branch, self.new, self.old);
        talk.say(format!("start\0update {update}prepare\0").as_bytes()).await;
        loop {
            match talk.hear().await {
                Ok(Some(line)) if line == "prepare: ok" => {
                    let locks = self.made(repo, begun);
                    return Ok(Prepared { talk, begun, locks });
                }
                Ok(Some(_)) => {}
                Ok(None) => return Err(self.refused(repo, begun, talk).await),
                Err(error) => {
                    self.clear(repo, begun, &[]).await?;
                    return Err(error);
                }
            }
        }
    }

    /// The last word: the branch is at `new` when this returns without an error.
    pub(crate) async fn commit(&self, repo: &Repo, prepared: Prepared) -> Result<(), GitError> {
        let Prepared { mut talk, begun, locks } = prepared;
        talk.say(b"commit\0").await;
        let answer = talk.hear().await;
        match answer {
            Ok(Some(line)) if line == "commit: ok" => {
                // It only tidies up after itself now; killed while it does, it may leave a lock.
                match talk.end().await {
                    Ok(output) if output.success() => Ok(()),
                    _ => self.clear(repo, begun, &locks).await,
                }
            }
            Ok(_) => Err(self.refused_with(repo, begun, talk, &locks).await),
            Err(error) => {
                self.clear(repo, begun, &locks).await?;
                Err(error)
            }
        }
    }

    async fn refused(&self, repo: &Repo, begun: SystemTime, talk: Conversation) -> GitError {
        self.refused_with(repo, begun, talk, &[]).await
    }

    /// Git ended before it was done: by itself it takes its locks along, killed it cannot.
    async fn refused_with(
        &self,
        repo: &Repo,
        begun: SystemTime,
        talk: Conversation,
        locks: &[LockIdentity],
    ) -> GitError {
        match talk.end().await {
            Ok(output) if output.code.is_some() => GitError::failed("update-ref", &output),
            ended => {
                if let Err(left) = self.clear(repo, begun, locks).await {
                    return left;
                }
                match ended {
                    Ok(_) => GitError::Failed {
                        step: "update-ref",
                        class: Failure::Other,
                        detail: "git was killed".to_owned(),
                    },
                    Err(error) => error,
                }
            }
        }
    }

    /// The locks that git has made for this, while it waits for the last word.
    fn made(&self, repo: &Repo, begun: SystemTime) -> Vec<LockIdentity> {
        let claims = Claim::of_commit(repo, self.branch, self.new, begun, LOCKS_FOLLOW);
        locks::claimed(repo, Some(self.branch), None, &claims).iter().map(Lock::identity).collect()
    }

    /// After git was killed: what it left is cleared. An error if something of it is still there.
    async fn clear(&self, repo: &Repo, begun: SystemTime, locks: &[LockIdentity]) -> Result<(), GitError> {
        let mut claims = Claim::of_commit(repo, self.branch, self.new, begun, LOCKS_FOLLOW);
        claims.extend(locks.iter().cloned().map(Claim::file));
        let left = locks::claimed(repo, Some(self.branch), None, &claims);
        let settled = locks::settle(repo, left, &claims).await;
        match settled.iter().all(|one| matches!(one, Settled::Cleared(_))) {
            true => Ok(()),
            false => Err(GitError::HalfDone),
        }
    }
}

impl Prepared {
    /// The lock files that git holds for it.
    pub(crate) fn locks(&self) -> &[LockIdentity] {
        &self.locks
    }

    /// Lets go: the branch stays where it was.
    pub(crate) async fn abort(self) {
        let _ = self.talk.end().await;
    }
}
