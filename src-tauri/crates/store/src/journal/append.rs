//! Writes one record, so that it is there as a whole or not at all.

use super::{Appended, Durability, record, tail};
use crate::{StoreError, file};
use autocommit_core::Timestamp;
use record::Entry;
use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

/// Appends to the newest file in `folder`, or to today's. One caller at a time for each folder.
pub(super) fn append(folder: &Path, entry: &Entry, durability: Durability) -> Result<Appended, StoreError> {
    let line = record::encode(entry)?;
    let files = tail::files(folder)?;
    let newest = files.last();
    // Never an older file than the newest one: a clock that was set back must not hide a record from recovery.
    let today = folder.join(day(entry.at));
    let path = newest.filter(|newest| **newest > today).unwrap_or(&today);
    if let Some(newest) = newest
        && tail::Tail::read(&files)?.has(&entry.record)
    {
        if durability == Durability::Sync {
            File::open(newest).and_then(|file| file.sync_data()).map_err(StoreError::file(newest))?;
        }
        return Ok(Appended::AlreadyThere);
    }
    write(folder, path, line, durability).map_err(StoreError::file(path))?;
    Ok(Appended::Written)
}

fn day(at: Timestamp) -> PathBuf {
    // Days before 1970 come only from a clock that is not set.
    let date = at.max(Timestamp::UNIX_EPOCH).to_zoned(jiff::tz::TimeZone::UTC).date();
    format!("{date}.jsonl").into()
}

fn write(folder: &Path, path: &Path, mut line: Vec<u8>, durability: Durability) -> io::Result<()> {
    file::private_dir(folder)?;
    let mut file = file::private_file().read(true).append(true).create(true).open(path)?;
    let mut length = file.metadata()?.len();
    if length == 0 {
        // journal/<repo>, journal, state folder: names first, so that a record is never in a file that a power cut loses.
        for folder in folder.ancestors().take(3) {
            file::sync_dir(folder)?;
        }
    } else {
        match torn_tail(&mut file, length)? {
            Torn::No => {}
            Torn::NewlineMissing => line.insert(0, b'\n'),
            Torn::At(start, bytes) => {
                set_apart(path, &bytes)?;
                file.set_len(start)?;
                length = start;
            }
        }
    }
    let written = match file.write(&line) {
        Ok(count) if count == line.len() => match durability {
            Durability::Sync => file.sync_data(),
            Durability::Lazy => Ok(()),
        },
        Ok(_) => Err(io::ErrorKind::StorageFull.into()),
        Err(error) => Err(error),
    };
    if written.is_err()
        && let Err(error) = file.set_len(length)
    {
        tracing::warn!(path = %path.display(), %error, "half a record stays at the end of the journal");
    }
    written
}

enum Torn {
    No,
    /// The last line is whole but for its newline, or too long to be moved.
    NewlineMissing,
    /// From this offset on.
    At(u64, Vec<u8>),
}

fn torn_tail(file: &mut File, length: u64) -> io::Result<Torn> {
    let limit = record::LINE_AT_MOST as u64;
    let start = length.saturating_sub(limit);
    file.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    file.take(limit).read_to_end(&mut end)?;
    let begins = match end.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => newline + 1,
        None if start == 0 => 0,
        None => return Ok(Torn::NewlineMissing),
    };
    let torn = end.split_off(begins);
    if torn.is_empty() {
        Ok(Torn::No)
    } else if record::is_whole(&torn) {
        Ok(Torn::NewlineMissing)
    } else {
        Ok(Torn::At(start + begins as u64, torn))
    }
}

/// Keeps a torn record beside the journal, for people.
fn set_apart(path: &Path, torn: &[u8]) -> io::Result<()> {
    let mut side = file::private_file().append(true).create(true).open(path.with_extension("torn"))?;
    side.write_all(torn)?;
    side.write_all(b"\n")
}
