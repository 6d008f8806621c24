//! Another message for a commit of ours that nobody else has: the last one of the branch that is checked out.

use crate::{
    EngineError,
    cycle::alone,
    run::{Mode, Run},
    shared::Shared,
    show::found_at,
    stages::{record, scratch::MessageFile},
    steer::by_person,
    trust::Gate,
};
use autocommit_core::{
    cycle::RunStatus,
    draft::{Draft, MessageSource},
    history::HistoryEntry,
    id::Oid,
    plan::{Plan, gate},
    repo::Policy,
    reword::Kept,
};
use autocommit_git::{self as git, Applied, CommitHook, GitError, HeldBy, HookOutcome, Inspection, Made};
use autocommit_store::{Intent, StoreError};
use std::{pin::Pin, sync::Arc};
use tracing::Instrument as _;

/// Gives the commit of an entry another message and returns the entry as it is then.
pub(crate) async fn reword(
    shared: &Arc<Shared>,
    id: i64,
    subject: &str,
    body: &str,
) -> Result<HistoryEntry, EngineError> {
    shared.may_start()?;
    let text = format!("{}\n\n{body}", subject.trim_matches(['\r', '\n']));
    let draft = by_person(&text, &shared.settings())?;
    let shared = shared.clone();
    // On its own: whoever asked may go away, and a write is not left in the middle.
    let done = tokio::spawn(async move { replaced(&shared, id, &draft).await });
    done.await.map_err(|_| kept(Kept::Failed("Look at the log.".to_owned())))?
}

async fn replaced(shared: &Arc<Shared>, id: i64, draft: &Draft) -> Result<HistoryEntry, EngineError> {
    let entry = entry(shared, id).await?;
    let known = shared.registry().repo(&entry.repo_id);
    let repo = match known {
        Some(repo) => repo,
        None => found_at(&entry.repo).await.ok_or_else(|| kept(Kept::Gone))?,
    };
    shared.recovered().await;
    let lane = shared.lanes.enter(&repo.common_dir).await;
    // A run of ours may have pushed it while we waited for the lane.
    let entry = self::entry(shared, id).await?;
    let old = entry.commit.clone().ok_or_else(|| kept(Kept::NoCommit))?;
    if entry.pushed_at.is_some() || entry.status == RunStatus::Pushed {
        return Err(kept(Kept::Published("pushed by Autocommit".to_owned())));
    }
    let run = alone(shared, repo, Mode::Full);
    let new = write(&run, &entry, &old, draft).instrument(run.span()).await?;
    shared.habits.committed(&run.repo.id, Some(&old), &new);
    drop(lane);
    self::entry(shared, id).await
}

async fn entry(shared: &Shared, id: i64) -> Result<HistoryEntry, EngineError> {
    let found = shared.store.history().get(id).await;
    found
        .map_err(|error: StoreError| EngineError::State(error.to_string()))?
        .ok_or(EngineError::UnknownEntry(id))
}

fn kept(why: Kept) -> EngineError {
    EngineError::Reword(why)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: GitError) -> EngineError {
    kept(match error {
        GitError::MovedMeanwhile => Kept::Busy,
        GitError::Gone => Kept::Gone,
        error => Kept::Failed(format!("{error}.\n{}", error.detail()).trim_end().to_owned()),
    })
}

/// Looks at everything that could speak against it, then writes.
async fn write(run: &Run, entry: &HistoryEntry, old: &Oid, draft: &Draft) -> Result<Oid, EngineError> {
    let (shared, repo) = (&run.shared, &*run.repo);
    let trusted = match shared.gate(repo, &run.settings).await.map_err(failed)? {
        Gate::Open { trusted, .. } => trusted,
        Gate::Asks(_) | Gate::OptedOut => {
            let why = "The repository brings something that nobody approved, so git is not started in it.";
            return Err(EngineError::NotNow(why.to_owned()));
        }
    };
    let inspection =
        shared.inspector.inspect(&shared.git, repo, trusted, &run.settings).await.map_err(failed)?;
    let snapshot = &inspection.snapshot;
    let policy = Policy::merge(&run.settings, &shared.registry().rules(&repo.id), &snapshot.rules);
    if let Some(Plan::Skip(reason) | Plan::Hold(reason)) = gate(snapshot, &policy) {
        return Err(EngineError::NotNow(reason.sentence(&repo.name())));
    }
    let branch = snapshot.head.branch().filter(|name| Some(*name) == entry.branch.as_deref());
    let Some(branch) = branch.filter(|_| snapshot.head.oid() == Some(old)) else {
        return Err(kept(Kept::NotLast));
    };
    let git = &shared.git;
    let made = git::made(git, repo, &inspection.trusted, old).await.map_err(failed)?;
    let made = made.ok_or_else(|| kept(Kept::NotLast))?;
    may_be_replaced(run, &inspection, branch, old).await?;
    let text = of_hook(run, &inspection, draft).await?;
    if !shared.may_write() {
        return Err(EngineError::Disabled);
    }
    if !run.still_trusted(&inspection).await.map_err(failed)? {
        return Err(kept(Kept::Busy));
    }
    // The hook may have taken minutes: somebody else may have it by now.
    may_be_replaced(run, &inspection, branch, old).await?;
    let done = commit(run, entry, &inspection, (branch, &made), &text).await.map_err(failed)?;
    done.ok_or_else(|| kept(if git::push_under_way(repo) { Kept::OnItsWay } else { Kept::Busy }))
}

