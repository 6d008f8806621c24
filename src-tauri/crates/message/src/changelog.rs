//! Files that hold notes on changes, and the sentences in them.

use crate::language::Language;
use autocommit_core::path::RepoPath;

/// Whether a file holds notes on changes.
pub(crate) fn is_one(path: &str) -> bool {
    let path = path.to_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    if Language::of(&RepoPath::from(name)).is_some() {
        return false;
    }
    let named = ["changelog", "changes.", "history.", "news.", "release-notes", "release_notes"];
    named.iter().any(|start| name.starts_with(start))
        || [".changes/", ".changeset/", "changelog.d/", "newsfragments/", "/unreleased/"]
            .iter()
            .any(|folder| path.contains(folder))
}

/// The sentence of a note, without its mark in front and the addresses behind it; nothing for headings and data.
pub(crate) fn note(line: &str) -> Option<&str> {
    let text = line.trim_start_matches(['-', '*', '+', ' ']);
    let text = text.find("](http").map_or(text, |_| text.split(" ([").next().unwrap_or(text));
    let prose = text.split_whitespace().count() >= 3 && !text.starts_with(['#', '"', '\'', '[', '<', '=']);
    prose.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_found() {
        assert!(is_one("History.md") && is_one(".changes/x.md") && is_one("docs/CHANGELOG.md"));
        assert!(!is_one("src/history_view.rs") && !is_one("src/changes_of.rs"));
        assert_eq!(note("* Fix the path check"), Some("Fix the path check"));
        assert_eq!(note("\"tauri\": patch:bug"), None);
        assert_eq!(note("## 1.2 of today"), None);
    }
}
