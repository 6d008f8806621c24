//! The supervisor: one `llama-server` at most, started when it is needed, watched, and ended.

use crate::{
    ask::is_alive,
    life::Life,
    program::{Options, ProgramError, Stamp},
    restarts::Restarts,
    ring::Ring,
};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Lines of its output that are kept.
const LINES: usize = 500;
/// How patient the supervisor is.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The longest a model may take to load.
    pub load: Duration,
    /// Time between two looks while it loads.
    pub look: Duration,
    /// The longest that a living server may take to say that it lives.
    pub answer: Duration,
    /// A server that nobody asked anything for this long is ended.
    pub unused: Duration,
    /// Takes the place of the pauses before restarts.
    pub pause: Option<Duration>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            load: Duration::from_secs(60),
            look: Duration::from_millis(200),
            answer: Duration::from_secs(2),
            unused: Duration::from_secs(1800),
            pause: None,
        }
    }
}

/// What is to be served, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) program: PathBuf,
    /// The model's file.
    pub(crate) file: PathBuf,
    /// The model's name.
    pub(crate) model: String,
}

/// Where a running server is.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its address, such as `http://127.0.0.1:4711`.
    pub base_url: String,
    /// Its key; made for this one run.
    pub key: String,
    /// The model to ask for.
    pub model: String,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("base_url", &self.base_url).field("model", &self.model).finish()
    }
}

/// How the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing runs.
    Off,
    /// It was started and loads.
    Starting,
    /// It answers.
    Ready {
        /// Where.
        endpoint: Endpoint,
        /// Its process id.
        pid: u32,
    },
    /// It ended, or never answered, and is left alone for now. Why, in a sentence.
    Failed(String),
}

impl State {
    /// Whether it is the process `of` that answers.
    pub(crate) fn is_ready(&self, of: u32) -> bool {
        matches!(self, Self::Ready { pid, .. } if *pid == of)
    }
}

/// Why there is no endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// No program to start.
    #[error(transparent)]
    NoProgram(#[from] ProgramError),
    /// The model is not here.
    #[error("The model {0} is not here. Fetch it with autocommit model pull.")]
    NoModel(String),
    /// Not yet.
    #[error("The model is being loaded.")]
    Starting,
    /// Not for now.
    #[error("{0}")]
    Failed(String),
}

/// The supervisor. Dropped, it kills what it started.
pub(crate) struct Server {
    folder: PathBuf,
    patience: Watch,
    ring: Arc<Ring>,
    state: watch::Sender<State>,
    running: tokio::sync::Mutex<Option<Running>>,
    history: Arc<Mutex<History>>,
}

/// What is remembered from one server to the next.
#[derive(Default)]
pub(crate) struct History {
    pub(crate) restarts: Restarts,
    /// What the failures were about.
    wanted: Option<Wanted>,
    pub(crate) options: Option<(Stamp, Options)>,
    /// When somebody wanted it last.
    pub(crate) used: Option<Instant>,
}

struct Running {
    wanted: Wanted,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // The child is killed with the task that holds it.
        self.task.abort();
    }
}

impl Server {
    pub(crate) fn new(folder: PathBuf, patience: Watch) -> Self {
        Self {
            folder,
            patience,
            ring: Arc::new(Ring::new(LINES)),
            state: watch::Sender::new(State::Off),
            running: tokio::sync::Mutex::default(),
            history: Arc::default(),
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub(crate) fn logs(&self, after: u64, lines: usize) -> (Vec<String>, u64) {
        self.ring.after(after, lines)
    }

    /// Sees to it that a server serves what is wanted, and waits for it for at most `within`.
    pub(crate) async fn ensure(&self, wanted: &Wanted, within: Duration) -> Result<Endpoint, ServerError> {
        let give_up = tokio::time::Instant::now() + within;
        {
            let mut running = self.running.lock().await;
            {
                let mut history = history(&self.history);
                history.used = Some(Instant::now());
                if history.wanted.as_ref() != Some(wanted) {
                    history.restarts = Restarts::default();
                    history.wanted = Some(wanted.clone());
                }
            }
            let same = running.as_ref().is_some_and(|running| running.wanted == *wanted);
            if !same && let Some(other) = running.take() {
                end(other).await;
            }
            if running.as_ref().is_none_or(|running| running.task.is_finished()) {
                let wait = history(&self.history).restarts.wait(Instant::now());
                if let (Some(_), State::Failed(why)) = (wait, self.state()) {
                    return Err(ServerError::Failed(why));
                }
                *running = Some(self.begin(wanted.clone()));
            } else if let State::Ready { endpoint, pid } = self.state()
                && !is_alive(&endpoint, self.patience.answer).await
            {
                // Meanwhile another may be there.
                self.state.send_if_modified(|state| {
                    let same = state.is_ready(pid);
                    if same {
                        *state = State::Starting;
                    }
                    same
                });
            }
        }
        let mut state = self.state.subscribe();
        let settled = state.wait_for(|state| matches!(state, State::Ready { .. } | State::Failed(_)));
        match tokio::time::timeout_at(give_up, settled).await {
            Ok(Ok(state)) => match &*state {
                State::Ready { endpoint, .. } => Ok(endpoint.clone()),
                State::Failed(why) => Err(ServerError::Failed(why.clone())),
                State::Off | State::Starting => Err(ServerError::Starting),
            },
            _ => Err(ServerError::Starting),
        }
    }

    fn begin(&self, wanted: Wanted) -> Running {
        self.state.send_replace(State::Starting);
        let stop = CancellationToken::new();
        let life = Life {
            wanted: wanted.clone(),
            folder: self.folder.clone(),
            patience: self.patience.clone(),
            ring: Arc::clone(&self.ring),
            state: self.state.clone(),
            history: Arc::clone(&self.history),
            stop: stop.clone(),
        };
        let task = tokio::spawn(life.run());
        Running { wanted, stop, task }
    }

    /// Ends the server; returns when nothing of it runs.
    pub(crate) async fn stop(&self) {
        let running = self.running.lock().await.take();
        if let Some(running) = running {
            end(running).await;
            self.state.send_replace(State::Off);
        }
    }
}

async fn end(mut running: Running) {
    running.stop.cancel();
    let _ = (&mut running.task).await;
}

pub(crate) fn history(history: &Mutex<History>) -> MutexGuard<'_, History> {
    history.lock().unwrap_or_else(PoisonError::into_inner)
}
