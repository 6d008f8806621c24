//! The end of a repository's journal: what recovery and appending look at.

use super::record::{self, Entry, Head, Intent, Kind, Object, Record};
use crate::StoreError;
use autocommit_core::id::RunId;
use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

/// Bytes that are read from the end of a file.
const TAIL: u64 = 256 * 1024;
/// Files that are read, the newest ones.
const FILES: usize = 2;

/// A commit that was begun and of which the journal does not say how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// What was to be committed.
    pub intent: Intent,
    /// The commit object, if it was made before the interruption.
    pub object: Option<Object>,
}

/// The day files of a repository, oldest first.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(StoreError::file(folder))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(StoreError::file(folder))?.path();
        if path.file_name().and_then(|name| name.to_str()).is_some_and(is_day_file) {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Whether it is `YYYY-MM-DD.jsonl`.
fn is_day_file(name: &str) -> bool {
    name.strip_suffix(".jsonl").is_some_and(|day| {
        day.len() == 10
            && day
                .bytes()
                .enumerate()
                .all(|(n, byte)| if matches!(n, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() })
    })
}

/// The last lines of a repository's journal.
pub(super) struct Tail(Vec<Vec<u8>>);

impl Tail {
    /// Reads the ends of the newest of `files` (oldest first).
    pub(super) fn read(files: &[PathBuf]) -> Result<Self, StoreError> {
        let newest = files.iter().skip(files.len().saturating_sub(FILES));
        let parts: Result<_, _> = newest.map(|path| end(path).map_err(StoreError::file(path))).collect();
        Ok(Self(parts?))
    }

    /// Each whole-looking line without its newline, and whether a newline followed.
    fn lines(&self) -> impl DoubleEndedIterator<Item = (&[u8], bool)> {
        self.0.iter().flat_map(|part| part.split_inclusive(|byte| *byte == b'\n')).filter_map(|line| {
            let text = line.strip_suffix(b"\n");
            let ended = text.is_some();
            let text = text.unwrap_or(line);
            (!text.is_empty()).then_some((text, ended))
        })
    }

    /// Whether the record is there already. A run ends only once, whatever is said later; other records are the same if
    /// the run's latest of that kind is equal.
    pub(super) fn has(&self, record: &Record) -> bool {
        let Some(run) = record.run_id() else { return false };
        let mut of_run = self
            .lines()
            .rev()
            .filter(|(line, _)| std::str::from_utf8(line).is_ok_and(|line| line.contains(run.as_str())))
            .filter_map(|(line, _)| record::decode::<Entry>(line))
            .map(|entry| entry.record)
            .filter(|found| found.run_id() == Some(run));
        let same_kind = of_run.find(|found| std::mem::discriminant(found) == std::mem::discriminant(record));
        same_kind.is_some_and(|found| matches!(found, Record::Outcome { .. }) || found == *record)
    }

    /// Runs without an outcome, oldest first, and the number of damaged lines. A torn last line is no damage.
    pub(super) fn unfinished(&self) -> (Vec<Unfinished>, usize) {
        let mut open: Vec<Open<'_>> = Vec::new();
        let mut damaged = 0;
        for (line, ended) in self.lines() {
            let Some(head) = record::decode::<Head>(line) else {
                damaged += usize::from(ended);
                continue;
            };
            let Some(run) = head.run_id else { continue };
            match head.kind {
                Kind::Intent => {
                    open.retain(|begun| begun.run != run);
                    open.push(Open { run, intent: line, object: None });
                }
                Kind::Object => {
                    if let Some(begun) = open.iter_mut().find(|begun| begun.run == run) {
                        begun.object = Some(line);
                    }
                }
                Kind::Outcome => open.retain(|begun| begun.run != run),
                Kind::Pushed => {}
            }
        }
        let begun = open.len();
        let unfinished: Vec<_> = open.iter().filter_map(Open::read).collect();
        damaged += begun - unfinished.len();
        (unfinished, damaged)
    }
}

/// Lines of a run that has no outcome.
struct Open<'a> {
    run: RunId,
    intent: &'a [u8],
    object: Option<&'a [u8]>,
}

impl Open<'_> {
    fn read(&self) -> Option<Unfinished> {
        let Record::Intent(intent) = record::decode::<Entry>(self.intent)?.record else { return None };
        let object = match self.object.map(|line| record::decode::<Entry>(line).map(|entry| entry.record)) {
            None => None,
            Some(Some(Record::Object(object))) => Some(object),
            Some(_) => return None,
        };
        Some(Unfinished { intent: *intent, object })
    }
}

/// The last bytes of a file, from the beginning of a line on.
fn end(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let start = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    if start > 0 {
        let cut = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        bytes.drain(..cut);
    }
    Ok(bytes)
}
