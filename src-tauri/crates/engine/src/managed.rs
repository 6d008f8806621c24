//! The managed model: where the models are, which one serves, and the server that is run where nobody else runs one.

use crate::{Engine, events::Event, shared::Shared};
use autocommit_core::{
    settings::{Settings, host_and_port},
    text::without_credentials,
};
use autocommit_llama::{Endpoint, FileError, Llama, Model, Presence, PullError, ServerError, State, Told};
use autocommit_message::providers::llm;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long another server has to accept a connection.
const ANSWER: Duration = Duration::from_millis(300);
/// Time between two words about the progress of a download.
const TOLD: Duration = Duration::from_millis(500);

/// How the server of the model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerState {
    /// Not run, because nobody asked for it or nobody needed it yet.
    Off,
    /// Another server answers at the address of the settings.
    Elsewhere,
    /// There is no `llama-server`.
    NoProgram,
    /// The model is not here.
    NoModel,
    /// The model is being loaded.
    Starting,
    /// It answers.
    Ready,
    /// It answers after a moment: it has let go of the model meanwhile.
    Asleep,
    /// It ended by itself too often, or never answered.
    Failed,
}

/// The server of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelServer {
    /// How it is.
    pub state: ServerState,
    /// The same in a sentence or two.
    pub message: String,
    /// The program that is or would be run.
    pub program: Option<PathBuf>,
    /// Its process, while it runs.
    pub pid: Option<u32>,
}

/// A model, and what it is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedModel {
    /// The model.
    pub model: Model,
    /// It is the one that writes messages.
    pub in_use: bool,
    /// Why its last download failed.
    pub error: Option<String>,
}

/// All about the managed model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedView {
    /// Whether a model is to be run here.
    pub managed: bool,
    /// The one that is to be run.
    pub in_use: Option<String>,
    /// Its server.
    pub server: ModelServer,
    /// All models, those that can be fetched first.
    pub models: Vec<ManagedModel>,
}

/// Why something was not done with a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManagedError {
    /// No model has this name.
    #[error("There is no model named {0} here. Run autocommit model list to see them.")]
    Unknown(String),
    /// It cannot be done now; a sentence says why.
    #[error("{0}")]
    NotNow(String),
}

impl From<PullError> for ManagedError {
    fn from(error: PullError) -> Self {
        match error {
            PullError::Unknown(name) => Self::Unknown(name),
            other => Self::NotNow(other.to_string()),
        }
    }
}

impl From<FileError> for ManagedError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Unknown(name) => Self::Unknown(name),
            other => Self::NotNow(other.to_string()),
        }
    }
}

/// The models of a state folder, and the server of this process. Clones share it. It needs no lock: the command line
/// uses it beside the process that owns the repositories.
#[derive(Clone)]
pub struct Managed {
    llama: Llama,
}

impl Managed {
    /// The models below a state folder. Touches nothing.
    pub fn open(state_dir: &Path) -> Self {
        Self { llama: Llama::open(state_dir) }
    }

    /// All about it.
    pub async fn view(&self, settings: &Settings) -> ManagedView {
        let llama = self.llama.clone();
        let models = tokio::task::spawn_blocking(move || llama.models()).await.unwrap_or_default();
        let llm = &settings.llm;
        let in_use = Some(&llm.managed_model)
            .filter(|name| llm.managed && models.iter().any(|model| model.name == **name))
            .cloned();
        let server = self.server(settings, &models).await;
        let view = |mut model: Model| {
            if self.llama.is_pulling(&model.name) {
                model.presence = Presence::Pulling;
            }
            ManagedModel {
                in_use: in_use.as_ref() == Some(&model.name),
                error: self.llama.failure(&model.name),
                model,
            }
        };
        ManagedView {
            managed: llm.managed,
            models: models.into_iter().map(view).collect(),
            in_use: in_use.clone(),
            server,
        }
    }

