//! Changes that have nothing to do with what a program does.

use crate::{change::Change, file_class::FileClass, language::is_comment, patch::FilePatch};

/// What all of a change is, where none of it is what a program does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Only {
    /// Remarks in source files.
    Comments,
    /// Another look of the same.
    Layout,
    /// Files for reading.
    Documents,
    /// Files that check the rest.
    Tests,
}

/// Reads it; nothing where any file is something else.
pub(crate) fn of(changes: &[Change<'_>]) -> Option<Only> {
    let all = |is: &dyn Fn(&Change<'_>) -> bool| !changes.is_empty() && changes.iter().all(is);
    if all(&|change| change.is_modified() && change.patch().is_some_and(|patch| is_remarks(change, patch))) {
        return Some(Only::Comments);
    }
    if all(&|change| change.look().is_some()) {
        return Some(Only::Layout);
    }
    match changes.first()?.class {
        FileClass::Docs if all(&|change| change.class == FileClass::Docs) => Some(Only::Documents),
        FileClass::Test if all(&|change| change.class == FileClass::Test) => Some(Only::Tests),
        _ => None,
    }
}

impl Only {
    /// In words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::Layout => "layout and punctuation",
            Self::Documents => "documents",
            Self::Tests => "tests",
        }
    }
}

/// Whether all lines of a patch are remarks.
pub(crate) fn is_remarks(change: &Change<'_>, patch: &FilePatch<'_>) -> bool {
    // Blank lines alone are none.
    patch.lines().any(|line| !line.text.trim().is_empty())
        && patch.lines().all(|line| is_comment(&change.file.path, &line.text))
        && !change.is_within_text()
}
