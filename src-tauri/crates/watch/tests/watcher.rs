//! The watcher on real folders: what is told, what is not, and what happens at its limits.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use autocommit_core::id::RepoId;
use autocommit_watch::{Suspects, Unwatched, Watcher};
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use support::{Yard, shell::poll};

struct World {
    yard: Yard,
    watcher: Watcher,
    /// Holds up the thread of the watcher.
    gate: Arc<Mutex<()>>,
    markers: AtomicUsize,
}

impl World {
    fn new() -> Self {
        let gate = Arc::new(Mutex::new(()));
        let held = gate.clone();
        let watcher = Watcher::start(move || drop(held.lock().unwrap())).unwrap();
        Self { yard: Yard::new(), watcher, gate, markers: AtomicUsize::new(0) }
    }

    /// Watches a repository as the engine does; `true` where some folder is new to the watcher.
    fn watch(&self, name: &str) -> bool {
        let capture = self.yard.capture(name, None).unwrap();
        self.watcher.watch(&self.id(name), &capture.work_folders(), capture.git_folders()).unwrap()
    }

    fn id(&self, name: &str) -> RepoId {
        RepoId::of_path(&self.yard.path(name))
    }

    /// Everything told until `until`'s own event has come: the kernel keeps their order.
    fn told(&self) -> Suspects {
        // A new one each time: the last one's own events may still be on their way.
        let number = self.markers.fetch_add(1, Ordering::SeqCst);
        let folder = self.yard.folder(&format!("marker{number}"));
        let marker = RepoId::of_path(&folder);
        self.watcher.watch(&marker, std::slice::from_ref(&folder), &[]).unwrap();
        fs::write(folder.join("now"), "x").unwrap();
        let mut all = Suspects::default();
        poll("the marker", || {
            let some = self.watcher.suspects();
            all.repos.extend(some.repos);
            all.folders |= some.folders;
            all.places |= some.places;
            all.lost |= some.lost;
            all.repos.contains(&marker).then_some(())
        });
        self.watcher.watch(&marker, &[], &[]).unwrap();
        let markers: Vec<_> =
            (0..=number).map(|n| RepoId::of_path(&self.yard.path(&format!("marker{n}")))).collect();
        all.repos.retain(|repo| !markers.contains(repo));
        all
    }
}

#[test]
fn what_git_would_see_is_told_and_what_it_ignores_is_not() {
    let world = World::new();
    let yard = &world.yard;
    yard.repo("a");
    yard.sh("a", "mkdir -p src/deep node_modules/x; printf x > src/deep/f; printf node_modules > .gitignore");
    yard.sh("a", "git add -A; git commit -qm two");
    assert!(world.watch("a"), "all of it is new");
    assert!(!world.watch("a"), "nothing of it is");
    assert_eq!(world.told(), Suspects::default(), "nothing happened");
    let quiet = [
        "printf y > node_modules/x/y; mkdir node_modules/z",
        "cat src/deep/f; ls -R . > /dev/null",
        "git --no-optional-locks status",
        "git log",
        "printf z | git hash-object -w --stdin",
        ": > .git/COMMIT_EDITMSG; : > .git/x.lock; rm .git/x.lock",
    ];
    for script in quiet {
        yard.sh("a", script);
        assert_eq!(world.told(), Suspects::default(), "{script}");
    }
    let loud = [
        "printf y > src/deep/f",
        "printf y >> src/deep/f",
        "chmod +x src/deep/f",
        "mv src/deep/f src/deep/g",
        "rm src/deep/g",
        "printf n > new",
        "printf '#' >> .gitignore",
        "git add -A",
        "git commit -qm three",
        "git branch other",
        "git switch -q other",
        "git config a.b c",
        "git reset -q --soft HEAD^",
        "git fetch -q . other:refs/remotes/x/other",
    ];
    for script in loud {
        yard.sh("a", script);
        let told = world.told();
        assert!(told.repos.contains(&world.id("a")), "{script}: {told:?}");
        assert!(!told.lost);
    }
}

#[test]
fn a_new_folder_is_told_and_then_watched() {
    let world = World::new();
    let yard = &world.yard;
    yard.repo("a");
    world.watch("a");
    for round in 0..50 {
        yard.folder(&format!("a/n{round}/deep/er"));
        let told = world.told();
        assert!(told.repos.contains(&world.id("a")) && told.folders);
        assert!(world.watch("a"));
        world.told();
        fs::write(yard.path(&format!("a/n{round}/deep/er/leaf")), "x").unwrap();
        assert!(world.told().repos.contains(&world.id("a")), "round {round}");
    }
    let before = world.watcher.need().folders;
    fs::remove_dir_all(yard.path("a/n0")).unwrap();
    assert!(world.told().folders);
    world.watch("a");
    world.told();
    assert_eq!(world.watcher.need().folders, before - 3, "what is gone is not kept");
}

