//! What can go wrong with a git command, classified in one place from what git says in English.

use crate::process::Output;
use autocommit_core::{
    reason::Reason,
    text::{escape_controls, shortened, without_credentials, without_secrets},
};

/// Why a git command gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no git on PATH.
    #[error("git is not installed, or not on PATH")]
    NotInstalled,
    /// Git is older than [`crate::OLDEST`].
    #[error("{found} is too old; Autocommit needs git 2.36 or newer")]
    TooOld {
        /// What `git version` printed.
        found: String,
    },
    /// The process could not be started or read.
    #[error("git could not be run ({step}): {source}")]
    Start {
        /// What was being done.
        step: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// It overran its deadline, or stayed silent for too long, and was ended with everything below it.
    #[error("git did not end in time ({step})")]
    TimedOut {
        /// What was being done.
        step: &'static str,
        /// Its last words, without credentials and secrets.
        detail: String,
    },
    /// It ended with an error.
    #[error("git failed ({step}): {detail}")]
    Failed {
        /// What was being done.
        step: &'static str,
        /// The class.
        class: Failure,
        /// What it said, without credentials and secrets.
        detail: String,
    },
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    File {
        /// What was being done.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// It printed something that we do not understand.
    #[error("git printed something unexpected ({step})")]
    Unparsable {
        /// What was being done.
        step: &'static str,
    },
    /// Something was staged between looking and writing; nothing was written.
    #[error("the index changed meanwhile")]
    MovedMeanwhile,
    /// The branch has the commit, and the user's index could not be brought along; the lock is left for recovery.
    #[error("the index could not be brought along with the commit")]
    HalfDone,
    /// The repository belongs to somebody else, and the person has not marked it safe.
    #[error("the repository belongs to another user")]
    ForeignOwner,
    /// The work tree or its git folder is gone.
    #[error("the repository is gone")]
    Gone,
}

/// Classes of a failed local command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Not a repository, or a damaged one.
    Unreadable,
    /// "dubious ownership".
    ForeignOwner,
    /// No name or address.
    NoIdentity,
    /// The signing program failed.
    Signing,
    /// No space left.
    DiskFull,
    /// Read-only, or no permission to write.
    ReadOnly,
    /// A ref that is not where it was expected.
    Moved,
    /// A lock file of git's own.
    Locked,
    /// It was ended by a signal: that says nothing about what it was asked to do.
    Killed,
    /// None of these.
    Other,
}

/// Steps in which git reads files that others may be writing.
const READS_THE_WORK_TREE: [&str; 2] = ["status", "stage"];

impl GitError {
    pub(crate) fn failed(step: &'static str, output: &Output) -> Self {
        // Git maps files of more than 32 KiB to read them (SMALL_FILE_SIZE in its object-file.c), and is ended by the system
        // where somebody empties one meanwhile. Seen with 2.47.
        if output.cut_short && READS_THE_WORK_TREE.contains(&step) {
            return Self::MovedMeanwhile;
        }
        let detail = readable(&output.stderr);
        let class = if output.code.is_none() { Failure::Killed } else { classify(&output.stderr) };
        Self::Failed { step, class, detail }
    }

    /// The reason a person is told.
    pub fn reason(&self) -> Reason {
        match self {
            Self::TimedOut { step, .. } => Reason::TimedOut(step),
            Self::ForeignOwner => Reason::ForeignOwner,
            Self::Gone => Reason::Gone,
            Self::MovedMeanwhile => Reason::MovedMeanwhile,
            Self::HalfDone => Reason::Unexpected,
            Self::Failed { step, class, .. } => match class {
                Failure::Unreadable => Reason::Unreadable,
                Failure::ForeignOwner => Reason::ForeignOwner,
                Failure::NoIdentity => Reason::NoIdentity,
                Failure::Signing => Reason::SigningFailed,
                Failure::DiskFull => Reason::DiskFull,
                Failure::ReadOnly => Reason::ReadOnly,
                Failure::Moved => Reason::MovedMeanwhile,
                Failure::Locked => Reason::RefLocked,
                Failure::Killed => Reason::GitEnded(step),
                Failure::Other => Reason::Unexpected,
            },
            Self::File { source, .. } => match source.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Reason::DiskFull,
                std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                    Reason::ReadOnly
                }
                _ => Reason::Unexpected,
            },
            Self::NotInstalled | Self::TooOld { .. } | Self::Start { .. } | Self::Unparsable { .. } => {
                Reason::Unexpected
            }
        }
    }

    /// What git said, for the details; empty where it said nothing.
    pub fn detail(&self) -> String {
        match self {
            Self::Failed { detail, .. } | Self::TimedOut { detail, .. } => detail.clone(),
            other => other.to_string(),
        }
    }
}

