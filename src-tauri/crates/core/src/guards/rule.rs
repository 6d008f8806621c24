//! The closed list of rules: what each one means, and whether a person may overrule it.

use crate::all_variants;
use serde::{Deserialize, Serialize};

/// The rules that hold a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A repository of its own inside this one.
    NestedRepository,
    /// A FIFO, socket or device.
    SpecialFile,
    /// We may not read it.
    Unreadable,
    /// Git could not stage it.
    NotStageable,
    /// Larger than `max_file_mib`.
    FileTooLarge,
    /// Part of it is staged and part is not: a person is composing a commit.
    PartialStaging,
    /// It changed while it was being staged.
    StillBeingWritten,
    /// Many files vanished at once.
    MassDeletion,
    /// The other half of what may be a move is held.
    SplitRename,
    /// A file and a folder have changed places, and one of the two is held.
    TradedPlaces,
    /// More new files than `max_new_files`.
    TooManyNewFiles,
    /// More new bytes than `max_new_mib`.
    TooManyNewBytes,
    /// Its content looks like a password, a token or a key.
    Secret,
    /// A file that is a secret by its name: `.env`, a private key, a keystore.
    SecretFile,
    /// Conflict markers that were not there before.
    ConflictMarkers,
    /// Another path differs from it by case only, and this file system cannot hold both.
    CaseTwin,
    /// A filter (Git LFS, git-crypt) should have changed it and has not.
    FilterDidNotRun,
    /// A submodule's commit that its own remote does not have.
    SubmoduleNotPushed,
}

impl Rule {
    /// All of them, for tests that walk the list.
    pub const ALL: [Self; 18] = all_variants!(Rule:
        NestedRepository,
        SpecialFile,
        Unreadable,
        NotStageable,
        FileTooLarge,
        PartialStaging,
        StillBeingWritten,
        MassDeletion,
        SplitRename,
        TradedPlaces,
        TooManyNewFiles,
        TooManyNewBytes,
        Secret,
        SecretFile,
        ConflictMarkers,
        CaseTwin,
        FilterDidNotRun,
        SubmoduleNotPushed,
    );

