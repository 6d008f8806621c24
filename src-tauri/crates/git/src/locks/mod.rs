//! Lock files in the way: whose they are, and what is done about them.
//!
//! The ladder of [`autocommit_core::locks`], with what it needs from the disk and from the list of programs. A lock is
//! never unlinked at its place: it is renamed to the top of the git folder and looked at again there.

mod aside;
pub(crate) mod place;
mod unlock;

pub use unlock::{Found, InUse, Unlock, unlock};

use crate::{
    processes,
    replacement::{LockIdentity, born, identity},
};
use autocommit_core::{
    id::Oid,
    locks::{AtWork, Facts, Proof, Verdict, verdict},
    repo::Repo,
    snapshot::LockSeen,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Between the two looks at a lock that is to be moved without being known by its inode.
const LOOK_APART: Duration = Duration::from_millis(400);
/// File times are coarse: a lock may seem to be a little older than the record that announced it.
const COARSE: Duration = Duration::from_secs(2);
/// A lock of a branch is at most an object id and a newline.
const CONTENT_AT_MOST: u64 = 256;

/// A lock file as one look found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Where it is.
    pub path: PathBuf,
    /// Its name within the git folder, for people.
    pub name: String,
    /// Without it no commit can be made: the others stand in the way of something else.
    pub blocks: bool,
    /// When it was last written to.
    pub modified: SystemTime,
    dev: u64,
    ino: u64,
    born_ns: Option<i64>,
    changed: SystemTime,
    len: u64,
}

impl Lock {
    pub(crate) fn at(path: &Path, name: &str) -> Option<Self> {
        let meta = path.symlink_metadata().ok().filter(fs::Metadata::is_file)?;
        let modified = meta.modified().ok()?;
        let (dev, ino) = identity(&meta);
        let changed = changed(&meta).unwrap_or(modified);
        let (path, name) = (path.to_owned(), name.to_owned());
        Some(Self {
            path,
            name,
            blocks: false,
            modified,
            dev,
            ino,
            born_ns: born(&meta),
            changed,
            len: meta.len(),
        })
    }

    /// When it was last touched in any way.
    fn touched(&self) -> SystemTime {
        self.modified.max(self.changed)
    }

    /// How long ago that was; nothing where it lies in the future.
    fn untouched_for(&self) -> Option<Duration> {
        SystemTime::now().duration_since(self.touched()).ok()
    }

    /// Which file it is, for the journal.
    pub(crate) fn identity(&self) -> LockIdentity {
        LockIdentity { path: self.path.clone(), dev: self.dev, ino: self.ino, born_ns: self.born_ns }
    }
}

#[cfg(unix)]
fn changed(meta: &fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let nanos = u32::try_from(meta.ctime_nsec()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(u64::try_from(meta.ctime()).ok()?, nanos))
}

#[cfg(not(unix))]
fn changed(_meta: &fs::Metadata) -> Option<SystemTime> {
    None
}

/// The locks that are there, of those that git makes around the branch `branch` and the ref `mirror` (full name).
pub fn seen(repo: &Repo, branch: Option<&str>, mirror: Option<&str>) -> Vec<Lock> {
    let (own, common) = (&repo.git_dir, &repo.common_dir);
    let mut places: Vec<(&Path, String, bool)> = vec![
        (own, "index.lock".into(), true),
        (own, "HEAD.lock".into(), true),
        (common, "reftable/tables.list.lock".into(), true),
        (common, "packed-refs.lock".into(), false),
        (common, "config.lock".into(), false),
        (common, "shallow.lock".into(), false),
        (own, "logs/HEAD.lock".into(), false),
    ];
    if own != common {
        places.push((own, "reftable/tables.list.lock".into(), true));
    }
    if let Some(branch) = branch {
        places.push((common, format!("refs/heads/{branch}.lock"), true));
        places.push((common, format!("logs/refs/heads/{branch}.lock"), false));
    }
    if let Some(mirror) = mirror {
        places.push((common, format!("{mirror}.lock"), false));
    }
    let there = |(folder, name, blocks): (&Path, String, bool)| {
        Some(Lock { blocks, ..Lock::at(&folder.join(&name), &name)? })
    };
    places.into_iter().filter_map(there).collect()
}

