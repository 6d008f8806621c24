//! Content ids: what an approval is bound to. The only definition of them.
//!
//! SHA-256 over a tag and the bytes. A file in the work tree and the blob made of it have the same id unless a filter
//! changes it on the way into the repository.

use crate::{files::on_disk, inspect::Inspection};
use autocommit_core::{approval::ContentId, id::Oid, path::RepoPath, repo::Repo};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    path::Path,
};

/// Bytes read at a time: a file may be larger than the memory.
const PIECE: usize = 256 << 10;

/// The kinds of content, which never have the same id.
#[derive(Clone, Copy)]
enum Kind {
    File,
    Link,
    Gone,
}

impl Kind {
    /// A digest that has taken in the tag.
    fn digest(self) -> Sha256 {
        Sha256::new_with_prefix(match self {
            Self::File => "autocommit file\0",
            Self::Link => "autocommit link\0",
            Self::Gone => "autocommit gone\0",
        })
    }
}

fn finish(digest: Sha256) -> ContentId {
    ContentId::of_digest(&digest.finalize().into())
}

/// The content of a blob: of a file, or of a symbolic link.
pub fn content_of_blob(link: bool, bytes: &[u8]) -> ContentId {
    let kind = if link { Kind::Link } else { Kind::File };
    finish(kind.digest().chain_update(bytes))
}

/// The content of a path in the work tree as it is now. Follows no link, and takes as long as reading the whole file.
///
/// # Errors
/// Where it cannot be read, or is neither a file nor a link.
pub fn content_of_file(repo: &Repo, path: &RepoPath) -> io::Result<ContentId> {
    let place = on_disk(repo, path);
    if place.symlink_metadata()?.is_symlink() {
        let target = std::fs::read_link(&place)?;
        return Ok(content_of_blob(true, target.as_os_str().as_encoded_bytes()));
    }
    of_bytes(open(&place)?)
}

/// The content of a path that is deleted: what it was in HEAD.
pub fn content_of_deletion(inspection: &Inspection, path: &RepoPath) -> ContentId {
    of_deletion(inspection.heads.get(path).and_then(Option::as_ref))
}

/// Whether a blob is exactly what a file of the work tree holds; asked of those that are too large to be read as objects. "No"
/// also where that cannot be told.
pub fn is_blob_of(repo: &Repo, path: &RepoPath, blob: &Oid) -> bool {
    let place = on_disk(repo, path);
    blob.as_str().len() == 40
        && place.symlink_metadata().is_ok_and(|found| found.is_file())
        && git2::Oid::hash_file(git2::ObjectType::Blob, place)
            .is_ok_and(|oid| oid.to_string() == blob.as_str())
}

fn of_deletion(head: Option<&(String, Oid)>) -> ContentId {
    let was = head.map(|(mode, oid)| format!("{mode} {oid}")).unwrap_or_default();
    finish(Kind::Gone.digest().chain_update(was))
}

fn of_bytes(mut file: File) -> io::Result<ContentId> {
    let mut digest = Kind::File.digest();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(finish(digest)),
            Ok(n) => digest.update(&piece[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Opens a regular file; what took its place since we looked (a link, a pipe that would hang) is refused.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let flags = i32::try_from(flags.bits()).unwrap_or_default();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    #[test]
    fn the_same_bytes_have_the_same_id_and_nothing_else_has() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let of = |name: &str| of_bytes(open(&at(name)).unwrap()).unwrap();
        fs::write(at("a"), vec![7; PIECE + 1]).unwrap();
        fs::write(at("b"), vec![7; PIECE + 1]).unwrap();
        assert_eq!(of("a"), of("b"));
        assert_eq!(of("a"), content_of_blob(false, &vec![7; PIECE + 1]), "as the blob made of it");
        fs::write(at("b"), vec![7; PIECE + 2]).unwrap();
        assert_ne!(of("a"), of("b"), "one byte more");
        let mut one_other = vec![7; PIECE + 1];
        one_other[PIECE] = 8;
        fs::write(at("b"), one_other).unwrap();
        assert_ne!(of("a"), of("b"), "one byte changed, in the second piece");
        assert_ne!(content_of_blob(false, b"x"), content_of_blob(true, b"x"), "a link is no file");
    }

    #[test]
    fn a_known_id_stays_what_it_is() {
        // Approvals of earlier versions are compared with it: sha256("autocommit file\0hello\n").
        let expected = "b959efc24fb4d1b1571a2abc0aacf9b95ad579b2078d82248f7338618a44104b";
        assert_eq!(content_of_blob(false, b"hello\n").as_str(), expected);
    }

    #[test]
    fn what_is_no_regular_file_is_refused_and_never_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)
            .unwrap();
        assert!(open(&pipe).is_err());
        symlink("pipe", dir.path().join("link")).unwrap();
        assert!(open(&dir.path().join("link")).is_err());
        assert!(open(dir.path()).is_err());
    }

    #[test]
    fn a_deletion_is_that_of_what_was_there() {
        let gone = |oid: &str| of_deletion(Some(&("100644".to_owned(), Oid::parse(oid).unwrap())));
        assert_eq!(gone(&"1".repeat(40)), gone(&"1".repeat(40)));
        assert_ne!(gone(&"1".repeat(40)), gone(&"2".repeat(40)));
    }
}
