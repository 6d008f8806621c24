//! The handle that everyone else holds.

use crate::{
    Cycle, EventLog, FolderSuggestion, HeldView, MessagePreview, ModelTest, RepoView, RulesPatch,
    ScannedRepo, ShownCommit, Status, Steer, Survey, WorkState, WrittenBy, cycle, hours::LastDay, limits,
    model, preview, reword, shared::Shared, show, survey, wants,
};
use autocommit_core::{
    Timestamp,
    activity::{Activity, ActivityQuery},
    cycle::CycleTrigger,
    history::{HistoryEntry, HistoryQuery},
    id::{CycleId, RepoId},
    reword::Kept,
    settings::Settings,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Why the engine could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The id names no repository.
    #[error("there is no repository with the id {0}")]
    UnknownRepo(RepoId),
    /// The number names no entry of the history.
    #[error("there is no entry {0} in the history")]
    UnknownEntry(i64),
    /// The path is not inside a repository.
    #[error("{} is not inside a git repository", .0.display())]
    NotARepository(PathBuf),
    /// Autocommit is switched off.
    #[error("Autocommit is switched off")]
    Disabled,
    /// Autocommit is paused.
    #[error("Autocommit is paused until {0}")]
    Paused(Timestamp),
    /// The repository has nothing to commit.
    #[error("there is nothing to commit in {0}")]
    NothingToCommit(String),
    /// A message, or what was said about one, may not be used; the sentence says why.
    #[error("{0}")]
    Message(String),
    /// A commit keeps its message.
    #[error("{0}")]
    Reword(Kept),
    /// The repository is held, skipped or could not be read; the sentence says why.
    #[error("{0}")]
    NotNow(String),
    /// What should have been remembered could not be.
    #[error("the state folder could not be used: {0}")]
    State(String),
    /// Git is missing or too old.
    #[error("{0}")]
    Git(String),
}

/// What to run in a cycle.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// Why.
    pub trigger: CycleTrigger,
    /// Only these repositories; nothing: all enabled ones.
    pub repos: Option<Vec<RepoId>>,
    /// Write nothing.
    pub dry_run: bool,
    /// Push what is committed, commit nothing.
    pub push_only: bool,
    /// Wait until each repository rests.
    pub settle: bool,
    /// Only read each repository, to know its state.
    pub look: bool,
    /// Only find out what the guards hold: a dry run without a message.
    pub guards: bool,
    /// Not a cycle that anybody asked for as one: no events, not kept, not shown as the last.
    pub quiet: bool,
    /// A network is back: pushes that wait for one are tried at once.
    pub network_is_back: bool,
    /// What the person says about the message, where it is one repository.
    pub steer: Steer,
}

impl RunRequest {
    /// All enabled repositories, everything a cycle does.
    pub fn of(trigger: CycleTrigger) -> Self {
        Self {
            trigger,
            repos: None,
            dry_run: false,
            push_only: false,
            settle: false,
            look: false,
            guards: false,
            quiet: false,
            network_is_back: false,
            steer: Steer::default(),
        }
    }
}

/// The engine; clones share it.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
}

impl Engine {
    /// Opens the state folder, which the caller has locked. What a crash interrupted is finished or forgotten before the
    /// first write; looking alone writes nothing.
    pub async fn open(state_dir: &Path, settings: Settings) -> Result<Self, EngineError> {
        let shared = Arc::new(Shared::open(state_dir, settings).await?);
        shared.share_connections(&shared.settings());
        let _ = std::fs::remove_dir_all(state_dir.join("scratch"));
        let last = shared.kept("the cycles", shared.store.cycles().last().await).flatten();
        shared.cycles.set_last(last);
        let day = LastDay::begin(crate::events::now());
        let commits = shared.kept("the history", shared.store.history().committed_since(day).await);
        shared.registry().remember_commits(commits.unwrap_or_default());
        Ok(Self { shared })
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        self.shared.settings()
    }

    /// Puts other settings in force, from the next cycle on.
    pub fn reload(&self, settings: Settings) {
        self.shared.set_settings(settings);
    }

    /// Keeps a sentence about trouble that is not a repository's, shows it in the status and as an event. A newer one
    /// about the same topic takes its place.
    pub fn warn(&self, topic: &'static str, message: String) {
        self.shared.warn_about(Some(topic), message);
    }

    /// The trouble about this topic is over.
    pub fn resolved(&self, topic: &'static str) {
        self.shared.resolved(topic);
    }

