//! One watcher for all repositories: says which of them something happened in, and never what.
//!
//! Watched is each folder in which git would see a change, and the few of the git folder (`Capture::folders`): what git
//! ignores is not. A new folder in one of them makes its repository suspect; the look that follows lists it and has it
//! watched before git is asked. What the kernel could not keep (its queue is bounded) makes everything suspect. A watch is
//! a hint to look (invariant A5): losing all of them costs time until the next sweep, and nothing else.

#[cfg(target_os = "linux")]
mod inotify;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only its commands are asked for there"))]
mod limit;
#[cfg(target_os = "linux")]
mod owners;
// Linux tests it as well: the library behind it gives the same events there.
#[cfg(any(not(target_os = "linux"), test))]
#[cfg_attr(target_os = "linux", allow(unreachable_pub, dead_code, reason = "here it is only tested"))]
mod recursive;
#[cfg(test)]
mod recursive_tests;

#[cfg(target_os = "linux")]
pub use inotify::Watcher;
pub use limit::{folder_limit, more_folders, more_watchers};
#[cfg(not(target_os = "linux"))]
pub use recursive::Watcher;

use crate::Doubt;
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
    /// The system allows no more watches, but for the part that is left to other programs.
    Limit,
    /// Changes on its disk may come from elsewhere, and nobody is told.
    Disk,
    /// A folder of it cannot be watched.
    Refused,
    /// Its files cannot be listed as git would.
    Unlisted(Doubt),
    /// Its files could not be listed in time.
    Slow,
    /// The person's own files about what git ignores are not known.
    Rules,
}

impl From<Doubt> for Unwatched {
    fn from(doubt: Doubt) -> Self {
        if doubt == Doubt::Disk { Self::Disk } else { Self::Unlisted(doubt) }
    }
}

impl Unwatched {
    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Disk => "disk",
            Self::Refused => "refused",
            Self::Unlisted(_) => "unlisted",
            Self::Slow => "slow",
            Self::Rules => "rules",
        }
    }

    /// As the end of "it is not watched because …".
    pub fn because(self) -> &'static str {
        match self {
            Self::Limit => "the system allows no more watches",
            Self::Disk => "its disk does not tell every change",
            Self::Refused => "a folder of it cannot be watched",
            Self::Unlisted(doubt) => doubt.because(),
            Self::Slow => "its files could not be listed in time",
            Self::Rules => "it is not known what git ignores",
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
