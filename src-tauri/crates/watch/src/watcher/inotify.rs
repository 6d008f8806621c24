//! Linux: one inotify instance for everything (the system allows few of them), spoken to without a library in between,
//! which halves the cost of setting up (performance note, section 2).

use super::{
    Need, Suspects, Unwatched, counts_in_git,
    limit::{Limit, folder_limit},
    owners::{PLACES, Watches, Wds},
};
use crate::still::disk;
use autocommit_core::id::RepoId;
use rustix::{
    fd::OwnedFd,
    fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags},
    io::Errno,
};
use std::{
    collections::HashSet,
    io,
    mem::MaybeUninit,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// Everything that may change what git says: also writing into a file that stays open, modes, and the folder itself.
const MASK: WatchFlags = WatchFlags::CREATE
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::MOVED_TO)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR)
    .union(WatchFlags::DONT_FOLLOW);
/// Bytes of events read at once.
const BUFFER: usize = 64 * 1024;
/// After each reading: what comes meanwhile is joined by the kernel, and a storm costs little.
const PAUSE: Duration = Duration::from_millis(20);

/// Watches folders of repositories until it is dropped.
#[derive(Debug)]
pub struct Watcher(Arc<Inner>);

struct Inner {
    fd: OwnedFd,
    watches: Mutex<Watches>,
    suspects: Mutex<Suspects>,
    wake: Box<dyn Fn() + Send + Sync>,
    ends: AtomicBool,
    /// A watch without events; taking it away wakes the reader.
    bell: i32,
    limit: Limit,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("limit", &self.limit.now()).finish_non_exhaustive()
    }
}

impl Watcher {
    /// Each folder is watched by itself.
    pub const RECURSIVE: bool = false;

    /// Begins; `wake` is called after something happened, from a thread of the watcher's own.
    ///
    /// # Errors
    /// Where the system gives no instance.
    pub fn start(wake: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        Self::within(folder_limit, wake)
    }

    /// As [`Self::start`], where the system lets one person watch as many folders as `limit` says.
    ///
    /// # Errors
    /// As there.
    pub fn within(
        limit: impl Fn() -> Option<usize> + Send + Sync + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let fd = inotify::init(CreateFlags::CLOEXEC)?;
        let bell = inotify::add_watch(&fd, "/", WatchFlags::DELETE_SELF | WatchFlags::ONLYDIR)?;
        let inner = Arc::new(Inner {
            fd,
            watches: Mutex::default(),
            suspects: Mutex::default(),
            wake: Box::new(wake),
            ends: AtomicBool::new(false),
            bell,
            limit: Limit::new(limit),
        });
        let reading = inner.clone();
        thread::Builder::new().name("watch".to_owned()).spawn(move || reading.read())?;
        Ok(Self(inner))
    }

    /// Watches exactly these folders of a repository from now on, those of its work tree and those of git's; `true` where
    /// some were not watched before.
    ///
    /// # Errors
    /// Where it cannot be watched; nothing of it is then.
    pub fn watch(&self, repo: &RepoId, work: &[PathBuf], git: &[PathBuf]) -> Result<bool, Unwatched> {
        let mut watches = self.0.watches();
        let number = watches.number(repo);
        self.0.set(&mut watches, number, work, git)
    }

    /// Watches exactly these folders, in which repositories may appear.
    ///
    /// # Errors
    /// As [`Self::watch`]; where it is the disk of some, the others are watched.
    pub fn watch_places(&self, folders: &[PathBuf]) -> Result<bool, Unwatched> {
        let (believed, others): (Vec<_>, Vec<_>) =
            folders.iter().cloned().partition(|folder| disk::is_believed(folder).is_ok());
        let mut watches = self.0.watches();
        let place = RepoId::new(String::new());
        watches.repos.entry(PLACES).or_insert_with(|| (place, Wds::default()));
        let fresh = self.0.set(&mut watches, PLACES, &believed, &[])?;
        if others.is_empty() { Ok(fresh) } else { Err(Unwatched::Disk) }
    }

    /// Stops watching repositories that are not known any more.
    pub fn keep_only(&self, known: impl Fn(&RepoId) -> bool) {
        let mut watches = self.0.watches();
        let gone: Vec<_> = watches.numbers.iter().filter(|(id, _)| !known(id)).map(|(_, n)| *n).collect();
        for number in gone {
            self.0.forget(&mut watches, number);
        }
    }

    /// Whether events of this repository are told.
    pub fn is_watched(&self, repo: &RepoId) -> bool {
        self.0.watches().numbers.contains_key(repo)
    }

    /// How often one stopped being watched: as long as this stays, what was watched is.
    pub fn losses(&self) -> u64 {
        self.0.watches().losses
    }

    /// What happened since the last call.
    pub fn suspects(&self) -> Suspects {
        std::mem::take(&mut *self.0.suspects())
    }

    /// How much is watched.
    pub fn need(&self) -> Need {
        Need { folders: self.0.watches().len(), limit: self.0.limit.now() }
    }

