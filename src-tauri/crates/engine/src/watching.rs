//! Events of files make repositories suspect: after some quiet each is looked at, as if the timer had come. A repository
//! that is not watched (no watches left, a disk that does not tell) is looked at in every cycle, and all of them now and
//! then: no event is relied on.

mod look;
mod status;

pub(crate) use self::look::{run, search_soon};
use self::status::Refused;
pub use self::status::{WatchStatus, advised};
use crate::limits;
use autocommit_core::{id::RepoId, repo::Repo, settings::Settings};
use autocommit_watch::{Capture, Outside, Suspects, Unwatched, Watcher};
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};
use tokio::sync::Notify;

/// The watcher, and what it made suspect.
#[derive(Debug, Default)]
pub(crate) struct Watching {
    state: Mutex<State>,
    woken: Arc<Notify>,
}

#[derive(Debug, Default)]
struct State {
    watcher: Option<Watcher>,
    /// Why there is no watcher though there should be one.
    error: Option<Refused>,
    unwatched: HashMap<RepoId, Unwatched>,
    due: HashMap<RepoId, Due>,
    /// Where events led to a look that is not over yet.
    looking: HashSet<RepoId>,
    /// Where the next events may be those of our own commit or push.
    ours: HashSet<RepoId>,
    /// Looks after events that found nothing.
    in_vain: HashMap<RepoId, InVain>,
    /// A list of which each was watched, and how many the watcher had lost until then.
    watched: Option<(Arc<[Arc<Repo>]>, u64)>,
    /// The folders in which repositories may appear, as they were when they were all watched.
    places: Option<Outside>,
    search: bool,
    swept: Option<SystemTime>,
}

#[derive(Debug, Clone, Copy)]
struct Due {
    since: Instant,
    at: Instant,
}

/// Looks after events that found nothing, one after the other.
#[derive(Debug, Clone, Copy)]
struct InVain {
    times: u32,
    /// When the last one ended, and how long it took.
    last: Instant,
    took: Duration,
}

/// What a cycle by timer has to look at beside what is suspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The folders, for repositories.
    pub(crate) search: bool,
    /// The files of repositories in which nothing was told to happen.
    pub(crate) sweep: bool,
}

impl Watching {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins or ends with the setting; `true` where it began, and nothing is watched yet.
    pub(crate) fn switch(&self, on: bool) -> bool {
        let mut state = self.state();
        if !on {
            state.error = None;
        }
        if on == state.watcher.is_some() {
            return false;
        }
        let before = state.error;
        *state = State::default();
        if !on {
            return false;
        }
        let woken = self.woken.clone();
        match Watcher::start(move || woken.notify_one()) {
            Ok(watcher) => state.watcher = Some(watcher),
            Err(error) => {
                let why = Refused::of(&error);
                if before != Some(why) {
                    tracing::info!(%error, "files cannot be watched here");
                }
                state.error = Some(why);
            }
        }
        state.watcher.is_some()
    }

    /// The next cycle looks at everything.
    pub(crate) fn look_everywhere(&self) {
        let mut state = self.state();
        (state.swept, state.places) = (None, None);
        drop(state);
        // Whether anything is to be watched may have changed as well.
        self.woken.notify_one();
    }

    /// What the cycle that begins has to look at; all files `every` so often, by the clock on the wall: a machine that slept
    /// has slept through events.
    pub(crate) fn scope(&self, every: Duration) -> Scope {
        let mut state = self.state();
        let since = state.swept.and_then(|at| SystemTime::now().duration_since(at).ok());
        let sweep = state.watcher.is_none() || since.is_none_or(|since| since >= every);
        if sweep {
            state.swept = Some(SystemTime::now());
        }
        // It is tried again then: others may have ended meanwhile.
        if state.error.is_some() {
            self.woken.notify_one();
        }
        let searched = !std::mem::take(&mut state.search) && !sweep;
        // A disk that is mounted makes no event.
        let same = searched && state.places.as_ref().is_some_and(Outside::is_same);
        Scope { search: !same, sweep }
    }

