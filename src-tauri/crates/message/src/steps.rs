//! Manifests whose changed lines pair up: which dependency went from which version to which.

use crate::{
    defuse,
    file_class::Manifest,
    manifest_line::{self, Entry, ManifestLine},
    names,
    patch::{FilePatch, Side},
    verbs::{Tense, Verb},
};
use std::cmp::Ordering;

/// What happened to one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// One of add, remove, bump, downgrade, change, update.
    pub(crate) verb: Verb,
    /// The name as written.
    pub(crate) key: String,
    /// Versions before and after, where both are known.
    pub(crate) versions: Option<(String, String)>,
    /// It is certainly a dependency, not some other key with a version.
    pub(crate) dependency: bool,
    /// It carries a version of the package itself or of a tool.
    pub(crate) own: bool,
}

impl Step {
    /// `bump serde from 1.0.1 to 1.0.2`.
    pub(crate) fn told(&self, tense: Tense) -> String {
        let verb = self.verb.told(tense);
        match &self.versions {
            Some((from, to)) => format!("{verb} {} from {from} to {to}", self.name()),
            None => format!("{verb} {}", self.name()),
        }
    }

    /// The name, harmless and not too long.
    pub(crate) fn name(&self) -> String {
        defuse::name(&names::middle_cut(&self.key, names::SUBJECT_NAME))
    }
}

/// What happened in one manifest; nothing unless every changed line is understood and no key is there twice.
pub(crate) fn of(manifest: Manifest, patch: &FilePatch<'_>) -> Option<Vec<Step>> {
    let (mut removed, mut added) = (Vec::<Entry>::new(), Vec::<Entry>::new());
    for hunk in &patch.hunks {
        let mut section = manifest_line::heads_dependencies(manifest, &hunk.context);
        for line in &hunk.lines {
            section = manifest_line::heads_dependencies(manifest, &line.text).or(section);
            let side = match line.side {
                Side::Context => continue,
                Side::Added => &mut added,
                Side::Removed => &mut removed,
            };
            match manifest_line::read(manifest, &line.text) {
                ManifestLine::Nothing => {}
                ManifestLine::Unknown => return None,
                // Also bounds the work: nobody writes so many dependencies into one file.
                ManifestLine::Entry(_) if side.len() >= MOST => return None,
                ManifestLine::Entry(entry) if side.iter().any(|e| e.key == entry.key) => return None,
                ManifestLine::Entry(entry) => {
                    let dependency = (entry.dependency || section == Some(true)) && !entry.is_own();
                    // A bare number is no version: `opt-level = 2`.
                    let bare = matches!(manifest, Manifest::Cargo | Manifest::Pyproject)
                        && !line.text.contains(['"', '\'']);
                    let version = entry.version.clone().filter(|_| !bare);
                    side.push(Entry { dependency, version, ..entry });
                }
            }
        }
    }
    let mut steps = Vec::new();
    for after in &added {
        match removed.iter().position(|before| before.key == after.key) {
            Some(at) => steps.extend(step_between(&removed.remove(at), after)),
            None => steps.push(step(Verb::Add, after)),
        }
    }
    steps.extend(removed.iter().map(|before| step(Verb::Remove, before)));
    Some(steps)
}

const MOST: usize = 300;

fn step(verb: Verb, entry: &Entry) -> Step {
    Step { verb, key: entry.key.clone(), versions: None, dependency: entry.dependency, own: entry.is_own() }
}

/// What changed between two lines of one key; nothing where only the punctuation did.
fn step_between(before: &Entry, after: &Entry) -> Option<Step> {
    let mut step = step(Verb::Update, after);
    step.dependency |= before.dependency;
    match (&before.version, &after.version) {
        (Some(old), Some(new)) if old != new => {
            let (old, new) = without_common_operator(old, new);
            step.verb = match compared(old, new) {
                Some(Ordering::Less) => Verb::Bump,
                Some(Ordering::Greater) => Verb::Downgrade,
                _ => Verb::Change,
            };
            step.versions = Some((old.to_owned(), new.to_owned()));
            Some(step)
        }
        _ => (before.rest != after.rest).then_some(step),
    }
}

/// `^1.0` and `^1.1` become `1.0` and `1.1`; `^1.0` and `~1.0` stay, and so does `<2.0`: it names no version that is used.
fn without_common_operator<'a>(old: &'a str, new: &'a str) -> (&'a str, &'a str) {
    let operator = |v: &str| v.len() - v.trim_start_matches(['^', '~', '=', '<', '>', '!', ' ']).len();
    let (a, b) = (operator(old), operator(new));
    let names = matches!(old[..a].trim(), "" | "^" | "~" | "=" | "==" | "===" | ">=" | "~=" | "~>");
    if names && old[..a] == new[..b] { (&old[a..], &new[b..]) } else { (old, new) }
}

/// The order of two plain versions; nothing where either is more than numbers and points.
pub(crate) fn compared(old: &str, new: &str) -> Option<Ordering> {
    let numbers = |v: &str| -> Option<Vec<u64>> {
        v.strip_prefix('v').unwrap_or(v).split('.').map(|part| part.parse().ok()).collect()
    };
    let (mut old, mut new) = (numbers(old)?, numbers(new)?);
    let length = old.len().max(new.len());
    old.resize(length, 0);
    new.resize(length, 0);
    Some(old.cmp(&new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_upwards_is_a_bump() {
        for (old, new, order) in [
            ("1.0.9", "1.0.10", Some(Ordering::Less)),
            ("v2", "v1.9", Some(Ordering::Greater)),
            ("1.0", "1.0.0", Some(Ordering::Equal)),
            ("1.0.0-rc.1", "1.0.0", None),
        ] {
            assert_eq!(compared(old, new), order);
        }
        assert_eq!(without_common_operator("^1.0", "^1.1"), ("1.0", "1.1"));
        assert_eq!(without_common_operator(">=1.0", "~1.0"), (">=1.0", "~1.0"));
        assert_eq!(without_common_operator("<4.0", "<5.0"), ("<4.0", "<5.0"));
    }
}
