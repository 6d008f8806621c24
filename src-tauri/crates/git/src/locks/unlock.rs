//! Moves lock files aside at a person's explicit word.

use super::{Lock, aside, place, places, seen, top_of};
use crate::processes::{self, Holder};
use autocommit_core::{
    locks::{AtWork, YOUNG},
    repo::Repo,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Entries of the ref folders that are looked at.
const ENTRIES: usize = 100_000;

/// A lock that is or was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name within the git folder.
    pub name: String,
    /// Seconds since it was last touched.
    pub seconds: u64,
    /// Where it is now, if it was moved.
    pub moved_to: Option<PathBuf>,
}

/// Why nothing was moved without being told to in so many words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InUse {
    /// These programs may hold it.
    Held(Vec<Holder>),
    /// It was touched a moment ago.
    Young,
    /// Who works there cannot be seen: another machine may, or this system lists no programs.
    Unseen,
}

/// What came of it.
#[derive(Debug)]
pub enum Unlock {
    /// There is no lock.
    Nothing,
    /// The locks, and where each is now; one that is nowhere else has an owner at work, or is gone by itself.
    Moved(Vec<Found>),
    /// Nothing was moved.
    InUse(Vec<Found>, InUse),
    /// A lock could not be moved: its name, and why.
    Failed(String, io::Error),
}

/// Moves every lock of the repository out of the way. While somebody may be at work there only with `decided`.
pub fn unlock(repo: &Repo, decided: bool) -> Unlock {
    let locks = all(repo);
    if locks.is_empty() {
        return Unlock::Nothing;
    }
    if let Some(why) = in_use(repo, &locks).filter(|_| !decided) {
        return Unlock::InUse(locks.iter().map(|lock| found(lock, None)).collect(), why);
    }
    let mut moved = Vec::new();
    for lock in locks {
        match aside::aside(&lock, top_of(repo, &lock)) {
            Ok(to) => moved.push(found(&lock, to)),
            Err(error) => return Unlock::Failed(lock.name, error),
        }
    }
    Unlock::Moved(moved)
}

fn in_use(repo: &Repo, locks: &[Lock]) -> Option<InUse> {
    let places = places(repo);
    let mut holders: Vec<_> = locks.iter().flat_map(|lock| processes::holders(&lock.path, &places)).collect();
    holders.sort();
    holders.dedup();
    if !holders.is_empty() {
        return Some(InUse::Held(holders));
    }
    if locks.iter().any(|lock| lock.untouched_for().is_some_and(|age| age < YOUNG)) {
        return Some(InUse::Young);
    }
    let seen =
        locks.iter().all(|lock| place::is_local(&lock.path)) && processes::at_work(&places) == AtWork::Nobody;
    (!seen).then_some(InUse::Unseen)
}

fn found(lock: &Lock, moved_to: Option<PathBuf>) -> Found {
    let seconds = lock.untouched_for().unwrap_or_default().as_secs();
    Found { name: lock.name.clone(), seconds, moved_to }
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
