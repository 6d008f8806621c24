//! What all tasks of the engine share.

use crate::{
    EngineError, EventLog,
    cycles::Cycles,
    events::Event,
    folders::walk,
    habits::Known,
    key::{self, SystemKeyring},
    lanes::{Hosts, Lanes},
    limits,
    maintenance::Maintenance,
    managed::Managed,
    power::Power,
    registry::Registry,
    resting::Resting,
    stages::{approved::Contents, draft::Asking, refusal::Refusals, unpushed::Clean},
    trust::Newcomer,
    view::LlmStatus,
};
use autocommit_core::{Timestamp, repo::Repo, settings::Settings};
use autocommit_git::{Git, Inspector};
use autocommit_message::providers::llm::{Condition, Endpoint, Model};
use autocommit_store::{Journal, Store};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// What warnings about the key of the model's server are about.
pub(crate) const KEY: &str = "key";

pub(crate) struct Shared {
    pub(crate) git: Git,
    pub(crate) inspector: Inspector,
    pub(crate) store: Store,
    pub(crate) journal: Journal,
    pub(crate) events: EventLog,
    pub(crate) lanes: Lanes,
    pub(crate) hosts: Hosts,
    pub(crate) cycles: Cycles,
    pub(crate) refusals: Refusals,
    pub(crate) clean: Clean,
    pub(crate) contents: Contents,
    pub(crate) habits: Known,
    pub(crate) resting: Resting,
    pub(crate) power: Power,
    pub(crate) maintenance: Maintenance,
    pub(crate) model: Model,
    /// Messages that are being asked of the model, or wait for that.
    pub(crate) asking: Asking,
    /// The model that is run here.
    pub(crate) llama: Managed,
    /// Commits that are being shown.
    pub(crate) shown: tokio::sync::Semaphore,
    pub(crate) state_dir: PathBuf,
    pub(crate) started: Instant,
    /// Cancelled when the program ends: nothing new starts, running writes finish.
    pub(crate) stop: CancellationToken,
    /// Something to do before the next cycle is due.
    pub(crate) nudge: tokio::sync::Notify,
    /// Cycles come by timer here: the daemon or the desktop app, not a single command.
    pub(crate) by_timer: AtomicBool,
    enabled: AtomicBool,
    paused_until: Mutex<Option<Timestamp>>,
    settings: RwLock<Arc<Settings>>,
    registry: Mutex<Registry>,
    warnings: Mutex<Vec<(Option<&'static str>, String)>>,
    /// Whether what a crash interrupted has been settled.
    recovered: tokio::sync::Mutex<bool>,
    half_done: Mutex<Vec<Arc<Repo>>>,
    /// Work trees with an interrupted commit that were not there at the start: their disk may come later.
    away: Mutex<Vec<PathBuf>>,
    newcomers: Mutex<Vec<Newcomer>>,
    /// One change of what the person wants at a time.
    pub(crate) changing: tokio::sync::Mutex<()>,
    /// One survey at a time.
    pub(crate) surveying: tokio::sync::Mutex<()>,
    /// Ends the survey that is on.
    survey: Mutex<CancellationToken>,
    next_cycle_at: Mutex<Option<Timestamp>>,
}

impl Shared {
    pub(crate) async fn open(state_dir: &Path, settings: Settings) -> Result<Self, EngineError> {
        let state = |error: &dyn std::fmt::Display| EngineError::State(error.to_string());
        let (store, warnings) = Store::open(state_dir).await.map_err(|e| state(&e))?;
        let shared = Self::with(state_dir, settings, store).await?;
        for warning in warnings {
            shared.warn(warning);
        }
        Ok(shared)
    }

    /// For a process that only looks, beside the one that owns the state folder.
    pub(crate) async fn beside(state_dir: &Path, settings: Settings) -> Result<Self, EngineError> {
        let store = Store::beside(state_dir).await.map_err(|e| EngineError::State(e.to_string()))?;
        Self::with(state_dir, settings, store).await
    }

