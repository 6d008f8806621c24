//! Record: the journal before and after each write, the history for people. What cannot be kept is said; work goes on.

use crate::run::{Mode, Run};
use autocommit_core::{
    Timestamp,
    cycle::{CycleTrigger, RunReport, RunStatus},
    draft::{Diff, Written},
    guards::{Finding, Rule},
    history::{HistoryEntry, Stage},
    id::Oid,
    push::PushClass,
    snapshot::{Destination, PushTarget},
};
use autocommit_git::{Inspection, LockIdentity, Order};
use autocommit_store::{Durability, Intent, LockFile, Object, Pushing, Record, RunEnd};
use std::{path::Path, pin::Pin};

async fn append(run: &Run, record: Record, durability: Durability) {
    let now = crate::events::now();
    let result = run.shared.journal.append(&run.repo.id, &record, durability, now).await;
    run.shared.kept("the journal", result);
}

/// A commit is about to be made: on disk before anything is written.
pub(crate) async fn intent(run: &Run, report: &RunReport, order: &Order<'_>, written: &Written, diff: &Diff) {
    let intent = Intent {
        run_id: run.id.clone(),
        cycle_id: run.cycle.clone(),
        repo_path: run.repo.work_tree.clone(),
        git_dir: run.repo.git_dir.clone(),
        branch: order.branch.to_owned(),
        parent: order.parent.cloned(),
        tree: order.tree.get().clone(),
        message: order.message.to_owned(),
        message_source: written.draft.source,
        message_reason: Some(written.draft.reason.clone()),
        message_ms: u64::try_from(written.took.as_millis()).ok(),
        request_id: run.steer.request.as_ref().map(|request| request.id.clone()),
        rewords: None,
        date: order.date.to_owned(),
        paths: diff.files.len(),
        insertions: diff.files.iter().map(|f| f.added).sum(),
        deletions: diff.files.iter().map(|f| f.removed).sum(),
        held: report.held.len(),
        started_at: crate::events::now(),
    };
    intent_of(run, intent).await;
}

/// The same, put together by somebody else.
pub(crate) async fn intent_of(run: &Run, intent: Intent) {
    append(run, Record::Intent(Box::new(intent)), Durability::Sync).await;
}

/// The object exists; its branch is next, and the index lock where the index is written.
pub(crate) async fn object(run: &Run, commit: &Oid, lock: Option<&LockIdentity>) {
    let lock = lock.cloned().map(lock_file);
    let object = Object { run_id: run.id.clone(), commit: commit.clone(), lock };
    append(run, Record::Object(object), Durability::Sync).await;
}

fn lock_file(lock: LockIdentity) -> LockFile {
    LockFile { path: lock.path, dev: lock.dev, ino: lock.ino, born_ns: lock.born_ns }
}

/// Lock files that were made for the run. Not waited for: what outlives the machine itself is told by its start.
pub(crate) async fn locks(run: &Run, locks: Vec<LockIdentity>) {
    if !locks.is_empty() {
        let locks = locks.into_iter().map(lock_file).collect();
        append(run, Record::Locks { run_id: run.id.clone(), locks }, Durability::Lazy).await;
    }
}

/// A lock file that nobody can hold any more was moved out of the way.
pub(crate) async fn set_aside(run: &Run, lock: &Path, to: &Path) {
    let record = Record::SetAside { lock: lock.to_owned(), to: to.to_owned() };
    append(run, record, Durability::Lazy).await;
}

/// A push is about to start: git makes a lock where it notes what has arrived.
pub(crate) async fn pushing(run: &Run, target: &PushTarget, commit: &Oid) {
    let pushing = Pushing {
        run_id: run.id.clone(),
        repo_path: run.repo.work_tree.clone(),
        git_dir: run.repo.git_dir.clone(),
        mirror: target.mirror.clone(),
        commit: commit.clone(),
    };
    append(run, Record::Pushing(Box::new(pushing)), Durability::Lazy).await;
}

/// The push that was begun is over, and nothing of it is left.
pub(crate) async fn push_settled(run: &Run) {
    append(run, Record::Settled { run_id: run.id.clone() }, Durability::Lazy).await;
}

