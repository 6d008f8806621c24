//! macOS and Windows: the system watches what is below a folder by itself, so that each repository needs a watch for its
//! work tree and one for a git folder beside it.
//!
//! What git ignores is told as well: the look that follows finds nothing, and the next one is put off the longer.

use super::{Need, Suspects, Unwatched, counts_in_git};
use autocommit_core::id::RepoId;
use notify::{
    ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind,
};
use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Watches repositories until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    native: Mutex<RecommendedWatcher>,
    seen: Arc<Seen>,
}

/// What the thread of the system's events writes to.
struct Seen {
    watches: Mutex<Watches>,
    suspects: Mutex<Suspects>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seen").finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Watches {
    /// Whose events those below a folder are, and whether it is git's.
    tops: HashMap<PathBuf, Top>,
    places: HashSet<PathBuf>,
    losses: u64,
}

#[derive(Debug, Default)]
struct Top {
    repos: HashSet<RepoId>,
    git: bool,
    /// The system was told to watch it; what lies in another top is watched with that.
    native: bool,
}

impl Watcher {
    /// Folders are watched with all that is below them.
    pub const RECURSIVE: bool = true;

    /// Begins; `wake` is called after something happened, from a thread of the watcher's own.
    ///
    /// # Errors
    /// Where the system watches nothing.
    pub fn start(wake: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        let (watches, suspects) = (Mutex::default(), Mutex::default());
        let seen = Arc::new(Seen { watches, suspects, wake: Box::new(wake) });
        let told = seen.clone();
        let native = notify::recommended_watcher(move |event| told.happened(event));
        Ok(Self { native: Mutex::new(native.map_err(io::Error::other)?), seen })
    }

    /// Watches these folders of a repository from now on, with all that is below them; `true` where some were not watched
    /// before.
    ///
    /// # Errors
    /// Where it cannot be watched; nothing of it is then.
    pub fn watch(&self, repo: &RepoId, work: &[PathBuf], git: &[PathBuf]) -> Result<bool, Unwatched> {
        let folders = work.iter().map(|folder| (folder, false)).chain(git.iter().map(|f| (f, true)));
        let mut fresh = false;
        for (folder, git) in folders {
            fresh |= self.add(repo, folder, git).inspect_err(|_| self.keep_only(|known| known != repo))?;
        }
        Ok(fresh)
    }

    fn add(&self, repo: &RepoId, folder: &Path, git: bool) -> Result<bool, Unwatched> {
        // Never both at once: the thread of the events waits for the second.
        let (known, within) = {
            let watches = self.seen.watches();
            let native = |path: &Path| watches.tops.get(path).is_some_and(|top| top.native);
            (watches.tops.contains_key(folder), folder.ancestors().skip(1).any(native))
        };
        let native = !known && !within;
        if native {
            self.native().watch(folder, RecursiveMode::Recursive).map_err(|error| match error.kind {
                ErrorKind::MaxFilesWatch => Unwatched::Limit,
                _ => Unwatched::Refused,
            })?;
        }
        let mut watches = self.seen.watches();
        let top = watches.tops.entry(folder.to_owned()).or_default();
        top.git = git;
        top.native |= native;
        Ok(top.repos.insert(repo.clone()))
    }

    /// Watches exactly these folders, in which repositories may appear.
    ///
    /// # Errors
    /// As [`Self::watch`].
    pub fn watch_places(&self, folders: &[PathBuf]) -> Result<bool, Unwatched> {
        let wanted: HashSet<PathBuf> = folders.iter().cloned().collect();
        let known = self.seen.watches().places.clone();
        // One that is a repository as well is watched whole already.
        let is_top = |folder: &Path| self.seen.watches().tops.contains_key(folder);
        for gone in known.difference(&wanted).filter(|folder| !is_top(folder)) {
            let _ = self.native().unwatch(gone);
        }
        for new in wanted.difference(&known).filter(|folder| !is_top(folder)) {
            self.native().watch(new, RecursiveMode::NonRecursive).map_err(|_| Unwatched::Refused)?;
        }
        let fresh = !wanted.is_subset(&known);
        self.seen.watches().places = wanted;
        Ok(fresh)
    }

