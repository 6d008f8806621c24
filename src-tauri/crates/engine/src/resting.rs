//! Repositories at rest: nothing was to be done in them, and by the stats of their files nothing happened since. A cycle by
//! timer starts no git for these.
//!
//! A look at the files is taken before git is asked (`Capture`), and kept if the run then finds nothing to do. What the
//! file system says afterwards only ever spares a question; the answer is git's ([`autocommit_watch::Still`]).

mod sweep;

use self::sweep::AllRest;
use crate::{
    limits,
    run::{Mode, Run},
    shared::Shared,
    watching::{WatchStatus, Watching},
};
use autocommit_core::{
    cycle::{RunReport, RunStatus},
    id::RepoId,
    reason::Reason,
    repo::PersonalRules,
    settings::Settings,
    trust::Trusted,
};
use autocommit_watch::{Capture, Decided, Outside, Still, Unwatched};
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

/// What is known to rest.
#[derive(Debug, Default)]
pub(crate) struct Resting {
    state: Mutex<State>,
    pub(crate) watching: Watching,
}

#[derive(Debug, Default)]
struct State {
    at_rest: Rests,
    /// How it was when all rested.
    all: Option<AllRest>,
    /// Looks of runs that are under way.
    looks: HashMap<RepoId, Look>,
    decided: HashMap<RepoId, Decided>,
    outside: Option<Outside>,
    epoch: Epoch,
    compared: Option<Instant>,
    comparing: Option<RepoId>,
    disagreed: u64,
    spared: u64,
}

/// Counts the changes of what all repositories share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Epoch(u64);

#[derive(Debug)]
struct Look {
    capture: Capture,
    epoch: Epoch,
    /// Some of its folders were not watched before it.
    fresh: bool,
}

/// A run, as far as it matters here.
struct EndedRun {
    mode: Mode,
    settings: Arc<Settings>,
    rules: PersonalRules,
    report: Arc<RunReport>,
}

/// Which repositories rest, and how often that changed.
#[derive(Debug, Default)]
struct Rests {
    by_id: HashMap<RepoId, AtRest>,
    changes: u64,
}

#[derive(Debug)]
struct AtRest {
    still: Arc<Still>,
    /// Of the run that found it so.
    report: Arc<RunReport>,
    /// It was a run that would have written; otherwise one that only looked.
    full: bool,
    epoch: Epoch,
    settings: Arc<Settings>,
    rules: PersonalRules,
}

impl Rests {
    fn insert(&mut self, id: RepoId, rest: AtRest) {
        self.changes += 1;
        self.by_id.insert(id, rest);
    }

    fn remove(&mut self, id: &RepoId) -> Option<AtRest> {
        self.changes += 1;
        self.by_id.remove(id)
    }

    fn retain(&mut self, stays: impl Fn(&RepoId) -> bool) {
        self.changes += 1;
        self.by_id.retain(|id, _| stays(id));
    }
}

impl Resting {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it is with watching, and with what was told without asking git.
    pub(crate) fn status(&self) -> WatchStatus {
        let state = self.state();
        let (spared, disagreed) = (state.spared, state.disagreed);
        drop(state);
        WatchStatus { spared, disagreed, ..self.watching.status() }
    }

