//! Moves lock files aside at a person's explicit word.

use super::{Lock, aside, places, seen, top_of};
use crate::processes;
use autocommit_core::{locks::YOUNG, repo::Repo};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Entries of the ref folders that are looked at.
const ENTRIES: usize = 100_000;

/// What came of it.
#[derive(Debug)]
pub enum Unlock {
    /// There is no lock.
    Nothing,
    /// The locks were moved: name, and where each is now.
    Moved(Vec<(String, PathBuf)>),
    /// Git works there, or did a moment ago: the locks' names, and who may hold them.
    InUse(Vec<String>, Vec<String>),
    /// A lock could not be moved: its name, and why.
    Failed(String, io::Error),
}

/// Moves every lock of the repository out of the way. While git works there, or a lock is young, only with `force`.
pub fn unlock(repo: &Repo, force: bool) -> Unlock {
    let locks = all(repo);
    if locks.is_empty() {
        return Unlock::Nothing;
    }
    let places = places(repo);
    let mut holders: Vec<_> = locks.iter().flat_map(|lock| processes::holders(&lock.path, &places)).collect();
    holders.sort();
    holders.dedup();
    let young = |lock: &Lock| SystemTime::now().duration_since(lock.touched()).is_ok_and(|age| age < YOUNG);
    if !force && (!holders.is_empty() || locks.iter().any(young)) {
        return Unlock::InUse(locks.into_iter().map(|lock| lock.name).collect(), holders);
    }
    let mut moved = Vec::new();
    for lock in locks {
        match aside::aside(&lock, top_of(repo, &lock)) {
            Ok(Some(to)) => moved.push((lock.name, to)),
            // Its owner is at work, or was just done with it.
            Ok(None) => {}
            Err(error) => return Unlock::Failed(lock.name, error),
        }
    }
    if moved.is_empty() { Unlock::Nothing } else { Unlock::Moved(moved) }
}

/// The locks that stand by themselves, and every lock of a ref.
fn all(repo: &Repo) -> Vec<Lock> {
    let mut locks = seen(repo, None, None);
    let mut left = ENTRIES;
    for top in ["refs", "logs/refs"] {
        below(&repo.common_dir, Path::new(top), &mut left, &mut locks);
    }
    locks
}

fn below(folder: &Path, name: &Path, left: &mut usize, locks: &mut Vec<Lock>) {
    for entry in fs::read_dir(folder.join(name)).into_iter().flatten().flatten() {
        *left = left.saturating_sub(1);
        let Ok(kind) = entry.file_type() else { continue };
        let name = name.join(entry.file_name());
        if *left == 0 {
            return;
        } else if kind.is_dir() {
            below(folder, &name, left, locks);
        } else if name.extension().is_some_and(|end| end == "lock") {
            locks.extend(Lock::at(&entry.path(), &name.to_string_lossy()));
        }
    }
}
