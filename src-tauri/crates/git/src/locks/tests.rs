//! Locks that stand alone, on a disk of this machine.

use super::*;
use autocommit_core::{id::RepoId, repo::RepoKind};

struct Stale {
    _dir: tempfile::TempDir,
    repo: Repo,
    lock: Lock,
}

/// A lock that was last touched at `age` before now.
fn stale(age: Duration) -> Stale {
    let dir = tempfile::tempdir().unwrap();
    let git_dir = dir.path().join(".git");
    fs::create_dir_all(git_dir.join("refs/heads")).unwrap();
    let path = git_dir.join("refs/heads/main.lock");
    fs::write(&path, "whole").unwrap();
    let old = SystemTime::now() - age;
    fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    let repo = Repo {
        id: RepoId::of_path(dir.path()),
        work_tree: dir.path().to_owned(),
        common_dir: git_dir.clone(),
        git_dir,
        kind: RepoKind::Main,
    };
    let seen = seen(&repo, Some("main"), None).remove(0);
    // Nobody can set an inode's own time; it is not asked for again.
    Stale { _dir: dir, repo, lock: Lock { changed: old, ..seen } }
}

async fn settled(stale: &Stale, boot: Option<SystemTime>) -> Settled {
    settle_since(&stale.repo, vec![stale.lock.clone()], &[], boot).await.remove(0)
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn only_what_is_older_than_the_machines_start_is_moved_aside() {
    let now = SystemTime::now();
    let hours = |n: u64| Duration::from_secs(n * 3600);
    let old = stale(hours(48));
    for boot in [None, Some(now - hours(72))] {
        assert_eq!(settled(&old, boot).await, Settled::Foreign(old.lock.clone()), "age proves nothing");
        assert!(old.lock.is_still_there());
    }
    let Settled::Aside(_, to) = settled(&old, Some(now - hours(1))).await else { panic!("not moved") };
    assert_eq!(identity(&to.symlink_metadata().unwrap()), (old.lock.dev, old.lock.ino), "the very file");
    assert_eq!(fs::read_to_string(&to).unwrap(), "whole");
    assert!(!old.lock.path.exists());
    let young = stale(Duration::ZERO);
    assert_eq!(settled(&young, Some(now + hours(1))).await, Settled::Young(young.lock.clone()));
    assert!(young.lock.is_still_there());
}

#[test]
fn what_is_in_the_way_is_named_with_its_age() {
    let stale = stale(Duration::from_secs(7200));
    let seen = in_the_way(&stale.repo, Some("main"), None);
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].name.as_str(), seen[0].blocks), ("refs/heads/main.lock", true));
    assert!(seen[0].stays() && seen[0].seconds >= 7200, "{seen:?}");
    assert_eq!(in_the_way(&stale.repo, Some("other"), None), [], "another branch is another matter");
}
