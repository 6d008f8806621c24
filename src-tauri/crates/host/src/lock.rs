//! The owner lock: one process at a time works on a user's repositories.
//!
//! What counts is the operating system's lock on the open file, which ends with the process however it ends. The
//! content only tells others whom to talk to.

use crate::HostError;
use autocommit_core::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

/// Windows keeps others from reading a locked file, so there the lock is beside the content.
const HELD: &str = if cfg!(windows) { "lock.held" } else { "lock" };
const CONTENT: &str = "lock";
/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(25);
/// Someone who only looks at the lock holds it for a moment; an owner waits at least this long before giving up.
const LEAST_PATIENCE: Duration = Duration::from_millis(200);

/// The process that owns the repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Its process id; nothing while it starts.
    pub pid: Option<u32>,
    /// Port of its API, where it serves one.
    pub port: Option<u16>,
    /// Address its API listens on.
    pub bind: Option<std::net::IpAddr>,
    /// The socket that its API listens on too, where there is one.
    #[serde(default)]
    pub socket: Option<PathBuf>,
    /// Its version.
    pub version: Option<String>,
    /// When it took the lock.
    pub started_at: Option<Timestamp>,
}

impl Owner {
    /// Whoever owns the repositories right now, if anyone does.
    pub fn of(state_dir: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(state_dir.join(HELD)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(Self::read(state_dir))),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// What the owner wrote of itself; nothing known where it is just writing.
    fn read(state_dir: &Path) -> Self {
        for _ in 0..8 {
            let text = std::fs::read_to_string(state_dir.join(CONTENT)).unwrap_or_default();
            if let Ok(owner) = serde_json::from_str(&text) {
                return owner;
            }
            thread::sleep(PAUSE);
        }
        Self { pid: None, port: None, bind: None, socket: None, version: None, started_at: None }
    }

    /// Address of its API, where it serves one.
    pub fn api(&self) -> Option<std::net::SocketAddr> {
        Some((self.bind.unwrap_or(std::net::Ipv4Addr::LOCALHOST.into()), self.port?).into())
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "Another Autocommit process owns your repositories (pid {pid})."),
            None => f.write_str("Another Autocommit process owns your repositories; it is just starting."),
        }
    }
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    // Never unlocked by hand: closing the file is what the system does too when the process dies.
    _held: File,
    content: Mutex<File>,
    path: PathBuf,
    started_at: Timestamp,
}

impl Lock {
    /// Takes the lock of the state folder, trying for as long as `patience`.
    pub fn take(state_dir: &Path, patience: Duration) -> Result<Self, HostError> {
        let path = state_dir.join(CONTENT);
        let failed = |source| HostError::State { path: path.clone(), what: "it cannot be locked", source };
        let held = open(&state_dir.join(HELD)).map_err(failed)?;
        let give_up = Instant::now() + patience.max(LEAST_PATIENCE);
        loop {
            match held.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < give_up => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(HostError::Owned(Owner::read(state_dir))),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        let content = Mutex::new(open(&path).map_err(failed)?);
        let lock = Self { _held: held, content, path: path.clone(), started_at: Timestamp::now() };
        lock.announce(None, None).map_err(failed)?;
        Ok(lock)
    }

    /// Tells others who the owner is, and where its API listens.
    pub(crate) fn announce(
        &self,
        api: Option<std::net::SocketAddr>,
        socket: Option<&Path>,
    ) -> io::Result<()> {
        let owner = Owner {
            pid: Some(std::process::id()),
            port: api.map(|address| address.port()),
            bind: api.map(|address| address.ip()),
            // A name that JSON cannot hold is not told; the port is.
            socket: socket.filter(|path| path.to_str().is_some()).map(Path::to_owned),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            started_at: Some(self.started_at),
        };
        self.write(&serde_json::to_vec(&owner)?)
    }

    fn write(&self, text: &[u8]) -> io::Result<()> {
        let mut file = self.content.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Err(error) = self.write(b"") {
            tracing::debug!("{} could not be emptied: {error}", self.path.display());
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_owner_at_a_time() {
        let temp = tempfile::tempdir().unwrap();
        assert_eq!(Owner::of(temp.path()).unwrap(), None, "nobody was ever here");
        let lock = Lock::take(temp.path(), Duration::ZERO).unwrap();
        let owner = Owner::of(temp.path()).unwrap().unwrap();
        assert_eq!((owner.pid, owner.port), (Some(std::process::id()), None));
        let Err(HostError::Owned(owner)) = Lock::take(temp.path(), Duration::ZERO) else {
            panic!("two owners")
        };
        assert_eq!(
            owner.to_string(),
            format!("Another Autocommit process owns your repositories (pid {}).", std::process::id())
        );
        lock.announce(Some(([127, 0, 0, 1], 8200).into()), None).unwrap();
        let owner = Owner::of(temp.path()).unwrap().unwrap();
        assert_eq!(owner.api(), Some(([127, 0, 0, 1], 8200).into()));
        drop(lock);
        assert_eq!(Owner::of(temp.path()).unwrap(), None);
        drop(Lock::take(temp.path(), Duration::ZERO).unwrap());
    }

    #[test]
    fn what_a_dead_owner_left_means_nothing() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::write(
            temp.path().join("lock"),
            r#"{"pid":1,"port":8200,"bind":null,"version":"9","started_at":null}"#,
        )
        .unwrap();
        assert_eq!(Owner::of(temp.path()).unwrap(), None);
        Lock::take(temp.path(), Duration::ZERO).unwrap();
    }

    #[test]
    fn patience_outlives_a_short_owner() {
        let temp = tempfile::tempdir().unwrap();
        let first = Lock::take(temp.path(), Duration::ZERO).unwrap();
        let waiting = thread::spawn({
            let folder = temp.path().to_owned();
            move || Lock::take(&folder, Duration::from_secs(20)).is_ok()
        });
        thread::sleep(Duration::from_millis(300));
        drop(first);
        assert!(waiting.join().unwrap());
    }
}
