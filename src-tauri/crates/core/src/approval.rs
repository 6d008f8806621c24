//! What a person allowed although a guard would hold it: exactly this content at this path, for this rule.

use crate::{guards::Rule, path::RepoPath};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// Names the content of a path: SHA-256 over a tag and the bytes that would be committed, as 64 hexadecimal digits. A
/// path that is gone has a content too (it says so), so that a deletion can be approved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContentId(String);

impl ContentId {
    /// Of a SHA-256.
    pub fn of_digest(digest: &[u8; 32]) -> Self {
        Self(crate::id::hex(digest))
    }

    /// Of a digest as 64 hexadecimal digits; nothing for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()))
            .then(|| Self(text.to_ascii_lowercase()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One approval as it is kept: it counts while the path has exactly this content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Approval {
    /// The path.
    pub path: RepoPath,
    /// The rule that would hold it.
    pub rule: Rule,
    /// The content that was approved.
    pub content: ContentId,
}

/// The approvals that hold good for the content that is there right now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approved(BTreeSet<(RepoPath, Rule)>);

impl Approved {
    /// Whether `rule` is no reason to hold `path`.
    pub fn allows(&self, path: &RepoPath, rule: Rule) -> bool {
        !self.0.is_empty() && self.0.contains(&(path.clone(), rule))
    }

    /// Whether nothing of it is approved.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Counts an approval in whose content was compared and found the same; `true` if it was not counted before. Rules
    /// that nobody can approve are not taken.
    pub fn add(&mut self, path: RepoPath, rule: Rule) -> bool {
        rule.approvable() && self.0.insert((path, rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_approved_counts() {
        let mut approved = Approved::default();
        for rule in Rule::ALL {
            approved.add("a".into(), rule);
            assert_eq!(approved.allows(&"a".into(), rule), rule.approvable(), "{rule:?}");
            assert!(!approved.allows(&"b".into(), rule));
        }
    }

    #[test]
    fn digits() {
        assert!(ContentId::parse(&"a".repeat(64)).is_some());
        assert!(ContentId::parse(&"g".repeat(64)).is_none());
        assert!(ContentId::parse("").is_none());
        assert_eq!(ContentId::of_digest(&[0xab; 32]).as_str(), "ab".repeat(32));
    }
}