    /// A run ended; its repository is at rest if nothing is to be done and its look still counts. A sentence where git saw
    /// what the files' times do not tell.
    fn ended(&self, run: &EndedRun) -> Option<String> {
        let id = &run.report.repo_id;
        let rests = is_at_rest(&run.report);
        let (look, before, compared) = {
            let mut state = self.state();
            let compared = state.comparing.take_if(|comparing| comparing == id).is_some();
            (state.looks.remove(id), state.at_rest.remove(id), compared)
        };
        let holds = before.as_ref().is_some_and(|before| (compared || before.full) && before.still.holds());
        if compared && holds && (run.report.dirty_files > 0 || run.report.ahead > 0) {
            let mut state = self.state();
            state.disagreed += 1;
            state.at_rest.retain(|_| false);
            let path = run.report.path.display();
            return Some(format!(
                "{path}: git sees changes that its files' times do not tell. From now on git is asked in every cycle."
            ));
        }
        // One that waits until writing stops is neither.
        if run.report.status != RunStatus::Skipped {
            let took = Duration::from_millis(run.report.elapsed_ms);
            let did_something = run.report.committed || run.report.status == RunStatus::Pushed;
            self.watching.looked(id, !did_something, took);
        }
        let fresh = look.as_ref().is_some_and(|look| look.fresh);
        let was_full = holds && before.is_some_and(|before| before.full);
        let rest = look.filter(|_| rests).and_then(|look| self.at_rest(look, run, was_full));
        match rest {
            // What came into a folder between its listing and its watch is told by neither.
            Some(rest) if !fresh || rest.still.holds() => {
                self.state().at_rest.insert(id.clone(), rest);
            }
            _ if fresh => self.watching.suspect(id, &run.settings),
            _ => {}
        }
        None
    }

    fn at_rest(&self, look: Look, run: &EndedRun, was_full: bool) -> Option<AtRest> {
        let Look { capture, epoch, .. } = look;
        {
            let mut state = self.state();
            if state.disagreed > 0 || epoch != state.epoch {
                return None;
            }
            if let Some(decided) = capture.decided() {
                state.decided.insert(run.report.repo_id.clone(), decided);
            }
        }
        let still = Arc::new(capture.said_clean().ok()?);
        let full = run.mode == Mode::Full || was_full;
        let (settings, rules) = (run.settings.clone(), run.rules.clone());
        Some(AtRest { still, report: run.report.clone(), full, epoch, settings, rules })
    }

    /// These are looked at by the next cycle, whatever becomes of the look that is due.
    pub(crate) fn disturbed(&self, repos: &[RepoId]) {
        let mut state = self.state();
        for id in repos {
            state.at_rest.remove(id);
        }
    }

    /// All are looked at by the next cycle.
    pub(crate) fn nothing_rests(&self) {
        self.state().at_rest.retain(|_| false);
    }

    /// Forgets repositories that are not there any more.
    pub(crate) fn keep_only(&self, known: &HashSet<RepoId>) {
        let mut state = self.state();
        state.at_rest.retain(|id| known.contains(id));
        state.decided.retain(|id, _| known.contains(id));
        drop(state);
        self.watching.keep_only(known);
    }

    /// Whether a repository rested and nothing changed since.
    pub(crate) fn still_rests(&self, id: &RepoId) -> bool {
        let still = {
            let state = self.state();
            state
                .at_rest
                .by_id
                .get(id)
                .filter(|rest| rest.epoch == state.epoch)
                .map(|rest| rest.still.clone())
        };
        still.is_some_and(|still| still.holds())
    }
}

/// Nothing was to be done, nothing waits, nothing is to be said that may change by itself: a remote comes with the
/// repository's configuration.
fn is_at_rest(report: &RunReport) -> bool {
    let same = report.reason.is_none() || report.reason_code.as_deref() == Some(Reason::NoRemote.code());
    report.status == RunStatus::Unchanged
        && report.dirty_files == 0
        && report.ahead == 0
        && report.held.is_empty()
        && same
        && report.error.is_none()
        && report.branch.is_some()
        && !report.waits_for_network
}

impl Shared {
    /// Notes how a run ended.
    pub(crate) async fn ended(self: &Arc<Self>, run: &Run, report: &Arc<RunReport>) {
        let rules = self.registry().rules(&run.repo.id);
        let (mode, settings, report) = (run.mode, run.settings.clone(), report.clone());
        let (shared, ended) = (self.clone(), EndedRun { mode, settings, rules, report });
        let told = tokio::task::spawn_blocking(move || shared.resting.ended(&ended)).await;
        if let Ok(Some(sentence)) = told {
            self.warn(sentence);
        }
    }

