//! Everything that may be said of a change because the diff shows it: what subjects, prompts and checks are made of.

use crate::{Brief, change::Change, file_class::FileClass};
use autocommit_core::draft::FileStatus;
use std::cmp::Reverse;

/// The facts of one change.
#[derive(Debug, Clone)]
pub(crate) struct Facts<'a> {
    /// Every file, in the order of the diff.
    pub(crate) changes: Vec<Change<'a>>,
    /// Indexes into `changes`, the most important first.
    order: Vec<usize>,
}

impl<'a> Facts<'a> {
    /// Reads them from the diff.
    pub(crate) fn of(brief: &Brief<'a>) -> Self {
        let changes = Change::read(brief.diff);
        let mut order: Vec<usize> = (0..changes.len()).collect();
        order.sort_by_key(|i| (rank(changes[*i].class), Reverse(weight(&changes[*i])), *i));
        Self { changes, order }
    }

    /// The files, the most important first: source before tests before documents before what machines write, and of
    /// each the one with the most news.
    pub(crate) fn by_importance(&self) -> impl Iterator<Item = &Change<'a>> {
        self.order.iter().map(|i| &self.changes[*i])
    }

    /// Lines added and removed in all files.
    pub(crate) fn lines(&self) -> (usize, usize) {
        self.changes.iter().fold((0, 0), |(a, r), c| (a + c.file.added, r + c.file.removed))
    }
}

/// How little a class says about a change: 0 says most.
pub(crate) fn rank(class: FileClass) -> u8 {
    match class {
        FileClass::Source => 0,
        FileClass::Test => 1,
        FileClass::Docs => 2,
        FileClass::Ci | FileClass::Build => 3,
        FileClass::Config | FileClass::Manifest(_) => 4,
        FileClass::Lock | FileClass::Generated => 5,
    }
}

/// How much news a file is: lines, and more where a whole file came or went.
fn weight(change: &Change<'_>) -> usize {
    let whole_file = matches!(change.file.status, FileStatus::Added | FileStatus::Deleted);
    change.lines() + if whole_file { 20 } else { 0 }
}
