//! What the journal says, and how a line of it looks.
//!
//! A line is one JSON object whose first field is a sum over everything behind it, so that a torn or flipped line is
//! told from a whole one without trusting any of it.

use crate::{StoreError, file};
use autocommit_core::{
    Timestamp,
    draft::MessageSource,
    id::{CycleId, Oid, RunId},
    push::PushClass,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Longest line, in bytes.
pub(super) const LINE_AT_MOST: usize = 128 * 1024;

const OPENING: &[u8] = br#"{"sum":""#;
const SUM_DIGITS: usize = 16;
const CLOSING: &[u8] = br#"","#;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// A commit is about to be made.
    Intent(Box<Intent>),
    /// The commit object exists; the branch is about to move to it.
    Object(Object),
    /// Lock files that were made for the run: known by now, and to be gone when it has ended.
    Locks {
        /// The run.
        run_id: RunId,
        /// Which files.
        locks: Vec<LockFile>,
    },
    /// A push is about to start.
    Pushing(Box<Pushing>),
    /// The run has ended.
    Outcome {
        /// The run.
        run_id: RunId,
        /// How.
        #[serde(flatten)]
        end: RunEnd,
    },
    /// A push has ended.
    Pushed {
        /// The run, where the push belongs to one.
        run_id: Option<RunId>,
        /// The remote's name; never an address.
        remote: String,
        /// The branch on the remote.
        branch: String,
        /// The commit that was pushed.
        commit: Oid,
        /// What came of it.
        class: PushClass,
    },
    /// What a push left that was interrupted has been looked after.
    Settled {
        /// The run that pushed.
        run_id: RunId,
    },
    /// A lock file that no running program can own was moved out of the way.
    SetAside {
        /// Where it was.
        #[serde(with = "crate::path")]
        lock: PathBuf,
        /// Where it is.
        #[serde(with = "crate::path")]
        to: PathBuf,
    },
}

/// A commit that is about to be made: everything needed to make the same one again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The run.
    pub run_id: RunId,
    /// Its cycle.
    pub cycle_id: CycleId,
    /// The work tree.
    #[serde(with = "crate::path")]
    pub repo_path: PathBuf,
    /// The work tree's own git folder.
    #[serde(with = "crate::path")]
    pub git_dir: PathBuf,
    /// The branch that is to move.
    pub branch: String,
    /// Where the branch is; nothing before its first commit.
    pub parent: Option<Oid>,
    /// The tree that is to be committed.
    pub tree: Oid,
    /// The whole message.
    pub message: String,
    /// Who wrote it.
    pub message_source: MessageSource,
    /// Why this source wrote it.
    #[serde(default)]
    pub message_reason: Option<String>,
    /// Milliseconds it took to write.
    #[serde(default)]
    pub message_ms: Option<u64>,
    /// The name of the request that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The commit that this one takes the place of: the same with another message.
    #[serde(default)]
    pub rewords: Option<Oid>,
    /// Author and committer date, as git takes it.
    pub date: String,
    /// Number of paths in the commit.
    pub paths: usize,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
    /// Number of paths that were held back.
    pub held: usize,
    /// When the run started.
    pub started_at: Timestamp,
}

/// A commit object that was made and that no branch points to yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The run.
    pub run_id: RunId,
    /// The commit.
    pub commit: Oid,
    /// The lock that the run holds or is about to take.
    pub lock: Option<LockFile>,
}

/// A push that is about to start. It may leave a lock on the ref that mirrors the remote's branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushing {
    /// The run.
    pub run_id: RunId,
    /// The work tree.
    #[serde(with = "crate::path")]
    pub repo_path: PathBuf,
    /// The work tree's own git folder.
    #[serde(with = "crate::path")]
    pub git_dir: PathBuf,
    /// The ref that mirrors the remote's branch, where there is one.
    pub mirror: Option<String>,
    /// The commit that is pushed.
    pub commit: Oid,
}

/// A lock file of ours, told from somebody else's by its inode and the inode's birth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockFile {
    /// Where it is.
    #[serde(with = "crate::path")]
    pub path: PathBuf,
    /// Device number.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
    /// Birth of the inode in nanoseconds since the epoch, where the file system tells: numbers are used again.
    #[serde(default)]
    pub born_ns: Option<i64>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum RunEnd {
    /// The branch points to the commit.
    Committed {
        /// The commit.
        commit: Oid,
    },
    /// Nothing was committed.
    Dropped {
        /// Why, for people.
        why: String,
    },
}

/// A record with the time it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was written.
    pub at: Timestamp,
    /// The record.
    #[serde(flatten)]
    pub record: Record,
}

/// The part of a record that recovery needs of every line.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) kind: Kind,
    pub(super) run_id: Option<RunId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Intent,
    Object,
    Locks,
    Outcome,
    Pushing,
    Pushed,
    Settled,
    SetAside,
}

impl Record {
    /// The run it belongs to.
    pub fn run_id(&self) -> Option<&RunId> {
        match self {
            Self::Intent(intent) => Some(&intent.run_id),
            Self::Object(object) => Some(&object.run_id),
            Self::Pushing(pushing) => Some(&pushing.run_id),
            Self::Outcome { run_id, .. } | Self::Locks { run_id, .. } | Self::Settled { run_id } => {
                Some(run_id)
            }
            Self::Pushed { run_id, .. } => run_id.as_ref(),
            Self::SetAside { .. } => None,
        }
    }
}

/// The line of an entry, newline last.
pub(super) fn encode(entry: &Entry) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(entry)?;
    let rest = json.get(1..).unwrap_or_default();
    let mut line = Vec::with_capacity(rest.len() + 32);
    line.extend_from_slice(OPENING);
    line.extend_from_slice(file::sum(rest).as_bytes());
    line.extend_from_slice(CLOSING);
    line.extend_from_slice(rest);
    line.push(b'\n');
    if line.len() > LINE_AT_MOST { Err(StoreError::TooLong(line.len())) } else { Ok(line) }
}

/// Whether a line (without its newline) is as it was written.
pub(super) fn is_whole(line: &[u8]) -> bool {
    line.strip_prefix(OPENING)
        .and_then(|line| line.split_at_checked(SUM_DIGITS))
        .and_then(|(sum, line)| Some((sum, line.strip_prefix(CLOSING)?)))
        .is_some_and(|(sum, rest)| file::sum(rest).as_bytes() == sum)
}

/// Reads a whole line (without its newline); nothing where it is damaged or says something unknown.
pub(super) fn decode<T: serde::de::DeserializeOwned>(line: &[u8]) -> Option<T> {
    if is_whole(line) { serde_json::from_slice(line).ok() } else { None }
}