#[test]
fn work_trees_share_the_watches_of_their_git_folder() {
    let world = World::new();
    let yard = &world.yard;
    yard.repo("a");
    yard.sh("a", "git worktree add -q ../b -b b");
    world.watch("a");
    let alone = world.watcher.need().folders;
    world.watch("b");
    yard.sh("a", "git config x.y z");
    let told = world.told();
    assert!(told.repos.contains(&world.id("a")) && told.repos.contains(&world.id("b")), "{told:?}");
    let a = world.id("a");
    world.watcher.keep_only(|id| *id == a);
    yard.sh("b", "printf n > n");
    assert_eq!(world.told().repos.len(), 0, "b is not watched any more");
    yard.sh("a", "git config x.y w");
    assert!(world.told().repos.contains(&a), "the shared one still is");
    world.watcher.keep_only(|id| *id == a);
    assert_eq!(world.watcher.need().folders, alone);
}

#[test]
fn places_tell_of_folders_only() {
    let world = World::new();
    let base = world.yard.folder("base");
    world.watcher.watch_places(std::slice::from_ref(&base)).unwrap();
    fs::write(base.join("file"), "x").unwrap();
    assert_eq!(world.told(), Suspects::default());
    fs::create_dir(base.join("clone")).unwrap();
    assert_eq!(world.told(), Suspects { places: true, ..Suspects::default() });
}

#[test]
fn a_storm_that_the_kernel_cannot_keep_is_told_as_lost() {
    let world = World::new();
    world.yard.repo("a");
    world.watch("a");
    let queue: usize =
        fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
    let top = world.yard.path("a");
    // Whoever is woken does not come back while more happens than the kernel keeps. Two names in turn: equal events one
    // after the other are joined.
    let gate = world.gate.lock().unwrap();
    for at in 0..=queue {
        fs::write(top.join(if at % 2 == 0 { "x" } else { "y" }), "x").unwrap();
    }
    drop(gate);
    poll("the loss", || world.watcher.suspects().lost.then_some(()));
}

#[test]
fn one_that_is_too_big_is_not_watched_and_the_others_are() {
    // A quarter is left to other programs.
    let world = World { watcher: Watcher::within(|| Some(12), || {}).unwrap(), ..World::new() };
    world.yard.repo("small");
    world.yard.repo("big");
    world.yard.sh("big", "mkdir -p 1/2/3/4/5/6/7; printf x > 1/2/3/4/5/6/7/x; git add -A; git commit -qm x");
    world.watch("small");
    let (before, losses) = (world.watcher.need(), world.watcher.losses());
    assert_eq!(before.limit, Some(12));
    let capture = world.yard.capture("big", None).unwrap();
    let refused = world.watcher.watch(&world.id("big"), &capture.work_folders(), capture.git_folders());
    assert_eq!(refused, Err(Unwatched::Limit));
    assert!(!world.watcher.is_watched(&world.id("big")) && world.watcher.is_watched(&world.id("small")));
    assert_eq!(world.watcher.need(), before, "nothing of it is left");
    assert!(world.watcher.losses() > losses);
    world.yard.sh("small", "printf n > n");
    assert!(world.told().repos.contains(&world.id("small")));
}

#[test]
fn what_is_allowed_later_is_used() {
    let allowed = Arc::new(AtomicUsize::new(12));
    let read = allowed.clone();
    let limit = move || Some(read.load(Ordering::SeqCst));
    let world = World { watcher: Watcher::within(limit, || {}).unwrap(), ..World::new() };
    world.yard.repo("big");
    world.yard.sh("big", "mkdir -p 1/2/3/4/5/6/7; printf x > 1/2/3/4/5/6/7/x; git add -A; git commit -qm x");
    let capture = world.yard.capture("big", None).unwrap();
    let watch = || world.watcher.watch(&world.id("big"), &capture.work_folders(), capture.git_folders());
    assert_eq!(watch(), Err(Unwatched::Limit));
    assert!(!world.watcher.limit_rose());
    allowed.store(100, Ordering::SeqCst);
    assert_eq!(watch(), Ok(true));
    assert!(world.watcher.limit_rose() && !world.watcher.limit_rose(), "told once, for those refused before");
    assert_eq!(world.watcher.need().limit, Some(100));
}

#[test]
fn places_on_other_disks_leave_the_others_watched() {
    let world = World::new();
    let base = world.yard.folder("base");
    let places = [PathBuf::from("/proc/self"), base.clone()];
    assert_eq!(world.watcher.watch_places(&places), Err(Unwatched::Disk));
    fs::create_dir(base.join("new")).unwrap();
    assert!(world.told().places);
}

#[test]
fn other_disks_are_not_watched() {
    let world = World::new();
    let id = world.id("proc");
    let proc = [PathBuf::from("/proc/self")];
    assert_eq!(world.watcher.watch(&id, &proc, &[]), Err(Unwatched::Disk));
    assert!(!world.watcher.is_watched(&id));
    assert_eq!(world.watcher.need().folders, 0);
}

#[test]
fn a_dropped_watcher_gives_its_instance_back() {
    // The system allows a person some hundred of them at the most.
    for _ in 0..300 {
        let ended = Arc::new(());
        let held = ended.clone();
        drop(
            Watcher::start(move || {
                let _ = &held;
            })
            .unwrap(),
        );
        poll("the thread's end", || (Arc::strong_count(&ended) == 1).then_some(()));
    }
}