/// The same, as what keeps the repository waiting. Writes nothing.
pub(crate) fn in_the_way(repo: &Repo, branch: Option<&str>, mirror: Option<&str>) -> Vec<LockSeen> {
    let tell = |lock: Lock| {
        // By the file's own time, as a person sees it.
        let age = SystemTime::now().duration_since(lock.modified).unwrap_or_default();
        let seconds = age.as_secs();
        let mut seen = LockSeen { name: lock.name, seconds, blocks: lock.blocks, holders: Vec::new() };
        if seen.stays() {
            seen.holders =
                processes::holders(&lock.path, &places(repo)).into_iter().map(|h| h.name).collect();
            seen.holders.dedup();
        }
        seen
    };
    seen(repo, branch, mirror).into_iter().map(tell).collect()
}

/// What our records say: a lock file that is, or may be, ours.
#[derive(Debug, Clone)]
pub struct Claim {
    path: PathBuf,
    what: Claimed,
}

#[derive(Debug, Clone)]
enum Claimed {
    File(LockIdentity),
    Content { oid: Option<Oid>, unmistakable: bool, from: SystemTime, to: SystemTime },
}

impl Claim {
    /// Exactly this file.
    pub fn file(lock: LockIdentity) -> Self {
        Self { path: lock.path.clone(), what: Claimed::File(lock) }
    }

    /// The locks that moving `branch` to `commit` makes, if it was begun at `from`. The commit is known to nobody else.
    pub fn of_commit(
        repo: &Repo,
        branch: &str,
        commit: &Oid,
        from: SystemTime,
        lasted: Duration,
    ) -> Vec<Self> {
        let branch = repo.common_dir.join(format!("refs/heads/{branch}.lock"));
        let empty = [
            repo.git_dir.join("HEAD.lock"),
            repo.git_dir.join("index.lock"),
            repo.git_dir.join("reftable/tables.list.lock"),
            repo.common_dir.join("reftable/tables.list.lock"),
        ];
        let to = from + lasted;
        let claim = |path, oid: Option<&Oid>| Self {
            path,
            what: Claimed::Content { unmistakable: oid.is_some(), oid: oid.cloned(), from, to },
        };
        std::iter::once(claim(branch, Some(commit))).chain(empty.map(|path| claim(path, None))).collect()
    }

    /// The locks that a push of `commit` makes, if it was begun at `from`. Others may push the same commit.
    pub fn of_push(repo: &Repo, mirror: &str, commit: &Oid, from: SystemTime, lasted: Duration) -> Vec<Self> {
        let to = from + lasted;
        let claim = |path, oid: Option<&Oid>| Self {
            path,
            what: Claimed::Content { oid: oid.cloned(), unmistakable: false, from, to },
        };
        vec![
            claim(repo.common_dir.join(format!("{mirror}.lock")), Some(commit)),
            claim(repo.common_dir.join("reftable/tables.list.lock"), None),
        ]
    }

    fn proof(&self, lock: &Lock) -> Proof {
        if self.path != lock.path {
            return Proof::None;
        }
        match &self.what {
            Claimed::File(file) if *file == lock.identity() => match file.born_ns {
                Some(_) => Proof::Certain,
                // A number that may have been used again.
                None => Proof::Fits,
            },
            Claimed::File(_) => Proof::None,
            Claimed::Content { oid, unmistakable, from, to } => {
                let in_time = lock.modified + COARSE >= *from && lock.modified <= *to + COARSE;
                let (true, Some(content)) = (in_time, content(lock)) else { return Proof::None };
                match (content.trim_end(), oid) {
                    ("", _) => Proof::Fits,
                    (text, Some(oid)) if *unmistakable && text == oid.as_str() => Proof::Certain,
                    // Killed half way through the writing, too.
                    (text, Some(oid)) if oid.as_str().starts_with(text) => Proof::Fits,
                    _ => Proof::None,
                }
            }
        }
    }
}

fn content(lock: &Lock) -> Option<String> {
    if lock.len > CONTENT_AT_MOST { None } else { fs::read_to_string(&lock.path).ok() }
}

/// The locks that are there and that one of `claims` fits.
pub fn claimed(repo: &Repo, branch: Option<&str>, mirror: Option<&str>, claims: &[Claim]) -> Vec<Lock> {
    let fits = |lock: &Lock| claims.iter().any(|claim| claim.proof(lock) != Proof::None);
    seen(repo, branch, mirror).into_iter().filter(fits).collect()
}

/// What became of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It was ours, and is gone.
    Cleared(Lock),
    /// Nobody can own it any more; it is here now.
    Aside(Lock, PathBuf),
    /// Somebody's for a moment.
    Young(Lock),
    /// It fits what our records say, but somebody works there: to be judged anew.
    Busy(Lock),
    /// Somebody's.
    Foreign(Lock),
}

