//! One watcher for all repositories: says which of them something happened in, and never what.
//!
//! Watched is each folder in which git would see a change, and the few of the git folder (`Capture::folders`): what git
//! ignores is not. A new folder in one of them makes its repository suspect; the look that follows lists it and has it
//! watched before git is asked. What the kernel could not keep (its queue is bounded) makes everything suspect. A watch is
//! a hint to look (invariant A5): losing all of them costs time until the next sweep, and nothing else.

#[cfg(target_os = "linux")]
mod inotify;
// Linux tests it as well: the library behind it gives the same events there.
#[cfg(any(not(target_os = "linux"), test))]
#[cfg_attr(target_os = "linux", allow(unreachable_pub, dead_code, reason = "here it is only tested"))]
mod recursive;
#[cfg(test)]
mod recursive_tests;

#[cfg(target_os = "linux")]
pub use inotify::Watcher;
#[cfg(not(target_os = "linux"))]
pub use recursive::Watcher;

use autocommit_core::id::RepoId;
use std::collections::HashSet;

/// What happened since the last time somebody asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suspects {
    /// Repositories in which something happened.
    pub repos: HashSet<RepoId>,
    /// Folders came or went within repositories: there may be others in them.
    pub folders: bool,
    /// Folders came or went beside repositories: there may be new ones.
    pub places: bool,
    /// Events were lost: something may have happened anywhere.
    pub lost: bool,
}

impl Suspects {
    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.repos.is_empty() && !self.folders && !self.places && !self.lost
    }
}

/// Why a repository is not watched; it is looked at in every cycle instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unwatched {
    /// The system has no watches left for it.
    Limit,
    /// Changes on its disk may come from elsewhere, and nobody is told.
    Disk,
    /// A folder of it cannot be watched.
    Refused,
}

impl Unwatched {
    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Disk => "disk",
            Self::Refused => "refused",
        }
    }

    /// As the end of "it is not watched because …".
    pub fn because(self) -> &'static str {
        match self {
            Self::Limit => "the system has no watches left",
            Self::Disk => "its disk does not tell every change",
            Self::Refused => "a folder of it cannot be watched",
        }
    }
}

/// How much is watched, and how much may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Need {
    /// Folders watched now.
    pub folders: usize,
    /// Folders that the system lets one person watch with all programs; nothing where it does not say.
    pub limit: Option<usize>,
}

/// Whether a name in a git folder says anything: locks come and go with what they guard, and the rest is git's notes.
fn counts_in_git(name: &[u8]) -> bool {
    const NOTES: [&[u8]; 4] = [b"COMMIT_EDITMSG", b"gc.log", b"gc.pid", b"description"];
    !name.ends_with(b".lock") && !NOTES.contains(&name) && !name.starts_with(b"autocommit")
}
