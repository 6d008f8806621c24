//! What the disk says of paths in a work tree. Looks only: nothing is opened.

use autocommit_core::{
    path::RepoPath,
    repo::Repo,
    snapshot::{FileKind, FileState, Room},
};
use std::path::{Path, PathBuf};

/// The place of `path` on disk.
pub(crate) fn on_disk(repo: &Repo, path: &RepoPath) -> PathBuf {
    repo.work_tree.join(relative(path))
}

/// `path` as the file system spells it.
pub(crate) fn relative(path: &RepoPath) -> PathBuf {
    #[cfg(unix)]
    {
        <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(path.as_bytes()).into()
    }
    #[cfg(not(unix))]
    {
        String::from_utf8_lossy(path.as_bytes()).into_owned().into()
    }
}

/// The state of each path, in order.
pub fn states(repo: &Repo, paths: &[RepoPath]) -> Vec<FileState> {
    paths.iter().map(|path| state(&on_disk(repo, path))).collect()
}

fn state(path: &std::path::Path) -> FileState {
    let missing = FileState { kind: FileKind::Missing, size: 0, mtime_ns: 0, ctime_ns: 0, readable: true };
    let Ok(meta) = path.symlink_metadata() else { return missing };
    let kind = match meta.file_type() {
        t if t.is_file() => FileKind::File,
        t if t.is_dir() && path.join(".git").symlink_metadata().is_ok() => FileKind::Repository,
        t if t.is_dir() => FileKind::Folder,
        t if t.is_symlink() => FileKind::Symlink,
        _ => FileKind::Special,
    };
    let (mtime_ns, ctime_ns) = times(&meta);
    // A folder's size and times change with every file in it; what counts of a nested repository is that it is one.
    match kind {
        FileKind::Folder | FileKind::Repository => FileState { kind, ..missing },
        _ => FileState {
            kind,
            size: meta.len(),
            mtime_ns,
            ctime_ns,
            readable: kind != FileKind::File || readable(path),
        },
    }
}

#[cfg(unix)]
fn times(meta: &std::fs::Metadata) -> (i128, i128) {
    use std::os::unix::fs::MetadataExt;
    let ns = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    (ns(meta.mtime(), meta.mtime_nsec()), ns(meta.ctime(), meta.ctime_nsec()))
}

#[cfg(not(unix))]
fn times(meta: &std::fs::Metadata) -> (i128, i128) {
    let since = meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    (since.map_or(0, |d| i128::try_from(d.as_nanos()).unwrap_or(0)), 0)
}

#[cfg(unix)]
fn readable(path: &std::path::Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::READ_OK).is_ok()
}

#[cfg(not(unix))]
fn readable(_path: &std::path::Path) -> bool {
    true
}
/// Room on the disk that `folder` is on.
#[cfg(unix)]
pub(crate) fn room(folder: &Path) -> Option<Room> {
    let disk = rustix::fs::statvfs(folder).ok().filter(|disk| disk.f_blocks > 0)?;
    let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
    Some(Room { free: bytes(disk.f_bavail), total: bytes(disk.f_blocks) })
}

#[cfg(not(unix))]
pub(crate) fn room(_folder: &Path) -> Option<Room> {
    None
}
