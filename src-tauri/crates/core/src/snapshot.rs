//! What one fresh reading of a repository found. Everything that is decided is decided from this.

use crate::{all_variants, id::Oid, locks::YOUNG, path::RepoPath, reason::Reason, repo::RepoRules};

/// Where HEAD points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// On a branch; without commit while it is unborn.
    Branch {
        /// Name without `refs/heads/`.
        name: String,
        /// Its commit.
        oid: Option<Oid>,
    },
    /// On a commit without a branch.
    Detached {
        /// The commit.
        oid: Oid,
    },
}

impl Head {
    /// The branch name, where there is one.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch { name, .. } => Some(name),
            Self::Detached { .. } => None,
        }
    }

    /// The commit, where there is one.
    pub fn oid(&self) -> Option<&Oid> {
        match self {
            Self::Branch { oid, .. } => oid.as_ref(),
            Self::Detached { oid } => Some(oid),
        }
    }
}

/// Something that a person began in the work tree and has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// MERGE_HEAD.
    Merge,
    /// rebase-merge or rebase-apply.
    Rebase,
    /// CHERRY_PICK_HEAD.
    CherryPick,
    /// REVERT_HEAD.
    Revert,
    /// rebase-apply/applying.
    Am,
    /// BISECT_LOG.
    Bisect,
    /// SQUASH_MSG: `merge --squash` waits for its commit.
    Squash,
    /// sequencer without a head file, or AUTO_MERGE left by a conflicted `stash pop` or `checkout -m`.
    Conflict,
}

impl Operation {
    /// All of them, for tests that walk the list.
    pub const ALL: [Self; 8] = all_variants!(Operation:
        Merge,
        Rebase,
        CherryPick,
        Revert,
        Am,
        Bisect,
        Squash,
        Conflict,
    );

    /// As the subject of a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Merge => "A merge",
            Self::Rebase => "A rebase",
            Self::CherryPick => "A cherry-pick",
            Self::Revert => "A revert",
            Self::Am => "Applying patches (git am)",
            Self::Bisect => "A bisect",
            Self::Squash => "A squash merge",
            Self::Conflict => "Resolving a conflict",
        }
    }
}

/// What happened to one path since HEAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path; ends in `/` for a nested repository that git shows as one entry.
    pub path: RepoPath,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// Whether the user's index already differs from HEAD for this path.
    pub staged: bool,
    /// Whether the work tree differs from the index for this path.
    pub unstaged: bool,
    /// The path is a submodule, in HEAD or index.
    pub submodule: bool,
}

/// The kinds of change that git's status tells apart without looking for renames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Not in HEAD.
    Added,
    /// In HEAD with other bytes, mode or type.
    Modified,
    /// In HEAD and no longer in the work tree.
    Deleted,
    /// More than one stage in the index.
    Unmerged,
}

/// Why a push has nowhere to go, or where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The repository has no remote at all: commits stay here, and that is healthy.
    NoRemote,
    /// A remote is named that does not exist.
    Missing {
        /// The name that was looked for.
        remote: String,
    },
    /// A branch on a remote.
    Remote(PushTarget),
}

/// One branch on one remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushTarget {
    /// Name of the remote.
    pub remote: String,
    /// The address pushed to, after `pushurl` and `insteadOf`, credentials included.
    pub url: String,
    /// Branch on the remote, without `refs/heads/`.
    pub branch: String,
    /// The remote's tracking refs tell what is at the address: it is the only one, and no other was there before it.
    pub refs_tell: bool,
    /// The ref here that mirrors that branch, by the remote's fetch rules; nothing where no rule covers it.
    pub mirror: Option<String>,
    /// The mirror exists.
    pub tracked: bool,
    /// Commits that HEAD has and the remote was not seen to have.
    pub ahead: usize,
    /// Commits that the tracking ref has and HEAD has not.
    pub behind: usize,
    /// The branch has no upstream yet, so the push should set one.
    pub set_upstream: bool,
}

