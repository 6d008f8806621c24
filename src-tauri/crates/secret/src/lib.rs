//! Finds passwords, tokens and keys in files: pure, from bytes to findings that never contain what was found.

mod archive;
mod encoding;
mod generic;
mod hits;
mod input;
mod path;
mod pem;
mod random;
mod redact;
mod rule;
mod rules;
mod search;
mod wallet;

pub use path::path_is_secret;
pub use redact::redact;

use hits::{ARCHIVE, OVERFULL};
use input::Place;
use search::SEARCH;

/// What was found in a file, without the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The rule that found it: a stable name such as `github-token`.
    pub rule: &'static str,
    /// What it is, for people: `a GitHub token`.
    pub what: &'static str,
    /// Line, from 1.
    pub line: usize,
}

/// Everything in `bytes` that looks like a secret, in order of lines; `path` decides which rules count.
///
/// For text that is no file, such as a commit message, the path is empty.
pub fn scan(path: &[u8], bytes: &[u8]) -> Vec<Found> {
    scan_without(path, bytes, "")
}

/// As [`scan`], with the rule named `without` left out: it shows what a rule is needed for.
pub fn scan_without(path: &[u8], bytes: &[u8], without: &str) -> Vec<Found> {
    let wide = encoding::from_utf16(bytes);
    let binary = wide.is_none() && memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some();
    let bytes = wide.as_ref().map_or(bytes, |text| text.as_bytes());
    let mut lines = Lines::of(bytes);
    let mut found: Vec<Found> = hits::of(bytes, Place::of(path), binary, without)
        .into_iter()
        .map(|hit| Found { rule: hit.rule.0, what: hit.rule.1, line: lines.at(hit.at.start) })
        .collect();
    found.sort_by_key(|found| (found.line, found.rule));
    found.dedup();
    found
}

/// Every rule for content: its name, and what it finds.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    SEARCH.rules.iter().map(|rule| (rule.id, rule.what)).chain([ARCHIVE, OVERFULL])
}

/// Counts lines up to places that only go forward.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, counted: 0, line: 1 }
    }

    fn at(&mut self, place: usize) -> usize {
        self.line += memchr::memchr_iter(b'\n', &self.bytes[self.counted..place]).count();
        self.counted = place;
        self.line
    }
}
