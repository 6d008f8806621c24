//! `/history/{id}/diff`.

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
    /// It is not text, so that there are no lines to show.
    pub binary: bool,
    /// The hunks of a unified diff, without headers; controls escaped, bytes that are not UTF-8 replaced. Empty where
    /// only the name or the mode changed.
    pub patch: String,
    /// The patch has more lines than are shown here.
    pub truncated: bool,
}

/// What a commit did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeStatus {
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
