//! What a look becomes when git says clean.

use super::{
    folders::Folders,
    sum::{Folder, open},
};
use rustix::fs::{CWD, OFlags};
use std::{
    ffi::CString,
    time::{Duration, Instant, SystemTime},
};

/// How much the clock on the wall may fall behind the other before nothing is believed.
const CLOCKS_APART: Duration = Duration::from_secs(1);

/// What was there when git last said clean.
#[derive(Debug)]
pub struct Still {
    root: CString,
    folders: Folders,
    taken: SystemTime,
    since: Instant,
}

impl Still {
    /// What was `taken` at these times, by both clocks.
    pub(super) fn new(root: CString, folders: Folders, (taken, since): (SystemTime, Instant)) -> Self {
        Self { root, folders: folders.packed(), taken, since }
    }

    /// Whether git would still say clean. `false` means that it must be asked. What lies outside of the repository is
    /// the caller's ([`super::Outside`]).
    pub fn holds(&self) -> bool {
        if clock_was_set_back(self.taken, SystemTime::now(), self.since.elapsed()) {
            return false;
        }
        let Ok(Some(top)) = open(CWD, &self.root, OFlags::PATH) else { return false };
        self.folders.iter().all(|folder| folder.look(&top) == Ok(folder.sum))
    }

    /// How many folders, and names in them, are looked at.
    pub fn size(&self) -> (usize, usize) {
        let names = |folder: Folder<'_>| memchr::memchr_iter(0, folder.names).count();
        (self.folders.len(), self.folders.iter().map(names).sum())
    }
}

/// Whether less time passed on the wall than in the machine: old times are given to new changes then. The other way round
/// is a machine that slept.
fn clock_was_set_back(taken: SystemTime, now: SystemTime, elapsed: Duration) -> bool {
    !now.duration_since(taken).is_ok_and(|on_the_wall| on_the_wall + CLOCKS_APART >= elapsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_is_seen() {
        let taken = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let after = |seconds: i64, elapsed: u64| {
            let now = taken.checked_add(Duration::from_secs(seconds.unsigned_abs())).unwrap();
            let before = taken.checked_sub(Duration::from_secs(seconds.unsigned_abs())).unwrap();
            let now = if seconds < 0 { before } else { now };
            clock_was_set_back(taken, now, Duration::from_secs(elapsed))
        };
        assert!(!after(0, 0) && !after(60, 60), "as usual");
        assert!(!after(3600, 60), "it slept");
        assert!(after(-1, 0) && after(-3600, 60), "before the look");
        assert!(after(30, 60), "half a minute is missing");
    }
}
