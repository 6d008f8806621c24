//! The commit: stage privately, clear, draft, hooks, intent, object, compare-and-swap, outcome.

use super::{
    Progress,
    clear::{Judged, cleared, without_refused},
    draft,
    hooks::{self, still_ours},
    nothing, record,
    scratch::Scratch,
    without_push,
};
use crate::{
    lanes::Place,
    run::{Mode, Run, fail},
};
use autocommit_core::{
    cycle::{RunReport, RunStatus},
    draft::{Diff, Written},
    history::Stage,
    id::Oid,
    path::RepoPath,
    plan::CommitPlan,
    reason::Reason,
    snapshot::PushTarget,
};
use autocommit_git::{Applied, GitError, Inspection, Order, Staged, TreeChange};
use std::path::Path;

/// Commits what the plan allows, then pushes.
pub(crate) async fn commit(
    run: &Run,
    report: &mut RunReport,
    inspection: &Inspection,
    plan: CommitPlan,
    permit: &mut Option<Place>,
) -> Result<Progress, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    let CommitPlan { branch, allowed, held, push, note, mut approved } = plan;
    report.held = held;
    let scratch = match run.mode {
        Mode::DryRun | Mode::Guards => Some(Scratch::new(run)?),
        _ => None,
    };
    let place = scratch.as_ref().map(Scratch::path);
    let parent = inspection.snapshot.head.oid();
    // Staging runs filters.
    if !run.still_trusted(inspection).await? {
        return Ok(Progress::Moved);
    }
    let mut staged = autocommit_git::stage(git, repo, inspection, &allowed, &run.id, place).await?;
    let mut allowed = without_refused(git, repo, inspection, report, allowed, &mut staged).await?;
    let judged = cleared(run, report, inspection, &mut staged, &mut allowed, &mut approved, place).await?;
    let Some(judged) = judged else {
        return Ok(Progress::Moved);
    };
    if run.mode == Mode::Guards {
        nothing(report, note.as_ref());
        return super::push::old_commits(run, report, inspection, push.as_ref()).await;
    }
    let Judged { mut cleared, mut diff, mut changes, mut lfs } = judged;
    if diff.files.is_empty() {
        nothing(report, note.as_ref());
        if report.status == RunStatus::Held {
            record::held(run, report).await;
        }
        drop(permit.take());
        return super::push::old_commits(run, report, inspection, push.as_ref().filter(|t| t.ahead > 0))
            .await;
    }
    if run.mode == Mode::DryRun {
        diff.after = after(run, place, &diff, &changes).await;
        let written = draft::write(run, report, inspection, &diff, permit).await;
        draft::describe(run, report, &written);
        report.status = RunStatus::Committed;
        report.committed = true;
        return Ok(Progress::Done);
    }
    let hooked = autocommit_git::has_commit_hooks(repo, inspection);
    let tried = staged.tree().clone();
    if hooked {
        // A hook may take minutes: it does not hold a commit place meanwhile.
        drop(permit.take());
        let _turn = run.permits.hook().await;
        if !run.shared.may_write() {
            // A hook is a program that may write.
            run.interrupted(report);
            return Ok(Progress::Done);
        }
        let verdict = match run.shared.refusals.of(run, &tried) {
            Some(refusal) => Err(refusal),
            None => {
                let change = (&mut diff, &mut changes);
                hooks::of_change(run, report, inspection, &mut staged, &mut allowed, change).await?
            }
        };
        let Some(()) = passed(run, report, &tried, verdict).await else { return Ok(Progress::Done) };
    }
    run.enter(Stage::Draft);
    diff.after = after(run, place, &diff, &changes).await;
    let mut written = draft::write(run, report, inspection, &diff, permit).await;
    let mut text = written.draft.text();
    if hooked {
        let turn = run.permits.hook().await;
        if !run.shared.may_write() {
            run.interrupted(report);
            return Ok(Progress::Done);
        }
        let verdict = hooks::of_message(run, inspection, &mut staged, &mut allowed, &mut written).await?;
        let Some(message) = passed(run, report, &tried, verdict).await else { return Ok(Progress::Done) };
        text = message;
        drop(turn);
        *permit = run.permits.commit().await;
        let agreed = staged.tree().clone();
        let judged =
            self::cleared(run, report, inspection, &mut staged, &mut allowed, &mut approved, place).await?;
        match judged {
            Some(judged) if *judged.cleared.get() == agreed => (cleared, lfs) = (judged.cleared, judged.lfs),
            // Not what the hooks and the message are about any more.
            _ => return Ok(Progress::Moved),
        }
    }
    if !run.shared.may_write() {
        run.interrupted(report);
        return Ok(Progress::Done);
    }
    // Signing and moving the branch may run programs too.
    if !run.still_trusted(inspection).await? {
        return Ok(Progress::Moved);
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
    let made = match write_commit(run, report, &order, &staged, &written, &diff).await {
        Ok(made) => made,
        Err(error) => {
            fail(report, &error);
            record::failure(run, report, Stage::Commit).await;
            return Ok(Progress::Done);
        }
    };
    let Some(oid) = made else { return Ok(Progress::Moved) };
    // What was approved may be taken back before it arrives.
    if approved.is_empty() {
        looked_through(run, inspection, push.as_ref(), &oid, &text, lfs);
    }
    run.shared.habits.committed(&repo.id, parent, &oid);
    draft::describe(run, report, &written);
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

/// Where this commit is all that a push would publish, or adds to what was looked through before, nothing needs to be
/// looked through again right before the push.
fn looked_through(
    run: &Run,
    inspection: &Inspection,
    push: Option<&PushTarget>,
    oid: &Oid,
    message: &str,
    lfs: bool,
) {
    let Some(target) = push else { return };
    let place = super::push::key_of(run, target);
    let below = match inspection.snapshot.head.oid() {
        Some(_) if target.refs_tell && target.tracked && target.ahead == 0 => Some(false),
        Some(parent) => run.shared.clean.known(&place, parent),
        None => Some(false),
    };
    // A hook may have put anything into the message.
    let fine = autocommit_secret::scan(b"COMMIT_EDITMSG", message.as_bytes()).is_empty();
    if let Some(before) = below.filter(|_| fine) {
        run.shared.clean.note(&place, oid, before || lfs);
    }
}

pub(crate) type Refusal = (Reason, String);

/// What the hooks left to go on with; nothing, and why in the report, where one of them refused.
async fn passed<T>(run: &Run, report: &mut RunReport, tried: &Oid, verdict: Result<T, Refusal>) -> Option<T> {
    if run.shared.stop.is_cancelled() {
        // A hook that was ended with the program refused nothing.
        run.interrupted(report);
        return None;
    }
    match verdict {
        Ok(passed) => Some(passed),
        Err((reason, detail)) => {
            report.status = RunStatus::Failed;
            report.because(&reason);
            report.error = Some(detail.clone()).filter(|d| !d.is_empty());
            run.shared.refusals.keep(run, tried.clone(), (reason, detail));
            record::failure(run, report, Stage::Commit).await;
            None
        }
    }
}

/// What stands around the change, for the message alone: without it, it is duller, and as true.
async fn after(
    run: &Run,
    place: Option<&Path>,
    diff: &Diff,
    changes: &[TreeChange],
) -> Vec<(RepoPath, Vec<u8>)> {
    let read = autocommit_git::content_after(&run.shared.git, &run.repo, place, diff, changes).await;
    read.unwrap_or_default()
}

/// Intent, object, lock, ref. Nothing where something moved and nothing was written.
async fn write_commit(
    run: &Run,
    report: &RunReport,
    order: &Order<'_>,
    staged: &Staged,
    written: &Written,
    diff: &Diff,
) -> Result<Option<Oid>, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    record::intent(run, report, order, written, diff).await;
    let made = async {
        let scratch = run.shared.state_dir.join("scratch");
        let oid = autocommit_git::create(git, repo, order, &scratch).await?;
        let ready = staged.ready(git, repo).await?;
        record::object(run, &oid, Some(ready.identity())).await;
        let witness = |locks| -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
            Box::pin(record::locks(run, locks))
        };
        let applied =
            autocommit_git::apply(git, repo, order, &oid, staged, &ready, &run.shared.inspector, &witness)
                .await?;
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
