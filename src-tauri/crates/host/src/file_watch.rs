//! Says when a file may be another one: by what the system tells of the folders on the way to it.
//!
//! A person may save it in place, put a new file there, or have it be a link into another folder, which may come later.
//! What is told is a hint to look, and nothing else: the look decides.

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;

/// Links that are followed on the way to a file, as the system does.
const LINKS: usize = 40;

/// Watches the way to one file.
pub(crate) struct FileWatch {
    file: PathBuf,
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
    on_the_way: Arc<Mutex<BTreeSet<PathBuf>>>,
    told: Arc<Notify>,
}

impl FileWatch {
    /// # Errors
    /// Where this system tells nobody anything, or has no watches left.
    pub(crate) fn start(file: &Path) -> Result<Self, notify::Error> {
        let told = Arc::new(Notify::new());
        let on_the_way = Arc::new(Mutex::new(BTreeSet::new()));
        let (tell, names) = (told.clone(), on_the_way.clone());
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let names = names.lock().unwrap_or_else(PoisonError::into_inner);
            if event.is_ok_and(|event| !concerns(&event, &names)) {
                return;
            }
            tell.notify_one();
        })?;
        let mut watch =
            Self { file: std::path::absolute(file)?, watcher, folders: BTreeSet::new(), on_the_way, told };
        watch.renew()?;
        // What changed before anybody watched.
        watch.told.notify_one();
        Ok(watch)
    }

    /// Resolves once something happened on the way to the file. What happens between two calls is told at the second.
    pub(crate) async fn changed(&self) {
        self.told.notified().await;
    }

    /// Watches the way as it is now.
    ///
    /// # Errors
    /// Where a folder cannot be watched; the others are.
    pub(crate) fn renew(&mut self) -> Result<(), notify::Error> {
        let way = way(&self.file);
        let folders: BTreeSet<PathBuf> =
            way.iter().filter_map(|path| path.parent().map(Path::to_owned)).collect();
        // A folder that is moved away, or removed, says so by its own name. (One further up says nothing to anybody.)
        let names = way.into_iter().chain(folders.iter().cloned()).collect();
        *self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner) = names;
        for gone in self.folders.difference(&folders) {
            let _ = self.watcher.unwatch(gone);
        }
        let mut refused = None;
        // Anew where it is watched already, too: it may be another folder of the same name.
        self.folders = folders;
        for folder in &self.folders {
            if let Err(error) = self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                refused = Some(error);
            }
        }
        refused.map_or(Ok(()), Err)
    }
}

/// Whether an event is one of a name on the way. Reading changes nothing; what was lost may have been anything.
fn concerns(event: &Event, on_the_way: &BTreeSet<PathBuf>) -> bool {
    let lost = event.need_rescan() || event.paths.is_empty();
    lost || !matches!(event.kind, EventKind::Access(_))
        && event.paths.iter().any(|path| on_the_way.contains(path))
}

