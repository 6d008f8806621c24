//! Looks at files without trusting them: regular ones only, bounded, and every look is noted, so that a later one can tell
//! whether anything is other than it was.

use super::paths::Paths;
use crate::error::{Failure, GitError};
use autocommit_core::trust::{Brought, Digest, Maker, SeenFile};
use sha2::{Digest as _, Sha256};
use std::{
    ffi::OsString,
    fs::{File, Metadata, OpenOptions},
    io::Read,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Longest file that is hashed, in bytes: hooks may be compiled programs.
const FILE_LIMIT: u64 = 256 << 20;
/// How much of a file tells who wrote it, in bytes.
const MAKER_LIMIT: usize = 64 << 10;
/// Names read of one folder.
const NAMES_LIMIT: usize = 4096;
/// A file that changed this short a time ago may change again without another time to show for it.
const FRESH: Duration = Duration::from_secs(2);

/// What tells a file or folder from any later one at the same path; nothing where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Device, inode, mode, and time of the inode's last change.
    inode: (u64, u64, u32, i64, i64),
}

impl Stamp {
    fn of(meta: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = {
            use std::os::unix::fs::MetadataExt;
            (meta.dev(), meta.ino(), meta.mode(), meta.ctime(), meta.ctime_nsec())
        };
        #[cfg(not(unix))]
        let inode = (0, 0, u32::from(meta.permissions().readonly()), 0, 0);
        Self { size: meta.len(), modified: meta.modified().ok(), inode }
    }

    fn newest(&self) -> Option<SystemTime> {
        let (seconds, nanos) = (self.inode.3, self.inode.4);
        let since = u64::try_from(seconds).ok().zip(u32::try_from(nanos).ok());
        let changed = since.and_then(|(s, n)| SystemTime::UNIX_EPOCH.checked_add(Duration::new(s, n)));
        self.modified.max(changed)
    }
}

/// The files that were looked at, as they were, and the places that were looked at for links. It is kept for every
/// repository, so that it is made small.
#[derive(Debug)]
pub(super) struct Seen {
    files: Paths,
    stamps: Box<[Option<Stamp>]>,
    /// Where no link was.
    plain: Paths,
    links: Box<[(PathBuf, PathBuf)]>,
}

impl Seen {
    /// Whether every one of them is still the same.
    pub(super) fn still(&self) -> bool {
        let mut stamps = self.stamps.iter();
        self.files.all(|path| stamps.next() == Some(&path.metadata().ok().as_ref().map(Stamp::of)))
            && self.plain.all(|path| path.read_link().is_err())
            && self.links.iter().all(|(path, target)| path.read_link().ok().as_ref() == Some(target))
    }
}

/// One reading.
pub(super) struct Look {
    files: Vec<(PathBuf, Option<Stamp>)>,
    links: Vec<(PathBuf, Option<PathBuf>)>,
    began: SystemTime,
    pub(super) home: Option<PathBuf>,
}

pub(super) fn unreadable(path: &Path, why: impl std::fmt::Display) -> GitError {
    let detail = crate::error::readable(&format!("{}: {why}", path.display()));
    GitError::Failed { step: "trust", class: Failure::Unreadable, detail }
}

impl Look {
    pub(super) fn new(home: Option<PathBuf>) -> Self {
        Self { files: Vec::new(), links: Vec::new(), began: SystemTime::now(), home }
    }

    /// What was looked at; nothing where some of it is too young to be told from a later state.
    pub(super) fn seen(self) -> Option<Seen> {
        let old = |stamp: &Stamp| stamp.newest().is_some_and(|newest| newest + FRESH < self.began);
        if !self.files.iter().filter_map(|(_, stamp)| stamp.as_ref()).all(old) {
            return None;
        }
        let (paths, stamps): (Vec<_>, Vec<_>) = self.files.into_iter().unzip();
        let (links, plain): (Vec<_>, Vec<_>) =
            self.links.into_iter().partition(|(_, target)| target.is_some());
        Some(Seen {
            files: Paths::of(paths.iter().map(PathBuf::as_path)),
            stamps: stamps.into(),
            plain: Paths::of(plain.iter().map(|(path, _)| path.as_path())),
            links: links.into_iter().filter_map(|(path, target)| Some((path, target?))).collect(),
        })
    }

