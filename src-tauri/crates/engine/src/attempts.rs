//! One run in its lane: its tries, and what is told of how they ended.

use crate::{
    Steer,
    cycle::{later, new_run_id},
    events::Event,
    limits,
    run::{Ended, Mode, Run},
    shared::Shared,
};
use autocommit_core::{
    cycle::{CycleTrigger, RunReport, RunStatus},
    phase::RepoState,
    reason::Reason,
};
use std::{sync::Arc, time::Duration};
use tracing::{Instrument as _, Span};

/// A run's report, and whether it says anything that the last one did not.
pub(crate) struct Finished {
    pub(crate) report: Arc<RunReport>,
    pub(crate) news: bool,
}

/// One run in its lane. A panic becomes a failed report; the other repositories do not notice.
pub(crate) async fn guarded(shared: &Arc<Shared>, run: Run) -> Finished {
    let _lane = shared.lanes.enter(&run.repo.common_dir).await;
    let (report, again, span) = Box::pin(attempts(shared, &run)).await;
    Box::pin(told(shared, run, report, again)).instrument(span).await
}

/// Tries until nothing moves meanwhile: the report, when to look again, and what the lines of the log belong to.
async fn attempts(shared: &Arc<Shared>, run: &Run) -> (RunReport, Option<Duration>, Span) {
    let repo = run.repo.clone();
    let mut attempt = run.clone();
    let mut span = attempt.span();
    if run.mode == Mode::Full && shared.may_write() && shared.registry().begin_sweep(&repo.id) {
        let (repo, span) = (repo.clone(), span.clone());
        let swept = move || span.in_scope(|| autocommit_git::discard_leftovers(&repo));
        let _ = tokio::task::spawn_blocking(swept).await;
    }
    let mut tries = 0;
    loop {
        tries += 1;
        if matches!(run.mode, Mode::Full | Mode::PushOnly) && !shared.may_write() {
            let mut report = RunReport::new(attempt.id.clone(), &repo);
            run.interrupted(&mut report);
            return (report, None, span);
        }
        match tokio::spawn(attempt.clone().execute().instrument(span.clone())).await {
            Ok(Ended { moved: true, .. }) if tries < limits::TRIES => {}
            Ok(Ended { report, again, .. }) => return (report, again, span),
            Err(error) => {
                span.in_scope(|| tracing::error!(%error, "a run broke"));
                let mut report = RunReport::new(attempt.id.clone(), &repo);
                report.status = RunStatus::Failed;
                report.because(&Reason::Unexpected);
                report.error =
                    Some("The run broke inside Autocommit; please report this with the log.".to_owned());
                return (report, None, span);
            }
        }
        // Each try is a run of its own in the journal.
        attempt = Run { id: new_run_id(), ..run.clone() };
        span = attempt.span();
    }
}

/// Tells everybody who wants to know what came of it.
async fn told(shared: &Arc<Shared>, run: Run, report: RunReport, again: Option<Duration>) -> Finished {
    let report = Arc::new(report);
    shared.ended(&run, &report).await;
    if report.committed && run.mode == Mode::Full {
        shared.maintenance.committed(&run.repo, &run.settings);
    }
    let state = state_of(&report, run.mode);
    let changed = shared.registry().finished(&report, &run.cycle, (state, run.mode));
    shared.power.ended(&run.repo.id, report.waits_for_network);
    let news = report.committed
        || report.status == RunStatus::Pushed
        || (changed && report.status != RunStatus::Unchanged);
    if changed && report.status == RunStatus::Failed {
        tracing::warn!("{}", report.reason.as_deref().unwrap_or("failed"));
    }
    if !run.quiet && (news || changed || run.trigger != CycleTrigger::Interval) {
        shared.events.append(Event::RunFinished { cycle_id: run.cycle, state, run: report.clone() });
    }
    if let Some(after) = again
        && run.mode == Mode::Full
    {
        // What a person said about the commit counts for the one that comes of it.
        let steer = if report.committed { Steer::default() } else { run.steer.clone() };
        later(shared.clone(), run.repo.id.clone(), after, steer);
    }
    Finished { report, news }
}

/// What a repository shows after a run: where nothing was written, its changes are still there.
fn state_of(report: &RunReport, mode: Mode) -> RepoState {
    let nothing_written = matches!(mode, Mode::Look | Mode::Guards | Mode::DryRun | Mode::PushOnly);
    match RepoState::after(report) {
        RepoState::Clean | RepoState::Unpushed
            if nothing_written && report.dirty_files > report.held.len() =>
        {
            RepoState::Dirty
        }
        state => state,
    }
}