impl PushTarget {
    /// The part of the address that pushes share a limit and a fate by: the host, or `local` for a folder.
    pub fn host(&self) -> String {
        host_of(&self.url)
    }
}

pub(crate) fn host_of(url: &str) -> String {
    let authority = match url.split_once("://") {
        Some(("file", _)) => return "local".to_owned(),
        Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
        // scp-like: host:path, with no slash before the colon.
        None => match url.split_once(':') {
            Some((host, _)) if !host.contains('/') => host,
            _ => return "local".to_owned(),
        },
    };
    authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase()
}

/// A lock file of git that was there while we looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockSeen {
    /// Its name within the git folder.
    pub name: String,
    /// Seconds since it was last touched.
    pub seconds: u64,
    /// No commit can be made while it is there; another one stands in the way of something else.
    pub blocks: bool,
    /// Programs that may hold it, by name.
    pub holders: Vec<String>,
}

impl LockSeen {
    /// Why it keeps the repository waiting.
    pub fn reason(&self) -> Reason {
        let (lock, seconds, holders) = (self.name.clone(), self.seconds, self.holders.clone());
        Reason::Locked { lock, seconds, holders }
    }

    /// Whether it is there for longer than a command takes.
    pub fn stays(&self) -> bool {
        self.seconds >= YOUNG.as_secs()
    }
}

/// Room on a disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What this user may still write.
    pub free: u64,
    /// The whole disk.
    pub total: u64,
}

impl Room {
    /// The last of a disk belongs to the person's own work: below 64 MiB, or a twentieth of a smaller disk.
    pub fn too_little(&self) -> bool {
        self.free < (64 << 20).min(self.total / 20)
    }
}

/// One fresh reading of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Where HEAD points.
    pub head: Head,
    /// What a person has under way.
    pub operation: Option<Operation>,
    /// Lock files of somebody else, around the branch and where its pushes are noted.
    pub locks: Vec<LockSeen>,
    /// Room where objects are stored; nothing where the disk does not tell.
    pub room: Option<Room>,
    /// A `git commit` waits for its message.
    pub editor_open: bool,
    /// Every path that differs from HEAD, ignored ones left out.
    pub changes: Vec<Change>,
    /// Number of entries in the index.
    pub tracked: usize,
    /// Where a push would go.
    pub destination: Destination,
    /// The repository's own rules.
    pub rules: RepoRules,
    /// `commit.gpgSign` of the effective configuration.
    pub sign: bool,
}

impl Snapshot {
    /// Whether nothing differs from HEAD.
    pub fn is_clean(&self) -> bool {
        self.changes.is_empty()
    }

    /// Commits waiting for the remote.
    pub fn ahead(&self) -> usize {
        match &self.destination {
            Destination::Remote(target) => target.ahead,
            _ => 0,
        }
    }
}

/// What the file system says of a path right now. Compared before and after staging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    /// What is there.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// Last modification, nanoseconds since the epoch.
    pub mtime_ns: i128,
    /// Last change of the inode, nanoseconds since the epoch; 0 where the platform has none.
    pub ctime_ns: i128,
    /// Whether we may read it.
    pub readable: bool,
}

/// What a path is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Nothing there.
    Missing,
    /// A regular file.
    File,
    /// A symbolic link.
    Symlink,
    /// A folder.
    Folder,
    /// A folder with a repository of its own in it.
    Repository,
    /// A FIFO, socket or device.
    Special,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_addresses() {
        for (url, host) in [
            ("/srv/git/a.git", "local"),
            ("../b.git", "local"),
            ("file:///srv/a.git", "local"),
            ("git@GitHub.com:me/x.git", "github.com"),
            ("ssh://git@host:2222/x", "host:2222"),
            ("https://u:p@host:8443/x.git", "host:8443"),
            ("./odd:name", "local"),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
    }
}