    /// Whether the system allows more since the last question than it did before.
    pub fn limit_rose(&self) -> bool {
        self.0.limit.take_rise()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.ends.store(true, Ordering::SeqCst);
        let _ = inotify::remove_watch(&self.0.fd, self.0.bell);
    }
}

impl Inner {
    fn watches(&self) -> MutexGuard<'_, Watches> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn suspects(&self) -> MutexGuard<'_, Suspects> {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(
        &self,
        watches: &mut Watches,
        number: u32,
        work: &[PathBuf],
        git: &[PathBuf],
    ) -> Result<bool, Unwatched> {
        let added = match self.ends.load(Ordering::SeqCst) {
            // Nobody reads events any more.
            true => Err(Unwatched::Refused),
            false => self.try_set(watches, number, work, git),
        };
        if added.is_err() {
            self.forget(watches, number);
        }
        added
    }

    fn try_set(
        &self,
        watches: &mut Watches,
        number: u32,
        work: &[PathBuf],
        git: &[PathBuf],
    ) -> Result<bool, Unwatched> {
        let mut wanted = Vec::with_capacity(work.len() + git.len());
        let mut fresh = false;
        // A repository is on one disk with its work tree and on one with its git folder.
        for folder in work.first().into_iter().chain(git.first()) {
            disk::is_believed(folder).map_err(|_| Unwatched::Disk)?;
        }
        let folders =
            work.iter().map(|folder| (folder, false)).chain(git.iter().map(|folder| (folder, true)));
        for (folder, git) in folders {
            let wd = match inotify::add_watch(&self.fd, folder, MASK) {
                Ok(wd) => wd,
                // Gone since it was listed: its own folder has told that already, or is told by who lists it again.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {
                    fresh = true;
                    continue;
                }
                Err(Errno::NOSPC | Errno::NOMEM) => return Err(Unwatched::Limit),
                Err(_) => return Err(Unwatched::Refused),
            };
            wanted.push(wd);
            fresh |= watches.own(wd, number, git);
            if !self.limit.allows(watches.len()) {
                return Err(Unwatched::Limit);
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        let wds = watches.repos.get_mut(&number).map(|(_, wds)| wds);
        let before = wds.map(|wds| std::mem::replace(wds, wanted.clone().into())).unwrap_or_default();
        for wd in before.iter().filter(|wd| wanted.binary_search(wd).is_err()) {
            self.release(watches, *wd, number);
        }
        Ok(fresh)
    }

    fn forget(&self, watches: &mut Watches, number: u32) {
        let Some((repo, wds)) = watches.repos.remove(&number) else { return };
        watches.numbers.remove(&repo);
        watches.losses += 1;
        // Those of a try that failed are not in its list yet.
        let all: HashSet<_> = watches.of(number).chain(wds).collect();
        for wd in all {
            self.release(watches, wd, number);
        }
    }

    fn release(&self, watches: &mut Watches, wd: i32, number: u32) {
        if !watches.disown(wd, number) {
            let _ = inotify::remove_watch(&self.fd, wd);
        }
    }

    /// Reads events until the end.
    fn read(&self) {
        let mut buffer = vec![MaybeUninit::<u8>::uninit(); BUFFER];
        let mut reader = Reader::new(&self.fd, &mut buffer);
        while !self.ends.load(Ordering::SeqCst) {
            let mut news = false;
            loop {
                match reader.next() {
                    Ok(event) => {
                        let name = event.file_name().map(|name| name.to_bytes().to_vec());
                        news |= self.happened(event.wd(), event.events(), name.as_deref());
                    }
                    Err(Errno::INTR) => {}
                    // Never seen. Without events everything is suspect, and nothing is watched any more.
                    Err(_) => {
                        self.ends.store(true, Ordering::SeqCst);
                        self.watches().all_gone();
                        self.suspects().lost = true;
                        (self.wake)();
                        return;
                    }
                }
                if reader.is_buffer_empty() {
                    break;
                }
            }
            if news {
                (self.wake)();
                thread::sleep(PAUSE);
            }
        }
    }

    /// Takes in one event; `true` where it counts.
    fn happened(&self, wd: i32, what: ReadFlags, name: Option<&[u8]>) -> bool {
        if what.contains(ReadFlags::QUEUE_OVERFLOW) {
            self.suspects().lost = true;
            return true;
        }
        let mut watches = self.watches();
        let Some(in_git) = watches.in_git(wd) else { return false };
        let gone = what.contains(ReadFlags::IGNORED);
        if !gone && in_git && !name.is_none_or(counts_in_git) {
            return false;
        }
        let numbers: Vec<_> = watches.wanted_by(wd).collect();
        if gone {
            watches.gone(wd);
        }
        let came = ReadFlags::CREATE | ReadFlags::MOVED_TO | ReadFlags::DELETE | ReadFlags::MOVED_FROM;
        let folder = what.contains(ReadFlags::ISDIR) && what.intersects(came);
        let mut suspects = self.suspects();
        for number in numbers {
            if number == PLACES {
                suspects.places |= folder || gone;
                continue;
            }
            suspects.folders |= folder;
            if let Some((repo, _)) = watches.repos.get(&number) {
                suspects.repos.insert(repo.clone());
            }
        }
        true
    }
}
