//! One ssh connection for many pushes to a host, where the person's own settings leave room for it.
//!
//! The connection is opened before the pushes (`ssh -N`, which ends when it stands and leaves a process behind that holds it),
//! so that pushes that begin together do not open one each. Pushes are told to use it and never to open one; where it is
//! gone, ssh connects by itself. It ends with us, and by itself a minute after its last use. In every doubt nothing is shared.

mod answer;
mod destination;
mod sockets;

pub(crate) use destination::Destination;

use crate::{
    command::{Call, Git},
    config::Config,
    limits::{self, Class},
    mark::Mark,
    push::SSH_OPTIONS,
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

/// Variables by which a person has git use another ssh. They do not reach our git, and who has one is left alone.
const OWN_SSH: [&str; 3] = ["GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT"];

/// All shared connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    /// The state folder, while connections are shared.
    state_dir: Mutex<Option<PathBuf>>,
    links: Mutex<HashMap<Destination, Arc<Link>>>,
}

/// What is known of one destination.
#[derive(Debug)]
struct Link {
    destination: Destination,
    /// Pushes that may use the connection at the same time.
    sessions: Arc<Semaphore>,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What ssh said of the destination.
    asked: Option<Asked>,
    master: Option<Master>,
    /// Sharing did not work: it is not tried before then.
    left_alone_until: Option<Instant>,
}

#[derive(Debug)]
struct Asked {
    at: Instant,
    files: Vec<(PathBuf, Option<(SystemTime, u64)>)>,
    /// Our part of the socket's name, different for different settings; nothing where they leave no room.
    name: Option<String>,
}

/// A connection that stands.
#[derive(Debug)]
struct Master {
    /// `ControlPath`, as ssh reads it.
    path: String,
    folder: PathBuf,
    name: String,
    since: Instant,
    mark: Mark,
}

/// The use of a shared connection by one push.
#[derive(Debug)]
pub(crate) struct Lease {
    link: Arc<Link>,
    path: String,
    _session: OwnedSemaphorePermit,
}

impl Git {
    /// Lets pushes to one host share a connection, with sockets in the session's runtime folder or below the state folder.
    /// Without one it is over: connections that stand take no more pushes, and end.
    pub fn share_connections(&self, state_dir: Option<&Path>) {
        let theirs = || OWN_SSH.iter().any(|name| std::env::var_os(name).is_some());
        let state_dir = state_dir.filter(|_| !theirs()).map(Path::to_owned);
        let over = state_dir.is_none();
        *self.connections().state_dir.lock().unwrap_or_else(PoisonError::into_inner) = state_dir;
        if over && !self.connections().links().is_empty() {
            let git = self.clone();
            tokio::spawn(async move { git.each_connection(false).await });
        }
    }

    /// Ends every shared connection.
    pub async fn close_connections(&self) {
        self.each_connection(true).await;
    }

    async fn each_connection(&self, at_once: bool) {
        let mut ending = JoinSet::new();
        for link in self.connections().links().drain().map(|(_, link)| link) {
            let git = self.clone();
            ending.spawn(async move {
                let master = link.state.lock().await.master.take();
                if let Some(master) = master {
                    link.end(&git, master, at_once).await;
                }
            });
        }
        while ending.join_next().await.is_some() {}
    }
}

impl Connections {
    fn links(&self) -> std::sync::MutexGuard<'_, HashMap<Destination, Arc<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self, destination: Destination) -> Arc<Link> {
        let mut links = self.links();
        let link = links.entry(destination.clone()).or_insert_with(|| {
            let sessions = Arc::new(Semaphore::new(limits::SESSIONS_SHARED));
            Arc::new(Link { destination, sessions, state: tokio::sync::Mutex::default() })
        });
        link.clone()
    }
}

