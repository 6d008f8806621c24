//! Which cycles run, and which ended lately.

use crate::{Cycle, limits};
use autocommit_core::{
    cycle::{Counts, CycleSummary},
    id::{CycleId, RepoId},
};
use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// The cycles that run, and the last ones that ended.
#[derive(Default)]
pub(crate) struct Cycles {
    state: Mutex<State>,
    /// The last requests that had a name, and the cycles that were started for them.
    requests: Mutex<VecDeque<(String, CycleId)>>,
}

#[derive(Default)]
struct State {
    running: Vec<Arc<Running>>,
    ended: VecDeque<Arc<Cycle>>,
    last: Option<CycleSummary>,
    /// How many ended since the start.
    counted: u64,
    /// Repositories whose history may still name commits as waiting; all of them at first.
    settled: HashSet<RepoId>,
}

/// A cycle under way.
pub(crate) struct Running {
    summary: Mutex<CycleSummary>,
    /// Runs every repository, not some that were named.
    all: bool,
    last_end: Mutex<Instant>,
    done: watch::Sender<Option<Arc<Cycle>>>,
}

impl Running {
    /// A cycle that has just begun.
    pub(crate) fn new(summary: CycleSummary, all: bool) -> Self {
        Self {
            summary: Mutex::new(summary),
            all,
            last_end: Mutex::new(Instant::now()),
            done: watch::Sender::new(None),
        }
    }

    /// Whether it runs every repository.
    pub(crate) fn all(&self) -> bool {
        self.all
    }

    /// Notes how many repositories it runs.
    pub(crate) fn of_total(&self, total: usize) -> CycleSummary {
        let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
        summary.total = total;
        summary.clone()
    }

    pub(crate) fn summary(&self) -> CycleSummary {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for the end.
    pub(crate) async fn finished(&self) -> Option<Arc<Cycle>> {
        let mut done = self.done.subscribe();
        done.wait_for(Option::is_some).await.ok().and_then(|c| c.clone())
    }

    /// Waits until the cycle ended, or only repositories are left that have kept it waiting for long.
    pub(crate) async fn finished_or_stalled(&self) {
        let stalled = async {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let last = *self.last_end.lock().unwrap_or_else(PoisonError::into_inner);
                if last.elapsed() > limits::STALLED_AFTER {
                    break;
                }
            }
        };
        tokio::select! {
            _ = self.finished() => {}
            () = stalled => tracing::info!("some repositories take long; the others do not wait for them"),
        }
    }

    /// Adds runs that ended.
    pub(crate) fn ended(&self, runs: Counts) {
        *self.last_end.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let mut summary = self.summary.lock().unwrap_or_else(PoisonError::into_inner);
        summary.counts.add(runs);
    }
}

impl Cycles {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A cycle has begun.
    pub(crate) fn begin(&self, running: Arc<Running>) {
        self.state().running.push(running);
    }

    /// The cycle that started last and still runs.
    pub(crate) fn current(&self) -> Option<Arc<Running>> {
        self.state().running.last().cloned()
    }

    pub(crate) fn last(&self) -> Option<CycleSummary> {
        self.state().last.clone()
    }

    /// How many ended since the start.
    pub(crate) fn counted(&self) -> u64 {
        self.state().counted
    }

    pub(crate) fn set_last(&self, summary: Option<CycleSummary>) {
        self.state().last = summary;
    }

    /// A cycle that runs (without runs) or ended lately.
    pub(crate) fn get(&self, id: &CycleId) -> Option<Cycle> {
        let state = self.state();
        let running = state.running.iter().map(|r| r.summary()).find(|s| s.id == *id);
        let running = running.map(|summary| Cycle { summary, runs: Arc::default() });
        running.or_else(|| state.ended.iter().find(|c| c.summary.id == *id).map(|c| (**c).clone()))
    }

    /// The cycle of a request that is asked for again, while it runs or where it committed. A new one where `start` is
    /// needed; between looking and starting nobody else comes.
    pub(crate) fn asked_for(&self, request: &str, start: impl FnOnce() -> CycleId) -> CycleId {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let known = requests.iter().find(|(other, _)| other == request).map(|(_, cycle)| cycle.clone());
        if let Some(cycle) = known {
            let ended = self.get(&cycle).is_none_or(|cycle| cycle.summary.finished_at.is_some());
            let committed = self.get(&cycle).is_some_and(|cycle| cycle.runs.iter().any(|run| run.committed));
            if !ended || committed {
                return cycle;
            }
        }
        let cycle = start();
        requests.retain(|(other, _)| other != request);
        requests.push_front((request.to_owned(), cycle.clone()));
        requests.truncate(limits::CYCLES_KEPT);
        cycle
    }

    /// Whether the history may name commits of this repository as waiting.
    pub(crate) fn may_wait(&self, repo: &RepoId) -> bool {
        !self.state().settled.contains(repo)
    }

    pub(crate) fn none_waits(&self, repo: &RepoId) {
        self.state().settled.insert(repo.clone());
    }

    pub(crate) fn waits(&self, repo: &RepoId) {
        self.state().settled.remove(repo);
    }

    /// The cycle is over: from one moment to the next it is no longer running and has its runs.
    pub(crate) fn end(&self, running: &Arc<Running>, cycle: Arc<Cycle>, whole: bool) {
        let mut state = self.state();
        state.running.retain(|r| !Arc::ptr_eq(r, running));
        if whole {
            state.last = Some(cycle.summary.clone());
            state.counted += 1;
        }
        state.ended.push_front(cycle.clone());
        state.ended.truncate(limits::CYCLES_KEPT);
        drop(state);
        running.done.send_replace(Some(cycle));
    }
}