    /// Watches the folders in which repositories may appear.
    pub(crate) fn places(&self, folders: &[PathBuf]) {
        let mut state = self.state();
        let Some(watcher) = &state.watcher else { return };
        let there: Vec<_> = folders.iter().filter(|folder| folder.is_dir()).cloned().collect();
        let watched = watcher.watch_places(&there);
        state.places = watched.is_ok().then(|| Outside::of(folders.to_vec()));
        if watched == Ok(true) {
            // What came while it was not watched yet.
            state.search = true;
        }
    }

    /// Watches what a look listed, before git is asked. `true` where some of it was not watched until now.
    pub(crate) fn watch(&self, repo: &RepoId, capture: &Capture) -> bool {
        self.watch_folders(repo, &capture.work_folders(), capture.git_folders())
    }

    /// Watches a repository of which no look could be taken, where the system watches whatever is below a folder.
    pub(crate) fn watch_whole(&self, repo: &Repo) {
        if Watcher::RECURSIVE {
            let git = [repo.git_dir.clone(), repo.common_dir.clone()];
            self.watch_folders(&repo.id, std::slice::from_ref(&repo.work_tree), &git);
        }
    }

    fn watch_folders(&self, repo: &RepoId, work: &[PathBuf], git: &[PathBuf]) -> bool {
        let mut state = self.state();
        let Some(watcher) = &state.watcher else { return false };
        match watcher.watch(repo, work, git) {
            Ok(fresh) => {
                state.unwatched.remove(repo);
                fresh
            }
            Err(why) => {
                state.unwatched.insert(repo.clone(), why);
                false
            }
        }
    }

    /// No look at its files could be taken, so that none of its folders is known.
    pub(crate) fn unlisted(&self, repo: &Repo, why: Unwatched) {
        let mut state = self.state();
        // What the system watches as a whole is, and what was listed before is for the most part.
        let without = |watcher: &Watcher| !Watcher::RECURSIVE && !watcher.is_watched(&repo.id);
        if state.watcher.as_ref().is_some_and(without) {
            state.unwatched.insert(repo.id.clone(), why);
        }
    }

    /// Repositories that were too many to be watched, where the system allows more by now.
    pub(crate) fn now_allowed(&self) -> Vec<RepoId> {
        let state = self.state();
        let refused = state.unwatched.iter().filter(|(_, why)| **why == Unwatched::Limit);
        let refused: Vec<_> = refused.map(|(id, _)| id.clone()).collect();
        let rose = !refused.is_empty() && state.watcher.as_ref().is_some_and(Watcher::limit_rose);
        if rose { refused } else { Vec::new() }
    }

    /// Of each, whether an event would have told that something happened.
    pub(crate) fn tells(&self, repos: &[Arc<Repo>]) -> Vec<bool> {
        let state = self.state();
        let watched =
            |repo: &Repo| state.watcher.as_ref().is_some_and(|watcher| watcher.is_watched(&repo.id));
        repos.iter().map(|repo| watched(repo) && !state.due.contains_key(&repo.id)).collect()
    }

    /// Whether an event would have told of any of them that something happened. The same list is not gone through again: an
    /// idle cycle has no time for a thousand questions.
    pub(crate) fn tells_all(&self, repos: &Arc<[Arc<Repo>]>) -> bool {
        let mut state = self.state();
        let Some(watcher) = state.watcher.as_ref().filter(|_| state.due.is_empty()) else { return false };
        let losses = watcher.losses();
        let known = |(list, then): &(Arc<[Arc<Repo>]>, u64)| Arc::ptr_eq(list, repos) && *then == losses;
        if state.watched.as_ref().is_some_and(known) {
            return true;
        }
        let all = repos.iter().all(|repo| watcher.is_watched(&repo.id));
        state.watched = all.then(|| (repos.clone(), losses));
        all
    }