    async fn with(state_dir: &Path, settings: Settings, store: Store) -> Result<Self, EngineError> {
        let git = Git::find(settings.deadlines.clone()).await.map_err(|e| EngineError::Git(e.to_string()))?;
        let journal = Journal::open(state_dir);
        let enabled = store.wanted().enabled();
        let paused_until = Mutex::new(store.wanted().paused_until());
        let registry = Registry::new(store.wanted().rules());
        Ok(Self {
            git,
            inspector: Inspector::default(),
            store,
            journal,
            events: EventLog::default(),
            lanes: Lanes::default(),
            hosts: Hosts::default(),
            cycles: Cycles::default(),
            refusals: Refusals::default(),
            clean: Clean::default(),
            contents: Contents::default(),
            habits: Known::default(),
            resting: Resting::default(),
            power: Power::default(),
            maintenance: Maintenance::default(),
            model: pointed(&settings),
            asking: Asking::default(),
            llama: Managed::open(state_dir),
            shown: tokio::sync::Semaphore::new(limits::SHOWN_AT_ONCE),
            state_dir: state_dir.to_owned(),
            started: Instant::now(),
            stop: CancellationToken::new(),
            nudge: tokio::sync::Notify::new(),
            by_timer: AtomicBool::new(false),
            enabled: AtomicBool::new(enabled),
            paused_until,
            settings: RwLock::new(Arc::new(settings)),
            registry: Mutex::new(registry),
            warnings: Mutex::default(),
            recovered: tokio::sync::Mutex::new(false),
            half_done: Mutex::default(),
            away: Mutex::default(),
            newcomers: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            surveying: tokio::sync::Mutex::default(),
            survey: Mutex::default(),
            next_cycle_at: Mutex::default(),
        })
    }

    /// Notes what ends the survey that begins; what ends the one before it comes back.
    pub(crate) fn replace_survey(&self, token: CancellationToken) -> CancellationToken {
        std::mem::replace(&mut *self.survey.lock().unwrap_or_else(PoisonError::into_inner), token)
    }

    /// Nothing new starts, and what git does is done or ended within seconds.
    pub(crate) fn end(&self) {
        self.stop.cancel();
        self.git.end_soon();
    }

    /// The last thing: no server of ours is left, and all is on disk.
    pub(crate) async fn close(&self) {
        self.llama.stop().await;
        self.git.close_connections().await;
        self.store.close().await;
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_settings(&self, settings: Settings) {
        self.git.set_deadlines(settings.deadlines.clone());
        self.share_connections(&settings);
        self.llama.settle(&self.settings(), &settings);
        self.model.point(endpoint(&settings));
        self.resolved(KEY);
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        self.resting.watching.look_everywhere();
        self.events.append(Event::SettingsReloaded);
        self.nudge.notify_one();
    }

    pub(crate) fn share_connections(&self, settings: &Settings) {
        self.git.share_connections(settings.share_ssh_connections.then_some(self.state_dir.as_path()));
    }

    pub(crate) fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn newcomers(&self) -> MutexGuard<'_, Vec<Newcomer>> {
        self.newcomers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Switched on, and not paused.
    pub(crate) fn enabled(&self) -> bool {
        self.switched_on() && self.paused_until().is_none()
    }

    /// Switched on, paused or not.
    pub(crate) fn switched_on(&self) -> bool {
        self.enabled.load(Ordering::SeqCst)
    }

    /// Switches on or off; either ends a pause.
    pub(crate) fn set_enabled(&self, enabled: bool) {
        self.enabled.store(enabled, Ordering::SeqCst);
        self.set_paused_until(None);
    }

    /// When the pause that is on ends.
    pub(crate) fn paused_until(&self) -> Option<Timestamp> {
        self.pause().filter(|until| *until > crate::events::now())
    }

    /// What is left of a pause; zero until somebody notices that it is over.
    pub(crate) fn pause_left(&self) -> Option<Duration> {
        let until = (*self.pause())?;
        Some(Duration::try_from(until.duration_since(crate::events::now())).unwrap_or_default())
    }

    pub(crate) fn set_paused_until(&self, until: Option<Timestamp>) {
        *self.pause() = until;
    }

    fn pause(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.paused_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets a pause whose time is over, and tells that work goes on.
    pub(crate) async fn end_pause_in_time(&self) {
        if self.pause_left().is_some_and(|left| left.is_zero()) {
            self.set_paused_until(None);
            self.kept("the end of the pause", self.store.wanted().set_paused_until(None).await);
            if self.switched_on() {
                self.events.append(Event::Enabled);
            }
        }
    }

    /// An error where nothing that writes may start.
    pub(crate) fn may_start(&self) -> Result<(), EngineError> {
        match self.paused_until() {
            _ if !self.switched_on() => Err(EngineError::Disabled),
            Some(until) => Err(EngineError::Paused(until)),
            None => Ok(()),
        }
    }

    /// Whether a run may go on to its next stage: asked between stages, never in the middle of a write (invariant A8).
    pub(crate) fn may_write(&self) -> bool {
        self.enabled() && !self.stop.is_cancelled()
    }

    /// Trouble that stays until the program ends.
    pub(crate) fn warn(&self, message: String) {
        self.warn_about(None, message);
    }

    /// Trouble about `topic`: a newer sentence takes the place of the older one, and it can be resolved.
    pub(crate) fn warn_about(&self, topic: Option<&'static str>, message: String) {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if warnings.iter().any(|(_, known)| *known == message) {
            return;
        }
        tracing::warn!("{message}");
        warnings.retain(|(about, _)| about.is_none() || *about != topic);
        if warnings.len() == limits::WARNINGS_KEPT {
            warnings.remove(0);
        }
        warnings.push((topic, message.clone()));
        self.events.append(Event::Warning { message });
    }

    pub(crate) fn resolved(&self, topic: &'static str) {
        self.warnings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(about, _)| *about != Some(topic));
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        let warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        warnings.iter().map(|(_, message)| message.clone()).collect()
    }