    /// Stable name, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::NestedRepository => "nested_repository",
            Self::SpecialFile => "special_file",
            Self::Unreadable => "unreadable",
            Self::NotStageable => "not_stageable",
            Self::FileTooLarge => "file_too_large",
            Self::PartialStaging => "partial_staging",
            Self::StillBeingWritten => "still_being_written",
            Self::MassDeletion => "mass_deletion",
            Self::SplitRename => "split_rename",
            Self::TradedPlaces => "traded_places",
            Self::TooManyNewFiles => "too_many_new_files",
            Self::TooManyNewBytes => "too_many_new_bytes",
            Self::Secret => "secret",
            Self::SecretFile => "secret_file",
            Self::ConflictMarkers => "conflict_markers",
            Self::CaseTwin => "case_twin",
            Self::FilterDidNotRun => "filter_did_not_run",
            Self::SubmoduleNotPushed => "submodule_not_pushed",
        }
    }

    /// Why a path is held by it, in one plain sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NestedRepository => {
                "It is a repository of its own, and only a pointer to it would be kept."
            }
            Self::SpecialFile => "It is a pipe, a socket or a device, which git cannot keep.",
            Self::Unreadable => "It cannot be read, so it cannot be backed up.",
            Self::NotStageable => "Git refuses to take it.",
            Self::FileTooLarge => {
                "It is larger than a file in a repository should be, and many hosts refuse it."
            }
            Self::PartialStaging => "You have staged a part of it, so the commit is yours to make.",
            Self::StillBeingWritten => "It was still being written, so half of it might have been committed.",
            Self::MassDeletion => "Many files vanished at once, which looks more like a slip than like work.",
            Self::SplitRename => {
                "It seems to have been moved to a place that is held, and must not be lost before."
            }
            Self::TradedPlaces => {
                "A file and a folder have changed places here, and one of the two is held, so the other waits."
            }
            Self::TooManyNewFiles => "So many new files came at once that they may not be yours.",
            Self::TooManyNewBytes => "So many new bytes came at once that they may not be yours.",
            Self::Secret => "It holds what looks like a password, a token or a key.",
            Self::SecretFile => "By its name it is a file for secrets.",
            Self::ConflictMarkers => "It holds conflict markers that were not there before.",
            Self::CaseTwin => {
                "Another file differs from it only in upper and lower case, and one would replace the other."
            }
            Self::FilterDidNotRun => {
                "The filter that should have encrypted or replaced its content did not run."
            }
            Self::SubmoduleNotPushed => {
                "The submodule's commit is only on this machine, so others could not get it."
            }
        }
    }

    /// What a person can do about it, as an imperative sentence.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::NestedRepository => "Run autocommit ignore on it here, or make it a submodule.",
            Self::SpecialFile => "Move it elsewhere, or run autocommit ignore on it.",
            Self::Unreadable => "Mend its permissions with chmod u+r, or run autocommit ignore on it.",
            Self::NotStageable => "Run git add on it to see why.",
            Self::FileTooLarge => {
                "Run autocommit ignore on it, use Git LFS, or run autocommit approve on it."
            }
            Self::PartialStaging => "Commit that part yourself, or stage the whole file with git add.",
            Self::StillBeingWritten => "Nothing to do: it is committed once it rests.",
            Self::MassDeletion => "Bring them back, or run autocommit approve on the repository.",
            Self::SplitRename => "Settle the held file first, or commit the removal yourself.",
            Self::TradedPlaces => "Settle the other one, which is held too; this one follows by itself.",
            Self::TooManyNewFiles => "Run autocommit ignore on their folder, or autocommit approve.",
            Self::TooManyNewBytes => "Run autocommit ignore on them, or autocommit approve.",
            Self::Secret => "Take it out, run autocommit ignore on the file, or autocommit approve.",
            Self::SecretFile => "Run autocommit ignore on it, or autocommit approve.",
            Self::ConflictMarkers => "Resolve the conflict, or run autocommit approve if they belong there.",
            Self::CaseTwin => "Rename one of the two.",
            Self::FilterDidNotRun => {
                "Install the filter's program (git lfs install, git-crypt unlock), then save the file again."
            }
            Self::SubmoduleNotPushed => "Push the submodule first; the next cycle goes on by itself.",
        }
    }

    /// Whether a person may say "commit it all the same". The others would lose something or cannot work.
    pub fn approvable(self) -> bool {
        matches!(
            self,
            Self::FileTooLarge
                | Self::MassDeletion
                | Self::TooManyNewFiles
                | Self::TooManyNewBytes
                | Self::Secret
                | Self::SecretFile
                | Self::ConflictMarkers
        )
    }

    /// Whether it passes by itself, so that nobody needs to be told.
    pub fn transient(self) -> bool {
        self == Self::StillBeingWritten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_says_what_it_means_and_what_to_do() {
        let mut sentences = std::collections::BTreeSet::new();
        for rule in Rule::ALL {
            let sentence = rule.sentence();
            assert!(sentence.ends_with('.') && sentence.len() > 20, "{rule:?}: {sentence}");
            assert_eq!(sentence.matches(['.', '!', '?']).count(), 1, "one calm sentence: {sentence}");
            assert!(sentences.insert(sentence), "its own: {sentence}");
            let step = rule.next_step();
            assert!(step.ends_with('.') && step.len() > 20 && !step.contains('!'), "{rule:?}: {step}");
            assert_eq!(step.contains("autocommit approve"), rule.approvable(), "{rule:?}: {step}");
            let json = serde_json::to_string(&rule).unwrap();
            assert_eq!(json, format!("\"{}\"", rule.code()), "one name everywhere");
        }
    }
}
