//! Guards: what is kept out of a commit, and why. One file each; a new guard is one file and one line in a list.
//!
//! A guard looks at the paths that would be committed and names those to hold. What is held is held alone: the rest
//! of the repository goes on. [`Cleared`] is the proof that the guards have seen what is about to be committed.

mod case_twin;
mod conflict_markers;
pub mod content;
mod file_size;
mod filter_did_not_run;
mod mass_deletion;
mod nested_repository;
mod new_volume;
mod partial_staging;
mod rule;
mod secret;
mod secret_file;
mod special_file;
mod split_rename;
mod submodule_pointer;
mod traded_places;
mod unreadable;
mod written_meanwhile;

use crate::{
    approval::Approved,
    path::RepoPath,
    settings,
    snapshot::{Change, FileState},
};
use content::Content;
pub use rule::Rule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A path that would be committed, with what the disk says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What git says.
    pub change: Change,
    /// What the disk says.
    pub file: FileState,
    /// Git tracks another path that differs by case only, and the file system takes the two for one.
    pub twin: bool,
}

/// What a guard sees before anything is staged.
#[derive(Debug, Clone, Copy)]
pub struct BeforeStaging<'a> {
    /// All changed paths.
    pub candidates: &'a [Candidate],
    /// Entries in the index, to judge deletions by.
    pub tracked: usize,
    /// The limits.
    pub limits: &'a settings::Guards,
}

/// What a guard sees of the staged tree, before it becomes a commit.
#[derive(Debug, Clone, Copy)]
pub struct AfterStaging<'a> {
    /// The paths that were staged, with what the disk said just before.
    pub staged: &'a [Candidate],
    /// What the disk says now, in the same order.
    pub now: &'a [FileState],
    /// What every entry that differs from HEAD was found to hold.
    pub contents: &'a [Content],
    /// The limits.
    pub limits: &'a settings::Guards,
}

/// A path that is held, the rule that holds it, and the one safe next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The path.
    pub path: RepoPath,
    /// The rule.
    pub rule: Rule,
    /// The next step, as an imperative sentence.
    pub hint: String,
}

type Before = fn(&BeforeStaging<'_>) -> Vec<Finding>;
type After = fn(&AfterStaging<'_>) -> Vec<Finding>;

/// Run on the working files, in this order; a path is held by the first rule that names it.
const BEFORE_STAGING: &[Before] = &[
    nested_repository::check,
    special_file::check,
    unreadable::check,
    secret_file::check,
    case_twin::check,
    partial_staging::check,
    file_size::check,
    mass_deletion::check,
    new_volume::check,
];

/// Run on what was staged.
const AFTER_STAGING: &[After] = &[
    written_meanwhile::check,
    submodule_pointer::check,
    filter_did_not_run::check,
    secret::check,
    conflict_markers::check,
];

/// Paths that may be staged, and findings for the others. What is `approved` is no finding.
pub fn before_staging(
    candidates: Vec<Candidate>,
    tracked: usize,
    limits: &settings::Guards,
    approved: &Approved,
) -> (Vec<Candidate>, Vec<Finding>) {
    let mut allowed = candidates;
    let mut findings = Vec::new();
    let mut held = Vec::new();
    for guard in BEFORE_STAGING {
        let mut found = guard(&BeforeStaging { candidates: &allowed, tracked, limits });
        found.retain(|f| !approved.allows(&f.path, f.rule));
        held.extend(take(&mut allowed, &found));
        findings.extend(found);
    }
    findings.extend(other_halves(&mut allowed, held));
    (allowed, findings)
}

/// Takes out of `allowed` what must wait for something among the `held`, such as a removal whose new place is held, and
/// what must wait for that in turn. Where a path is held only after staging, this is asked again.
pub fn other_halves(allowed: &mut Vec<Candidate>, held: Vec<Candidate>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut held = held;
    while !held.is_empty() {
        let mut found = split_rename::check(allowed, &held);
        held.extend(take(allowed, &found));
        let traded = traded_places::check(allowed, &held);
        held = take(allowed, &traded);
        found.extend(traded);
        findings.extend(found);
    }
    findings
}

/// Moves the candidates that `findings` name out of `allowed`.
fn take(allowed: &mut Vec<Candidate>, findings: &[Finding]) -> Vec<Candidate> {
    let named: BTreeSet<_> = findings.iter().map(|f| &f.path).collect();
    allowed.extract_if(.., |c| named.contains(&c.change.path)).collect()
}

/// The proof that every guard has looked at exactly these bytes and found nothing to hold (invariant A4). The only
/// constructor is [`clear`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared<T>(T);

impl<T> Cleared<T> {
    /// What was cleared.
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// Clears a staged tree, or names the paths that must come out of it first. What is `approved` is no finding.
pub fn clear<T>(tree: T, seen: &AfterStaging<'_>, approved: &Approved) -> Result<Cleared<T>, Vec<Finding>> {
    let mut findings: Vec<_> = AFTER_STAGING.iter().flat_map(|guard| guard(seen)).collect();
    findings.retain(|f| !approved.allows(&f.path, f.rule));
    let mut named = BTreeSet::new();
    findings.retain(|f| named.insert(f.path.clone()));
    if findings.is_empty() { Ok(Cleared(tree)) } else { Err(findings) }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::snapshot::{ChangeKind, FileKind};

    pub(crate) fn candidate(path: &str, kind: ChangeKind, file: FileKind, size: u64) -> Candidate {
        Candidate {
            change: Change { path: path.into(), kind, staged: false, unstaged: true, submodule: false },
            file: FileState { kind: file, size, mtime_ns: 1, ctime_ns: 1, readable: true },
            twin: false,
        }
    }

    /// The rules found in the contents of a staged tree with these limits, by path.
    pub(crate) fn found_in(contents: &[Content], limits: &settings::Guards) -> Vec<(String, &'static str)> {
        let seen = AfterStaging { staged: &[], now: &[], contents, limits };
        let findings = clear("tree", &seen, &Approved::default()).err().unwrap_or_default();
        for finding in &findings {
            assert!(finding.hint.ends_with('.'), "{}", finding.hint);
        }
        findings.into_iter().map(|f| (f.path.shown(), f.rule.code())).collect()
    }

    /// The rules found for `candidates` with the default limits, by path.
    pub(crate) fn rules(candidates: Vec<Candidate>, tracked: usize) -> Vec<(String, &'static str)> {
        let (_, findings) =
            before_staging(candidates, tracked, &settings::Guards::default(), &Approved::default());
        for finding in &findings {
            assert!(finding.hint.ends_with('.'), "{}", finding.hint);
        }
        findings.into_iter().map(|f| (f.path.shown(), f.rule.code())).collect()
    }
}
