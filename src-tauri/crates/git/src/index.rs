//! The user's index and our private copy of it.
//!
//! A copy keeps the original's modification time: git trusts an entry only if its file is older than the index file
//! (the "racy" rule), so a younger copy would call a file clean that was changed in the same clock tick.

use crate::{
    command::{Call, Git},
    error::GitError,
    replacement::{Private, file_error, identity},
    repo_call,
};
use autocommit_core::{id::Oid, path::RepoPath, repo::Repo};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

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
        let private = Private::named(folder, &format!("{name}.index"));
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
