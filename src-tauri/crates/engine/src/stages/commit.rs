//! The commit: stage privately, clear, draft, hooks, intent, object, compare-and-swap, outcome.

use super::{
    Progress, file_states, nothing, record,
    scratch::{MessageFile, Scratch},
    without_push,
};
use crate::run::{Mode, Run, fail};
use autocommit_core::{
    approval::Approved,
    cycle::{RunReport, RunStatus},
    draft::{Diff, Draft, FileStatus},
    guards::{self, AfterStaging, Candidate, Cleared, Finding, Rule, clear},
    history::Stage,
    id::Oid,
    path::RepoPath,
    plan::CommitPlan,
    reason::Reason,
    snapshot::{Change, ChangeKind},
};
use autocommit_git::{Applied, CommitHook, GitError, HookOutcome, Inspection, Order, Staged};
use std::{collections::BTreeSet, time::Duration};
use tokio::sync::OwnedSemaphorePermit;

/// Commits what the plan allows, then pushes.
pub(crate) async fn commit(
    run: &Run,
    report: &mut RunReport,
    inspection: &Inspection,
    plan: CommitPlan,
    permit: &mut Option<OwnedSemaphorePermit>,
) -> Result<Progress, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    let CommitPlan { branch, allowed, held, push, note } = plan;
    report.held = held;
    let scratch = match run.mode {
        Mode::DryRun => Some(Scratch::new(run)?),
        _ => None,
    };
    let place = scratch.as_ref().map(Scratch::path);
    let parent = inspection.snapshot.head.oid();
    let mut staged = autocommit_git::stage(git, repo, inspection, &allowed, &run.id, place).await?;
    let mut allowed = without_refused(report, allowed, staged.refused());
    let mut cleared = cleared(run, report, inspection, &mut staged, &mut allowed).await?;
    let mut diff = autocommit_git::diff(git, repo, parent, staged.tree(), place).await?;
    if diff.files.is_empty() {
        nothing(report, note.as_ref());
        if report.status == RunStatus::Held {
            record::held(run, report).await;
        }
        drop(permit.take());
        return super::push::old_commits(run, report, inspection, push.as_ref().filter(|t| t.ahead > 0))
            .await;
    }
    if !strangers(&diff, &allowed).is_empty() {
        // Staged by somebody since we looked.
        return Ok(Progress::Moved);
    }
    run.enter(Stage::Draft);
    let mut draft = write(run, &diff).await;
    if run.mode == Mode::DryRun {
        describe(report, &draft);
        report.status = RunStatus::Committed;
        report.committed = true;
        return Ok(Progress::Done);
    }
    let mut text = draft.text();
    if autocommit_git::has_commit_hooks(repo, inspection) {
        // A hook may take minutes: it does not hold a commit place meanwhile.
        drop(permit.take());
        let place = run.permits.hook().await;
        if !run.shared.may_write() {
            // A hook is a program that may write.
            run.interrupted(report);
            return Ok(Progress::Done);
        }
        let tried = staged.tree().clone();
        let verdict = match run.shared.refusals.of(run, &tried) {
            Some(refusal) => Err(refusal),
            None => hooks(run, report, inspection, &mut staged, &mut allowed, &mut diff, &mut draft).await?,
        };
        match verdict {
            Ok(message) => text = message,
            Err((reason, detail)) => {
                report.status = RunStatus::Failed;
                report.because(&reason);
                report.error = Some(detail.clone()).filter(|d| !d.is_empty());
                run.shared.refusals.keep(run, tried, (reason, detail));
                record::failure(run, report, Stage::Commit).await;
                return Ok(Progress::Done);
            }
        }
        drop(place);
        *permit = run.permits.commit().await;
        let agreed = staged.tree().clone();
        cleared = self::cleared(run, report, inspection, &mut staged, &mut allowed).await?;
        if *staged.tree() != agreed {
            // Not what the hooks and the message are about any more.
            return Ok(Progress::Moved);
        }
    }
    if !run.shared.may_write() {
        run.interrupted(report);
        return Ok(Progress::Done);
    }
    run.enter(Stage::Commit);
    let date = autocommit_git::date_now();
    let order = Order {
        tree: &cleared,
        branch: &branch,
        parent,
        message: &text,
        date: &date,
        sign: inspection.snapshot.sign,
    };
    let written = match write_commit(run, report, &order, &staged, &draft, &diff).await {
        Ok(written) => written,
        Err(error) => {
            fail(report, &error);
            record::failure(run, report, Stage::Commit).await;
            return Ok(Progress::Done);
        }
    };
    let Some(oid) = written else { return Ok(Progress::Moved) };
    describe(report, &draft);
    report.status = RunStatus::Committed;
    report.commit = Some(oid.clone());
    report.committed = true;
    report.ahead = inspection.snapshot.ahead() + usize::from(push.is_some());
    report.dirty_files = report.held.len();
    without_push(report, note.as_ref());
    record::committed(run, report, &diff).await;
    record::outcome(run, Some(&oid), "").await;
    drop(staged);
    drop(permit.take());
    if !still_ours(run, inspection, &branch, &oid).await? {
        // The post-commit hook rewrote the commit: what it made is pushed by the next look.
        return Ok(Progress::Again(run.settings.quiet()));
    }
    match push {
        Some(target) => super::push::push(run, report, inspection, &target, &oid).await,
        None => Ok(Progress::Done),
    }
}

