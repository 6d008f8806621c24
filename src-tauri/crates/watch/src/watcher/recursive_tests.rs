//! The watcher of other systems, with what the library behind it tells on this one.

use super::{Suspects, recursive::Watcher};
use autocommit_core::id::RepoId;
use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

struct World {
    _dir: tempfile::TempDir,
    root: PathBuf,
    watcher: Watcher,
    markers: Cell<u32>,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        Self { _dir: dir, root, watcher: Watcher::start(|| ()).unwrap(), markers: Cell::new(0) }
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.root.join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// A work tree with a git folder in it, watched as the engine does.
    fn repo(&self, name: &str) -> RepoId {
        let (work, git) = (self.folder(name), self.folder(&format!("{name}/.git/refs/heads")));
        let git = git.ancestors().nth(2).unwrap().to_owned();
        let id = RepoId::of_path(&work);
        assert!(self.watcher.watch(&id, std::slice::from_ref(&work), &[git.clone(), git]).unwrap());
        id
    }

    /// Everything told until a marker's event has come: the system keeps their order.
    fn told(&self) -> Suspects {
        self.markers.set(self.markers.get() + 1);
        let folder = self.folder(&format!("marker{}", self.markers.get()));
        let marker = RepoId::of_path(&folder);
        self.watcher.watch(&marker, std::slice::from_ref(&folder), &[]).unwrap();
        fs::write(folder.join("now"), "x").unwrap();
        let (mut all, begun) = (Suspects::default(), Instant::now());
        while !all.repos.remove(&marker) {
            assert!(begun.elapsed() < Duration::from_secs(30), "the marker was not told");
            thread::sleep(Duration::from_millis(5));
            let some = self.watcher.suspects();
            all.repos.extend(some.repos);
            all.folders |= some.folders;
            all.places |= some.places;
            all.lost |= some.lost;
        }
        self.watcher.keep_only(|known| *known != marker);
        all
    }

    fn write(&self, file: &str) {
        let file = self.root.join(file);
        fs::create_dir_all(file.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(file, "x").unwrap();
    }
}

fn only(repos: &[&RepoId]) -> Suspects {
    Suspects { repos: repos.iter().map(|id| (*id).clone()).collect(), ..Suspects::default() }
}

#[test]
fn files_at_any_depth_are_told_of_the_repository_they_are_in() {
    let world = World::new();
    world.folder("one/src/deep");
    world.folder("two");
    let (one, two) = (world.repo("one"), world.repo("two"));
    world.told();
    world.write("one/src/deep/file");
    assert_eq!(world.told().repos, only(&[&one]).repos);
    world.write("two/file");
    fs::remove_file(world.root.join("two/file")).unwrap();
    assert_eq!(world.told().repos, only(&[&two]).repos);
    fs::read(world.root.join("one/src/deep/file")).unwrap();
    assert_eq!(world.told(), only(&[]), "reading changes nothing");
    let new = world.root.join("one/new");
    fs::create_dir(&new).unwrap();
    assert!(world.told().folders, "a repository may be in it");
    world.write("one/new/file");
    assert_eq!(world.told().repos, only(&[&one]).repos, "what is in a new folder is told, too");
}

#[test]
fn of_the_git_folder_only_what_changes_the_verdict_is_told() {
    let world = World::new();
    let one = world.repo("one");
    world.told();
    for note in ["objects/aa/bb", "logs/HEAD", "index.lock", "COMMIT_EDITMSG", "autocommit-x", "hooks/x"] {
        world.write(&format!("one/.git/{note}"));
    }
    assert_eq!(world.told(), only(&[]));
    for file in ["HEAD", "index", "refs/heads/main", "packed-refs", "info/exclude"] {
        world.write(&format!("one/.git/{file}"));
        assert_eq!(world.told().repos, only(&[&one]).repos, "{file}");
    }
}

#[test]
fn what_is_in_another_repository_says_nothing_of_the_one_around_it() {
    let world = World::new();
    let (outer, inner) = (world.repo("outer"), world.repo("outer/inner"));
    world.told();
    world.write("outer/inner/file");
    assert_eq!(world.told().repos, only(&[&inner]).repos);
    // Without the outer one the inner one is still watched.
    world.watcher.keep_only(|known| *known != outer);
    assert!(!world.watcher.is_watched(&outer));
    world.told();
    world.write("outer/inner/other");
    world.write("outer/file");
    assert_eq!(world.told(), only(&[&inner]));
}

#[test]
fn a_new_folder_beside_repositories_is_told_as_a_place() {
    let world = World::new();
    let places = world.folder("places");
    assert_eq!(world.watcher.watch_places(std::slice::from_ref(&places)), Ok(true));
    assert_eq!(world.watcher.watch_places(std::slice::from_ref(&places)), Ok(false));
    world.told();
    fs::write(places.join("file"), "x").unwrap();
    assert!(!world.told().places, "a file is no repository");
    fs::create_dir(places.join("new")).unwrap();
    assert!(world.told().places);
}

#[test]
fn a_folder_that_is_not_there_is_refused_whole() {
    let world = World::new();
    let gone = RepoId::of_path(Path::new("/gone"));
    let folders = [world.folder("there"), world.root.join("gone")];
    assert!(world.watcher.watch(&gone, &folders, &[]).is_err());
    assert!(!world.watcher.is_watched(&gone));
    assert_eq!(world.watcher.need().folders, 0);
}