/// A place on the connection to `url`; nothing where there is none to be had, and ssh is to connect by itself. What a push
/// runs besides (`hooks`) would find our words for ssh in its environment, and may connect to somewhere else.
pub(crate) async fn lease(git: &Git, config: &Config, url: &str, hooks: bool) -> Option<Lease> {
    let state_dir = git.connections().state_dir.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
    let plain = config.person("core.sshcommand").is_none()
        && config.get("ssh.variant").is_none_or(|variant| matches!(variant, "auto" | "ssh"));
    if !plain || hooks {
        return None;
    }
    let link = git.connections().link(Destination::of(url)?);
    let session = link.sessions.clone().try_acquire_owned().ok()?;
    let path = {
        let mut state = link.state.lock().await;
        link.ready(git, &mut state, &state_dir).await?
    };
    Some(Lease { link, path, _session: session })
}

impl Lease {
    /// What ssh is told to use the connection.
    pub(crate) fn options(&self) -> String {
        format!("-o ControlMaster=no -o '{}'", self.path)
    }

    /// The connection may be why a push failed: it ends, unless `answers_counts` and it answers.
    pub(crate) async fn suspect(&self, git: &Git, answers_counts: bool) {
        let mut state = self.link.state.lock().await;
        // Somebody else's push may have opened another one meanwhile.
        let Some(master) = state.master.take_if(|master| master.path == self.path) else { return };
        let answers = self.link.control(git, &master.path, "check").await;
        match answers && answers_counts {
            true => state.master = Some(master),
            false => self.link.end(git, master, !answers).await,
        }
    }

    /// Whether the process that holds the connection answers.
    pub(crate) async fn answers(&self, git: &Git) -> bool {
        self.link.control(git, &self.path, "check").await
    }

    /// Without the connection it works, with it it does not.
    pub(crate) async fn leave_alone(&self, git: &Git) {
        self.suspect(git, false).await;
        self.link.state.lock().await.left_alone_until = Some(Instant::now() + limits::CONNECTION_LASTS);
        tracing::info!("a shared ssh connection did not work and is left alone for a while");
    }
}

impl Link {
    /// The path of a connection that stands; it is opened where there is none.
    async fn ready(&self, git: &Git, state: &mut State, state_dir: &Path) -> Option<String> {
        if state.left_alone_until.is_some_and(|until| until > Instant::now()) {
            return None;
        }
        if !state.asked.as_ref().is_some_and(Asked::holds) {
            state.asked = self.ask(git, state_dir).await;
        }
        let name = state.asked.as_ref()?.name.clone()?;
        if let Some(master) = state.master.take() {
            let fits = master.name == name && master.since.elapsed() < limits::CONNECTION_LASTS;
            // A push through one that hangs would hang.
            let answers = self.control(git, &master.path, "check").await;
            if fits && answers {
                return Some(state.master.insert(master).path.clone());
            }
            self.end(git, master, !answers).await;
        }
        match self.open(git, name, state_dir).await {
            Some(master) => Some(state.master.insert(master).path.clone()),
            None => {
                state.left_alone_until = Some(Instant::now() + limits::CONNECTION_LASTS);
                None
            }
        }
    }

    /// Asks ssh what it would do. This runs what the person's own settings have it run (`Match exec`), as a push does.
    async fn ask(&self, git: &Git, state_dir: &Path) -> Option<Asked> {
        let at = Instant::now();
        let call = self.ssh(git, "ssh-settings", limits::CONNECTION_ASKED)?.args(["-G", "-v"]);
        let output = call.args(self.destination.words()).run().await.ok()?;
        let mut read = answer::files(&output.stderr);
        read.extend(git.environment("HOME").map(|home| Path::new(home).join(".ssh/config")));
        let more = |file: &PathBuf| match file.metadata() {
            Ok(found) if found.is_file() => {
                std::fs::read(file).map_or(true, |text| answer::says_more(&String::from_utf8_lossy(&text)))
            }
            Ok(_) => true,
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        };
        let settings = String::from_utf8_lossy(&output.stdout);
        let room = output.success() && !output.truncated && answer::leaves_room(&settings);
        let name = (room && !read.iter().any(more)).then(|| {
            let mut all = Sha256::new();
            all.update(state_dir.as_os_str().as_encoded_bytes());
            self.destination.words().iter().for_each(|word| all.update(format!("\0{word}")));
            all.update(&output.stdout);
            autocommit_core::id::hex(&all.finalize()[..sockets::OURS / 2])
        });
        let files = read.into_iter().map(|file| (file.clone(), stamp(&file))).collect();
        Some(Asked { at, files, name })
    }