    /// Finishes or forgets what a crash interrupted, once, before anything is written. Looking does not need it.
    pub(crate) async fn recovered(&self) {
        let mut recovered = self.recovered.lock().await;
        if !*recovered {
            crate::recover::recover(self).await;
            *recovered = true;
        }
        let away = std::mem::take(&mut *self.away.lock().unwrap_or_else(PoisonError::into_inner));
        for path in away {
            match autocommit_watch::probe(&path) {
                Some(repo) => self.left_half_done(Arc::new(repo)),
                None => self.left_away(path),
            }
        }
        let half_done = std::mem::take(&mut *self.half_done.lock().unwrap_or_else(PoisonError::into_inner));
        for repo in half_done {
            let _lane = self.lanes.enter(&repo.common_dir).await;
            crate::recover::one(self, &repo).await;
        }
    }

    /// A commit was left half done in a repository that is away: it is settled when that is there again.
    pub(crate) fn left_away(&self, path: PathBuf) {
        self.away.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    }

    /// A commit was left half done: it is settled before the next cycle.
    pub(crate) fn left_half_done(&self, repo: Arc<Repo>) {
        let mut half_done = self.half_done.lock().unwrap_or_else(PoisonError::into_inner);
        if half_done.iter().all(|other| other.id != repo.id) {
            half_done.push(repo);
        }
    }

    /// What the store could not do is said, and work goes on.
    pub(crate) fn kept<T>(&self, what: &str, result: Result<T, autocommit_store::StoreError>) -> Option<T> {
        result.inspect_err(|error| self.warn(format!("{what} could not be kept: {error}"))).ok()
    }

    pub(crate) fn next_cycle_at(&self) -> Option<Timestamp> {
        *self.next_cycle_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_next_cycle_at(&self, at: Option<Timestamp>) {
        *self.next_cycle_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    pub(crate) fn llm(&self) -> LlmStatus {
        let settings = self.settings();
        let told = self.model.state();
        let (state, message) = match told.condition {
            _ if !settings.llm.enabled => ("off", "Rules write every message.".to_owned()),
            Condition::Off => ("off", told.sentence),
            Condition::Unknown => ("unknown", told.sentence),
            Condition::Ready => ("ready", told.sentence),
            Condition::Loading => ("loading", told.sentence),
            Condition::Unreachable => ("unreachable", told.sentence),
            Condition::Failing => ("failing", told.sentence),
            Condition::Resting(_) => ("resting", told.sentence),
        };
        let named = || (settings.llm.llama_model_id.clone(), settings.llm.base_url.clone());
        let (model, base_url) = self.llama.serving().unwrap_or_else(named);
        LlmStatus { state, message, per_message: told.per_message, model, base_url }
    }

    /// Walks the base paths and takes over what is there.
    pub(crate) async fn scan(&self) {
        let settings = self.settings();
        let walked = tokio::task::spawn_blocking(move || walk(&settings)).await;
        let Ok((discovery, problems)) = walked else { return };
        let found = discovery.problems.into_iter().map(|p| format!("{}: {}", p.path.display(), p.sentence));
        let problems: Vec<_> = problems.into_iter().chain(found).collect();
        match problems.is_empty() {
            true => self.resolved("folders"),
            false => self.warn_about(Some("folders"), problems.join("\n")),
        }
        self.resting.watching.places(&discovery.folders);
        let packages = discovery.repos.iter().map(|found| found.packages.len()).sum();
        let repos = discovery.repos.len();
        let (first, before) = {
            let mut registry = self.registry();
            let before = (registry.is_scanned(), registry.totals().total);
            registry.scanned(discovery.repos);
            (!before.0, before.1)
        };
        let known = self.registry().ids();
        self.resting.keep_only(&known);
        if first || before != repos {
            self.events.append(Event::ScanFinished { repos, packages });
        }
    }
}

/// The model that these settings name.
fn pointed(settings: &Settings) -> Model {
    let model = Model::default().with_keys(Arc::new(SystemKeyring));
    model.point(endpoint(settings));
    model
}

/// Where the settings say that the model is.
pub(crate) fn endpoint(settings: &Settings) -> Option<Endpoint> {
    Some(Endpoint::of(&settings.llm, key::in_environment(&settings.llm)))
}
