//! A file that is being fetched: what is there already, and its hash so far.

use autocommit_core::id::hex;
use sha2::{Digest as _, Sha256};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};
use tokio_util::sync::CancellationToken;

/// Read at once when the part is hashed again.
const PIECE: usize = 1 << 20;

/// The part beside the place where the whole file will be.
#[derive(Debug)]
pub(crate) struct Part {
    path: PathBuf,
    file: File,
    hash: Sha256,
    len: u64,
}

impl Part {
    /// Opens or makes the part and hashes what it holds. `None` when told to stop meanwhile.
    pub(crate) fn open(target: &Path, stop: &CancellationToken) -> io::Result<Option<Self>> {
        let path = path_of(target);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut part = Self { file: options.open(&path)?, path, hash: Sha256::new(), len: 0 };
        let held = part.file.metadata()?.len();
        let mut piece = vec![0; PIECE];
        while part.len < held {
            if stop.is_cancelled() {
                return Ok(None);
            }
            let n = part.file.read(&mut piece)?;
            if n == 0 {
                break;
            }
            part.hash.update(&piece[..n]);
            part.len += n as u64;
        }
        Ok(Some(part))
    }

    /// Bytes it holds.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Forgets what it holds.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        self.remember(None);
        if self.len > 0 {
            self.file.set_len(0)?;
            self.file.rewind()?;
            (self.hash, self.len) = (Sha256::new(), 0);
        }
        Ok(())
    }

    /// Appends bytes. After an error the file may hold more than is counted; only what is counted goes on.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(bytes) {
            let _ = self.file.set_len(self.len);
            return Err(error);
        }
        self.hash.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// The SHA-256 of what it holds, in hexadecimal digits.
    pub(crate) fn sha256(&self) -> String {
        hex(&self.hash.clone().finalize())
    }

    /// What the server called the content when the part was begun.
    pub(crate) fn remembered(&self) -> Option<String> {
        std::fs::read_to_string(tag_of(&self.path)).ok().filter(|tag| is_strong(tag))
    }

    /// Keeps what the server calls the content; a weak tag promises nothing about bytes and is not kept.
    pub(crate) fn remember(&self, tag: Option<&str>) {
        let path = tag_of(&self.path);
        // Without the tag the part is asked for all the same, and the hash at the end decides.
        let _ = match tag.filter(|tag| is_strong(tag)) {
            Some(tag) => std::fs::write(path, tag),
            None => std::fs::remove_file(path),
        };
    }

    /// Makes it the whole file: on disk for good, then under its name.
    pub(crate) fn finish(self, target: &Path) -> io::Result<()> {
        self.remember(None);
        self.file.sync_all()?;
        std::fs::rename(&self.path, target)?;
        settle(target)
    }
}

/// The folder of `file` is on disk as it is now.
pub(crate) fn settle(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Where the part of a file is.
pub(crate) fn path_of(target: &Path) -> PathBuf {
    with_ending(target, ".part")
}

/// Takes away the part of a file and what belongs to it.
pub(crate) fn forget(target: &Path) -> io::Result<()> {
    let part = path_of(target);
    let _ = std::fs::remove_file(tag_of(&part));
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn tag_of(part: &Path) -> PathBuf {
    with_ending(part, ".etag")
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// RFC 9110 section 8.8.3: in quotes, printable, and without `W/` in front.
fn is_strong(tag: &str) -> bool {
    tag.len() > 2
        && tag.len() < 200
        && tag.starts_with('"')
        && tag.ends_with('"')
        && tag.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("m.gguf");
        let stop = CancellationToken::new();
        let mut part = Part::open(&target, &stop).unwrap().unwrap();
        part.append(b"GGUF").unwrap();
        part.remember(Some("\"tag\""));
        drop(part);
        let mut part = Part::open(&target, &stop).unwrap().unwrap();
        assert_eq!((part.len(), part.remembered().as_deref()), (4, Some("\"tag\"")));
        part.append(b"!").unwrap();
        assert_eq!(part.sha256(), hex(&Sha256::digest(b"GGUF!")));
        part.remember(Some("W/\"weak\""));
        assert_eq!(part.remembered(), None);
        part.finish(&target).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"GGUF!");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn told_to_stop_it_does_not_read_on() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("m.gguf");
        std::fs::write(path_of(&target), b"GGUF").unwrap();
        let stop = CancellationToken::new();
        stop.cancel();
        assert!(Part::open(&target, &stop).unwrap().is_none());
    }
}