/// Clears the staged tree. Paths that moved under it are taken out until the rest is still.
async fn cleared(
    run: &Run,
    report: &mut RunReport,
    inspection: &Inspection,
    staged: &mut Staged,
    allowed: &mut Vec<Candidate>,
) -> Result<Cleared<Oid>, GitError> {
    loop {
        let now = file_states(run, paths(allowed)).await;
        let findings = match clear(
            staged.tree().clone(),
            &AfterStaging { staged: allowed, now: &now },
            &Approved::default(),
        ) {
            Ok(cleared) => return Ok(cleared),
            Err(findings) => findings,
        };
        // Each round takes at least one path out, so this ends.
        let out: Vec<_> = findings.iter().map(|f| f.path.clone()).collect();
        staged.take_out(&run.shared.git, &run.repo, inspection, &out).await?;
        allowed.retain(|c| !out.contains(&c.change.path));
        report.held.extend(findings);
    }
}

fn paths(candidates: &[Candidate]) -> Vec<RepoPath> {
    candidates.iter().map(|c| c.change.path.clone()).collect()
}

fn without_refused(
    report: &mut RunReport,
    mut allowed: Vec<Candidate>,
    refused: &[RepoPath],
) -> Vec<Candidate> {
    allowed.retain(|c| !refused.contains(&c.change.path));
    report.held.extend(refused.iter().map(|path| Finding {
        path: path.clone(),
        rule: Rule::NotStageable,
        hint: "Git cannot stage it: run git add on it to see why.".to_owned(),
    }));
    allowed
}

/// The message: the provider's, or the rules' where it has none.
pub(crate) async fn write(run: &Run, diff: &Diff) -> Draft {
    let within = Duration::from_secs_f64(run.settings.llm.timeout_seconds);
    match run.shared.provider.draft(diff, within).await {
        Ok(draft) => draft,
        Err(error) => {
            Draft { reason: error.to_string(), ..autocommit_message::providers::rules::draft(diff) }
        }
    }
}

fn describe(report: &mut RunReport, draft: &Draft) {
    report.subject = Some(draft.subject.clone());
    report.body = Some(draft.body.clone()).filter(|b| !b.trim().is_empty());
    report.message_source = Some(draft.source);
}

pub(crate) type Refusal = (Reason, String);

/// Paths of a tree that nobody has allowed.
fn strangers(diff: &Diff, allowed: &[Candidate]) -> Vec<RepoPath> {
    let known: BTreeSet<_> = allowed.iter().map(|c| &c.change.path).collect();
    let from = diff.files.iter().filter_map(|f| match &f.status {
        FileStatus::Renamed { from } => Some(from),
        _ => None,
    });
    diff.files.iter().map(|f| &f.path).chain(from).filter(|path| !known.contains(path)).cloned().collect()
}

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
            Candidate { change, file }
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

