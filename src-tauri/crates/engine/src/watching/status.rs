//! How it is with watching, as people are told.

use super::Watching;
use autocommit_core::id::RepoId;
use autocommit_watch::{Need, Unwatched, Watcher, folder_limit, more_folders, more_watchers};
use std::io;

/// Fewer watched folders than this are too few for many repositories.
const FEW: usize = 65_536;

/// The error of a process, and of a person, with too many open files: `EMFILE`, on every Unix.
const TOO_MANY: i32 = 24;

/// How it is with watching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchStatus {
    /// Whether anything is watched; the settings or the system may say no.
    pub on: bool,
    /// Folders watched now.
    pub folders: usize,
    /// Folders that the system lets one person watch with all programs; nothing where it does not say.
    pub limit: Option<usize>,
    /// Repositories that are looked at in every cycle instead, and why.
    pub unwatched: Vec<(RepoId, Unwatched)>,
    /// Why nothing is watched though it should be, in one sentence.
    pub error: Option<String>,
    /// The command that lets the system watch more, where that is short.
    pub raise: Option<String>,
    /// Questions to git that were spared, as nothing had changed.
    pub spared: u64,
    /// How often git was asked all the same and saw a change; it is always asked then.
    pub disagreed: u64,
}

/// Why nothing can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// This person started as many watchers as the system allows, or this process has as many files open.
    Watchers,
    /// All folders that the system lets this person watch are watched.
    Folders,
    Other(io::ErrorKind),
}

impl Watching {
    /// How it is.
    pub(crate) fn status(&self) -> WatchStatus {
        let state = self.state();
        let Need { folders, limit } = state.watcher.as_ref().map(Watcher::need).unwrap_or_default();
        let mut unwatched: Vec<_> = state.unwatched.iter().map(|(id, why)| (id.clone(), *why)).collect();
        unwatched.sort_by(|a, b| a.0.cmp(&b.0));
        let short = unwatched.iter().any(|(_, why)| *why == Unwatched::Limit);
        let raise = match state.error {
            Some(Refused::Watchers) => Some(more_watchers()),
            Some(Refused::Folders) => Some(more_folders()),
            _ => short.then(more_folders),
        };
        let raise = raise.filter(|_| !Watcher::RECURSIVE);
        let (on, error) = (state.watcher.is_some(), state.error.map(Refused::sentence));
        WatchStatus { on, folders, limit, unwatched, error, raise, ..WatchStatus::default() }
    }
}

/// Folders that the system lets this person watch, where it says so, and the command that allows more where they are few.
pub fn advised() -> Option<(usize, Option<String>)> {
    let limit = folder_limit()?;
    Some((limit, (limit < FEW).then(more_folders)))
}

impl Refused {
    pub(super) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull => Self::Folders,
            _ if error.raw_os_error() == Some(TOO_MANY) => Self::Watchers,
            kind => Self::Other(kind),
        }
    }

    fn sentence(self) -> String {
        match self {
            Self::Watchers => {
                "Your programs have as many watchers or files open as the system allows.".to_owned()
            }
            Self::Folders => "Other programs of yours watch as many folders as the system allows.".to_owned(),
            Self::Other(kind) => format!("The system gives no watcher: {kind}."),
        }
    }
}
