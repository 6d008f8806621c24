//! Finds passwords, tokens and keys in files: pure, from bytes to findings that never contain what was found.

mod archive;
mod encoding;
mod generic;
mod input;
mod path;
mod pem;
mod random;
mod rule;
mod rules;
mod search;
mod wallet;

pub use path::path_is_secret;

use input::{Input, Place};
use search::{SEARCH, Search, Span};

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
    let place = Place::of(path);
    let mut report = Report { search: &SEARCH, without, found: Vec::new() };
    match encoding::from_utf16(bytes) {
        Some(text) => report.add(text.as_bytes(), place, true),
        None => {
            let binary = memchr::memchr(0, &bytes[..bytes.len().min(8000)]).is_some();
            report.add(bytes, place, !binary);
            if binary {
                report.add_binary(bytes, place);
            }
        }
    }
    report.found.sort_by_key(|found| (found.line, found.rule));
    report.found.dedup();
    report.found
}

/// Every rule for content: its name, and what it finds.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    SEARCH.rules.iter().map(|rule| (rule.id, rule.what)).chain([ARCHIVE])
}

/// The rule for members of archives, which needs no search.
const ARCHIVE: (&str, &str) = ("secret-file-in-archive", "a secret file in an archive");

/// What has been found so far.
struct Report<'a> {
    search: &'a Search,
    without: &'a str,
    found: Vec<Found>,
}

impl Report<'_> {
    /// Adds what stands in `bytes` as they are, and in base64.
    fn add(&mut self, bytes: &[u8], place: Place, text: bool) {
        let text = text && !place.lock;
        let mut lines = Lines::of(bytes);
        let mut spans = self.spans(bytes, place, text);
        spans.sort_by_key(|span| span.at.start);
        for span in &spans {
            self.push(span.rule, lines.at(span.at.start));
        }
        let mut lines = Lines::of(bytes);
        encoding::base64_runs(bytes, |at, decoded| {
            if spans.iter().any(|span| span.at.contains(&at)) {
                return;
            }
            let wide = encoding::from_utf16(decoded);
            let decoded = wide.as_ref().map_or(decoded, |text| text.as_bytes());
            let readable = text && std::str::from_utf8(decoded).is_ok();
            for span in self.spans(decoded, place, readable) {
                self.push(span.rule, lines.at(at));
            }
        });
    }

    /// Adds what stands in UTF-16 inside binary data, and the names of an archive's members.
    fn add_binary(&mut self, bytes: &[u8], place: Place) {
        let line = |at: usize| Lines::of(bytes).at(at);
        encoding::wide_runs(bytes, |at, run| {
            for span in self.spans(run, place, false) {
                self.push(span.rule, line(at));
            }
        });
        if self.without != ARCHIVE.0 {
            archive::secret_members(bytes, |at, _| {
                self.found.push(Found { rule: ARCHIVE.0, what: ARCHIVE.1, line: line(at) });
            });
        }
    }

    /// What the rules find, each secret under its best name.
    fn spans(&self, bytes: &[u8], place: Place, text: bool) -> Vec<Span> {
        let mut spans = self.search.spans(&Input { bytes, place, text }, self.without);
        spans.sort_by_key(|span| (span.rule, span.at.start));
        let mut best: Vec<Span> = Vec::new();
        for span in spans {
            let overlaps = |other: &Span| other.at.start < span.at.end && span.at.start < other.at.end;
            if !best.iter().any(overlaps) {
                best.push(span);
            }
        }
        best
    }

    fn push(&mut self, rule: usize, line: usize) {
        let rule = self.search.rules[rule];
        self.found.push(Found { rule: rule.id, what: rule.what, line });
    }
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
