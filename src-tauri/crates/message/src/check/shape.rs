//! What a change is, beyond its words.

use crate::{
    change::Change,
    facts::Facts,
    file_class::FileClass,
    language::Language,
    only::{self, Only},
    patch::Side,
    terms::Turn,
    test_name,
};
use autocommit_core::draft::FileStatus;
use std::collections::HashSet;

/// What a change is, beyond its words.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Nothing but layout, or nothing but remarks.
    pub(super) only: Option<Only>,
    /// A test file is new, or a new line begins a test.
    pub(super) tests: bool,
    /// A test file is gone, or a line that began a test.
    pub(super) tests_gone: bool,
    /// A file that names dependencies changed.
    pub(super) dependencies: bool,
    /// The rules can say more of it than that something was updated.
    pub(super) told: bool,
    /// Paths of files that are new.
    came: Vec<String>,
    /// Paths of files that are gone.
    lost: Vec<String>,
    /// Names of definitions that have another name now.
    pub(super) renamed: HashSet<String>,
    /// Values and names that stand where others stood.
    pub(super) became: HashSet<String>,
    /// Names that new lines begin with or define; what a line only uses or brings from elsewhere is none of them.
    pub(super) begun: HashSet<String>,
}

impl Shape {
    /// Whether a file of this name, or with this end of its path, is gone.
    pub(super) fn has_lost(&self, path: &str) -> bool {
        ends_one(&self.lost, path)
    }

    /// Whether such a file is new.
    pub(super) fn has_got(&self, path: &str) -> bool {
        ends_one(&self.came, path)
    }

    pub(super) fn of(facts: &Facts<'_>, told: bool) -> Self {
        let names = |class| matches!(class, FileClass::Manifest(_) | FileClass::Lock);
        let tests = |status: &FileStatus, side: Side| {
            facts.changes.iter().filter(|change| change.class == FileClass::Test).any(|change| {
                change.file.status == *status
                    || change.shown.as_ref().is_some_and(|patch| patch.side(side).any(test_name::opens))
            })
        };
        let mut shape = Self {
            only: only::of(&facts.changes),
            tests: tests(&FileStatus::Added, Side::Added),
            tests_gone: tests(&FileStatus::Deleted, Side::Removed),
            dependencies: facts.changes.iter().any(|change| names(change.class)),
            told,
            ..Self::default()
        };
        for change in &facts.changes {
            shape.look(change);
        }
        shape
    }

    fn look(&mut self, change: &Change<'_>) {
        let path = String::from_utf8_lossy(change.file.path.as_bytes()).into_owned();
        match change.file.status {
            FileStatus::Added => self.came.push(path),
            FileStatus::Deleted => self.lost.push(path),
            _ => {}
        }
        self.renamed.extend(change.symbols.renamed.iter().map(|(from, _)| from.clone()));
        for turn in &change.terms().turns {
            match turn {
                Turn::Swap { to, .. } | Turn::Value { values: Some((_, to)), .. } => {
                    self.became.insert(to.clone());
                }
                _ => {}
            }
        }
        let language = Language::of(&change.file.path);
        for line in change.shown.iter().flat_map(|patch| patch.side(Side::Added)) {
            let defined = language.and_then(|language| language.definition(line)).map(|found| found.name);
            self.begun.extend(defined);
            let within = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == '-';
            let words = |text: &str| -> Vec<String> {
                text.split(|c: char| !within(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
            };
            // What stands in front of a value has it; in other files than code, words stand in lists.
            let head = line.find(['=', ':', '(']).map_or("", |end| &line[..end]);
            match language {
                Some(_) => self.begun.extend(words(line).into_iter().take(1).chain(words(head))),
                None => self.begun.extend(words(line)),
            }
        }
    }
}

fn ends_one(paths: &[String], end: &str) -> bool {
    paths.iter().any(|path| path == end || path.ends_with(&format!("/{end}")))
}