    /// Forgets repositories that are not there any more.
    pub(crate) fn keep_only(&self, known: &HashSet<RepoId>) {
        let mut state = self.state();
        if let Some(watcher) = &state.watcher {
            watcher.keep_only(|id| known.contains(id));
        }
        state.unwatched.retain(|id, _| known.contains(id));
        state.due.retain(|id, _| known.contains(id));
        state.in_vain.retain(|id, _| known.contains(id));
        state.looking.retain(|id| known.contains(id));
        state.ours.retain(|id| known.contains(id));
    }

    /// These are looked at because of events.
    fn looks_at(&self, repos: &[RepoId]) {
        self.state().looking.extend(repos.iter().cloned());
    }

    /// A run found nothing to do, or something. What nobody's event led to says nothing about events.
    pub(crate) fn looked(&self, repo: &RepoId, in_vain: bool, took: Duration) {
        let mut state = self.state();
        let by_event = state.looking.remove(repo);
        let echo = state.ours.remove(repo);
        if !in_vain {
            state.in_vain.remove(repo);
            state.ours.insert(repo.clone());
        } else if by_event && !echo {
            let times = state.in_vain.get(repo).map_or(0, |before| before.times);
            let times = (times + 1).min(limits::LOOKS_IN_VAIN);
            state.in_vain.insert(repo.clone(), InVain { times, last: Instant::now(), took });
        }
    }

    /// Something may have happened in `repo`: it is looked at after some quiet.
    pub(crate) fn suspect(&self, repo: &RepoId, settings: &Settings) {
        self.state().suspect(repo.clone(), settings);
        self.woken.notify_one();
    }

    /// Somebody works in `repo` now, perhaps for hours: it is looked at later, and not again and again meanwhile.
    fn put_off(&self, repo: &RepoId, settings: &Settings) {
        let since = Instant::now();
        let at = since + settings.quiet().max(limits::PUT_OFF);
        self.state().due.insert(repo.clone(), Due { since, at });
    }

    /// Takes in what the watcher told.
    pub(crate) fn take_in(&self, settings: &Settings) -> Suspects {
        let mut state = self.state();
        let Some(watcher) = &state.watcher else { return Suspects::default() };
        let told = watcher.suspects();
        for repo in &told.repos {
            state.suspect(repo.clone(), settings);
        }
        if told.lost {
            (state.swept, state.places) = (None, None);
        }
        if told.places || told.folders {
            state.search = true;
        }
        told
    }

    /// Repositories whose quiet time is over, and when the next one's is.
    fn due(&self) -> (Vec<RepoId>, Option<Instant>) {
        let mut state = self.state();
        let now = Instant::now();
        let over: Vec<_> = state.due.iter().filter(|(_, d)| d.at <= now).map(|(id, _)| id.clone()).collect();
        for id in &over {
            state.due.remove(id);
        }
        (over, state.due.values().map(|due| due.at).min())
    }
}

impl State {
    /// Each event restarts the quiet time, up to a limit. Where looks were in vain, the next one has time: a multiple of what
    /// they take, so that a small repository in which something always moves is still seen at once.
    fn suspect(&mut self, repo: RepoId, settings: &Settings) {
        let now = Instant::now();
        let since = self.due.get(&repo).map_or(now, |due| due.since);
        let at = (now + settings.quiet()).min(since + settings.max_wait());
        let interval = Duration::from_secs(settings.cycle_interval_seconds);
        let rested = self.in_vain.get(&repo).map(|vain| {
            let distance = settings.quiet().max(limits::PUT_OFF).saturating_mul(1 << vain.times);
            vain.last + distance.min(vain.took.saturating_mul(limits::REST_OF_LOOKS)).min(interval)
        });
        let at = rested.map_or(at, |rested| at.max(rested));
        self.due.insert(repo, Due { since, at });
    }
}

#[cfg(test)]
mod tests;