    async fn server(&self, settings: &Settings, models: &[Model]) -> ModelServer {
        let llm = &settings.llm;
        let program = autocommit_llama::find_program(llm.server_program.as_deref());
        let told = |state, message: String| {
            let program = program.as_ref().ok().cloned();
            ModelServer { state, message, program, pid: None }
        };
        if !llm.enabled {
            return told(
                ServerState::Off,
                "The language model is switched off; messages are written by rules.".to_owned(),
            );
        }
        if !llm.managed {
            return told(ServerState::Off, "Autocommit runs no model of its own.".to_owned());
        }
        let is_here =
            |model: &Model| model.name == llm.managed_model && model.presence == Presence::Installed;
        let elsewhere = answers(&llm.base_url).await;
        match (self.llama.server(), &program) {
            _ if elsewhere => {
                let url = without_credentials(&llm.base_url);
                told(ServerState::Elsewhere, format!("Another server answers at {url}; that one is asked."))
            }
            (State::Ready { pid, .. }, _) => {
                let asleep = self.llama.is_asleep().await;
                let (state, message) = if asleep {
                    (ServerState::Asleep, "The model sleeps and wakes when it is asked.")
                } else {
                    (ServerState::Ready, "The model is loaded and writes messages.")
                };
                ModelServer { pid: Some(pid), ..told(state, message.to_owned()) }
            }
            (State::Starting, _) => told(ServerState::Starting, ServerError::Starting.to_string()),
            (State::Failed(why), _) => told(ServerState::Failed, why),
            (State::Off, Err(error)) => told(ServerState::NoProgram, error.to_string()),
            (State::Off, Ok(_)) if !models.iter().any(is_here) => {
                told(ServerState::NoModel, ServerError::NoModel(llm.managed_model.clone()).to_string())
            }
            (State::Off, Ok(_)) => {
                told(ServerState::Off, "The model is started when the next message is due.".to_owned())
            }
        }
    }

    /// Fetches a model; `told` hears of the progress. Returns once it has begun; the rest is in the returned future.
    pub fn pull(
        &self,
        name: &str,
        told: Told,
    ) -> Result<impl Future<Output = Result<(), ManagedError>> + Send + use<>, ManagedError> {
        let pull = self.llama.begin(name)?;
        Ok(async move { Ok(Box::pin(pull.run(&told)).await?) })
    }

    /// Stops a download of this process. What arrived is kept.
    pub fn cancel(&self, name: &str) -> Result<(), ManagedError> {
        match self.llama.cancel(name) {
            true => Ok(()),
            false => Err(ManagedError::NotNow(format!("{name} is not being fetched."))),
        }
    }

    /// Brings in a model from a file of the person's. Returns its name.
    pub async fn import(&self, file: &Path) -> Result<String, ManagedError> {
        Ok(self.llama.import(file).await?)
    }

    /// Takes a model away from this disk; where it is being served, that ends first.
    pub async fn remove(&self, name: &str) -> Result<(), ManagedError> {
        if matches!(self.llama.server(), State::Ready { endpoint, .. } if endpoint.model == name) {
            self.llama.stop().await;
        }
        Ok(self.llama.remove(name).await?)
    }

    /// An error where no model has this name.
    pub fn knows(&self, name: &str) -> Result<(), ManagedError> {
        match self.llama.model(name) {
            Some(_) => Ok(()),
            None => Err(ManagedError::Unknown(name.to_owned())),
        }
    }

    /// At most `lines` of what the server said after line number `after`, and the number of its last line.
    pub fn logs(&self, after: u64, lines: usize) -> (Vec<String>, u64) {
        self.llama.logs(after, lines)
    }

    /// Where the model of this process is, started where it does not run yet and waited for for at most `within`.
    /// Nothing where none is wanted or another server answers at the address of the settings.
    pub async fn endpoint(
        &self,
        settings: &Settings,
        within: Duration,
    ) -> Result<Option<Endpoint>, ServerError> {
        let llm = &settings.llm;
        if !llm.enabled || !llm.managed || answers(&llm.base_url).await {
            return Ok(None);
        }
        let program = llm.server_program.as_deref();
        self.llama.endpoint(program, &llm.managed_model, within).await.map(Some)
    }