async fn may_be_replaced(
    run: &Run,
    inspection: &Inspection,
    branch: &str,
    old: &Oid,
) -> Result<(), EngineError> {
    if git::push_under_way(&run.repo) {
        return Err(kept(Kept::OnItsWay));
    }
    match git::held_by(&run.shared.git, &run.repo, inspection, branch, old).await.map_err(failed)? {
        HeldBy::Nobody => Ok(()),
        HeldBy::Remote(name) => Err(kept(Kept::Published(name))),
        HeldBy::Ref(name) => Err(kept(Kept::Shared(name))),
        HeldBy::Unasked(name) => Err(kept(Kept::Unasked(name))),
    }
}

/// The message as the hook `commit-msg` leaves it.
async fn of_hook(run: &Run, inspection: &Inspection, draft: &Draft) -> Result<String, EngineError> {
    let hook = CommitHook::CommitMsg;
    if !git::has_hook(&run.repo, inspection, hook) {
        return Ok(draft.text());
    }
    if !run.still_trusted(inspection).await.map_err(failed)? {
        return Err(kept(Kept::Busy));
    }
    let _turn = run.permits.hook().await;
    let file = MessageFile::write(run, &draft.text()).map_err(failed)?;
    let (git, repo) = (&run.shared.git, &run.repo);
    match git::run_hook(git, repo, inspection, hook, None, Some(file.path())).await.map_err(failed)? {
        HookOutcome::Passed => file.read().map_err(failed),
        HookOutcome::Refused(said) => Err(kept(Kept::Hook(said))),
        HookOutcome::TimedOut(said) => Err(kept(Kept::Hook(format!("It did not end in time. {said}")))),
    }
}

/// Intent, object, ref, history, outcome, as for any commit. Nothing where something moved and nothing was written.
async fn commit(
    run: &Run,
    entry: &HistoryEntry,
    inspection: &Inspection,
    (branch, made): (&str, &Made),
    text: &str,
) -> Result<Option<Oid>, GitError> {
    let (shared, repo) = (&run.shared, &*run.repo);
    let (subject, body) = text.split_once('\n').unwrap_or((text, ""));
    let date = git::date_now();
    let intent = Intent {
        run_id: run.id.clone(),
        cycle_id: entry.cycle_id.clone(),
        repo_path: repo.work_tree.clone(),
        git_dir: repo.git_dir.clone(),
        branch: branch.to_owned(),
        parent: made.parents.first().cloned(),
        tree: made.tree.clone(),
        message: text.to_owned(),
        message_source: MessageSource::Person,
        message_reason: Some("You wrote it afterwards.".to_owned()),
        message_ms: None,
        request_id: entry.request_id.clone(),
        rewords: Some(made.oid.clone()),
        date: date.clone(),
        paths: entry.files_changed,
        insertions: entry.insertions,
        deletions: entry.deletions,
        held: 0,
        started_at: crate::events::now(),
    };
    record::intent_of(run, intent).await;
    let written = async {
        let scratch = shared.state_dir.join("scratch");
        let how = (text, date.as_str(), inspection.snapshot.sign);
        let new = git::with_message(&shared.git, repo, &inspection.trusted, made, how, &scratch).await?;
        record::object(run, &new, None).await;
        let witness =
            |locks| -> Pin<Box<dyn Future<Output = ()> + Send>> { Box::pin(record::locks(run, locks)) };
        let at = (branch, &made.oid, &new);
        let applied = git::replace_tip(&shared.git, repo, at, subject, &shared.inspector, &witness).await?;
        Ok((new, applied))
    };
    let written: Result<(Oid, Applied), GitError> = written.await;
    match written {
        Ok((new, Applied::Done)) => {
            let history = shared.store.history();
            let told = history.reword(&repo.id, (&made.oid, &new), subject, body.trim()).await;
            shared.kept("the history", told);
            record::outcome(run, Some(&new), "").await;
            Ok(Some(new))
        }
        Ok((_, Applied::MovedMeanwhile)) => {
            record::outcome(run, None, "moved meanwhile").await;
            Ok(None)
        }
        Err(GitError::HalfDone) => {
            shared.left_half_done(run.repo.clone());
            Err(GitError::HalfDone)
        }
        Err(error) => {
            record::outcome(run, None, &error.to_string()).await;
            Err(error)
        }
    }
}
