//! The user's index and our private copy of it.
//!
//! A copy keeps the original's modification time: git trusts an entry only if its file is older than the index file
//! (the "racy" rule), so a younger copy would call a file clean that was changed in the same clock tick.

use crate::{
    command::{Call, Git},
    error::GitError,
    repo_call,
};
use autocommit_core::{id::Oid, path::RepoPath, repo::Repo};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
    time::SystemTime,
};

/// Start of the names of our private files in a git folder.
pub(crate) const PRIVATE: &str = "autocommit-";

/// The user's index as it was when a run copied it.
#[derive(Debug)]
pub(crate) struct Original {
    pub(crate) bytes: Option<Vec<u8>>,
    modified: Option<SystemTime>,
}

/// Which state of the user's index was there: enough to see that it was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint(Option<(u64, u64, SystemTime)>);

impl Fingerprint {
    pub(crate) fn of(repo: &Repo) -> Self {
        Self(of(repo).metadata().ok().and_then(|m| Some((identity(&m).1, m.len(), m.modified().ok()?))))
    }
}

/// A private file in the git folder, removed when dropped (with the lock git makes beside it).
#[derive(Debug)]
pub(crate) struct Private(PathBuf);

impl Private {
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

fn file_error(what: &'static str) -> impl Fn(std::io::Error) -> GitError {
    move |source| GitError::File { what, source }
}

/// The path of the user's index.
pub(crate) fn of(repo: &Repo) -> PathBuf {
    repo.git_dir.join("index")
}

/// Entries in the user's index, from its 12-byte header; 0 where there is none.
pub(crate) fn entry_count(repo: &Repo) -> usize {
    let mut header = [0; 12];
    let read = File::open(of(repo)).and_then(|mut file| file.read_exact(&mut header));
    match (read, &header) {
        (Ok(()), [b'D', b'I', b'R', b'C', _, _, _, _, count @ ..]) => u32::from_be_bytes(*count) as usize,
        _ => 0,
    }
}

/// Reads the user's index; it may not exist yet.
pub(crate) fn read(repo: &Repo) -> Result<Original, GitError> {
    let path = of(repo);
    match fs::read(&path) {
        Ok(bytes) => {
            Ok(Original { bytes: Some(bytes), modified: path.metadata().and_then(|m| m.modified()).ok() })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(Original { bytes: None, modified: None })
        }
        Err(source) => Err(GitError::File { what: "the index could not be read", source }),
    }
}

impl Original {
    /// Writes a private copy called `name` into `folder`.
    pub(crate) fn copy_to(&self, folder: &Path, name: &str) -> Result<Private, GitError> {
        let private = Private(folder.join(format!("{PRIVATE}{name}.index")));
        let failed = file_error("a private copy of the index could not be written");
        if let Some(bytes) = &self.bytes {
            let mut file = File::create(private.path()).map_err(&failed)?;
            file.write_all(bytes).map_err(&failed)?;
            if let Some(modified) = self.modified {
                file.set_modified(modified).map_err(&failed)?;
            }
        }
        Ok(private)
    }
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
}

/// The next index, complete and safe on disk, under a private name. It becomes `index.lock` by a hard link, so that
/// the lock's identity is known (and can be journalled) before the lock exists.
#[derive(Debug)]
pub struct ReadyIndex {
    file: Private,
    identity: LockIdentity,
    /// The lock itself, where it could not be made by a link.
    copied: OnceLock<LockIdentity>,
}

impl ReadyIndex {
    /// Which file the lock will be, or is.
    pub fn identity(&self) -> &LockIdentity {
        self.copied.get().unwrap_or(&self.identity)
    }

    /// Writes `source`'s content, and its modification time, to a new private file called `name`.
    pub(crate) fn write(repo: &Repo, name: &str, source: &Path) -> Result<Self, GitError> {
        let failed = file_error("the next index could not be written");
        let private = Private(repo.git_dir.join(format!("{PRIVATE}{name}.ready")));
        let _ = fs::remove_file(private.path());
        let file = OpenOptions::new().write(true).create_new(true).open(private.path()).map_err(&failed)?;
        fill(&file, source).map_err(&failed)?;
        // A shared repository's index keeps its mode.
        if let Ok(meta) = of(repo).metadata() {
            let _ = file.set_permissions(meta.permissions());
        }
        let (dev, ino) = identity(&file.metadata().map_err(&failed)?);
        Ok(Self {
            file: private,
            identity: LockIdentity { path: repo.git_dir.join("index.lock"), dev, ino },
            copied: OnceLock::new(),
        })
    }