    /// The model that is being served by this process, and where.
    pub(crate) fn serving(&self) -> Option<(String, String)> {
        match self.llama.server() {
            State::Ready { endpoint, .. } => Some((endpoint.model, endpoint.base_url)),
            _ => None,
        }
    }

    /// Ends a server that the settings do not want any more.
    pub(crate) fn settle(&self, before: &Settings, now: &Settings) {
        let wanted = |settings: &Settings| {
            let llm = &settings.llm;
            (llm.enabled && llm.managed).then(|| (llm.managed_model.clone(), llm.server_program.clone()))
        };
        if wanted(before) == wanted(now) || self.llama.server() == State::Off {
            return;
        }
        let llama = self.llama.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { llama.stop().await });
        }
    }

    /// Ends the server; returns when nothing of it runs.
    pub(crate) async fn stop(&self) {
        self.llama.stop().await;
    }
}

/// Whether anybody listens at the address of a server.
async fn answers(base_url: &str) -> bool {
    let Some((host, port)) = host_and_port(base_url) else { return false };
    let connecting = tokio::net::TcpStream::connect((host.as_str(), port));
    tokio::time::timeout(ANSWER, connecting).await.is_ok_and(|connected| connected.is_ok())
}

impl Shared {
    /// Points the model at the server of this process where that is the one to ask, and starts it where it does not run:
    /// the first message waits for that, for at most `within`, and those after it only where `all_wait`.
    pub(crate) async fn reach_model(&self, within: Duration, all_wait: bool) -> Result<(), ServerError> {
        let settings = self.settings();
        let starting = self.llama.llama.server() == State::Starting;
        let within = if starting && !all_wait { Duration::ZERO } else { within };
        let place = self.llama.endpoint(&settings, within).await?;
        self.model.point(match place {
            Some(Endpoint { base_url, key, model }) => {
                Some(llm::Endpoint { base_url, key: Some(key), model, allow_host: None })
            }
            None => crate::shared::endpoint(&settings),
        });
        Ok(())
    }
}

impl Engine {
    /// The models of this process, and its server.
    pub fn managed(&self) -> &Managed {
        &self.shared.llama
    }

    /// All about the managed model.
    pub async fn managed_view(&self) -> ManagedView {
        self.shared.llama.view(&self.settings()).await
    }

    /// Begins to fetch a model, to which a person has agreed. What comes of it is told by events and shown in
    /// [`Self::managed_view`].
    pub fn pull_model(&self, name: &str) -> Result<(), ManagedError> {
        let told = self.progress_of(name);
        let shared = Arc::clone(&self.shared);
        let last = Arc::clone(&told.1);
        let (name, fetching) = (name.to_owned(), self.shared.llama.pull(name, told.0)?);
        tokio::spawn(async move {
            let ended = tokio::select! {
                ended = fetching => ended,
                () = shared.stop.cancelled() => return,
            };
            if let Err(error) = &ended {
                tracing::warn!("{name} was not fetched: {error}");
            }
            let (bytes, total) = *last.lock().unwrap_or_else(PoisonError::into_inner);
            shared.events.append(Event::ModelProgress { name, bytes, total });
        });
        Ok(())
    }

    /// Tells of a download now and then, and what was told last.
    fn progress_of(&self, name: &str) -> (Told, Arc<Mutex<(u64, u64)>>) {
        let (shared, name) = (Arc::clone(&self.shared), name.to_owned());
        let last = Arc::new(Mutex::new((0, 0)));
        let (kept, spoken) = (Arc::clone(&last), Mutex::new(None::<(Instant, u64)>));
        let told: Told = Arc::new(move |bytes, total| {
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = (bytes, total);
            let mut spoken = spoken.lock().unwrap_or_else(PoisonError::into_inner);
            // The log keeps a thousand events of all kinds: a slow download must not push the others out.
            let is_news =
                |(at, then): (Instant, u64)| at.elapsed() >= TOLD && bytes.abs_diff(then) >= total / 200;
            if spoken.is_none_or(is_news) {
                *spoken = Some((Instant::now(), bytes));
                shared.events.append(Event::ModelProgress { name: name.clone(), bytes, total });
            }
        });
        (told, last)
    }
}
