//! The life of one server after the other, until nobody wants one any more.

use crate::{
    ask::client,
    child::{Child, Spec},
    listening::listens,
    program::{Options, ProgramError, Stamp, environment},
    ring::Ring,
    server::{Endpoint, History, State, Wanted, Watch, history},
};
use autocommit_core::id::hex;
use std::{
    io::{self, Write as _},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Instant,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What the task of a server holds.
pub(crate) struct Life {
    pub(crate) wanted: Wanted,
    pub(crate) folder: PathBuf,
    pub(crate) patience: Watch,
    pub(crate) ring: Arc<Ring>,
    pub(crate) state: watch::Sender<State>,
    pub(crate) history: Arc<Mutex<History>>,
    pub(crate) stop: CancellationToken,
}

/// How one server ended.
enum End {
    /// Told to.
    Stopped,
    /// Nobody needs it.
    Unused,
    /// By itself, or it never answered.
    Failed(String),
    /// There is no use in another one.
    Hopeless(String),
}

impl Life {
    /// Serves until told to stop, until nobody needs it, or until it failed too often.
    pub(crate) async fn run(self) {
        loop {
            let ended = Box::pin(self.one()).await;
            let why = match ended {
                End::Stopped | End::Unused => {
                    self.state.send_replace(State::Off);
                    return;
                }
                End::Hopeless(why) => {
                    self.note(&why);
                    history(&self.history).restarts.failed(Instant::now());
                    self.state.send_replace(State::Failed(why));
                    return;
                }
                End::Failed(why) => why,
            };
            self.note(&why);
            self.state.send_replace(State::Starting);
            let pause = history(&self.history).restarts.failed(Instant::now());
            let Some(pause) = pause else {
                let why = format!("{why} It was started several times; it is left alone for ten minutes.");
                self.state.send_replace(State::Failed(why));
                return;
            };
            tokio::select! {
                () = tokio::time::sleep(self.patience.pause.unwrap_or(pause)) => {}
                () = self.stop.cancelled() => {
                    self.state.send_replace(State::Off);
                    return;
                }
            }
        }
    }

    /// Starts one server and stays with it to its end.
    async fn one(&self) -> End {
        let options = match self.options().await {
            Ok(options) => options,
            Err(error) => return End::Hopeless(error.to_string()),
        };
        let key = hex(&rand::random::<[u8; 32]>());
        self.ring.hide(&key);
        let (child, port) = match self.start(&options, &key).await {
            Ok(started) => started,
            Err(error) => {
                let program = self.wanted.program.display();
                return End::Hopeless(format!("{program} could not be started: {error}."));
            }
        };
        let pid = child.pid().unwrap_or_default();
        self.note(&format!("{} was started (process {pid}, port {port}).", self.wanted.program.display()));
        let endpoint =
            Endpoint { base_url: format!("http://127.0.0.1:{port}"), key, model: self.wanted.model.clone() };
        let end = tokio::select! {
            how = child.ended() => End::Failed(format!("llama-server ended by itself ({how}).")),
            () = self.stop.cancelled() => End::Stopped,
            end = self.attend(&endpoint, pid, port) => end,
        };
        child.stop().await;
        end
    }

    /// Asks the program once for its options; again when it is another file.
    async fn options(&self) -> Result<Options, ProgramError> {
        let stamp = Stamp::of(&self.wanted.program);
        let known = history(&self.history).options.clone();
        if let (Some(stamp), Some((of, options))) = (&stamp, known)
            && *stamp == of
        {
            return Ok(options);
        }
        let options = Options::ask(&self.wanted.program, &self.folder).await?;
        history(&self.history).options = stamp.map(|stamp| (stamp, options.clone()));
        Ok(options)
    }

    async fn start(&self, options: &Options, key: &str) -> io::Result<(Child, u16)> {
        // Free now; should somebody take it before the program does, the program ends and is started anew.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let threads = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        let mut arguments = options.arguments(&self.wanted.file, &self.wanted.model, port, threads);
        let mut environment = environment();
        if options.knows("LLAMA_API_KEY") {
            environment.push(("LLAMA_API_KEY".into(), key.into()));
        } else {
            arguments.extend(["--api-key-file".into(), key_file(&self.folder, key)?.into()]);
        }
        let spec = Spec {
            program: self.wanted.program.clone(),
            arguments,
            environment,
            folder: self.folder.clone(),
        };
        Ok((Child::start(spec, Arc::clone(&self.ring)).await?, port))
    }

    /// Waits until it answers, and then until nobody needs it or it does not answer any more.
    async fn attend(&self, endpoint: &Endpoint, pid: u32, port: u16) -> End {
        let Ok(client) = client(self.patience.answer) else {
            return End::Hopeless("No connection can be made.".to_owned());
        };
        let health = format!("{}/health", endpoint.base_url);
        let loaded = tokio::time::timeout(self.patience.load, async {
            loop {
                let answer = client.get(&health).send().await;
                if answer.is_ok_and(|answer| answer.status().is_success()) {
                    return;
                }
                tokio::time::sleep(self.patience.look).await;
            }
        });
        if loaded.await.is_err() {
            let seconds = self.patience.load.as_secs();
            return End::Failed(format!("llama-server did not load the model within {seconds} seconds."));
        }
        if listens(pid, port) == Some(false) {
            return End::Failed(
                "Another program answers on the port that llama-server was given.".to_owned(),
            );
        }
        self.note("The model is loaded.");
        self.state.send_replace(State::Ready { endpoint: endpoint.clone(), pid });
        let mut state = self.state.subscribe();
        loop {
            let used = history(&self.history).used.unwrap_or_else(Instant::now);
            let left = self.patience.unused.saturating_sub(used.elapsed());
            if left.is_zero() {
                return End::Unused;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                // Whoever found that it does not answer says so of this one, and of no later one.
                _ = state.wait_for(|state| !state.is_ready(pid)) => {
                    return End::Failed("llama-server did not answer any more.".to_owned());
                }
            }
        }
    }

    fn note(&self, text: &str) {
        tracing::debug!("{text}");
        self.ring.line(&format!("autocommit: {text}"));
    }
}

/// Writes the key where only this user can read it.
fn key_file(folder: &Path, key: &str) -> io::Result<PathBuf> {
    let path = folder.join("server.key");
    let _ = std::fs::remove_file(&path);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path)?.write_all(key.as_bytes())?;
    Ok(path)
}