    /// The engine as a whole.
    pub fn status(&self) -> Status {
        let shared = &self.shared;
        let (scanned, repos, commits_by_hour) = {
            let registry = shared.registry();
            (registry.is_scanned(), registry.totals(), registry.commits_by_hour())
        };
        let settings = shared.settings();
        let cycle_interval = Duration::from_secs(settings.cycle_interval_seconds);
        let power = shared.pace();
        let tried_again = power.pace.looks.unwrap_or(cycle_interval) + limits::TRIED_AGAIN;
        let enabled = shared.enabled();
        let current_cycle = shared.cycles.current().map(|c| c.summary());
        let state = match current_cycle {
            _ if !enabled => WorkState::Disabled,
            _ if !scanned => WorkState::Starting,
            Some(_) => WorkState::Running,
            None => WorkState::Idle,
        };
        Status {
            enabled,
            state,
            uptime: shared.started.elapsed(),
            cycle_interval,
            paused_until: shared.paused_until().filter(|_| shared.switched_on()),
            next_cycle_at: shared.next_cycle_at().filter(|_| enabled),
            repos,
            commits_by_hour,
            offline: shared.hosts.unreachable(tried_again),
            llm: shared.llm(),
            watch: shared.resting.status(),
            power,
            current_cycle,
            last_cycle: shared.cycles.last(),
            warnings: shared.warnings(),
        }
    }

    /// All repositories, by path.
    pub fn repos(&self) -> Vec<RepoView> {
        self.shared.registry().views()
    }

    /// What is kept back, by path of the repository, as the last runs found it.
    pub fn held(&self) -> Vec<HeldView> {
        self.shared.registry().held()
    }

    /// One repository.
    pub fn repo(&self, id: &RepoId) -> Option<RepoView> {
        self.shared.registry().view(id)
    }

    /// The repository at or around `path`, also outside the base paths; it is then known until the next scan.
    pub async fn repo_at(&self, path: &Path) -> Result<RepoView, EngineError> {
        let asked = path.to_owned();
        let found = tokio::task::spawn_blocking(move || {
            let canonical = asked.canonicalize().unwrap_or(asked);
            autocommit_watch::find_enclosing(&canonical)
        });
        let repo = found.await.ok().flatten().ok_or_else(|| EngineError::NotARepository(path.to_owned()))?;
        let mut registry = self.shared.registry();
        let id = match registry.at(&repo.work_tree) {
            Some(id) => id,
            None => registry.named(repo),
        };
        registry.view(&id).ok_or(EngineError::UnknownRepo(id))
    }

    /// Changes the person's rules for one repository; they survive a re-clone at the same path.
    pub async fn set_rules(&self, id: &RepoId, patch: RulesPatch) -> Result<RepoView, EngineError> {
        wants::set_rules(&self.shared, id, patch).await?;
        self.repo(id).ok_or_else(|| EngineError::UnknownRepo(id.clone()))
    }

    /// Switches everything on or off; survives a restart. A running write finishes, nothing new starts.
    pub async fn set_enabled(&self, enabled: bool) -> Result<Status, EngineError> {
        wants::set_enabled(&self.shared, enabled).await?;
        Ok(self.status())
    }

    /// Writes nothing for a while; survives a restart. At its end work goes on by itself; switching on or off ends it
    /// too.
    pub async fn pause(&self, length: Duration) -> Result<Status, EngineError> {
        if !self.shared.switched_on() {
            return Err(EngineError::Disabled);
        }
        let until = crate::events::now()
            .checked_add(length)
            .map_err(|_| EngineError::NotNow("That is longer than time is counted.".to_owned()))?;
        wants::pause(&self.shared, until).await?;
        Ok(self.status())
    }

    /// Walks the base paths again and returns what is there, touching nothing.
    pub async fn scan(&self) -> Vec<ScannedRepo> {
        self.shared.scan().await;
        self.shared.registry().listing()
    }

    /// Walks the base paths and reads every repository, so that [`Self::repos`] tells their state. Writes nothing.
    pub async fn look(&self) {
        let request = RunRequest { look: true, quiet: true, ..RunRequest::of(CycleTrigger::Manual) };
        cycle::start(&self.shared, request).finished().await;
        self.remember().await;
    }

    /// As [`Self::look`], and so closely that [`Self::held`] tells what is in files and unpushed commits too.
    pub async fn look_for_held(&self) {
        let request = RunRequest { guards: true, quiet: true, ..RunRequest::of(CycleTrigger::Manual) };
        cycle::start(&self.shared, request).finished().await;
    }

    /// Times of earlier commits and pushes, from the history.
    async fn remember(&self) {
        let entries =
            self.shared.store.history().query(&HistoryQuery { limit: 500, ..HistoryQuery::default() }).await;
        if let Some((entries, _)) = self.shared.kept("the history", entries) {
            let mut registry = self.shared.registry();
            for entry in entries {
                registry.remember(&entry.repo_id, entry.committed_at, entry.pushed_at);
            }
        }
    }

