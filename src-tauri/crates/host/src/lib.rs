//! The composition root of both programs: folders, settings, lock, token, engine and API put together. It knows
//! everyone and decides nothing.

mod configuration;
mod error;
mod file;
mod file_watch;
mod folders;
mod lock;
pub mod log;
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
mod memory;
mod port;
mod settings;
#[cfg(unix)]
mod socket;
mod token;
pub mod unit;

pub use error::HostError;
pub use file::replace_file;
pub use folders::Folders;
pub use lock::{Lock, Owner};
pub use port::{PortHolder, port_holder};
pub use settings::{Override, Source};
pub use token::{read_token, renew_token, token_path};

use crate::{configuration::InForce, file_watch::FileWatch, token::ensure_tokens};
use autocommit_api::{
    Context,
    http::{self, Access, Tokens},
};
use autocommit_engine::{Engine, EngineError, Onlooker, TrustBook};
use autocommit_report::Place;
use axum::Router;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Time between two looks at the configuration file where the system does not tell of changes.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The same where it does: for folders that somebody else changes, too (a network's).
const LOOK_ALL_THE_SAME: Duration = Duration::from_mins(5);
/// The longest that reports under way may delay the end.
const REPORTS_END: Duration = Duration::from_secs(2);
/// The file must have rested this long before it is read, so that a half-written one is never taken.
const REST: Duration = Duration::from_millis(300);

/// Everything a process needs that owns a user's repositories.
pub struct Host {
    /// Where the configuration and the state are.
    pub folders: Folders,
    /// The engine; it holds the settings in force.
    pub engine: Engine,
    tokens: Tokens,
    configuration: Arc<InForce>,
    lock: Lock,
}

impl Host {
    /// Reads the settings, takes the lock (trying for as long as `patience`), and opens the engine.
    pub async fn start(
        folders: Folders,
        overrides: Vec<Override>,
        patience: Duration,
    ) -> Result<Self, HostError> {
        let source = Source::new(folders.clone(), overrides);
        let seen = source.fingerprint();
        let (layered, settings) = source.load()?;
        folders.prepare_state_dir()?;
        let lock = Lock::take(&folders.state_dir, patience)?;
        let tokens = ensure_tokens(&folders.state_dir)?;
        let engine = Box::pin(Engine::open(&folders.state_dir, settings)).await?;
        let configuration = Arc::new(InForce::new(source, engine.clone(), seen, layered));
        Ok(Self { folders, engine, tokens, configuration, lock })
    }

    /// What the methods of the API stand on, for those in this process who call them without a network.
    pub fn context(&self) -> Context {
        Context { engine: self.engine.clone(), configuration: self.configuration.clone() }
    }

    /// The methods as a router without anybody at the door, for requests of this process's own window. What happens is
    /// told by the engine's events.
    pub fn router(&self) -> Router {
        http::in_process(self.context())
    }

    /// What a person is asked about trust, and where their answers go, with the settings in force. Only for somebody at
    /// this machine.
    pub async fn trust_book(&self) -> Result<TrustBook, EngineError> {
        TrustBook::open((*self.engine.settings()).clone(), &self.folders.state_dir).await
    }

    /// What a person decides about single files, with the settings in force. Only for somebody at this machine.
    pub async fn onlooker(&self) -> Result<Onlooker, EngineError> {
        Onlooker::open(&self.folders.state_dir, (*self.engine.settings()).clone()).await
    }

    /// Starts the API and tells others where it listens; nothing where `http.enabled` is false.
    pub async fn serve(&self) -> Result<Option<Api>, HostError> {
        let wanted = self.engine.settings().http.clone();
        if !wanted.enabled {
            return Ok(None);
        }
        let ip = wanted.bind.parse().unwrap_or(std::net::Ipv4Addr::LOCALHOST.into());
        let address = SocketAddr::new(ip, wanted.port);
        let refused = |source| HostError::Port { address, holder: port_holder(address.port()), source };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let stop = CancellationToken::new();
        let router = http::router(self.context(), Access::new(self.tokens.clone(), address));
        let socket = self.serve_socket(&router, &stop);
        let task = tokio::spawn(http::serve(listener, router, stop.clone()));
        if let Err(source) = self.lock.announce(Some(address), socket.as_ref().map(|socket| &*socket.path)) {
            let path = self.folders.state_dir.join("lock");
            return Err(HostError::State { path, what: "the API's address cannot be written", source });
        }
        Ok(Some(Api { address, socket, stop, task }))
    }

    /// The same on a socket; nothing, and a warning, where there can be none. The port is there.
    #[cfg(unix)]
    fn serve_socket(&self, router: &Router, stop: &CancellationToken) -> Option<Socket> {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let path = socket::path(&self.folders.state_dir, runtime.as_deref());
        match socket::listen(&path) {
            Ok(listener) => {
                let task = tokio::spawn(http::serve_socket(listener, router.clone(), stop.clone()));
                Some(Socket { path, task })
            }
            Err(error) => {
                tracing::warn!("there is no socket at {}: {error}; the port serves alone", path.display());
                None
            }
        }
    }

    #[cfg(not(unix))]
    fn serve_socket(&self, _: &Router, _: &CancellationToken) -> Option<Socket> {
        None
    }

    /// Runs cycles, reports what needs a person, and reads the settings again when their file changes, until `stop` is
    /// cancelled and the running writes have finished.
    pub async fn run(&self, stop: CancellationToken) {
        if let Err(error) = log::keep(&self.folders.state_dir) {
            let file = log::file(&self.folders.state_dir);
            tracing::warn!("the log cannot be kept in {}: {error}", file.display());
        }
        self.configuration.log_as_wanted();
        let place = Place { folder: self.folders.state_dir.clone(), write: replace_file };
        // A task of its own: what it reads and starts may be on a disk that does not answer.
        let mut reports = tokio::spawn(autocommit_report::run(self.context(), place, stop.clone()));
        let memory = give_back(&self.engine, stop.clone());
        tokio::join!(Box::pin(self.engine.run(stop.clone())), self.watch_settings(stop), memory);
        if tokio::time::timeout(REPORTS_END, &mut reports).await.is_err() {
            reports.abort();
        }
    }

    /// Reads the settings again now. A mistake leaves the earlier ones in force and is told.
    pub fn reload(&self) {
        self.configuration.reload();
    }

    async fn watch_settings(&self, stop: CancellationToken) {
        let file = &self.folders.config_file;
        let mut watch = FileWatch::start(file)
            .inspect_err(|error| {
                tracing::info!("changes of {} are not told, so it is looked at: {error}", file.display());
            })
            .ok();
        loop {
            let told = async {
                match &watch {
                    Some(watch) => {
                        let _ = tokio::time::timeout(LOOK_ALL_THE_SAME, watch.changed()).await;
                        tokio::time::sleep(REST).await;
                    }
                    None => tokio::time::sleep(LOOK_EVERY).await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = told => {}
            }
            if watch.as_mut().is_some_and(|watch| watch.renew().is_err()) {
                watch = None;
            }
            let Some(now) = self.configuration.has_changed() else { continue };
            tokio::time::sleep(REST).await;
            if self.configuration.has_changed() == Some(now) {
                self.reload();
            }
        }
    }
}

/// Makes the allocator of a process that goes on for days keep little. To be called before the first thread is started.
pub fn keep_memory_small() {
    #[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
    memory::few_arenas();
}

async fn give_back(engine: &Engine, stop: CancellationToken) {
    #[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
    memory::give_back(engine.events().since(engine.events().newest()).1, stop).await;
    #[cfg(not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")))]
    let _ = (engine, stop);
}

/// The running API.
#[derive(Debug)]
pub struct Api {
    /// Where it listens.
    pub address: SocketAddr,
    socket: Option<Socket>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// The socket beside it.
#[derive(Debug)]
struct Socket {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Api {
    /// Ends it: no new requests, and two seconds for those under way.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Some(socket) = self.socket {
            let _ = std::fs::remove_file(&socket.path);
            if let Err(error) = socket.task.await {
                tracing::error!("the API on its socket ended badly: {error}");
            }
        }
        if let Err(error) = self.task.await {
            tracing::error!("the API ended badly: {error}");
        }
    }
}
