//! Paths inside a repository: bytes as git stores them, never assumed to be UTF-8.

use crate::text::escape_controls;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A path relative to the top of a work tree, with `/` between folders, in git's own bytes.
///
/// Stored in JSON as text; a name that is not UTF-8 keeps its bytes in memory and loses only its exact spelling in
/// what is shown.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    /// Wraps the bytes git printed.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes as git stores them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether `other` is this path, or below it.
    pub fn contains(&self, other: &Self) -> bool {
        let folder = self.0.strip_suffix(b"/").unwrap_or(&self.0);
        match other.0.strip_prefix(folder) {
            Some(rest) => rest.is_empty() || rest[0] == b'/',
            None => false,
        }
    }

    /// The last component.
    pub fn file_name(&self) -> &[u8] {
        let trimmed = self.0.strip_suffix(b"/").unwrap_or(&self.0);
        trimmed.rsplit(|b| *b == b'/').next().unwrap_or(trimmed)
    }

    /// For people: control characters escaped, so that a name cannot break a table or a terminal.
    pub fn shown(&self) -> String {
        escape_controls(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for RepoPath {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<RepoPath> for String {
    fn from(path: RepoPath) -> Self {
        String::from_utf8_lossy(&path.0).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_contain_what_is_below_them() {
        let contains = |a: &str, b: &str| RepoPath::from(a).contains(&b.into());
        for (a, b) in [("a", "a"), ("a", "a/b"), ("a/", "a/b/c"), ("a", "a/"), ("a/b", "a/b/c")] {
            assert!(contains(a, b), "{a} {b}");
        }
        for (a, b) in [("a", "ab"), ("a", "b"), ("a/b", "a"), ("a/b", "a/bc"), ("b", "a/b")] {
            assert!(!contains(a, b), "{a} {b}");
        }
    }

    #[test]
    fn names_are_shown_harmlessly() {
        assert_eq!(RepoPath::new(b"a\nb\x1b[31m".to_vec()).shown(), "a\\nb\\u{1b}[31m");
        assert_eq!(RepoPath::from("dir/ünï.txt").shown(), "dir/ünï.txt");
        assert_eq!(RepoPath::from("dir/nested/").file_name(), b"nested");
    }
}