    /// What is at `path`, links followed.
    pub(super) fn at(&mut self, path: &Path) -> Option<Metadata> {
        let meta = path.metadata().ok();
        self.files.push((path.to_owned(), meta.as_ref().map(Stamp::of)));
        meta
    }

    /// Where the symbolic link at `path` leads; nothing where it is none.
    pub(super) fn link(&mut self, path: &Path) -> Option<PathBuf> {
        let target = path.read_link().ok();
        self.links.push((path.to_owned(), target.clone()));
        target
    }

    /// The bytes of a configuration file; nothing where there is none.
    pub(super) fn bytes(&mut self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, GitError> {
        let Some(meta) = self.at(path) else { return Ok(None) };
        let mut file = open(path, &meta).map_err(|why| unreadable(path, why))?;
        let mut bytes = Vec::new();
        let read = (&mut file).take(limit + 1).read_to_end(&mut bytes).map_err(|e| unreadable(path, e))?;
        if read as u64 > limit {
            return Err(unreadable(path, "it is too large"));
        }
        Ok(Some(bytes))
    }

    /// A file that may be run, or that decides what is run; nothing where there is none, or a folder.
    pub(super) fn file(&mut self, path: &Path, label: String) -> Result<Option<SeenFile>, GitError> {
        let Some(meta) = self.at(path).filter(|meta| !meta.is_dir()) else { return Ok(None) };
        let mut seen = SeenFile {
            path: path.to_owned(),
            label,
            digest: None,
            executable: is_executable(&meta),
            maker: Maker::Unknown,
        };
        if meta.len() > FILE_LIMIT {
            return Err(unreadable(path, "it is too large to be looked at"));
        }
        // What we cannot read or what is no file, git cannot run either. It asks all the same.
        if let Ok(mut file) = open(path, &meta)
            && let Ok((digest, start)) = hashed(&mut file)
        {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            seen.digest = Some(digest);
            seen.maker = Maker::of(&name, &start);
        }
        Ok(Some(seen))
    }

    /// The names in a folder, sorted; none where there is no folder.
    pub(super) fn names(&mut self, folder: &Path) -> Result<Vec<OsString>, GitError> {
        if !self.at(folder).is_some_and(|meta| meta.is_dir()) {
            return Ok(Vec::new());
        }
        let entries = folder.read_dir().map_err(|error| unreadable(folder, error))?;
        let mut names: Vec<_> = entries.flatten().map(|e| e.file_name()).take(NAMES_LIMIT + 1).collect();
        if names.len() > NAMES_LIMIT {
            return Err(unreadable(folder, "it holds too many files to be looked at"));
        }
        names.sort();
        Ok(names)
    }
}

/// Opens a regular file without waiting for anybody: a pipe with a file's name would make us wait for ever.
fn open(path: &Path, meta: &Metadata) -> Result<File, String> {
    let no_file = || "it is not a regular file".to_owned();
    if !meta.is_file() {
        return Err(no_file());
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path).map_err(|error| error.to_string())?;
    match file.metadata() {
        Ok(meta) if meta.is_file() => Ok(file),
        _ => Err(no_file()),
    }
}

/// The text of a file that asks, for people; nothing where it is no text, is long, or is not the same any more.
pub fn excerpt(brought: &Brought) -> Option<String> {
    let path = brought.file.as_deref()?;
    let mut bytes = Vec::new();
    open(path, &path.metadata().ok()?).ok()?.take(MAKER_LIMIT as u64 + 1).read_to_end(&mut bytes).ok()?;
    let same = bytes.len() <= MAKER_LIMIT && Digest::plain(&Sha256::digest(&bytes).into()) == brought.digest;
    String::from_utf8(bytes).ok().filter(|text| same && !text.contains('\0'))
}

fn hashed(file: &mut File) -> std::io::Result<(Digest, Vec<u8>)> {
    let (mut hash, mut start, mut buffer) = (Sha256::new(), Vec::new(), vec![0; 64 << 10]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((Digest::plain(&hash.finalize().into()), start)),
            n => {
                hash.update(&buffer[..n]);
                let room = MAKER_LIMIT.saturating_sub(start.len());
                start.extend_from_slice(&buffer[..n.min(room)]);
            }
        }
    }
}

#[cfg(unix)]
fn is_executable(meta: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_meta: &Metadata) -> bool {
    true
}