    async fn open(&self, git: &Git, name: String, state_dir: &Path) -> Option<Master> {
        let runtime = git.environment("XDG_RUNTIME_DIR").map(PathBuf::from);
        let folder = sockets::folder(state_dir, runtime.as_deref())?;
        sockets::clear_dead(&folder).await;
        let path = format!("ControlPath=\"{}/{name}%C\"", folder.display());
        // Of a process of ours that was killed: what goes through it may finish.
        if !sockets::named(&folder, &name).is_empty() {
            let _ = self.control(git, &path, "stop").await;
            remove(&folder, &name);
        }
        let mark = Mark::new();
        let call = self.ssh(git, "ssh-connection", limits::CONNECTION_OPENED)?.mark(mark.clone());
        let persists = format!("ControlPersist={}", limits::CONNECTION_IDLE.as_secs());
        let opened = call
            .args(["-N", "-o", "ControlMaster=yes", "-o", &path, "-o", &persists])
            // Noticed sooner than by a push of its own, and of its forwardings a second program has no use.
            .args(["-o", "ServerAliveInterval=5", "-o", "ClearAllForwardings=yes"])
            .args(SSH_OPTIONS.split(' '))
            .args(self.destination.words())
            .run()
            .await;
        if opened.is_ok_and(|output| output.success()) && !sockets::named(&folder, &name).is_empty() {
            return Some(Master { path, folder, name, since: Instant::now(), mark });
        }
        mark.end_all().await;
        None
    }

    /// Ends a connection: at once, or when what goes through it is done.
    async fn end(&self, git: &Git, master: Master, at_once: bool) {
        let word = if at_once { "exit" } else { "stop" };
        if !self.control(git, &master.path, word).await {
            master.mark.end_all().await;
        }
        remove(&master.folder, &master.name);
    }

    /// Says a word to the process that holds the connection; whether it answered in time.
    async fn control(&self, git: &Git, path: &str, word: &str) -> bool {
        let Some(call) = self.ssh(git, "ssh-control", limits::CONNECTION_CONTROLLED) else { return false };
        let call = call.args(["-O", word, "-o", path]).args(self.destination.words());
        call.run().await.is_ok_and(|output| output.success())
    }

    /// A call of the ssh that git would find, as git would call it.
    fn ssh<'a>(&self, git: &'a Git, step: &'static str, within: Duration) -> Option<Call<'a>> {
        let name = if cfg!(windows) { "ssh.exe" } else { "ssh" };
        let path = git.environment("PATH")?;
        let ssh = std::env::split_paths(path).map(|dir| dir.join(name)).find(|p| p.is_file())?;
        let call = git.call(step).program(ssh).class(Class::Network).within(within);
        Some(call.with_desktop().directory(Path::new("/")))
    }
}

impl Asked {
    fn holds(&self) -> bool {
        self.at.elapsed() < limits::CONNECTION_LASTS
            && self.files.iter().all(|(file, before)| stamp(file) == *before)
    }
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let found = file.metadata().ok()?;
    Some((found.modified().ok()?, found.len()))
}

/// Removes what is left of a socket; ssh does it by itself where it was not killed.
fn remove(folder: &Path, name: &str) {
    for socket in sockets::named(folder, name) {
        let _ = std::fs::remove_file(socket);
    }
}
