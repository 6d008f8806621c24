//! Everything that is found in some bytes, with its place: as they are, in base64, in UTF-16, as members of archives.

use crate::{
    archive, encoding,
    input::{Input, Place},
    search::{Effort, SEARCH, Search, Span},
};
use std::{collections::BTreeMap, ops::Range};

/// The rule for members of archives, which needs no search.
pub(crate) const ARCHIVE: (&str, &str) = ("secret-file-in-archive", "a secret file in an archive");
/// What is said of bytes made to be slow to search. What was not searched is not passed as clean.
pub(crate) const OVERFULL: (&str, &str) = ("overfull", "more beginnings of secrets than can be looked at");

/// One secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// The rule: its name, and what it finds.
    pub(crate) rule: (&'static str, &'static str),
    /// Where it stands; all of its base64 if it stands in some.
    pub(crate) at: Range<usize>,
}

/// Everything in `bytes`, in the order of the places; the rule named `without` is left out.
pub(crate) fn of(bytes: &[u8], place: Place, binary: bool, without: &str) -> Vec<Hit> {
    let mut hits =
        Hits { search: &SEARCH, place, without, effort: Effort::for_length(bytes.len()), hits: Vec::new() };
    hits.plain(bytes, !binary && !place.lock);
    if binary {
        hits.binary(bytes);
    }
    if hits.effort.is_spent() && without != OVERFULL.0 {
        hits.hits.push(Hit { rule: OVERFULL, at: 0..bytes.len().min(1) });
    }
    hits.hits.sort_by_key(|hit| hit.at.start);
    hits.hits
}

struct Hits<'a> {
    search: &'a Search,
    place: Place,
    without: &'a str,
    effort: Effort,
    hits: Vec<Hit>,
}

impl Hits<'_> {
    /// What stands in `bytes` as they are, and in base64.
    fn plain(&mut self, bytes: &[u8], text: bool) {
        let mut spans = self.spans(bytes, text);
        spans.sort_by_key(|span| span.at.start);
        for span in &spans {
            self.push(span.rule, span.at.clone());
        }
        encoding::base64_runs(bytes, |run, decoded| {
            // The spans do not overlap: only the last one that begins before the run can cover its beginning.
            let before = spans.partition_point(|span| span.at.start <= run.start);
            if before > 0 && spans[before - 1].at.contains(&run.start) {
                return;
            }
            let wide = encoding::from_utf16(decoded);
            let decoded = wide.as_ref().map_or(decoded, |text| text.as_bytes());
            let readable = text && std::str::from_utf8(decoded).is_ok();
            for span in self.spans(decoded, readable) {
                self.push(span.rule, run.clone());
            }
        });
    }

    /// What stands in UTF-16 inside binary data, and the names of an archive's members.
    fn binary(&mut self, bytes: &[u8]) {
        encoding::wide_runs(bytes, |at, run| {
            for span in self.spans(run, false) {
                self.push(span.rule, at..at + 2 * run.len());
            }
        });
        if self.without != ARCHIVE.0 {
            archive::secret_members(bytes, &mut self.effort, |at, _| {
                self.hits.push(Hit { rule: ARCHIVE, at: at..at });
            });
        }
    }

    /// What the rules find, each secret under its best name, without overlaps.
    fn spans(&mut self, bytes: &[u8], text: bool) -> Vec<Span> {
        let input = Input { bytes, place: self.place, text };
        let mut spans = self.search.spans(&input, self.without, &mut self.effort);
        spans.sort_by_key(|span| (span.rule, span.at.start));
        let mut best: BTreeMap<usize, Span> = BTreeMap::new();
        for span in spans {
            let before = best.range(..span.at.end).next_back();
            if before.is_none_or(|(_, other)| other.at.end <= span.at.start) {
                best.insert(span.at.start, span);
            }
        }
        best.into_values().collect()
    }

    fn push(&mut self, rule: usize, at: Range<usize>) {
        let rule = self.search.rules[rule];
        self.hits.push(Hit { rule: (rule.id, rule.what), at });
    }
}
