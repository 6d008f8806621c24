//! Moves a lock file out of the way without ever hitting another one that took its place.

use super::Lock;
use crate::replacement::{PRIVATE, born};
use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Renames the lock to a name of ours in `folder` (a git folder's top, never below `refs`) and returns where it is;
/// nothing where another file is at that place by now.
pub(super) fn aside(lock: &Lock, folder: &Path) -> io::Result<Option<PathBuf>> {
    aside_after(lock, folder, || ())
}

/// With something that happens in the instant between the last look and the move, for tests.
fn aside_after(lock: &Lock, folder: &Path, in_between: impl FnOnce()) -> io::Result<Option<PathBuf>> {
    if !lock.is_still_there() {
        return Ok(None);
    }
    in_between();
    let to = folder.join(name_of(lock));
    match rename_new(&lock.path, &to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    }
    if lock.is_at(&to) {
        return Ok(Some(to));
    }
    // A lock that somebody made in that instant: back to its place, unless a third one is there already.
    if let Err(error) = rename_new(&to, &lock.path) {
        tracing::warn!(lock = %lock.path.display(), now = %to.display(), %error, "a lock made meanwhile was moved");
    }
    Ok(None)
}

/// `autocommit-aside-<birth or change of the lock>-refs_heads_main.lock`.
fn name_of(lock: &Lock) -> String {
    let flat: String = lock.name.chars().map(|c| if matches!(c, '/' | '\\') { '_' } else { c }).collect();
    let since = |t: SystemTime| t.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    let mark = lock.born_ns.map_or_else(|| since(lock.changed), |ns| u128::try_from(ns).unwrap_or(0));
    let tail: String = flat.chars().rev().take(120).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{PRIVATE}aside-{mark}-{tail}")
}

/// Renames without ever replacing what is at the new place.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags};
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system that cannot say "only if new".
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
            plainly(from, to)
        }
        other => Ok(other?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    plainly(from, to)
}

fn plainly(from: &Path, to: &Path) -> io::Result<()> {
    match to.symlink_metadata() {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}

impl Lock {
    /// Whether the very file is still at its place, untouched.
    pub(crate) fn is_still_there(&self) -> bool {
        self.is_at(&self.path)
    }

    fn is_at(&self, path: &Path) -> bool {
        let Ok(meta) = path.symlink_metadata() else { return false };
        // A rename changes the inode's own time, so only the content's counts here.
        crate::replacement::identity(&meta) == (self.dev, self.ino)
            && born(&meta) == self.born_ns
            && meta.modified().is_ok_and(|t| t == self.modified)
            && meta.len() == self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn lock_in(dir: &Path) -> Lock {
        let path = dir.join("refs/heads/main.lock");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "mine").unwrap();
        Lock::at(&path, "refs/heads/main.lock").unwrap()
    }

    #[test]
    fn a_lock_is_moved_whole_to_the_top_of_the_git_folder() {
        let dir = tempfile::tempdir().unwrap();
        let lock = lock_in(dir.path());
        let to = aside(&lock, dir.path()).unwrap().unwrap();
        assert_eq!(to.parent(), Some(dir.path()));
        assert!(to.file_name().unwrap().to_string_lossy().ends_with("-refs_heads_main.lock"), "{to:?}");
        assert_eq!(fs::read_to_string(to).unwrap(), "mine");
        assert!(!lock.path.exists());
    }

    #[test]
    fn a_lock_that_took_its_place_survives() {
        let dir = tempfile::tempdir().unwrap();
        let lock = lock_in(dir.path());
        fs::remove_file(&lock.path).unwrap();
        fs::write(&lock.path, "another").unwrap();
        assert_eq!(aside(&lock, dir.path()).unwrap(), None, "seen at the last look");
        assert_eq!(fs::read_to_string(&lock.path).unwrap(), "another");
    }

    #[test]
    fn a_lock_that_takes_its_place_in_the_last_instant_survives() {
        let dir = tempfile::tempdir().unwrap();
        let lock = lock_in(dir.path());
        let replace = || {
            fs::remove_file(&lock.path).unwrap();
            fs::write(&lock.path, "another").unwrap();
        };
        let ino = |path: &Path| crate::replacement::identity(&path.symlink_metadata().unwrap()).1;
        assert_eq!(aside_after(&lock, dir.path(), replace).unwrap(), None);
        assert_eq!(fs::read_to_string(&lock.path).unwrap(), "another", "it is back at its place");
        let left: Vec<_> = fs::read_dir(dir.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(left, ["refs"], "and nowhere else");
        // One that only grew is somebody at work.
        let lock = Lock::at(&lock.path, "refs/heads/main.lock").unwrap();
        let before = ino(&lock.path);
        assert_eq!(aside_after(&lock, dir.path(), || fs::write(&lock.path, "grows").unwrap()).unwrap(), None);
        assert_eq!(ino(&lock.path), before);
    }
}
