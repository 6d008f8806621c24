//! `/history/{id}/diff`.

use super::mirror;
use autocommit_core::{patch, text::escape_controls};
use autocommit_engine::ShownCommit;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What a commit changed against its first parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct DiffReply {
    /// The entry's number.
    pub entry_id: i64,
    /// The commit, all digits; nothing where the entry has none.
    #[schema(required)]
    pub commit: Option<String>,
    /// The files, in git's order; at most 400.
    pub files: Vec<ChangedFile>,
    /// There is more than is shown here: further files, or more lines of one of these.
    pub truncated: bool,
    /// Why the commit cannot be shown, or not as a whole, in one or two sentences.
    #[schema(required)]
    pub problem: Option<String>,
}

/// One file of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ChangedFile {
    /// Its path in the repository, `/` between the parts, controls escaped.
    pub path: String,
    /// Its path before, where it was renamed or copied.
    #[schema(required)]
    pub old_path: Option<String>,
    /// What became of it.
    pub status: ChangeStatus,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
    /// It is not text, or larger than 16 MiB, so that there are no lines to show.
    pub binary: bool,
    /// The hunks of a unified diff, without headers; controls escaped, bytes that are not UTF-8 replaced. Empty where
    /// only the name or the mode changed.
    pub patch: String,
    /// The patch has more lines than are shown here.
    pub truncated: bool,
}

mirror! {
    /// What a commit did to a file.
    ChangeStatus of patch::Change {
        /// It is new.
        Added,
        /// Its content or its mode changed.
        Modified,
        /// It is gone.
        Deleted,
        /// It has another name.
        Renamed,
        /// It was made from another one.
        Copied,
        /// It became another kind of thing, such as a link.
        TypeChanged,
    }
}

impl DiffReply {
    /// The reply for an entry.
    pub(crate) fn new(entry_id: i64, shown: ShownCommit) -> Self {
        Self {
            entry_id,
            commit: shown.commit.map(Into::into),
            files: shown.diff.files.into_iter().map(Into::into).collect(),
            truncated: shown.diff.truncated,
            problem: shown
                .problem
                .map(|sentence| sentence.lines().map(escape_controls).collect::<Vec<_>>().join("\n")),
        }
    }
}

impl From<patch::ChangedFile> for ChangedFile {
    fn from(file: patch::ChangedFile) -> Self {
        Self {
            path: file.path.shown(),
            old_path: file.old_path.map(|path| path.shown()),
            status: file.change.into(),
            insertions: file.insertions,
            deletions: file.deletions,
            binary: file.binary,
            patch: file.patch,
            truncated: file.truncated,
        }
    }
}
