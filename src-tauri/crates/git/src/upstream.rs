//! Sets a branch's upstream after its first push.
//!
//! `git branch --set-upstream-to`, killed at the wrong moment, leaves a `config.lock` that nobody can prove to be ours.
//! So git writes into a copy, and the copy takes the place of the file as an index does.

use crate::{
    branch::Witness,
    command::Git,
    error::GitError,
    replacement::{self, Private, Replacement, file_error},
    repo_call,
};
use autocommit_core::{id::RunId, repo::Repo, snapshot::PushTarget};
use std::{fs, io::Write as _};

/// Makes the target's branch the upstream of `branch`. The push has arrived whatever comes of this, so a failure is only
/// noted. Nothing happens while somebody else writes the configuration. `true` if our lock is still there.
pub async fn set(
    git: &Git,
    repo: &Repo,
    target: &PushTarget,
    branch: &str,
    run: &RunId,
    witness: Witness<'_>,
) -> bool {
    let Err(error) = written(git, repo, target, branch, run, witness).await else { return false };
    tracing::info!(%error, "the upstream could not be set");
    matches!(error, GitError::HalfDone)
}

async fn written(
    git: &Git,
    repo: &Repo,
    target: &PushTarget,
    branch: &str,
    run: &RunId,
    witness: Witness<'_>,
) -> Result<(), GitError> {
    let failed = file_error("the configuration could not be read");
    // As git does: the lock is beside the file itself, not beside a link to it.
    let file = repo.common_dir.join("config").canonicalize().map_err(&failed)?;
    let before = fs::read(&file).map_err(&failed)?;
    let copy = Private::named(&repo.common_dir, &format!("{run}.config"));
    replacement::create(copy.path())
        .and_then(|mut file| file.write_all(&before))
        .map_err(file_error("a copy of the configuration could not be written"))?;
    for (name, value) in
        [("remote", target.remote.clone()), ("merge", format!("refs/heads/{}", target.branch))]
    {
        repo_call(git, repo, "upstream")
            .args(["config", "--file"])
            .arg(copy.path())
            .args(["--replace-all", &format!("branch.{branch}.{name}"), &value])
            .check()
            .await?;
    }
    let next = Replacement::write(&file, &format!("{run}.config.ready"), copy.path())?;
    witness(vec![next.identity().clone()]).await;
    if !next.lock(witness).await? {
        return Ok(());
    }
    if fs::read(&file).is_ok_and(|now| now == before) {
        let installed = next.install();
        if installed.is_ok() {
            return installed;
        }
        next.release();
        return if next.is_held() { Err(GitError::HalfDone) } else { installed };
    }
    next.release();
    if next.is_held() { Err(GitError::HalfDone) } else { Ok(()) }
}
