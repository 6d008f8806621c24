//! Changes that a model adds nothing to: what happened has one name, and rules know it.

use crate::{Brief, change::Change, facts::Facts, file_class::FileClass, subject};
use autocommit_core::draft::FileStatus;

/// More files than a sentence about all of them can be right about.
const MANY: usize = 200;

/// Whether rules describe a change as well as a model would.
pub(crate) fn is_trivial(brief: &Brief<'_>) -> bool {
    let facts = Facts::of(brief);
    let changes = &facts.changes;
    subject::is_exact(&facts) || changes.is_empty() || changes.len() > MANY || changes.iter().all(says_all)
}

fn says_all(change: &Change<'_>) -> bool {
    let file = change.file;
    let same = file.added == 0 && file.removed == 0;
    match &file.status {
        FileStatus::Renamed { .. } => same,
        FileStatus::ModeChanged { .. } | FileStatus::TypeChanged | FileStatus::Submodule => true,
        _ if file.binary || same || super::excerpt::is_secret(&file.path) => true,
        _ => match change.class {
            FileClass::Lock | FileClass::Generated => true,
            // Every line of it is a dependency with its version.
            FileClass::Manifest(_) => change.steps.is_some(),
            _ => false,
        },
    }
}
