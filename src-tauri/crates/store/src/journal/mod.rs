//! The append-only journal: `journal/<repository>/<day>.jsonl` in the state folder.
//!
//! Before a commit it says what is about to happen, afterwards what happened, so that after a crash or a power cut
//! nothing is committed twice and nothing is left half done. It says nothing about what git has: ask git.

mod append;
mod record;
mod tail;

pub use record::{Entry, Intent, LockFile, Object, Pushing, Record, RunEnd};
pub use tail::{Open, OpenPush, Unfinished};

use crate::{StoreError, error::blocking};
use autocommit_core::{Timestamp, id::RepoId};
use std::{
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Repositories share this many locks: appends to one file follow one another, fsyncs of different ones do not.
const LOCKS: usize = 16;

/// The journal of all repositories. Clones share it.
#[derive(Clone)]
pub struct Journal {
    folder: PathBuf,
    locks: Arc<[Mutex<()>; LOCKS]>,
}

/// When a record must be on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Before the call returns.
    Sync,
    /// When the operating system likes.
    Lazy,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It was written.
    Written,
    /// It was there before.
    AlreadyThere,
}

/// What a crash left behind.
#[derive(Debug, Default)]
pub struct Recovery {
    /// Commits that were begun and not finished, oldest first in each repository.
    pub unfinished: Vec<(RepoId, Unfinished)>,
    /// Pushes that were begun and not finished.
    pub pushes: Vec<(RepoId, OpenPush)>,
    /// Number of lines that were damaged and left out.
    pub damaged: usize,
    /// Repositories whose journal could not be read: nothing is known about them.
    pub unreadable: Vec<(RepoId, StoreError)>,
}

impl Journal {
    /// The journal of a state folder. Touches nothing; folders are made with the first record.
    pub fn open(state_dir: &Path) -> Self {
        Self { folder: state_dir.join("journal"), locks: Arc::new(std::array::from_fn(|_| Mutex::new(()))) }
    }

    /// Appends a record of `repo` with the time `now`, whose UTC day names the file. A run that has an outcome gets no
    /// second one, and an equal record of the same run is not repeated.
    ///
    /// # Errors
    /// If it could not be written as a whole, made durable as asked, or compared with what is there: the record must
    /// then be taken as not written.
    pub async fn append(
        &self,
        repo: &RepoId,
        record: &Record,
        durability: Durability,
        now: Timestamp,
    ) -> Result<Appended, StoreError> {
        let folder = self.folder_of(repo)?;
        let entry = Entry { at: now, record: record.clone() };
        let (locks, lock) = (Arc::clone(&self.locks), lock_of(repo));
        blocking(move || {
            let _alone = locks[lock].lock().unwrap_or_else(PoisonError::into_inner);
            append::append(&folder, &entry, durability)
        })
        .await
    }

    /// What a crash left behind in one repository; reads the ends of its two newest files.
    pub async fn open_in(&self, repo: &RepoId) -> Result<Open, StoreError> {
        let folder = self.folder_of(repo)?;
        let (open, damaged) = blocking(move || open(&folder)).await?;
        if damaged > 0 {
            tracing::warn!(%repo, damaged, "damaged lines of the journal are left out");
        }
        Ok(open)
    }

    /// What a crash left behind in any repository. One that cannot be read does not hide the others.
    pub async fn all_open(&self) -> Result<Recovery, StoreError> {
        let folder = self.folder.clone();
        blocking(move || {
            let mut recovery = Recovery::default();
            for (repo, folder) in repositories(&folder)? {
                match open(&folder) {
                    Ok((open, damaged)) => {
                        recovery.damaged += damaged;
                        recovery
                            .unfinished
                            .extend(open.commits.into_iter().map(|found| (repo.clone(), found)));
                        recovery.pushes.extend(open.pushes.into_iter().map(|found| (repo.clone(), found)));
                    }
                    Err(error) => recovery.unreadable.push((repo, error)),
                }
            }
            Ok(recovery)
        })
        .await
    }

    /// All records of one repository, oldest first, to rebuild the history from. Blocking: not for async threads.
    pub fn read(&self, repo: &RepoId) -> Result<Records, StoreError> {
        let mut files = tail::files(&self.folder_of(repo)?)?;
        files.reverse();
        Ok(Records { files, reader: None, damaged: 0 })
    }

    fn folder_of(&self, repo: &RepoId) -> Result<PathBuf, StoreError> {
        if is_id(repo.as_str()) {
            Ok(self.folder.join(repo.as_str()))
        } else {
            Err(StoreError::BadId(repo.as_str().to_owned()))
        }
    }
}

/// The records of one repository, oldest first.
pub struct Records {
    /// Newest first.
    files: Vec<PathBuf>,
    reader: Option<(PathBuf, BufReader<File>)>,
    damaged: usize,
}

impl Records {
    /// Number of damaged lines that were left out so far.
    pub fn damaged(&self) -> usize {
        self.damaged
    }

    fn line(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        loop {
            let Some((path, reader)) = &mut self.reader else {
                let Some(path) = self.files.pop() else { return Ok(None) };
                let file = File::open(&path).map_err(StoreError::file(&path))?;
                self.reader = Some((path, BufReader::new(file)));
                continue;
            };
            let mut line = Vec::new();
            let limit = record::LINE_AT_MOST as u64;
            let read = reader.by_ref().take(limit).read_until(b'\n', &mut line);
            if read.map_err(StoreError::file(path.as_path()))? == 0 {
                self.reader = None;
                continue;
            }
            return Ok(Some(line));
        }
    }
}

impl Iterator for Records {
    type Item = Result<Entry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.line() {
                Ok(line) => line?,
                Err(error) => {
                    self.reader = None;
                    return Some(Err(error));
                }
            };
            let text = line.strip_suffix(b"\n");
            let ended = text.is_some();
            match text.unwrap_or(&line) {
                [] => {}
                text => match record::decode(text) {
                    Some(entry) => return Some(Ok(entry)),
                    None => self.damaged += usize::from(ended),
                },
            }
        }
    }
}

fn open(folder: &Path) -> Result<(Open, usize), StoreError> {
    Ok(tail::Tail::read(&tail::files(folder)?)?.open())
}

fn repositories(journal: &Path) -> Result<Vec<(RepoId, PathBuf)>, StoreError> {
    let entries = match fs::read_dir(journal) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(StoreError::file(journal))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreError::file(journal))?;
        if let Some(id) = entry.file_name().to_str().filter(|name| is_id(name)) {
            found.push((RepoId::new(id), entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// Whether it can be a folder's name and nothing else.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn lock_of(repo: &RepoId) -> usize {
    let mut hasher = DefaultHasher::new();
    repo.hash(&mut hasher);
    hasher.finish() as usize % LOCKS
}
