//! Cycles: every enabled repository once, serial within a common git folder, parallel across, with a summary.

use crate::{
    Cycle, EngineError, Steer, WrittenBy,
    asked::Asked,
    attempts::{Finished, guarded},
    cycles::Running,
    events::Event,
    handle::RunRequest,
    lanes::Permits,
    limits,
    run::{Mode, Run},
    shared::Shared,
    watching::Scope,
};
use autocommit_core::{
    Timestamp,
    cycle::{Counts, CycleSummary, CycleTrigger, RunReport},
    history::HistoryQuery,
    id::{CycleId, RepoId, RunId},
    power::{Pace, Pushes},
    repo::Repo,
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

/// Starts a cycle; it runs by itself.
pub(crate) fn start(shared: &Arc<Shared>, request: RunRequest) -> Arc<Running> {
    let id = CycleId::new(uuid::Uuid::now_v7().to_string());
    let dry_run = request.dry_run || shared.settings().dry_run;
    let summary = CycleSummary {
        id,
        trigger: request.trigger,
        dry_run,
        started_at: crate::events::now(),
        finished_at: None,
        total: 0,
        counts: Counts::default(),
    };
    let running = Arc::new(Running::new(summary, request.repos.is_none()));
    shared.cycles.begin(running.clone());
    tokio::spawn(drive(shared.clone(), running.clone(), request, dry_run));
    running
}

async fn drive(shared: Arc<Shared>, running: Arc<Running>, request: RunRequest, dry_run: bool) {
    if !request.look && !request.guards && !dry_run {
        shared.recovered().await;
    }
    // What a crash left may have been just this.
    let done = match &request.steer.request {
        Some(named) => requested(&shared, &named.id).await,
        None => false,
    };
    let idle = request.trigger == CycleTrigger::Interval && request.repos.is_none();
    let pace = shared.pace().pace;
    let scope =
        if idle { shared.resting.watching.scope(pace.sweeps) } else { Scope { search: true, sweep: true } };
    if request.repos.is_none() && scope.search {
        shared.scan().await;
    }
    // Somebody who asks gets every repository, after the run that it may be in, and so do pushes that waited for their time;
    // the timer comes again anyway.
    let spared = request.push_only && !request.network_is_back;
    let busy_too = request.trigger != CycleTrigger::Interval || spared;
    let named = if done { Some(&[][..]) } else { request.repos.as_deref() };
    let repos = match named {
        Some(named) => shared.registry().named_to_run(named, busy_too),
        None => shared.registry().all_to_run(busy_too),
    };
    let summary = running.of_total(repos.len());
    // A run of one repository after it has come to rest is not what people call the last cycle.
    let whole = !request.quiet && (request.repos.is_none() || request.trigger != CycleTrigger::Interval);
    if whole {
        shared.events.append(Event::CycleStarted { cycle: summary.clone() });
    }
    let mode = match () {
        () if request.guards => Mode::Guards,
        () if request.look => Mode::Look,
        // Who asks for pushes alone asks for no commit, not even for one that would be made.
        () if dry_run && request.push_only => Mode::Look,
        () if dry_run => Mode::DryRun,
        () if request.push_only => Mode::PushOnly,
        () => Mode::Full,
    };
    let settings = shared.settings();
    if matches!(mode, Mode::Full | Mode::DryRun) {
        shared.model.cycle(limits::model_budget(&settings));
    }
    let template = Template {
        permits: Arc::new(Permits::new(&settings)),
        settings,
        cycle: summary.id.clone(),
        mode,
        asked_at: Instant::now(),
        retry_refused: match request.trigger {
            CycleTrigger::Push => true,
            CycleTrigger::Manual | CycleTrigger::Once => request.repos.is_some(),
            CycleTrigger::Interval => false,
        },
        spares_pushes: request.trigger == CycleTrigger::Interval && !may_push(&shared, &pace, &request),
        asked: None,
        request,
    };
    let (resting, repos) = match idle {
        true => shared.resting(repos, mode, scope.sweep).await,
        false => (Arc::default(), repos.to_vec()),
    };
    // Nothing else is said of what rests.
    running.ended(Counts { unchanged: resting.len(), ..Counts::default() });
    let ended = all(&shared, &running, &template, repos).await;
    // An idle cycle leaves no mark on the disk, nor does one that finds everything as bad as the last.
    let news = ended.iter().any(|ended| ended.news);
    let mut runs = resting;
    if !ended.is_empty() {
        let ended = ended.into_iter().map(|ended| ended.report);
        let mut all: Vec<_> = runs.iter().cloned().chain(ended).collect();
        all.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        runs = all.into();
    }
    shared.enrol().await;
    let finished_at = Some(crate::events::now());
    let counts = running.summary().counts;
    let summary = CycleSummary { finished_at, counts, ..summary };
    let asked = summary.trigger != CycleTrigger::Interval;
    if !template.request.quiet && (news || asked) {
        shared.kept("the cycle", shared.store.cycles().record(&summary, &runs).await);
    }
    if whole {
        shared.events.append(Event::CycleFinished { cycle: summary.clone() });
    }
    let log = summary.counts.sentence();
    if news && !template.request.quiet {
        tracing::info!(cycle = %summary.id, "{log}");
    } else {
        tracing::debug!(cycle = %summary.id, "{log}");
    }
    let cycle = Arc::new(Cycle { summary, runs });
    shared.cycles.end(&running, cycle, whole);
}

/// What all runs of a cycle share.
struct Template {
    permits: Arc<Permits>,
    settings: Arc<autocommit_core::settings::Settings>,
    cycle: CycleId,
    mode: Mode,
    asked_at: Instant,
    retry_refused: bool,
    spares_pushes: bool,
    asked: Option<Arc<Asked>>,
    request: RunRequest,
}

/// Whether pushes of a cycle that nobody asked for go at once: those that waited for a network do, where any may.
fn may_push(shared: &Shared, pace: &Pace, request: &RunRequest) -> bool {
    shared.power.may_push(pace) || (request.network_is_back && pace.pushes != Pushes::Wait)
}

/// Runs the lanes, a bounded number at a time.
async fn all(
    shared: &Arc<Shared>,
    running: &Arc<Running>,
    template: &Template,
    repos: Vec<Arc<Repo>>,
) -> Vec<Finished> {
    let mut lanes: BTreeMap<PathBuf, Vec<Arc<Repo>>> = BTreeMap::new();
    for repo in repos {
        lanes.entry(repo.common_dir.clone()).or_default().push(repo);
    }
    let mut waiting: Vec<_> = lanes.into_values().collect();
    {
        // Who has waited longest comes first, also with the model, whose time does not last for all.
        let registry = shared.registry();
        let since =
            |repos: &Vec<Arc<Repo>>| repos.iter().filter_map(|repo| registry.dirty_since(&repo.id)).min();
        waiting.sort_by_key(|repos| (since(repos).is_none(), since(repos)));
    }
    let mut waiting = waiting.into_iter();
    let mut lanes = JoinSet::new();
    let mut runs = Vec::new();
    loop {
        while lanes.len() < limits::RUNS_IN_FLIGHT {
            let Some(repos) = waiting.next() else { break };
            let these = repos.into_iter().map(|repo| one(shared, template, repo)).collect();
            lanes.spawn(lane(shared.clone(), running.clone(), these));
        }
        match lanes.join_next().await {
            Some(Ok(ended)) => runs.extend(ended),
            // A panic inside a run is caught there; this is a cancelled task at the program's end.
            Some(Err(error)) => tracing::error!(%error, "a lane was lost"),
            None => return runs,
        }
    }
}

fn one(shared: &Arc<Shared>, template: &Template, repo: Arc<Repo>) -> Run {
    let request = &template.request;
    Run {
        shared: shared.clone(),
        repo,
        settings: template.settings.clone(),
        permits: template.permits.clone(),
        id: new_run_id(),
        cycle: template.cycle.clone(),
        trigger: request.trigger,
        mode: template.mode,
        quiet: request.quiet,
        wait_for_quiet: request.settle,
        retry_refused: template.retry_refused,
        retry_unreached: request.network_is_back,
        spares_pushes: template.spares_pushes,
        asked_at: template.asked_at,
        asked: template.asked.clone(),
        steer: request.steer.clone(),
    }
}

/// Looks at one repository in one of the ways that write nothing; nobody sees more of it than the caller. With `asked` it
/// finds out what a person could approve.
pub(crate) async fn unseen(
    shared: &Arc<Shared>,
    repo: Arc<Repo>,
    mode: Mode,
    asked: Option<Arc<Asked>>,
) -> Option<RunReport> {
    if !matches!(mode, Mode::Look | Mode::Guards | Mode::DryRun) {
        return None;
    }
    let _lane = shared.lanes.enter(&repo.common_dir).await;
    let run = Run { asked, ..alone(shared, repo, mode) };
    // A panic in it is not one of the caller's; a caller that goes away takes it along, as it writes nothing.
    let span = run.span();
    AbortOnDropHandle::new(tokio::spawn(run.execute().instrument(span))).await.ok().map(|ended| ended.report)
}

/// A run that belongs to no cycle.
pub(crate) fn alone(shared: &Arc<Shared>, repo: Arc<Repo>, mode: Mode) -> Run {
    let settings = shared.settings();
    // Nobody asked for this one's message, so no model is.
    let steer = Steer { by: WrittenBy::Rules, ..Steer::default() };
    let request = RunRequest { quiet: true, steer, ..RunRequest::of(CycleTrigger::Manual) };
    let template = Template {
        permits: Arc::new(Permits::new(&settings)),
        settings,
        cycle: CycleId::new(uuid::Uuid::now_v7().to_string()),
        mode,
        asked_at: Instant::now(),
        retry_refused: false,
        spares_pushes: false,
        asked: None,
        request,
    };
    one(shared, &template, repo)
}

pub(crate) fn new_run_id() -> RunId {
    RunId::new(uuid::Uuid::now_v7().simple().to_string())
}

/// The repositories of one common git folder, one after the other.
async fn lane(shared: Arc<Shared>, running: Arc<Running>, runs: Vec<Run>) -> Vec<Finished> {
    let mut reports = Vec::with_capacity(runs.len());
    for run in runs {
        shared.registry().begin(&run.repo.id);
        let finished = guarded(&shared, run).await;
        running.ended(Counts::of([&*finished.report]));
        reports.push(finished);
    }
    reports
}

/// A run of its own once the repository has had time to rest. Only the daemon lives long enough for it.
pub(crate) fn later(shared: Arc<Shared>, repo: RepoId, after: Duration, steer: Steer) {
    if !shared.by_timer.load(Ordering::SeqCst) {
        return;
    }
    tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(after) => {}
            () = shared.stop.cancelled() => return,
        }
        if shared.enabled() {
            // Whoever asked may have asked again meanwhile.
            let done = match &steer.request {
                Some(request) => requested(&shared, &request.id).await,
                None => false,
            };
            let steer = if done { Steer::default() } else { steer };
            let request =
                RunRequest { repos: Some(vec![repo]), steer, ..RunRequest::of(CycleTrigger::Interval) };
            start(&shared, request);
        }
    });
}

/// Whether the commit of a named request was made. Where the history cannot tell, it is not made again.
async fn requested(shared: &Shared, request: &str) -> bool {
    let query = HistoryQuery { request_id: Some(request.to_owned()), ..HistoryQuery::default() };
    let found = shared.kept("the history", shared.store.history().query(&query).await);
    found.is_none_or(|(entries, _)| entries.iter().any(|entry| entry.commit.is_some()))
}

/// Runs one cycle to its end.
pub(crate) async fn run(shared: &Arc<Shared>, request: RunRequest) -> Result<Cycle, EngineError> {
    let writes = !request.look && !request.guards && !request.dry_run;
    if writes {
        shared.may_start()?;
    }
    let cycle = start(shared, request).finished().await;
    if !shared.by_timer.load(Ordering::SeqCst) {
        // A single command has no other end.
        shared.git.close_connections().await;
    }
    cycle.map(|c| (*c).clone()).ok_or_else(|| EngineError::State("the cycle was lost".to_owned()))
}

/// When the next cycle by timer starts, seen from now.
pub(crate) fn next_at(interval: Duration) -> Option<Timestamp> {
    crate::events::now().checked_add(interval).ok()
}
