//! How many folders the system lets one person watch with all programs, which a person may raise at any time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The part of the system's limit that is left to other programs: one of this many.
const LEFT_TO_OTHERS: usize = 4;
/// As much as Linux systems that raise it themselves allow, and as many instances as are enough for a desktop.
const FOLDERS: usize = 524_288;
const INSTANCES: usize = 1024;

type Read = dyn Fn() -> Option<usize> + Send + Sync;

/// The limit, and whether it was raised.
pub(super) struct Limit {
    read: Box<Read>,
    /// As it was read last; the largest number where the system does not say.
    known: AtomicUsize,
    rose: AtomicBool,
}

impl Limit {
    pub(super) fn new(read: impl Fn() -> Option<usize> + Send + Sync + 'static) -> Self {
        let known = AtomicUsize::new(read().unwrap_or(usize::MAX));
        Self { read: Box::new(read), known, rose: AtomicBool::new(false) }
    }

    /// As it is now.
    pub(super) fn now(&self) -> Option<usize> {
        (self.read)()
    }

    /// Whether so many folders may be watched. It is read again only where they are too many.
    pub(super) fn allows(&self, folders: usize) -> bool {
        let fits = || {
            let limit = self.known.load(Ordering::SeqCst);
            folders <= limit - limit / LEFT_TO_OTHERS
        };
        fits() || {
            self.read_again();
            fits()
        }
    }

    /// Whether it was raised since the last question.
    pub(super) fn take_rise(&self) -> bool {
        self.read_again();
        self.rose.swap(false, Ordering::SeqCst)
    }

    fn read_again(&self) {
        let now = self.now().unwrap_or(usize::MAX);
        if self.known.swap(now, Ordering::SeqCst) < now {
            self.rose.store(true, Ordering::SeqCst);
        }
    }
}

/// Folders that the system lets one person watch; nothing where it does not say.
pub fn folder_limit() -> Option<usize> {
    read("max_user_watches")
}

/// The command that lets the system watch more folders than it does.
pub fn more_folders() -> String {
    format!("sudo sysctl fs.inotify.max_user_watches={}", more(folder_limit(), FOLDERS))
}

/// The command that lets one person start more watchers than now.
pub fn more_watchers() -> String {
    format!("sudo sysctl fs.inotify.max_user_instances={}", more(read("max_user_instances"), INSTANCES))
}

/// Never less than there is.
fn more(now: Option<usize>, usual: usize) -> usize {
    now.map_or(usual, |now| if now < usual { usual } else { now.saturating_mul(2) })
}

fn read(name: &str) -> Option<usize> {
    std::fs::read_to_string(format!("/proc/sys/fs/inotify/{name}")).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_advised_is_more_than_there_is() {
        assert_eq!(
            [more(None, 10), more(Some(3), 10), more(Some(10), 10), more(Some(25), 10)],
            [10, 10, 20, 50]
        );
    }
}
