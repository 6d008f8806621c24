//! The end of a repository's journal: what recovery and appending look at.

use super::record::{self, Entry, Head, Intent, Kind, LockFile, Object, Pushing, Record};
use crate::StoreError;
use autocommit_core::{Timestamp, id::RunId};
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
    /// The commit object and when it was journalled, if it was made before the interruption.
    pub object: Option<(Timestamp, Object)>,
    /// Lock files that were made for it.
    pub locks: Vec<LockFile>,
}

/// A push that was begun and of which the journal does not say how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPush {
    /// When it began.
    pub at: Timestamp,
    /// What was to be pushed.
    pub pushing: Pushing,
    /// Lock files that were made for it.
    pub locks: Vec<LockFile>,
}

/// What is open in one repository, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Open {
    /// Commits.
    pub commits: Vec<Unfinished>,
    /// Pushes.
    pub pushes: Vec<OpenPush>,
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

    /// What has no end, and the number of damaged lines. A torn last line is no damage.
    pub(super) fn open(&self) -> (Open, usize) {
        let mut begun: Vec<Begun<'_>> = Vec::new();
        let mut damaged = 0;
        for (line, ended) in self.lines() {
            let Some(head) = record::decode::<Head>(line) else {
                damaged += usize::from(ended);
                continue;
            };
            let Some(run) = head.run_id else { continue };
            let is_push = matches!(head.kind, Kind::Pushing | Kind::Pushed | Kind::Settled);
            match head.kind {
                Kind::Intent | Kind::Pushing => {
                    begun.retain(|b| b.run != run || b.is_push != is_push);
                    begun.push(Begun { run, is_push, lines: vec![line] });
                }
                // The run's push comes after its commit: what follows belongs to the one that is open last.
                Kind::Object | Kind::Locks => {
                    if let Some(of) = begun.iter_mut().rfind(|b| b.run == run) {
                        of.lines.push(line);
                    }
                }
                Kind::Outcome | Kind::Pushed | Kind::Settled => {
                    begun.retain(|b| b.run != run || b.is_push != is_push);
                }
                Kind::SetAside => {}
            }
        }
        let mut open = Open::default();
        for one in &begun {
            if one.read_into(&mut open).is_none() {
                damaged += 1;
            }
        }
        (open, damaged)
    }
}

/// Lines of a commit or a push that has no end.
struct Begun<'a> {
    run: RunId,
    is_push: bool,
    lines: Vec<&'a [u8]>,
}

impl Begun<'_> {
    fn read_into(&self, open: &mut Open) -> Option<()> {
        let mut entries = self.lines.iter().map(|line| record::decode::<Entry>(line));
        let first = entries.next()??;
        let mut object = None;
        let mut locks = Vec::new();
        for entry in entries {
            let entry = entry?;
            match entry.record {
                Record::Object(made) => object = Some((entry.at, made)),
                Record::Locks { locks: more, .. } => locks.extend(more),
                _ => return None,
            }
        }
        match first.record {
            Record::Intent(intent) => open.commits.push(Unfinished { intent: *intent, object, locks }),
            Record::Pushing(pushing) => {
                open.pushes.push(OpenPush { at: first.at, pushing: *pushing, locks });
            }
            _ => return None,
        }
        Some(())
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
