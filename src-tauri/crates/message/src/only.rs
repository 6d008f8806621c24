//! Changes that have nothing to do with what a program does.

use crate::{
    change::Change,
    file_class::FileClass,
    language::{by_indentation, is_comment},
    patch::{FilePatch, Side},
};

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
    if all(&|change| change.is_modified() && change.patch().is_some_and(is_layout)) {
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

fn is_remarks(change: &Change<'_>, patch: &FilePatch<'_>) -> bool {
    // Blank lines alone are none.
    patch.lines().any(|line| !line.text.trim().is_empty())
        && patch.lines().all(|line| is_comment(&change.file.path, &line.text))
}

/// Whether nothing but space, and commas behind a last entry, differs in all files, and none of them is of a language to which space says something.
pub(crate) fn is_space(changes: &[Change<'_>]) -> bool {
    let signs = |patch: &FilePatch<'_>, side: Side| -> String {
        let lines: Vec<&str> = patch.side(side).map(str::trim).filter(|line| !line.is_empty()).collect();
        // Whoever breaks a list into lines puts a comma behind its last entry.
        let closes = |at: usize| lines.get(at + 1).is_some_and(|next| next.starts_with([')', ']', '}', '>']));
        let kept = |(at, line): (usize, &&'_ str)| -> String {
            let line = if closes(at) { line.trim_end_matches(',') } else { line };
            line.chars().filter(|c| !c.is_whitespace()).collect()
        };
        lines.iter().enumerate().map(kept).collect()
    };
    let same = |change: &Change<'_>| {
        change.is_modified()
            && !by_indentation(&change.file.path)
            && change.patch().is_some_and(|p| signs(p, Side::Removed) == signs(p, Side::Added))
    };
    !changes.is_empty() && changes.iter().all(same)
}

/// Whether letters and digits are the same before and after, in the same order.
fn is_layout(patch: &FilePatch<'_>) -> bool {
    let signs = |side: Side| -> String {
        patch
            .side(side)
            .flat_map(str::chars)
            .filter(|c| c.is_alphanumeric() || "+-*/=!<>&|~^%".contains(*c))
            .collect()
    };
    let before = signs(Side::Removed);
    !before.is_empty() && before == signs(Side::Added)
}