    /// Takes the index lock; `false` while somebody else holds it.
    pub(crate) fn lock(&self) -> Result<bool, GitError> {
        match fs::hard_link(self.file.path(), &self.identity.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            // A file system without hard links (exFAT, some network ones): made anew, which recovery cannot prove.
            Err(error) if linkless(&error) => self.lock_by_copy(),
            Err(source) => Err(GitError::File { what: "the index could not be locked", source }),
        }
    }

    fn lock_by_copy(&self) -> Result<bool, GitError> {
        let failed = file_error("the index could not be locked");
        match OpenOptions::new().write(true).create_new(true).open(&self.identity.path) {
            Ok(file) => {
                let (dev, ino) = identity(&file.metadata().map_err(&failed)?);
                let _ = self.copied.set(LockIdentity { path: self.identity.path.clone(), dev, ino });
                fill(&file, self.file.path()).map_err(failed)?;
                Ok(true)
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(source) => Err(failed(source)),
        }
    }

    /// Replaces the content of the lock we hold.
    pub(crate) fn refill(&self, source: &Path) -> Result<(), GitError> {
        let failed = file_error("the next index could not be written");
        let file =
            OpenOptions::new().write(true).truncate(true).open(&self.identity.path).map_err(&failed)?;
        fill(&file, source).map_err(failed)
    }

    /// Makes the locked content the index, and gives the lock up by that.
    pub(crate) fn install(&self, repo: &Repo) -> Result<(), GitError> {
        fs::rename(&self.identity.path, of(repo))
            .map_err(file_error("the next index could not be put in place"))
    }

    /// Gives the lock up without a trace.
    pub(crate) fn release(&self) {
        if holds(self.identity()) {
            let _ = fs::remove_file(&self.identity.path);
        }
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
    lock.path.symlink_metadata().is_ok_and(|meta| identity(&meta) == (lock.dev, lock.ino))
}

#[cfg(unix)]
fn identity(meta: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn identity(meta: &fs::Metadata) -> (u64, u64) {
    let made = meta.created().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    (0, made.map_or(0, |d| u64::try_from(d.as_nanos()).unwrap_or(0)))
}

/// One entry of an index: mode and object id; nothing where the path is not in it.
pub(crate) type Entry = Option<(String, Oid)>;

/// All entries of the index file `file`, by path.
pub(crate) async fn entries(
    git: &Git,
    repo: &Repo,
    file: &Path,
) -> Result<BTreeMap<RepoPath, (String, Oid)>, GitError> {
    let output = repo_call(git, repo, "index")
        .env("GIT_INDEX_FILE", file)
        .args(["ls-files", "--stage", "-z"])
        .limit(usize::MAX >> 1)
        .check()
        .await?;
    if output.truncated {
        return Err(GitError::Unparsable { step: "index" });
    }
    output
        .stdout
        .split(|b| *b == 0)
        .filter(|record| !record.is_empty())
        .map(|record| {
            let tab = record.iter().position(|b| *b == b'\t')?;
            let meta = std::str::from_utf8(&record[..tab]).ok()?;
            let mut fields = meta.split(' ');
            let (mode, oid) = (fields.next()?.to_owned(), Oid::parse(fields.next()?)?);
            Some((RepoPath::new(&record[tab + 1..]), (mode, oid)))
        })
        .collect::<Option<_>>()
        .ok_or(GitError::Unparsable { step: "index" })
}

/// Lets a call work on the index file `file`. One that is not in the git folder stands alone: the shared part of a split
/// one would be written into the git folder, also by a mere preview.
pub(crate) fn on<'a>(call: Call<'a>, repo: &Repo, file: &Path) -> Call<'a> {
    let call = call.env("GIT_INDEX_FILE", file);
    if file.starts_with(&repo.git_dir) { call } else { call.global("-c").global("core.splitIndex=false") }
}

/// Sets or removes entries of the index file `file`, leaving all others as they are. `width` is the length of an object
/// id in this repository.
pub(crate) async fn set(
    git: &Git,
    repo: &Repo,
    file: &Path,
    entries: &[(RepoPath, Entry)],
    width: usize,
) -> Result<(), GitError> {
    if entries.is_empty() {
        return Ok(());
    }
    let zeros = Oid::zeros_like(width);
    let mut lines = Vec::new();
    // Removals first, so that a file can take the place of a folder and the other way round.
    for wanted in [false, true] {
        for (path, entry) in entries.iter().filter(|(_, e)| e.is_some() == wanted) {
            let head = match entry {
                Some((mode, oid)) => format!("{mode} {oid}\t"),
                None => format!("0 {zeros}\t"),
            };
            lines.extend_from_slice(head.as_bytes());
            lines.extend_from_slice(path.as_bytes());
            lines.push(0);
        }
    }
    on(repo_call(git, repo, "index"), repo, file)
        .args(["update-index", "-z", "--index-info"])
        .stdin(lines)
        .check()
        .await
        .map(|_| ())
}