    /// Looks whether the person's own files are what they were; if not, nothing rests that was found before.
    async fn same_outside(&self) -> Option<()> {
        let files = self.outside_files().await;
        let known = self.resting.state().outside.clone();
        if let (Some(known), Some(files)) = (&known, &files)
            && known.files() == files
            && known.is_same()
        {
            return Some(());
        }
        let outside = files.clone().map(Outside::of);
        // What they name may have changed before they were looked at.
        let steady = self.outside_files().await == files;
        let mut state = self.resting.state();
        state.epoch.0 += 1;
        // The person's own files say what git ignores, too.
        state.decided.clear();
        state.outside = outside.filter(|_| steady);
        state.outside.is_some().then_some(())
    }

    async fn outside_files(&self) -> Option<Vec<PathBuf>> {
        let mut files = self.inspector.person_files(&self.git).await.ok().flatten()?;
        files.push(self.store.trust().path().to_owned());
        Some(files)
    }
}

impl Run {
    /// Looks at the files before git does, where that may spare the next cycle the question. A disk that does not answer is
    /// waited for no longer than git would be.
    pub(crate) async fn note_files(&self, trusted: &Trusted) {
        if tokio::time::timeout(limits::NOTED_WITHIN, self.note(trusted)).await.is_err() {
            tracing::debug!(repo = %self.repo.work_tree.display(), "its files could not be looked at in time");
            self.shared.resting.watching.unlisted(&self.repo, Unwatched::Slow);
        }
    }

    async fn note(&self, trusted: &Trusted) {
        let wanted =
            matches!(self.mode, Mode::Full | Mode::Look) && self.shared.by_timer.load(Ordering::SeqCst);
        let watching = &self.shared.resting.watching;
        let (known, epoch) = {
            let mut state = self.shared.resting.state();
            state.looks.remove(&self.repo.id);
            if !wanted || state.disagreed > 0 {
                return;
            }
            if state.outside.is_none() {
                drop(state);
                return watching.unlisted(&self.repo, Unwatched::Rules);
            }
            (state.decided.get(&self.repo.id).cloned(), state.epoch)
        };
        let (repo, home) = (self.repo.clone(), crate::folders::home());
        let taken =
            tokio::task::spawn_blocking(move || Capture::take(&repo, home.as_deref(), known.as_ref()));
        let mut capture = match taken.await {
            Ok(Ok(capture)) => capture,
            Ok(Err(doubt)) => {
                watching.watch_whole(&self.repo);
                return watching.unlisted(&self.repo, doubt.into());
            }
            // A panic in it.
            Err(_) => return,
        };
        for _ in 0..limits::FOLDER_ROUNDS {
            let undecided = capture.undecided();
            if undecided.is_empty() {
                break;
            }
            let git = &self.shared.git;
            let ignored = autocommit_git::ignored_folders(git, &self.repo, trusted, &undecided).await;
            let Ok(ignored) = ignored else { return watching.unlisted(&self.repo, Unwatched::Rules) };
            let decided = tokio::task::spawn_blocking(move || {
                capture.decide(|folder| ignored.contains(folder)).map(|()| capture)
            });
            match decided.await {
                Ok(Ok(next)) => capture = next,
                Ok(Err(doubt)) => return watching.unlisted(&self.repo, doubt.into()),
                Err(_) => return,
            }
        }
        // Before git looks: what happens from here on is told, and what happened until here git sees.
        let (shared, id) = (self.shared.clone(), self.repo.id.clone());
        let watched = tokio::task::spawn_blocking(move || {
            let fresh = shared.resting.watching.watch(&id, &capture);
            shared.resting.state().looks.insert(id, Look { capture, epoch, fresh });
        });
        // A panic in it leaves no look, and the repository to git.
        let _ = watched.await;
    }
}