/// Text of git, a hook or a remote as it may be stored and shown: no credentials, nothing that looks like a secret, no
/// control characters but newlines, at most 4,000 characters.
pub(crate) fn readable(text: &str) -> String {
    let text = without_credentials(text.trim());
    // Over all lines at once: a key has many.
    let text = without_secrets(&text);
    let lines: Vec<_> = text.lines().map(|l| escape_controls(l.trim_end())).collect();
    shortened(&lines.join("\n"), 4000)
}

fn classify(stderr: &str) -> Failure {
    let says = |words: &[&str]| words.iter().any(|w| stderr.contains(w));
    // Order matters: a full disk also makes objects unwritable.
    if says(&["No space left on device", "Disk quota exceeded"]) {
        Failure::DiskFull
    } else if says(&["dubious ownership"]) {
        Failure::ForeignOwner
    } else if says(&[
        "Please tell me who you are",
        "unable to auto-detect email address",
        "empty ident name",
        "no email was given",
        "no name was given",
    ]) {
        Failure::NoIdentity
    } else if says(&[
        "gpg failed to sign",
        "failed to sign the data",
        "cannot run gpg",
        "cannot run ssh-keygen",
        "user.signingkey needs to be set",
        "either user.signingkey or gpg.ssh.defaultKeyCommand",
        "Couldn't load public key",
        "gpg.x509",
    ]) {
        Failure::Signing
    } else if says(&["Read-only file system", "insufficient permission", "Permission denied"]) {
        Failure::ReadOnly
    } else if says(&[".lock': File exists"]) {
        Failure::Locked
    } else if says(&["cannot lock ref", "but expected", "reference already exists"]) {
        Failure::Moved
    } else if says(&[
        "not a git repository",
        "bad config",
        "bad object HEAD",
        "index file corrupt",
        "bad index file",
        "index file smaller",
        "bad signature",
        "unknown repository extension",
        "Expected git repo version",
        "unable to read tree",
        "is corrupt",
        "object file",
        "missing blob object",
        "bad tree object",
        "config': Is a directory",
        "unable to map index file",
        "error building trees",
        "unexpected line in",
    ]) {
        Failure::Unreadable
    } else {
        Failure::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Captured from git 2.47.3 and 2.39.5 with LC_ALL=C.
    #[test]
    fn captured_words() {
        for (stderr, class) in [
            ("fatal: not a git repository: '/x/.git'", Failure::Unreadable),
            ("fatal: detected dubious ownership in repository at '/x'", Failure::ForeignOwner),
            ("Author identity unknown\n\n*** Please tell me who you are.\n", Failure::NoIdentity),
            ("fatal: unable to auto-detect email address (got 'root@h.(none)')", Failure::NoIdentity),
            ("fatal: empty ident name (for <a@b>) not allowed", Failure::NoIdentity),
            ("error: gpg failed to sign the data:\ngpg: no secret key", Failure::Signing),
            ("error: unable to write file .git/objects/ab/c: No space left on device", Failure::DiskFull),
            (
                "error: insufficient permission for adding an object to repository database .git/objects",
                Failure::ReadOnly,
            ),
            (
                "fatal: update_ref failed for ref 'refs/heads/m': cannot lock ref 'refs/heads/m': is at 1 but expected 2",
                Failure::Moved,
            ),
            ("fatal: Unable to create '/x/.git/refs/heads/m.lock': File exists.", Failure::Locked),
            ("error: bad signature 0x00000000\nfatal: index file corrupt", Failure::Unreadable),
            ("fatal: bad config line 1 in file .git/config", Failure::Unreadable),
            ("fatal: something new", Failure::Other),
        ] {
            assert_eq!(classify(stderr), class, "{stderr}");
        }
    }

    #[test]
    fn what_is_shown_holds_no_credentials_and_no_controls() {
        assert_eq!(
            readable("fatal: 'https://me:secret@h/x' \x1b[31mno\r\n  \n"),
            "fatal: 'https://h/x' \\u{1b}[31mno"
        );
        let token = ["gh", "p_q8Zt4LmXv2RkW9sBn7Yh", "Jc3PdF6gTe5QaUoK"].concat();
        assert_eq!(readable(&format!("remote: {token}\r\n")), "remote: [a GitHub token]");
    }
}
