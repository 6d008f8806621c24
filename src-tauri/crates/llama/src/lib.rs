//! The managed model: fetched when a person asks for it, and served by a `llama-server` of its own.
//!
//! Nothing here begins by itself. [`Llama`] is the handle.

mod ask;
mod catalogue;
mod child;
mod download;
mod files;
mod life;
mod listening;
mod part;
mod program;
mod restarts;
mod ring;
mod server;

pub use catalogue::{Catalogue, DEFAULT, Pin, RestsOn};
pub use download::{Patience, PullError};
pub use files::{FileError, Model, Presence};
pub use program::{ProgramError, find as find_program};
pub use server::{Endpoint, ServerError, State, Watch};

use files::Folder;
use server::{Server, Wanted};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Who is told about a download: bytes that are here, and bytes in all.
pub type Told = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// The models of one state folder. Clones share it.
#[derive(Clone)]
pub struct Llama {
    inner: Arc<Inner>,
}

struct Inner {
    catalogue: Catalogue,
    patience: Patience,
    folder: Folder,
    pulls: Mutex<BTreeMap<String, CancellationToken>>,
    /// Why the last download of a model failed, until the next begins.
    failed: Mutex<BTreeMap<String, String>>,
    server: Server,
}

impl Llama {
    /// The models below a state folder. Touches nothing.
    pub fn open(state_dir: &Path) -> Self {
        Self::with(state_dir, Catalogue::default(), Patience::default(), Watch::default())
    }

    /// With another list and other patience, for tests.
    #[doc(hidden)]
    pub fn with(state_dir: &Path, catalogue: Catalogue, patience: Patience, watch: Watch) -> Self {
        let inner = Inner {
            catalogue,
            patience,
            folder: Folder::new(state_dir.join("models")),
            pulls: Mutex::default(),
            failed: Mutex::default(),
            server: Server::new(state_dir.join("models"), watch),
        };
        Self { inner: Arc::new(inner) }
    }

    /// All models, those of the list first.
    pub fn models(&self) -> Vec<Model> {
        self.inner.folder.models(&self.inner.catalogue)
    }

    /// The model of this name.
    pub fn model(&self, name: &str) -> Option<Model> {
        self.models().into_iter().find(|model| model.name == name)
    }

    /// The file of a model that is here and whole.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        let model = self.model(name).filter(|model| model.presence == Presence::Installed)?;
        Some(self.inner.folder.file(&model.name))
    }

    /// Why the last download of a model failed.
    pub fn failure(&self, name: &str) -> Option<String> {
        lock(&self.inner.failed).get(name).cloned()
    }

    /// Begins to fetch a model of the list, or the rest of it; [`Pull::run`] does it. A person has agreed to that.
    pub fn begin(&self, name: &str) -> Result<Pull, PullError> {
        let pin = self.inner.catalogue.find(name).ok_or_else(|| PullError::Unknown(name.to_owned()))?.clone();
        let stop = CancellationToken::new();
        let mut pulls = lock(&self.inner.pulls);
        if pulls.contains_key(name) {
            return Err(PullError::Already);
        }
        pulls.insert(name.to_owned(), stop.clone());
        lock(&self.inner.failed).remove(name);
        Ok(Pull { llama: self.clone(), pin, stop })
    }

    /// Stops a download of this process; what arrived is kept. False where there is none.
    pub fn cancel(&self, name: &str) -> bool {
        lock(&self.inner.pulls).get(name).map(CancellationToken::cancel).is_some()
    }

    /// Whether this process is fetching it.
    pub fn is_pulling(&self, name: &str) -> bool {
        lock(&self.inner.pulls).contains_key(name)
    }

    /// Brings in a model from a file of the person's. Returns its name.
    pub async fn import(&self, file: &Path) -> Result<String, FileError> {
        let (inner, file) = (Arc::clone(&self.inner), file.to_owned());
        on_disk(move || inner.folder.import(&inner.catalogue, &file, inner.patience.free)).await
    }

    /// Takes a model away, and what was fetched of it.
    pub async fn remove(&self, name: &str) -> Result<(), FileError> {
        let (inner, name) = (Arc::clone(&self.inner), name.to_owned());
        lock(&self.inner.failed).remove(&name);
        on_disk(move || inner.folder.remove(&inner.catalogue, &name)).await
    }

    /// A server of this process that serves a model, waited for for at most `within`: started by this where none runs.
    /// `program` is the one that the person chose.
    pub async fn endpoint(
        &self,
        program: Option<&str>,
        model: &str,
        within: Duration,
    ) -> Result<Endpoint, ServerError> {
        let file = self.file(model).ok_or_else(|| ServerError::NoModel(model.to_owned()))?;
        let wanted = Wanted { program: program::find(program)?, file, model: model.to_owned() };
        self.inner.server.ensure(&wanted, within).await
    }

    /// How the server of this process is.
    pub fn server(&self) -> State {
        self.inner.server.state()
    }

    /// Whether the server has let go of the model until it is asked again.
    pub async fn is_asleep(&self) -> bool {
        match self.server() {
            State::Ready { endpoint, .. } => ask::is_asleep(&endpoint, Duration::from_millis(500)).await,
            _ => false,
        }
    }

    /// Ends the server; returns when nothing of it runs.
    pub async fn stop(&self) {
        self.inner.server.stop().await;
    }

    /// At most `lines` of what the server said after line number `after`, and the number of its last line.
    pub fn logs(&self, after: u64, lines: usize) -> (Vec<String>, u64) {
        self.inner.server.logs(after, lines)
    }
}

/// A download that runs in this process, until it is dropped.
pub struct Pull {
    llama: Llama,
    pin: Pin,
    stop: CancellationToken,
}

impl Pull {
    /// Fetches it.
    pub async fn run(self, told: &Told) -> Result<(), PullError> {
        let ended = Box::pin(self.fetch(told)).await;
        if let Err(error) = &ended {
            lock(&self.llama.inner.failed).insert(self.pin.name.to_owned(), error.to_string());
        }
        ended
    }

    async fn fetch(&self, told: &Told) -> Result<(), PullError> {
        let (folder, catalogue) = (&self.llama.inner.folder, &self.llama.inner.catalogue);
        let name = self.pin.name;
        folder.prepare().map_err(PullError::Disk)?;
        let claiming = folder.clone();
        let claimed = tokio::task::spawn_blocking(move || claiming.claim(name)).await;
        let claimed = claimed.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        let _claim = claimed.map_err(PullError::Disk)?.ok_or(PullError::Elsewhere)?;
        let total = self.pin.size;
        if self.llama.file(name).is_some() {
            told(total, total);
            return Ok(());
        }
        let wanted = download::Wanted {
            url: catalogue.url(&self.pin),
            size: total,
            sha256: self.pin.sha256.to_owned(),
            https_only: catalogue.https_only(),
        };
        let told = Arc::clone(told);
        let told = move |here| told(here, total);
        download::fetch(&wanted, &folder.file(name), &self.llama.inner.patience, &told, &self.stop).await
    }
}

impl Drop for Pull {
    fn drop(&mut self) {
        self.stop.cancel();
        lock(&self.llama.inner.pulls).remove(self.pin.name);
    }
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, FileError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(FileError::Folder(std::io::Error::other(error))))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