    /// Stops watching repositories that are not known any more.
    pub fn keep_only(&self, known: impl Fn(&RepoId) -> bool) {
        let gone: Vec<_> = {
            let mut watches = self.seen.watches();
            watches.tops.values_mut().for_each(|top| top.repos.retain(&known));
            watches.losses += 1;
            let gone = watches.tops.extract_if(|_, top| top.repos.is_empty());
            gone.filter(|(_, top)| top.native).map(|(folder, _)| folder).collect()
        };
        for folder in gone {
            let _ = self.native().unwatch(&folder);
            if self.seen.watches().places.contains(&folder) {
                let _ = self.native().watch(&folder, RecursiveMode::NonRecursive);
            }
            self.watch_what_was_within(&folder);
        }
    }

    /// What is in a folder that is not watched any more needs watches of its own now.
    fn watch_what_was_within(&self, folder: &Path) {
        let mut within: Vec<_> = {
            let watches = self.seen.watches();
            let below = watches.tops.iter().filter(|(at, top)| !top.native && at.starts_with(folder));
            below.map(|(at, _)| at.clone()).collect()
        };
        // The outermost first: it takes the others along.
        within.sort();
        for at in within {
            let covered = {
                let watches = self.seen.watches();
                at.ancestors().skip(1).any(|above| watches.tops.get(above).is_some_and(|top| top.native))
            };
            let watched = covered || self.native().watch(&at, RecursiveMode::Recursive).is_ok();
            let mut watches = self.seen.watches();
            match watches.tops.get_mut(&at) {
                Some(top) if watched => top.native = !covered,
                _ => {
                    watches.tops.remove(&at);
                    watches.losses += 1;
                }
            }
        }
    }

    /// Whether events of this repository are told.
    pub fn is_watched(&self, repo: &RepoId) -> bool {
        self.seen.watches().tops.values().any(|top| top.repos.contains(repo))
    }

    /// How often some may have stopped being watched: as long as this stays, what was watched is.
    pub fn losses(&self) -> u64 {
        self.seen.watches().losses
    }

    /// What happened since the last call.
    pub fn suspects(&self) -> Suspects {
        std::mem::take(&mut *self.seen.suspects())
    }

    /// How much is watched; the system says no limit.
    pub fn need(&self) -> Need {
        let watches = self.seen.watches();
        let tops = watches.tops.values().filter(|top| top.native).count();
        Need { folders: tops + watches.places.len(), limit: None }
    }

    /// Never: the system says no limit.
    pub fn limit_rose(&self) -> bool {
        false
    }

    fn native(&self) -> MutexGuard<'_, RecommendedWatcher> {
        self.native.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn watches(&self) -> MutexGuard<'_, Watches> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn suspects(&self) -> MutexGuard<'_, Suspects> {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn happened(&self, event: notify::Result<Event>) {
        let news = match event {
            Ok(event) if !event.need_rescan() && !event.paths.is_empty() => self.took_in(&event),
            // What the system could not keep may have been anything.
            _ => {
                self.suspects().lost = true;
                true
            }
        };
        if news {
            (self.wake)();
        }
    }

    /// Takes in one event; `true` where it counts.
    fn took_in(&self, event: &Event) -> bool {
        if matches!(event.kind, EventKind::Access(_)) {
            return false;
        }
        let moved = !matches!(event.kind, EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)));
        let watches = self.watches();
        let mut suspects = self.suspects();
        let mut news = false;
        for path in &event.paths {
            // What is gone may have been a folder.
            let folder = || !path.symlink_metadata().is_ok_and(|meta| !meta.is_dir());
            if moved && path.parent().is_some_and(|parent| watches.places.contains(parent)) && folder() {
                (suspects.places, news) = (true, true);
            }
            // The innermost: what is in another repository's work tree says nothing of the one around it.
            let Some((at, top)) = path.ancestors().find_map(|at| watches.tops.get_key_value(at)) else {
                continue;
            };
            if top.git && !path.strip_prefix(at).is_ok_and(counts_below_git) {
                continue;
            }
            suspects.folders |= !top.git && moved && folder();
            suspects.repos.extend(top.repos.iter().cloned());
            news = true;
        }
        news
    }
}

/// Whether a path below a git folder says anything of the verdict: objects and logs come with refs and the index.
fn counts_below_git(path: &Path) -> bool {
    let first = path.components().next().map(|first| first.as_os_str());
    let notes = first.is_some_and(|first| ["objects", "logs", "hooks", "lfs"].iter().any(|n| first == *n));
    !notes && path.file_name().is_none_or(|name| counts_in_git(name.as_encoded_bytes()))
}
