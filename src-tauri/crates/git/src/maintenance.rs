//! Packing what commits leave as single files, so that many small commits make no repository slow.
//!
//! Nothing is ever given up by this: `git repack -d` writes what branches, reflogs and indexes lead to into one new pack, and
//! then removes the single files of exactly what is in a pack. What nothing leads to stays as it is, with its age; packs,
//! refs, reflogs and work trees are not touched. There is no `gc`, `prune`, `reflog expire` or `worktree prune` here: these
//! give up what a person may still want, when they want it given up.

use crate::{
    command::Git,
    config::Config,
    error::GitError,
    hooks,
    inspect::Inspection,
    limits,
    locks::{self, place::is_local},
    processes, repo_call,
};
use autocommit_core::{locks::AtWork, repo::Repo};
use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};
use tokio::sync::watch;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packed {
    /// So many objects have no file of their own any more.
    Objects(usize),
    /// Somebody is at work in the repository, or began to; or there is no room on the disk.
    NotNow,
    /// The person looks after the repository otherwise, or it is of a kind that is better left alone.
    LeftToThePerson,
}

/// How many objects are files of their own, counted up to `enough`.
pub fn loose_objects(repo: &Repo, enough: usize) -> usize {
    let mut count = 0;
    for first in 0..=u8::MAX {
        let folder = repo.common_dir.join("objects").join(format!("{first:02x}"));
        count += fs::read_dir(folder).map_or(0, |entries| entries.flatten().count());
        if count >= enough {
            break;
        }
    }
    count
}

/// How long ago anything was last staged, committed, fetched or checked out in the work tree of `repo`.
pub fn rests_for(repo: &Repo) -> Duration {
    let files = ["index", "HEAD", "logs/HEAD", "FETCH_HEAD", "ORIG_HEAD"].map(|name| repo.git_dir.join(name));
    let newest = files.iter().filter_map(|file| file.metadata().ok()?.modified().ok()).max();
    // What is of the future is of now.
    newest.map_or(Duration::ZERO, |at| SystemTime::now().duration_since(at).unwrap_or_default())
}

/// Packs the single files of `repo`, of which nobody knows that somebody is at work there; ended when `give_way` says so.
pub async fn pack_loose(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    give_way: watch::Receiver<bool>,
) -> Result<Packed, GitError> {
    if left_to_the_person(repo, &inspection.config) {
        return Ok(Packed::LeftToThePerson);
    }
    if !nobody_at_work(repo, inspection) || !has_room(repo, inspection) || *give_way.borrow() {
        return Ok(Packed::NotNow);
    }
    let before = loose_objects(repo, usize::MAX);
    let packing = repo_call(git, repo, "maintenance")
        // The pack is on disk, with its index, before a file goes.
        .args_global(["-c", "core.fsync=all"])
        .args_global(["-c", "pack.threads=1", "-c", "pack.windowMemory=64m"])
        .args_global(["-c", "repack.writeBitmaps=false", "-c", "repack.updateServerInfo=false"])
        .args(["repack", "-d", "-q"])
        .within(limits::MAINTENANCE)
        .idly()
        .until(give_way.clone())
        .check()
        .await;
    match packing {
        Ok(_) => Ok(Packed::Objects(before.saturating_sub(loose_objects(repo, usize::MAX)))),
        Err(GitError::TimedOut { .. }) if *give_way.borrow() => Ok(Packed::NotNow),
        Err(error) => Err(error),
    }
}

/// Whether the person said anything of their own about when and how repositories are tidied up, or the repository is of a
/// kind in which objects are not all its own.
fn left_to_the_person(repo: &Repo, config: &Config) -> bool {
    let says = |key: &str| config.get(key).is_some();
    let off = |key: &str| config.boolean(key) == Some(false);
    let registered = config.all("maintenance.repo").any(|path| Path::new(path) == repo.work_tree);
    let scheduled = config.keys().any(|key| {
        key.starts_with("maintenance.") && (key.ends_with(".enabled") || key.ends_with(".schedule"))
    });
    let not_all_its_own = says("extensions.partialclone")
        || !config.subsections("remote", "promisor").is_empty()
        || config.boolean("extensions.preciousobjects") == Some(true)
        || repo.common_dir.join("objects/info/alternates").symlink_metadata().is_ok();
    config.get("gc.auto").is_some_and(|objects| matches!(objects, "0" | "-1"))
        || off("maintenance.auto")
        || says("maintenance.strategy")
        || registered
        || scheduled
        || not_all_its_own
        || hooks::exists_as(repo, config, "pre-auto-gc")
}