/// Runs the hooks that may refuse or change the commit; returns the final message.
async fn hooks(
    run: &Run,
    report: &RunReport,
    inspection: &Inspection,
    staged: &mut Staged,
    allowed: &mut Vec<Candidate>,
    diff: &mut Diff,
    draft: &mut Draft,
) -> Result<Result<String, Refusal>, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    if let Err(refusal) = hook(run, inspection, CommitHook::PreCommit, staged, None).await? {
        return Ok(Err(refusal));
    }
    if staged.reread(git, repo).await? {
        // The hook put other bytes into the index (a formatter): those are what is looked at from here on.
        *diff = autocommit_git::diff(git, repo, inspection.snapshot.head.oid(), staged.tree(), None).await?;
        if !admit(run, report, staged, allowed, diff).await {
            return Ok(Err((Reason::HookAddedHeld(CommitHook::PreCommit.name()), String::new())));
        }
        *draft = write(run, diff).await;
    }
    // What is staged was still when it was staged. Files that a hook rewrote since, staged or not, are its business, as
    // they are for git commit.
    let now = file_states(run, paths(allowed)).await;
    for (candidate, file) in allowed.iter_mut().zip(now) {
        candidate.file = file;
    }
    let message = MessageFile::write(run, &draft.text())?;
    for kind in [CommitHook::PrepareCommitMsg, CommitHook::CommitMsg] {
        if let Err(refusal) = hook(run, inspection, kind, staged, Some(&message)).await? {
            return Ok(Err(refusal));
        }
    }
    let text = message.read()?;
    if let Some(subject) = text.lines().next().filter(|s| !s.trim().is_empty()) {
        draft.subject = subject.to_owned();
        draft.body = text.lines().skip(1).collect::<Vec<_>>().join("\n").trim().to_owned();
        return Ok(Ok(text));
    }
    Ok(Ok(draft.text()))
}

async fn hook(
    run: &Run,
    inspection: &Inspection,
    kind: CommitHook,
    staged: &Staged,
    message: Option<&MessageFile>,
) -> Result<Result<(), Refusal>, GitError> {
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
async fn still_ours(run: &Run, inspection: &Inspection, branch: &str, oid: &Oid) -> Result<bool, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    if !autocommit_git::has_hook(repo, inspection, CommitHook::PostCommit) {
        return Ok(true);
    }
    let place = run.permits.hook().await;
    let outcome = autocommit_git::run_hook(git, repo, inspection, CommitHook::PostCommit, None, None).await;
    drop(place);
    tracing::debug!(repo = %repo.work_tree.display(), ?outcome, "post-commit");
    Ok(autocommit_git::tip(git, repo, branch).await?.as_ref() == Some(oid))
}

/// Intent, object, lock, ref. Nothing where something moved and nothing was written.
async fn write_commit(
    run: &Run,
    report: &RunReport,
    order: &Order<'_>,
    staged: &Staged,
    draft: &Draft,
    diff: &Diff,
) -> Result<Option<Oid>, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    record::intent(run, report, order, draft, diff).await;
    let made = async {
        let oid = autocommit_git::create(git, repo, order).await?;
        let ready = staged.ready(git, repo).await?;
        record::object(run, &oid, ready.identity()).await;
        let applied =
            autocommit_git::apply(git, repo, order, &oid, staged, &ready, &run.shared.inspector).await?;
        Ok((oid, applied))
    };
    let made: Result<(Oid, Applied), GitError> = made.await;
    match &made {
        // The outcome follows the history entry: a crash in between is settled by recovery, which writes the entry again.
        Ok((_, Applied::Done)) => {}
        Ok((_, Applied::MovedMeanwhile)) => record::outcome(run, None, "moved meanwhile").await,
        // The branch has it, the index not yet: the journal stays open, and recovery finishes it.
        Err(GitError::HalfDone) => run.shared.left_half_done(run.repo.clone()),
        Err(error) => record::outcome(run, None, &error.to_string()).await,
    }
    made.map(|(oid, applied)| (applied == Applied::Done).then_some(oid))
}