/// Works down the ladder for each of `locks`. None of our own git commands may run in the repository.
pub async fn settle(repo: &Repo, locks: Vec<Lock>, claims: &[Claim]) -> Vec<Settled> {
    settle_since(repo, locks, claims, place::boot()).await
}

/// With the time before which nothing was written by a program that still runs.
async fn settle_since(
    repo: &Repo,
    locks: Vec<Lock>,
    claims: &[Claim],
    boot: Option<SystemTime>,
) -> Vec<Settled> {
    let mut settled = Vec::new();
    let places = places(repo);
    let facts = |lock: &Lock| facts(lock, claims, &places, boot);
    let first: Vec<_> = locks.into_iter().map(|lock| (verdict(&facts(&lock)), lock)).collect();
    if first.iter().any(|(found, _)| matches!(found, Verdict::Ours | Verdict::Orphaned)) {
        tokio::time::sleep(LOOK_APART).await;
    }
    for (found, lock) in first {
        // Looked at anew: somebody may have come, and a lock that moved or grew is somebody's at work.
        let found = match found {
            Verdict::Ours | Verdict::Orphaned if !lock.is_still_there() => Verdict::Wait,
            Verdict::Ours | Verdict::Orphaned => verdict(&facts(&lock)),
            found => found,
        };
        let result = match found {
            Verdict::Ours => remove(repo, lock),
            Verdict::Orphaned => match aside::aside(&lock, top_of(repo, &lock)) {
                Ok(Some(to)) => Settled::Aside(lock, to),
                Ok(None) => Settled::Young(lock),
                Err(error) => unmovable(lock, &error),
            },
            Verdict::Wait => Settled::Young(lock),
            Verdict::Foreign
                if claims.iter().any(|c| c.proof(&lock) == Proof::Fits) && place::is_local(&lock.path) =>
            {
                Settled::Busy(lock)
            }
            Verdict::Foreign => Settled::Foreign(lock),
        };
        settled.push(result);
    }
    settled
}

/// Our own, by way of a name beside it: what is removed in the end is the very file that was judged.
fn remove(repo: &Repo, lock: Lock) -> Settled {
    match aside::aside(&lock, top_of(repo, &lock)) {
        Ok(Some(to)) => {
            let _ = fs::remove_file(to);
            tracing::info!(lock = %lock.path.display(), "a lock that we left behind was cleared");
            Settled::Cleared(lock)
        }
        Ok(None) => Settled::Young(lock),
        Err(error) => unmovable(lock, &error),
    }
}

fn unmovable(lock: Lock, error: &std::io::Error) -> Settled {
    tracing::warn!(lock = %lock.path.display(), %error, "a lock could not be moved");
    Settled::Foreign(lock)
}

fn facts(lock: &Lock, claims: &[Claim], places: &[PathBuf], boot: Option<SystemTime>) -> Facts {
    let rank = |proof: &Proof| match proof {
        Proof::None => 0,
        Proof::Fits => 1,
        Proof::Certain => 2,
    };
    let proof = claims.iter().map(|claim| claim.proof(lock)).max_by_key(rank).unwrap_or(Proof::None);
    let before_boot = boot.is_some_and(|start| lock.touched() < start);
    let asked = proof == Proof::Fits || before_boot;
    Facts {
        proof,
        untouched_for: lock.untouched_for(),
        before_boot,
        local: asked && place::is_local(&lock.path),
        at_work: if asked { processes::at_work(places) } else { AtWork::Unknown },
    }
}

/// The git folder that the lock is in: a name at its top is on the same file system and never taken for a ref.
fn top_of<'a>(repo: &'a Repo, lock: &Lock) -> &'a Path {
    if lock.path.starts_with(&repo.git_dir) { &repo.git_dir } else { &repo.common_dir }
}

/// Every folder in which somebody at work on this repository may be: all its work trees and git folders.
pub(crate) fn places(repo: &Repo) -> Vec<PathBuf> {
    let mut places = vec![repo.work_tree.clone(), repo.git_dir.clone(), repo.common_dir.clone()];
    if repo.common_dir.file_name().is_some_and(|name| name == ".git") {
        places.extend(repo.common_dir.parent().map(Path::to_owned));
    }
    let linked = fs::read_dir(repo.common_dir.join("worktrees")).into_iter().flatten().flatten();
    places.extend(linked.filter_map(|entry| {
        let file = entry.path().join("gitdir");
        let regular = file.symlink_metadata().is_ok_and(|meta| meta.is_file());
        let text = regular.then(|| fs::read_to_string(file).ok()).flatten()?;
        Path::new(text.trim_ascii_end()).parent().map(Path::to_owned)
    }));
    places
}

#[cfg(test)]
mod tests;