/// Whether it is certain that no git is at work in any of its work trees, and that nothing was begun in this one.
fn nobody_at_work(repo: &Repo, inspection: &Inspection) -> bool {
    let snapshot = &inspection.snapshot;
    let places = locks::places(repo);
    let lock = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name()).any(|name| {
            let name = name.to_string_lossy();
            name.ends_with(".lock") || name == "gc.pid"
        })
    };
    let mut git_folders = vec![repo.common_dir.clone(), repo.common_dir.join("objects")];
    let linked = fs::read_dir(repo.common_dir.join("worktrees")).into_iter().flatten().flatten();
    git_folders.extend(linked.map(|entry| entry.path()));
    snapshot.operation.is_none()
        && snapshot.locks.is_empty()
        && !snapshot.editor_open
        && is_local(&repo.common_dir)
        && !git_folders.iter().any(|folder| lock(folder))
        && processes::at_work(&places) == AtWork::Nobody
}

/// Room for all that is packed once more, beside what is left to the person.
fn has_room(repo: &Repo, inspection: &Inspection) -> bool {
    let Some(room) = inspection.snapshot.room else { return false };
    let size = |folder: &Path| -> u64 {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|found| found.len()).sum()
    };
    let objects = repo.common_dir.join("objects");
    let loose: u64 = (0..=u8::MAX).map(|first| size(&objects.join(format!("{first:02x}")))).sum();
    !room.too_little() && room.free > loose.saturating_mul(2).saturating_add(limits::ROOM_LEFT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Scope::{Person, Repository};
    use autocommit_core::{id::RepoId, repo::RepoKind};

    fn repo(dir: &Path) -> Repo {
        let git_dir = dir.join(".git");
        fs::create_dir_all(git_dir.join("objects/info")).unwrap();
        Repo {
            id: RepoId::of_path(dir),
            work_tree: dir.to_owned(),
            common_dir: git_dir.clone(),
            git_dir,
            kind: RepoKind::Main,
        }
    }

    #[test]
    fn whose_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let repo = repo(dir.path());
        let here = dir.path().to_str().unwrap();
        let left = |key: &str, value: &str| {
            [Person, Repository]
                .iter()
                .all(|scope| left_to_the_person(&repo, &Config::of(&[(key, value, *scope)])))
        };
        assert!(!left_to_the_person(&repo, &Config::of(&[])));
        for (key, value) in [
            ("gc.auto", "6700"),
            ("maintenance.auto", "true"),
            ("maintenance.repo", "/elsewhere"),
            ("extensions.preciousobjects", "false"),
            ("gc.pruneexpire", "now"),
        ] {
            assert!(!left(key, value), "{key} = {value}");
        }
        for (key, value) in [
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
            ("maintenance.strategy", "incremental"),
            ("maintenance.repo", here),
            ("maintenance.gc.enabled", "false"),
            ("maintenance.prefetch.schedule", "hourly"),
            ("extensions.partialclone", "origin"),
            ("remote.origin.promisor", "true"),
            ("extensions.preciousobjects", "true"),
            ("hook.mine.event", "pre-auto-gc"),
        ] {
            assert!(left(key, value), "{key} = {value}");
        }
        fs::write(repo.git_dir.join("objects/info/alternates"), "/elsewhere\n").unwrap();
        assert!(left_to_the_person(&repo, &Config::of(&[])), "objects that are another's");
    }

    #[test]
    fn counted_as_far_as_asked() {
        let dir = tempfile::tempdir().unwrap();
        let repo = repo(dir.path());
        for first in ["00", "7f", "ff"] {
            let folder = repo.git_dir.join("objects").join(first);
            fs::create_dir(&folder).unwrap();
            (0..3).for_each(|i| fs::write(folder.join(i.to_string()), "").unwrap());
        }
        fs::create_dir(repo.git_dir.join("objects/pack")).unwrap();
        assert_eq!(loose_objects(&repo, usize::MAX), 9);
        assert_eq!(loose_objects(&repo, 4), 6, "no further than the folder in which it is enough");
    }
}