/// Every name whose change may make `file` another one: itself, and the links on the way to it. Each is in a folder that
/// exists; where there is no such file, the first name that is missing stands for it.
fn way(file: &Path) -> BTreeSet<PathBuf> {
    let mut way = BTreeSet::new();
    let mut next = Some(file.to_owned());
    for _ in 0..LINKS {
        let Some(path) = next.take() else { break };
        // What was walked so far has no link in it, so `..` is the folder above.
        let mut at = PathBuf::new();
        let mut parts = path.components();
        while let Some(part) = parts.next() {
            match part {
                Component::ParentDir => drop(at.pop()),
                Component::CurDir => {}
                part => at.push(part),
            }
            if !matches!(part, Component::Normal(_)) {
                continue;
            }
            let meta = at.symlink_metadata().ok();
            if meta.as_ref().is_some_and(fs::Metadata::is_symlink) {
                let to = fs::read_link(&at).unwrap_or_default();
                next = at.parent().map(|folder| folder.join(to).join(parts.as_path()));
            } else if meta.is_some() && !parts.as_path().as_os_str().is_empty() {
                continue;
            }
            way.insert(at);
            break;
        }
    }
    way
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::{os::unix::fs::symlink, time::Duration};

    struct Place {
        _dir: tempfile::TempDir,
        top: PathBuf,
    }

    impl Place {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let top = dir.path().canonicalize().unwrap();
            Self { _dir: dir, top }
        }

        fn folder(&self, name: &str) -> PathBuf {
            let folder = self.top.join(name);
            fs::create_dir_all(&folder).unwrap();
            folder
        }
    }

    async fn told(watch: &FileWatch) {
        tokio::time::timeout(Duration::from_secs(30), watch.changed()).await.expect("nothing was told");
    }

    /// Whatever was told before is taken; then nothing is for a while.
    async fn quiet(watch: &FileWatch) {
        while tokio::time::timeout(Duration::from_millis(300), watch.changed()).await.is_ok() {}
    }

    #[tokio::test]
    async fn saving_and_putting_in_place_are_told() {
        let place = Place::new();
        let folder = place.folder("config");
        let file = folder.join("config.toml");
        fs::write(&file, "a").unwrap();
        let watch = FileWatch::start(&file).unwrap();
        quiet(&watch).await;
        fs::write(&file, "b").unwrap();
        told(&watch).await;
        quiet(&watch).await;
        fs::write(folder.join("new"), "c").unwrap();
        fs::rename(folder.join("new"), &file).unwrap();
        told(&watch).await;
        quiet(&watch).await;
        fs::remove_file(&file).unwrap();
        told(&watch).await;
    }

    #[tokio::test]
    async fn what_is_beside_it_and_reading_it_is_not() {
        let place = Place::new();
        let folder = place.folder("config");
        let file = folder.join("config.toml");
        fs::write(&file, "a").unwrap();
        let watch = FileWatch::start(&file).unwrap();
        quiet(&watch).await;
        fs::write(folder.join("other.toml"), "b").unwrap();
        fs::read(&file).unwrap();
        let none = tokio::time::timeout(Duration::from_millis(500), watch.changed()).await;
        assert!(none.is_err(), "something was told");
    }

    #[tokio::test]
    async fn a_folder_that_comes_later_is_told_and_then_what_happens_in_it() {
        let place = Place::new();
        let file = place.top.join("home/config/autocommit/config.toml");
        let mut watch = FileWatch::start(&file).unwrap();
        place.folder("home/config/autocommit");
        told(&watch).await;
        watch.renew().unwrap();
        quiet(&watch).await;
        fs::write(&file, "a").unwrap();
        told(&watch).await;
    }

    #[tokio::test]
    async fn another_folder_in_its_place_is_told_and_then_what_happens_in_it() {
        let place = Place::new();
        let (folder, new) = (place.folder("config/autocommit"), place.folder("new"));
        let file = folder.join("config.toml");
        fs::write(&file, "a").unwrap();
        fs::write(new.join("config.toml"), "b").unwrap();
        let mut watch = FileWatch::start(&file).unwrap();
        quiet(&watch).await;
        fs::rename(&folder, place.top.join("old")).unwrap();
        fs::rename(&new, &folder).unwrap();
        told(&watch).await;
        watch.renew().unwrap();
        quiet(&watch).await;
        fs::write(&file, "c").unwrap();
        told(&watch).await;
    }

    #[tokio::test]
    async fn links_are_followed_and_another_link_is_told() {
        let place = Place::new();
        let (config, one, two) = (place.folder("config"), place.folder("dots/one"), place.folder("dots/two"));
        fs::write(one.join("config.toml"), "a").unwrap();
        fs::write(two.join("config.toml"), "b").unwrap();
        symlink("one", place.top.join("dots/now")).unwrap();
        let file = config.join("config.toml");
        symlink("../dots/now/config.toml", &file).unwrap();
        let mut watch = FileWatch::start(&file).unwrap();
        quiet(&watch).await;
        fs::write(one.join("config.toml"), "c").unwrap();
        told(&watch).await;
        quiet(&watch).await;
        // The folder that holds the link is another one from now on.
        fs::remove_file(place.top.join("dots/now")).unwrap();
        symlink("two", place.top.join("dots/now")).unwrap();
        told(&watch).await;
        watch.renew().unwrap();
        quiet(&watch).await;
        fs::write(two.join("config.toml"), "d").unwrap();
        told(&watch).await;
    }

    #[test]
    fn links_in_a_ring_end() {
        let place = Place::new();
        symlink("b", place.top.join("a")).unwrap();
        symlink("a", place.top.join("b")).unwrap();
        assert_eq!(way(&place.top.join("a/file")).len(), 2);
    }
}
