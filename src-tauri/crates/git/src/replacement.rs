//! The next content of a file of git's, put in its place the way git does it: under `<file>.lock`.

use crate::{branch::Witness, error::GitError};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::SystemTime,
};

/// Start of the names of our private files in a git folder.
pub(crate) const PRIVATE: &str = "autocommit-";

/// A private file in the git folder, removed when dropped (with the lock git makes beside it).
#[derive(Debug)]
pub(crate) struct Private(PathBuf);

impl Private {
    /// A file of ours in `folder`; nothing is made yet.
    pub(crate) fn named(folder: &Path, name: &str) -> Self {
        Self(folder.join(format!("{PRIVATE}{name}")))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
        let mut lock = self.0.clone().into_os_string();
        lock.push(".lock");
        let _ = fs::remove_file(lock);
    }
}

/// Creates a file that nobody else can read: git's configuration may hold a password.
pub(crate) fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(crate) fn file_error(what: &'static str) -> impl Fn(std::io::Error) -> GitError {
    move |source| GitError::File { what, source }
}

/// Which file a lock is: enough to prove later that it was ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockIdentity {
    /// Path of the lock.
    pub path: PathBuf,
    /// Device number.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
    /// Birth of the inode in nanoseconds since the epoch, where the file system tells: numbers are used again.
    pub born_ns: Option<i64>,
}

impl LockIdentity {
    /// Of the file that `meta` was read from.
    pub(crate) fn of(path: PathBuf, meta: &fs::Metadata) -> Self {
        let (dev, ino) = identity(meta);
        Self { path, dev, ino, born_ns: born(meta) }
    }
}

/// Birth of an inode in nanoseconds since the epoch.
pub(crate) fn born(meta: &fs::Metadata) -> Option<i64> {
    let since = meta.created().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_nanos()).ok()
}

/// The next content of a file, complete and safe on disk, under a private name. It becomes the file's lock by a hard
/// link, so that the lock's identity is known (and can be journalled) before the lock exists.
#[derive(Debug)]
pub struct Replacement {
    target: PathBuf,
    file: Private,
    identity: LockIdentity,
    /// The lock itself, where it could not be made by a link.
    copied: OnceLock<LockIdentity>,
}

impl Replacement {
    /// Which file the lock will be, or is.
    pub fn identity(&self) -> &LockIdentity {
        self.copied.get().unwrap_or(&self.identity)
    }

    /// Writes `source`'s content, and its modification time, to a new private file called `name` beside `target`.
    pub(crate) fn write(target: &Path, name: &str, source: &Path) -> Result<Self, GitError> {
        let failed = file_error("the next content of a file of git's could not be written");
        let folder = target.parent().unwrap_or(target);
        let private = Private::named(folder, name);
        let _ = fs::remove_file(private.path());
        let file = match target.exists() {
            true => create(private.path()),
            false => OpenOptions::new().write(true).create_new(true).open(private.path()),
        };
        let file = file.map_err(&failed)?;
        fill(&file, source).map_err(&failed)?;
        // A shared repository's files keep their mode.
        if let Ok(meta) = target.metadata() {
            let _ = file.set_permissions(meta.permissions());
        }
        let mut lock = target.as_os_str().to_owned();
        lock.push(".lock");
        let identity = LockIdentity::of(lock.into(), &file.metadata().map_err(&failed)?);
        Ok(Self { target: target.to_owned(), file: private, identity, copied: OnceLock::new() })
    }

    /// Takes the file's lock; `false` while somebody else holds it.
    pub(crate) async fn lock(&self, witness: Witness<'_>) -> Result<bool, GitError> {
        match fs::hard_link(self.file.path(), &self.identity.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            // A file system without hard links (exFAT, some network ones): made anew, and put on record after that.
            Err(error) if linkless(&error) => self.lock_by_copy(witness).await,
            Err(source) => Err(GitError::File { what: "a file of git's could not be locked", source }),
        }
    }

    async fn lock_by_copy(&self, witness: Witness<'_>) -> Result<bool, GitError> {
        let failed = file_error("a file of git's could not be locked");
        match OpenOptions::new().write(true).create_new(true).open(&self.identity.path) {
            Ok(file) => {
                let meta = file.metadata().map_err(&failed)?;
                let identity = LockIdentity::of(self.identity.path.clone(), &meta);
                let _ = self.copied.set(identity.clone());
                // Empty until then: what a crash leaves in this instant is told by that.
                witness(vec![identity]).await;
                if let Err(source) = fill(&file, self.file.path()) {
                    self.release();
                    return Err(failed(source));
                }
                Ok(true)
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(source) => Err(failed(source)),
        }
    }

    /// Replaces the content of the lock we hold.
    pub(crate) fn refill(&self, source: &Path) -> Result<(), GitError> {
        let failed = file_error("the next content of a file of git's could not be written");
        let file =
            OpenOptions::new().write(true).truncate(true).open(&self.identity.path).map_err(&failed)?;
        fill(&file, source).map_err(failed)
    }

    /// Makes the locked content the file's, and gives the lock up by that.
    pub(crate) fn install(&self) -> Result<(), GitError> {
        fs::rename(&self.identity.path, &self.target)
            .map_err(file_error("the next content of a file of git's could not be put in place"))
    }

    /// Gives the lock up without a trace.
    pub(crate) fn release(&self) {
        if self.is_held() {
            let _ = fs::remove_file(&self.identity.path);
        }
    }

    /// Whether the lock is there and ours.
    pub(crate) fn is_held(&self) -> bool {
        holds(self.identity())
    }
}

/// Whether linking failed because links are not to be had there.
fn linkless(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{CrossesDevices, PermissionDenied, TooManyLinks, Unsupported};
    matches!(error.kind(), Unsupported | PermissionDenied | TooManyLinks | CrossesDevices)
}

fn fill(mut file: &File, source: &Path) -> std::io::Result<()> {
    let bytes = fs::read(source)?;
    file.write_all(&bytes)?;
    file.set_modified(source.metadata()?.modified()?)?;
    file.sync_all()
}

/// Whether the lock at that path is still that very file.
pub(crate) fn holds(lock: &LockIdentity) -> bool {
    lock.path.symlink_metadata().is_ok_and(|meta| LockIdentity::of(lock.path.clone(), &meta) == *lock)
}

#[cfg(unix)]
pub(crate) fn identity(meta: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
pub(crate) fn identity(meta: &fs::Metadata) -> (u64, u64) {
    let made = meta.created().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    (0, made.map_or(0, |d| u64::try_from(d.as_nanos()).unwrap_or(0)))
}