/// The run's end, on disk before the push.
pub(crate) async fn outcome(run: &Run, commit: Option<&Oid>, why: &str) {
    let end = match commit {
        Some(commit) => RunEnd::Committed { commit: commit.clone() },
        None => RunEnd::Dropped { why: why.to_owned() },
    };
    append(run, Record::Outcome { run_id: run.id.clone(), end }, Durability::Sync).await;
}

/// What came of a push. Lost, it is seen again: a push is repeated harmlessly.
pub(crate) async fn push(run: &Run, target: &PushTarget, commit: &Oid, class: PushClass) {
    let record = Record::Pushed {
        run_id: Some(run.id.clone()),
        remote: target.remote.clone(),
        branch: target.branch.clone(),
        commit: commit.clone(),
        class,
    };
    append(run, record, Durability::Lazy).await;
}

fn entry(run: &Run, report: &RunReport, stage: Stage, status: RunStatus) -> HistoryEntry {
    HistoryEntry {
        id: 0,
        run_id: run.id.clone(),
        cycle_id: run.cycle.clone(),
        repo_id: run.repo.id.clone(),
        repo: run.repo.work_tree.clone(),
        branch: report.branch.clone(),
        commit: report.commit.clone(),
        subject: report.subject.clone(),
        body: report.body.clone(),
        message_source: report.message_source,
        message_reason: report.message_reason.clone(),
        message_ms: report.message_ms,
        request_id: run.steer.request.as_ref().map(|request| request.id.clone()),
        files_changed: 0,
        insertions: 0,
        deletions: 0,
        started_at: crate::events::now(),
        committed_at: None,
        pushed_at: None,
        status,
        stage,
        error: explained(report),
        hint: report.hint.clone(),
    }
}

/// The sentence, then what git or the remote said.
fn explained(report: &RunReport) -> Option<String> {
    match (&report.reason, &report.error) {
        (Some(sentence), Some(detail)) => Some(format!("{sentence}\n{detail}")),
        (Some(text), None) | (None, Some(text)) => Some(text.clone()),
        (None, None) => None,
    }
}

/// A commit was made.
pub(crate) async fn committed(run: &Run, report: &RunReport, diff: &Diff) {
    let entry = HistoryEntry {
        files_changed: diff.files.len(),
        insertions: diff.files.iter().map(|f| f.added).sum(),
        deletions: diff.files.iter().map(|f| f.removed).sum(),
        committed_at: Some(crate::events::now()),
        error: None,
        hint: None,
        ..entry(run, report, Stage::Commit, RunStatus::Committed)
    };
    run.shared.kept("the history", run.shared.store.history().record(&entry).await);
}

/// Everything of this repository has arrived.
pub(crate) async fn pushed(run: &Run) {
    let history = run.shared.store.history();
    let Some(waiting) = run.shared.kept("the history", history.unpushed(&run.repo.id).await) else { return };
    let commits: Vec<_> = waiting.into_iter().filter_map(|e| e.commit).collect();
    run.shared.kept("the history", history.mark_pushed(&run.repo.id, &commits, crate::events::now()).await);
}

/// These commits have arrived; others still wait.
pub(crate) async fn some_pushed(run: &Run, commits: &[Oid]) {
    let marked = run.shared.store.history().mark_pushed(&run.repo.id, commits, crate::events::now()).await;
    run.shared.kept("the history", marked);
}

/// The remote has all there is, although no push of ours said so (a crash after it, or a push by hand).
pub(crate) async fn nothing_waits(run: &Run, inspection: &Inspection) {
    let seen_there = matches!(&inspection.snapshot.destination, Destination::Remote(t) if t.ahead == 0);
    if seen_there && run.shared.cycles.may_wait(&run.repo.id) {
        pushed(run).await;
        run.shared.cycles.none_waits(&run.repo.id);
        let head = &inspection.snapshot.head;
        if let (Destination::Remote(target), Some(branch), Some(tip)) =
            (&inspection.snapshot.destination, head.branch(), head.oid())
            && target.set_upstream
            && target.tracked
            && run.mode == crate::run::Mode::Full
        {
            // Our push made the branch there, and a crash kept it from being set. (A branch that is only here has none.)
            pushing(run, target, tip).await;
            let witness = |made| -> Pin<Box<dyn Future<Output = ()> + Send>> { Box::pin(locks(run, made)) };
            let (git, repo) = (&run.shared.git, &run.repo);
            if autocommit_git::set_upstream(git, repo, target, branch, &run.id, &witness).await {
                run.shared.left_half_done(run.repo.clone());
            } else {
                push_settled(run).await;
            }
        }
    }
}

