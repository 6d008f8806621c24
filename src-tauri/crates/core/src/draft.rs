//! Draft: what a message is made of, and what a message is.

use crate::{id::Oid, path::RepoPath};
use serde::{Deserialize, Serialize};

/// What a message is written from: exactly what the commit will contain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// One entry for each path, renames paired.
    pub files: Vec<FileDiff>,
    /// Unified diff of the first files, cut at a limit; bytes as git prints them.
    pub patch: Vec<u8>,
}

/// What happened to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDiff {
    /// The path now (or before, where it is gone).
    pub path: RepoPath,
    /// What happened.
    pub status: FileStatus,
    /// Lines added; 0 for binary files.
    pub added: usize,
    /// Lines removed; 0 for binary files.
    pub removed: usize,
    /// Git counts no lines in it.
    pub binary: bool,
}

/// What happened to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileStatus {
    /// New.
    Added,
    /// Other content.
    Modified,
    /// Gone.
    Deleted,
    /// Moved from there, perhaps with other content.
    Renamed {
        /// The path before.
        from: RepoPath,
    },
    /// Same content, other permission bits.
    ModeChanged {
        /// It can be executed now.
        executable: bool,
    },
    /// A file became a link, or the like.
    TypeChanged,
    /// The submodule points to another commit.
    Submodule,
}

/// What is known of a repository beside the change: what was written before, and what its files ask of messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Background {
    /// Newest first, without merges; at most a few hundred.
    pub past: Vec<PastCommit>,
    /// Small files of the commit at HEAD that say how messages are written here and what reads them: manifests in the
    /// top folder, configuration of commitlint and of release automation. Larger ones are there without content.
    pub files: Vec<(RepoPath, Vec<u8>)>,
}

/// A commit that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCommit {
    /// Its name.
    pub oid: Oid,
    /// The first line of its message, lossily.
    pub subject: String,
    /// `name <address>` of its author, lossily.
    pub author: String,
    /// Autocommit made it.
    pub ours: bool,
    /// What it changed; cut after a few dozen.
    pub paths: Vec<RepoPath>,
}

/// What a person asks of the messages of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// No model is asked.
    pub rules_only: bool,
    /// How to write, in the person's words; for a model.
    pub instructions: String,
    /// Subjects to write like.
    pub examples: Vec<String>,
    /// What the next commit is about, in the person's words; for a model, once.
    pub hint: Option<String>,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageSource {
    /// A language model.
    Llm,
    /// Rules.
    Rules,
}

/// A commit message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// One line of at most 72 characters.
    pub subject: String,
    /// Further lines, or nothing.
    pub body: String,
    /// Who wrote it.
    pub source: MessageSource,
    /// Why this source wrote it, for people.
    pub reason: String,
    /// What was sent to a language model, secrets taken out; nothing where none was asked.
    pub prompt: Option<String>,
}

impl Draft {
    /// The message as it goes into the commit: subject, blank line, body, final newline.
    pub fn text(&self) -> String {
        match self.body.trim_end() {
            "" => format!("{}\n", self.subject),
            body => format!("{}\n\n{body}\n", self.subject),
        }
    }
}
