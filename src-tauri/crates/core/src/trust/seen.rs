//! What was read of a repository's files: plain values, filled in by whoever read them.

use super::{Address, Digest, Maker, PushTo};
use crate::gitconfig::Setting;
use std::path::PathBuf;

/// A file that may be run, or that decides what is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFile {
    /// Where it is.
    pub path: PathBuf,
    /// The same for people, relative to the work tree (`.git/hooks/pre-commit`).
    pub label: String,
    /// The plain SHA-256 of its bytes; nothing where it is no regular file or cannot be read.
    pub digest: Option<Digest>,
    /// Git would run it.
    pub executable: bool,
    /// Who wrote it.
    pub maker: Maker,
}

impl SeenFile {
    pub(super) fn name(&self) -> &str {
        self.label.rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn runs_as(&self, run: &[&str]) -> bool {
        self.executable && run.contains(&self.name())
    }
}

/// A place in a git folder that leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenLink {
    /// The place, for people (`.git/logs/HEAD`).
    pub place: String,
    /// Where it leads.
    pub target: String,
}

/// A setting with the file it is in, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenSetting {
    /// The setting.
    pub setting: Setting,
    /// `.git/config`.
    pub label: String,
    /// Files of the repository that it names, where it asks.
    pub files: Vec<SeenFile>,
}

/// One folder of hooks: its files and those beside them that they use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookFolder {
    /// In the order of their names.
    pub files: Vec<SeenFile>,
    /// A setting of the repository names it: it asks whatever is in it.
    pub named: Option<String>,
}

/// A folder on this machine that is pushed to. Its programs run as ours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemoteFolder {
    /// Its own settings.
    pub settings: Vec<SeenSetting>,
    /// Files that they include.
    pub included: Vec<SeenFile>,
    /// Its hooks.
    pub hooks: Vec<HookFolder>,
}

/// What was read of a repository's files; nothing of it is the person's own configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// Settings of the repository's own configuration, in git's order. `core.worktree` is left out where it names the very
    /// work tree.
    pub settings: Vec<SeenSetting>,
    /// Files that they include.
    pub included: Vec<SeenFile>,
    /// Folders of hooks that are in force.
    pub hooks: Vec<HookFolder>,
    /// Files at the top of the work tree that hooks take their orders from.
    pub companions: Vec<SeenFile>,
    /// Places at which the git folder leads elsewhere.
    pub links: Vec<SeenLink>,
    /// Folders that are pushed to.
    pub remote_folders: Vec<RemoteFolder>,
    /// Every address of every remote.
    pub addresses: Vec<Address>,
    /// Where the next push may go.
    pub push_to: Option<PushTo>,
}