/// The commit stays here: its entry says why.
pub(crate) async fn push_failed(run: &Run, report: &RunReport) {
    run.shared.cycles.waits(&run.repo.id);
    if report.committed {
        return stays(run, report).await;
    }
    match report.status {
        RunStatus::Failed => failure(run, report, Stage::Push).await,
        RunStatus::Held => held(run, report).await,
        _ => {}
    }
}

/// What this run committed is not pushed: the entry of the commit says why.
async fn stays(run: &Run, report: &RunReport) {
    let history = run.shared.store.history();
    let waiting = run.shared.kept("the history", history.unpushed(&run.repo.id).await).unwrap_or_default();
    let Some(stored) = waiting.into_iter().find(|e| e.run_id == run.id) else { return };
    let stored = HistoryEntry {
        status: report.status,
        stage: Stage::Push,
        error: explained(report),
        hint: report.hint.clone(),
        ..stored
    };
    run.shared.kept("the history", history.record(&stored).await);
}

/// Something did not work: once per episode. A commit that was made before keeps its entry.
pub(crate) async fn failure(run: &Run, report: &RunReport, stage: Stage) {
    if report.committed {
        run.shared.cycles.waits(&run.repo.id);
        return stays(run, report).await;
    }
    let entry = HistoryEntry { commit: None, ..entry(run, report, stage, RunStatus::Failed) };
    run.shared.kept("the history", run.shared.store.history().record_episode(&entry).await);
}

/// Something is held: once per episode. What passes by itself in a moment is no entry.
pub(crate) async fn held(run: &Run, report: &RunReport) {
    let gone = |f: &Finding| f.rule == Rule::MassDeletion;
    let only_gone = !report.held.is_empty() && report.held.iter().all(gone);
    let again = run.shared.registry().second_look(&run.repo.id, &run.cycle);
    if only_gone && !again && run.trigger == CycleTrigger::Interval {
        // The next cycle looks again before a person is told.
        return;
    }
    let passing = matches!(report.reason_code.as_deref(), Some("locked" | "editor_open" | "moved_meanwhile"));
    if passing && run.trigger == CycleTrigger::Interval {
        return;
    }
    if matches!(run.mode, Mode::Look | Mode::Guards | Mode::DryRun) {
        return;
    }
    let mut entry = entry(run, report, Stage::Plan, RunStatus::Held);
    if !report.held.is_empty() {
        let files: Vec<_> = report.held.iter().take(20).map(|f| format!("{}: {}", f.path, f.hint)).collect();
        entry.error =
            Some(format!("{}\n{}", entry.error.unwrap_or_default(), files.join("\n")).trim().to_owned());
    }
    run.shared.kept("the history", run.shared.store.history().record_episode(&entry).await);
}

/// The entry of a commit that was finished by recovery.
pub(crate) fn recovered(
    intent: &Intent,
    repo: &autocommit_core::id::RepoId,
    commit: &Oid,
    at: Timestamp,
) -> HistoryEntry {
    let (subject, body) = intent.message.split_once('\n').unwrap_or((&intent.message, ""));
    HistoryEntry {
        id: 0,
        run_id: intent.run_id.clone(),
        cycle_id: intent.cycle_id.clone(),
        repo_id: repo.clone(),
        repo: intent.repo_path.clone(),
        branch: Some(intent.branch.clone()),
        commit: Some(commit.clone()),
        subject: Some(subject.to_owned()),
        body: Some(body.trim().to_owned()).filter(|b| !b.is_empty()),
        message_source: Some(intent.message_source),
        message_reason: intent.message_reason.clone(),
        message_ms: intent.message_ms,
        request_id: intent.request_id.clone(),
        files_changed: intent.paths,
        insertions: intent.insertions,
        deletions: intent.deletions,
        started_at: intent.started_at,
        committed_at: Some(at),
        pushed_at: None,
        status: RunStatus::Committed,
        stage: Stage::Commit,
        error: None,
        hint: None,
    }
}