    /// Starts a cycle and returns at once; joins the one that is running.
    pub fn trigger(&self, request: RunRequest) -> Result<CycleId, EngineError> {
        if !request.dry_run {
            self.shared.may_start()?;
        }
        request.steer.check(request.repos.as_ref().map(Vec::len), &self.shared.settings())?;
        if let Some(unknown) = request.repos.iter().flatten().find(|id| !self.shared.registry().knows(id)) {
            return Err(EngineError::UnknownRepo((*unknown).clone()));
        }
        if let Some(named) = &request.steer.request {
            let id = named.id.clone();
            return Ok(self
                .shared
                .cycles
                .asked_for(&id, || cycle::start(&self.shared, request).summary().id));
        }
        // Joined is only what does all that is asked: one of some repositories, or by the timer, may not.
        let current = self.shared.cycles.current().filter(|running| running.all() && request.repos.is_none());
        let joined = current.map(|running| running.summary());
        match joined {
            Some(summary) if summary.trigger == request.trigger && summary.dry_run == request.dry_run => {
                Ok(summary.id)
            }
            _ => Ok(cycle::start(&self.shared, request).summary().id),
        }
    }

    /// The commit that was made for the request with this name, if one was.
    pub async fn requested(&self, request: &str) -> Result<Option<HistoryEntry>, EngineError> {
        let query = HistoryQuery { request_id: Some(request.to_owned()), ..HistoryQuery::default() };
        let (entries, _) = self.history(query).await?;
        Ok(entries.into_iter().find(|entry| entry.commit.is_some()))
    }

    /// Runs one cycle to its end.
    pub async fn run_cycle(&self, request: RunRequest) -> Result<Cycle, EngineError> {
        cycle::run(&self.shared, request).await
    }

    /// A cycle that is running, or one of the last that ended.
    pub async fn cycle(&self, id: &CycleId) -> Option<Cycle> {
        if let Some(cycle) = self.shared.cycles.get(id) {
            return Some(cycle);
        }
        let stored = self.shared.kept("the cycle", self.shared.store.cycles().get(id).await).flatten();
        stored.map(|(summary, runs)| Cycle { summary, runs: runs.into() })
    }

    /// Entries of the history, newest first, and the id to ask for older ones with.
    pub async fn history(
        &self,
        query: HistoryQuery,
    ) -> Result<(Vec<HistoryEntry>, Option<i64>), EngineError> {
        self.shared.store.history().query(&query).await.map_err(|error| EngineError::State(error.to_string()))
    }

    /// What the commit of an entry of the history changed.
    pub async fn show(&self, entry: i64) -> Result<ShownCommit, EngineError> {
        show::show(&self.shared, entry).await
    }

    /// Gives the commit of an entry of the history another message: only the last one of a branch, of ours, that nobody
    /// else has.
    pub async fn reword(&self, entry: i64, subject: &str, body: &str) -> Result<HistoryEntry, EngineError> {
        reword::reword(&self.shared, entry, subject, body).await
    }

    /// What was committed by day, by hour and by repository.
    pub async fn activity(&self, query: &ActivityQuery) -> Result<Activity, EngineError> {
        let counted = self.shared.store.history().activity(query).await;
        counted.map_err(|error| EngineError::State(error.to_string()))
    }

    /// The message that would be used for the changes of one repository; commits nothing.
    pub async fn message(&self, id: &RepoId, by: WrittenBy) -> Result<MessagePreview, EngineError> {
        preview::message(&self.shared, id, by).await
    }

    /// Looks at the repositories below `folders`, written as in the settings, for a person who has not decided yet.
    /// Writes nothing and enrols nobody; tells its progress as events.
    pub async fn survey(&self, folders: Vec<String>, depth: Option<usize>) -> Result<Survey, EngineError> {
        Box::pin(survey::survey(&self.shared, folders, depth)).await
    }

    /// Folders of the home folder that hold repositories.
    pub async fn folders(&self) -> Vec<FolderSuggestion> {
        survey::suggestions(&self.shared.settings()).await
    }

    /// Asks the language model's server whether it answers and has the model; what is not given is as in the settings.
    pub async fn test_model(&self, base_url: Option<String>, model: Option<String>) -> ModelTest {
        model::test(&self.shared.settings(), base_url, model).await
    }

    /// What happened and what happens.
    pub fn events(&self) -> &EventLog {
        &self.shared.events
    }

    /// Tells everything under way to end: running writes finish, nothing new starts.
    pub fn stop(&self) {
        self.shared.end();
    }

    /// Runs cycles until `stop` is cancelled: the headless daemon and the desktop app alike. Returns after the running
    /// writes have finished.
    pub async fn run(&self, stop: CancellationToken) {
        let shared = &self.shared;
        shared.by_timer.store(true, Ordering::SeqCst);
        shared.resting.watching.switch(shared.settings().watch);
        shared.scan().await;
        self.remember().await;
        let ending = async {
            stop.cancelled().await;
            shared.end();
        };
        tokio::join!(
            ending,
            crate::schedule::run(shared),
            crate::watching::run(shared),
            crate::power::run(shared),
            crate::maintenance::run(shared)
        );
        while let Some(running) = shared.cycles.current() {
            running.finished().await;
        }
        shared.close().await;
    }
}
