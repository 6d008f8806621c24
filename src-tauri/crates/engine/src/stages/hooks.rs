//! The hooks around a commit: what they refuse, what they change, and what they rewrite afterwards.

use super::{
    clear::{paths, strangers},
    commit::Refusal,
    file_states,
    scratch::MessageFile,
};
use crate::run::Run;
use autocommit_core::{
    approval::Approved,
    cycle::RunReport,
    draft::{Diff, FileStatus, Written},
    guards::{self, Candidate},
    id::Oid,
    reason::Reason,
    snapshot::{Change, ChangeKind},
};
use autocommit_git::{CommitHook, GitError, HookOutcome, Inspection, Staged, TreeChange};

/// What a hook has staged of its own goes through the same guards; `false` where one of them holds it, or where it was
/// held before.
async fn admit(
    run: &Run,
    report: &RunReport,
    staged: &mut Staged,
    allowed: &mut Vec<Candidate>,
    diff: &Diff,
) -> bool {
    let new = strangers(diff, allowed);
    if new.is_empty() {
        return true;
    }
    let files = file_states(run, new.clone()).await;
    let candidates: Vec<_> = new
        .iter()
        .zip(files)
        .map(|(path, file)| {
            let status = diff.files.iter().find(|f| f.path == *path).map(|f| &f.status);
            let kind = match status {
                None | Some(FileStatus::Deleted) => ChangeKind::Deleted,
                Some(FileStatus::Added | FileStatus::Renamed { .. }) => ChangeKind::Added,
                Some(_) => ChangeKind::Modified,
            };
            let change = Change { path: path.clone(), kind, staged: true, unstaged: false, submodule: false };
            Candidate { change, file, twin: false }
        })
        .collect();
    let held_before = new.iter().any(|path| report.held.iter().any(|f| f.path == *path));
    let tracked = usize::MAX / 200;
    let (fine, findings) =
        guards::before_staging(candidates, tracked, &run.settings.guards, &Approved::default());
    staged.take_in(new);
    allowed.extend(fine);
    !held_before && findings.is_empty()
}

/// Runs the hook that may refuse or change what is committed.
pub(crate) async fn of_change(
    run: &Run,
    report: &RunReport,
    inspection: &Inspection,
    staged: &mut Staged,
    allowed: &mut Vec<Candidate>,
    (diff, changes): (&mut Diff, &mut Vec<TreeChange>),
) -> Result<Result<(), Refusal>, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    if let Err(refusal) = hook(run, inspection, CommitHook::PreCommit, staged, None).await? {
        return Ok(Err(refusal));
    }
    if staged.reread(git, repo).await? {
        // The hook put other bytes into the index (a formatter): those are what is looked at from here on.
        let parent = inspection.snapshot.head.oid();
        (*diff, *changes) = autocommit_git::diff(git, repo, parent, staged.tree(), None).await?;
        if !admit(run, report, staged, allowed, diff).await {
            return Ok(Err((Reason::HookAddedHeld(CommitHook::PreCommit.name()), String::new())));
        }
    }
    Ok(Ok(()))
}

/// Runs the hooks that may refuse or change the message; returns the final one.
pub(crate) async fn of_message(
    run: &Run,
    inspection: &Inspection,
    staged: &mut Staged,
    allowed: &mut [Candidate],
    written: &mut Written,
) -> Result<Result<String, Refusal>, GitError> {
    // What is staged was still when it was staged. Files that a hook rewrote since, staged or not, are its business, as
    // they are for git commit.
    let now = file_states(run, paths(allowed)).await;
    for (candidate, file) in allowed.iter_mut().zip(now) {
        candidate.file = file;
    }
    let message = MessageFile::write(run, &written.draft.text())?;
    for kind in [CommitHook::PrepareCommitMsg, CommitHook::CommitMsg] {
        if let Err(refusal) = hook(run, inspection, kind, staged, Some(&message)).await? {
            return Ok(Err(refusal));
        }
    }
    let text = message.read()?;
    if let Some(subject) = text.lines().next().filter(|s| !s.trim().is_empty()) {
        written.draft.subject = subject.to_owned();
        written.draft.body = text.lines().skip(1).collect::<Vec<_>>().join("\n").trim().to_owned();
        return Ok(Ok(text));
    }
    Ok(Ok(written.draft.text()))
}

async fn hook(
    run: &Run,
    inspection: &Inspection,
    kind: CommitHook,
    staged: &Staged,
    message: Option<&MessageFile>,
) -> Result<Result<(), Refusal>, GitError> {
    if !run.still_trusted(inspection).await? {
        return Err(GitError::MovedMeanwhile);
    }
    let file = message.map(MessageFile::path);
    let outcome = autocommit_git::run_hook(
        &run.shared.git,
        &run.repo,
        inspection,
        kind,
        Some(staged.index_file()),
        file,
    )
    .await?;
    Ok(match outcome {
        HookOutcome::Passed => Ok(()),
        HookOutcome::Refused(detail) => Err((Reason::HookFailed(kind.name()), detail)),
        HookOutcome::TimedOut(detail) => Err((Reason::HookTimedOut(kind.name()), detail)),
    })
}

/// Runs the post-commit hook, if there is one, with the person's own index. It cannot refuse, but it may rewrite: `false`
/// if the branch is not at our commit any more.
pub(crate) async fn still_ours(
    run: &Run,
    inspection: &Inspection,
    branch: &str,
    oid: &Oid,
) -> Result<bool, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    if !autocommit_git::has_hook(repo, inspection, CommitHook::PostCommit) {
        return Ok(true);
    }
    let place = run.permits.hook().await;
    if !run.still_trusted(inspection).await? {
        // The push asks again, and says so.
        return Ok(true);
    }
    let outcome = autocommit_git::run_hook(git, repo, inspection, CommitHook::PostCommit, None, None).await;
    drop(place);
    tracing::debug!(?outcome, "post-commit");
    Ok(autocommit_git::tip(git, repo, branch).await?.as_ref() == Some(oid))
}
