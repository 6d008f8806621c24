//! Draft: what a message is made of, and what a message is.

use crate::{id::Oid, path::RepoPath};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a message is written from: exactly what the commit will contain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// One entry for each path, renames paired.
    pub files: Vec<FileDiff>,
    /// Unified diff of the first files, cut at a limit; bytes as git prints them.
    pub patch: Vec<u8>,
    /// What modified files hold after the change, where that was read: a word that stands in an unchanged line is neither new
    /// nor gone.
    pub after: Vec<(RepoPath, Vec<u8>)>,
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
    /// A person.
    Person,
}

impl MessageSource {
    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::Rules => "rules",
            Self::Person => "person",
        }
    }
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

/// A message that is used, beside the one that rules would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The message.
    pub draft: Draft,
    /// The one of the rules.
    pub rules: Draft,
    /// Time it took to write.
    pub took: Duration,
}

/// Bytes of the longest message that is taken from a person.
const LONGEST_MESSAGE: usize = 16 << 10;

impl Draft {
    /// The message as a person wrote it: line ends, outer blank lines and spaces at line ends apart, and with a blank
    /// line below the first. An error says what cannot be in a message.
    pub fn by_person(text: &str) -> Result<Self, String> {
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        let whole = lines.join("\n");
        let whole = whole.trim_matches('\n');
        if whole.trim().is_empty() {
            return Err("The message is empty.".to_owned());
        }
        if whole.len() > LONGEST_MESSAGE {
            return Err(format!("The message is longer than {} KiB.", LONGEST_MESSAGE >> 10));
        }
        if let Some(found) = whole.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(format!("The message has a control character in it (U+{:04X}).", u32::from(found)));
        }
        let (subject, body) = whole.split_once('\n').unwrap_or((whole, ""));
        Ok(Self {
            subject: subject.to_owned(),
            body: body.trim_matches('\n').to_owned(),
            source: MessageSource::Person,
            reason: "You wrote it.".to_owned(),
            prompt: None,
        })
    }

    /// The message as it goes into the commit: subject, blank line, body, final newline.
    pub fn text(&self) -> String {
        match self.body.trim_end() {
            "" => format!("{}\n", self.subject),
            body => format!("{}\n\n{body}\n", self.subject),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_writes_is_kept() {
        for (text, subject, body) in [
            ("Fix it", "Fix it", ""),
            ("\r\n\n Fix it  \r\n\r\n  - a\r\n\tb \n\n\nc\n\n", " Fix it", "  - a\n\tb\n\n\nc"),
            ("One\ntwo", "One", "two"),
            ("fixes #12 @you [skip ci] ünï 🎉", "fixes #12 @you [skip ci] ünï 🎉", ""),
        ] {
            let draft = Draft::by_person(text).unwrap();
            assert_eq!((draft.subject.as_str(), draft.body.as_str()), (subject, body), "{text:?}");
            assert_eq!(Draft::by_person(&draft.text()).unwrap(), draft, "it is the same a second time");
        }
        let long = "x".repeat(LONGEST_MESSAGE + 1);
        for text in ["", " \n\t\n", "a\0b", "a\u{1b}[31m", "a\n\nb\u{7f}", "a\u{85}b", "a\rb", &long] {
            let error = Draft::by_person(text).unwrap_err();
            assert!(error.starts_with("The message ") && error.ends_with('.'), "{error}");
        }
    }
}
