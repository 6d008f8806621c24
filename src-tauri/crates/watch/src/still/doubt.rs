//! Why only git can say whether a repository is clean.

/// What keeps a repository from being believed unchanged. Git is asked then, every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// Its disk, or this system, does not keep times that tell every change.
    Disk,
    /// Another disk is mounted within the work tree.
    Mount,
    /// A file or folder could not be looked at.
    Unreadable,
    /// Something changed so lately that the next change may not show in its times.
    Young,
    /// Its index cannot be read as one.
    Index,
    /// A split index.
    Split,
    /// A sparse index.
    Sparse,
    /// Entries that git is told not to look at: assume-unchanged or skip-worktree.
    Hidden,
    /// `git add -N`.
    IntentToAdd,
    /// Unmerged entries.
    Unmerged,
    /// A submodule.
    Submodule,
    /// A repository within the work tree that is not ignored.
    Nested,
    /// A file system monitor of git's.
    Monitor,
    /// A configuration that is more than one plain file, or a format of a later git.
    Configuration,
    /// More folders than are kept in memory.
    Size,
    /// Git has not said yet which folders it ignores.
    Undecided,
}

impl Doubt {
    /// As the end of "git is asked in every cycle because …".
    pub fn because(self) -> &'static str {
        match self {
            Self::Disk => "the disk does not tell every change",
            Self::Mount => "another disk is mounted in it",
            Self::Unreadable => "a file or folder of it cannot be looked at",
            Self::Young => "it changed only now",
            Self::Index => "its index cannot be read",
            Self::Split => "its index is split",
            Self::Sparse => "its index is sparse",
            Self::Hidden => "git is told not to look at some files",
            Self::IntentToAdd => "files are noted to be added later",
            Self::Unmerged => "a merge is not finished",
            Self::Submodule => "it has submodules",
            Self::Nested => "another repository is in it",
            Self::Monitor => "git watches it by itself",
            Self::Configuration => "its configuration is more than one plain file",
            Self::Size => "it has too many folders",
            Self::Undecided => "git was not asked what it ignores",
        }
    }
}
