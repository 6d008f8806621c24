//! Manifests whose changed lines pair up: which dependency went from which version to which.

use super::Headline;
use crate::{
    change::Change,
    defuse,
    file_class::{FileClass, Manifest},
    manifest_line::{self, Entry, ManifestLine},
    names,
    patch::{FilePatch, Side},
};
use std::cmp::Ordering;

/// What happened to one key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    verb: &'static str,
    key: String,
    /// Versions before and after, where both are known.
    versions: Option<(String, String)>,
    /// It is certainly a dependency, not some other key with a version.
    dependency: bool,
    /// It carries a version of the package itself or of a tool.
    own: bool,
}

const BUMP: &str = "bump";

/// Manifests and lock files alone, every changed line of the manifests understood.
pub(super) fn changed(changes: &[Change<'_>]) -> Option<Headline> {
    let mut steps: Vec<Step> = Vec::new();
    let mut manifests = Vec::new();
    for change in changes {
        match change.class {
            _ if !change.is_modified() => return None,
            FileClass::Lock => continue,
            FileClass::Manifest(manifest) => {
                manifests.push(names::short(&change.file.path));
                for step in steps_of(manifest, change.patch.as_ref()?)? {
                    if !steps.contains(&step) {
                        steps.push(step);
                    }
                }
            }
            _ => return None,
        }
    }
    let place = if let [only] = manifests.as_slice() { only.clone() } else { String::new() };
    worded(&steps, &place)
}

/// The wording for what happened in `place`, which is empty when it was in several manifests.
fn worded(steps: &[Step], place: &str) -> Option<Headline> {
    let first = steps.first()?;
    let certain = steps.iter().all(|s| s.dependency);
    let at =
        |preposition: &str| if place.is_empty() { String::new() } else { format!(" {preposition} {place}") };
    let uniform = steps.iter().all(|s| s.verb == first.verb);
    if steps.iter().any(|s| s.own && s.versions.is_none())
        || (!certain && place.is_empty() && first.verb != BUMP)
    {
        return None;
    }
    let details: Vec<String> =
        if steps.len() > 1 { steps.iter().map(Step::told).collect() } else { Vec::new() };
    let listed = names::listed(&steps.iter().map(Step::name).collect::<Vec<_>>());
    let n = steps.len();
    let wordings = match (first.verb, n) {
        (_, 1) if first.versions.is_some() => {
            let place = if first.own { at("in") } else { String::new() };
            vec![format!("{}{place}", first.told()), format!("{} {listed}{place}", first.verb)]
        }
        ("update", 1) => vec![format!("update {listed}{}", at("in"))],
        ("add", 2..) | ("remove", 2..) | (BUMP, 2..) | ("add" | "remove", 1) if uniform => {
            let place = match first.verb {
                BUMP if steps.iter().any(|s| s.own) => at("in"),
                "add" if !certain => at("to"),
                "remove" if !certain => at("from"),
                _ => String::new(),
            };
            let by_name = (n <= 3).then(|| format!("{} {listed}{place}", first.verb));
            let noun = if certain { "dependencies" } else { "versions" };
            let counted = match (first.verb, certain) {
                (BUMP, false) => Some(format!("bump {n} {noun}{}", at("in"))),
                (verb, true) => Some(format!("{verb} {n} {noun}")),
                _ => None,
            };
            by_name.into_iter().chain(counted).collect()
        }
        _ if certain && n > 1 => {
            let told = steps.iter().map(|s| format!("{} {}", s.verb, s.name())).collect::<Vec<_>>();
            let by_name = (n <= 3).then(|| names::listed(&told));
            by_name.into_iter().chain([format!("update {n} dependencies")]).collect()
        }
        _ => return None,
    };
    let found = Headline::first(wordings.iter().map(|w| super::files::capital(w)))?;
    Some(found.with_details(details))
}

impl Step {
    /// `bump serde from 1.0.1 to 1.0.2`.
    fn told(&self) -> String {
        match &self.versions {
            Some((from, to)) => format!("{} {} from {from} to {to}", self.verb, self.name()),
            None => format!("{} {}", self.verb, self.name()),
        }
    }

    fn name(&self) -> String {
        defuse::name(&names::middle_cut(&self.key, names::SUBJECT_NAME))
    }
}

/// What happened in one manifest; nothing unless every changed line is understood and no key is there twice.
fn steps_of(manifest: Manifest, patch: &FilePatch<'_>) -> Option<Vec<Step>> {
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
                ManifestLine::Entry(entry) if side.iter().any(|e| e.key == entry.key) => return None,
                ManifestLine::Entry(entry) => {
                    let dependency = (entry.dependency || section == Some(true)) && !entry.is_own();
                    side.push(Entry { dependency, ..entry });
                }
            }
        }
    }
    let mut steps = Vec::new();
    for after in &added {
        match removed.iter().position(|before| before.key == after.key) {
            Some(at) => steps.extend(step_between(&removed.remove(at), after)),
            None => steps.push(step("add", after)),
        }
    }
    steps.extend(removed.iter().map(|before| step("remove", before)));
    Some(steps)
}

fn step(verb: &'static str, entry: &Entry) -> Step {
    Step { verb, key: entry.key.clone(), versions: None, dependency: entry.dependency, own: entry.is_own() }
}

/// What changed between two lines of one key; nothing where only the punctuation did.
fn step_between(before: &Entry, after: &Entry) -> Option<Step> {
    let mut step = step("update", after);
    step.dependency |= before.dependency;
    match (&before.version, &after.version) {
        (Some(old), Some(new)) if old != new => {
            let (old, new) = without_common_operator(old, new);
            step.verb = match compared(old, new) {
                Some(Ordering::Less) => BUMP,
                Some(Ordering::Greater) => "downgrade",
                _ => "change",
            };
            step.versions = Some((old.to_owned(), new.to_owned()));
            Some(step)
        }
        _ => (before.rest != after.rest).then_some(step),
    }
}

/// `^1.0` and `^1.1` become `1.0` and `1.1`; `^1.0` and `~1.0` stay.
fn without_common_operator<'a>(old: &'a str, new: &'a str) -> (&'a str, &'a str) {
    let operator = |v: &str| v.len() - v.trim_start_matches(['^', '~', '=', '<', '>', '!', ' ']).len();
    let (a, b) = (operator(old), operator(new));
    if old[..a] == new[..b] { (&old[a..], &new[b..]) } else { (old, new) }
}

/// The order of two plain versions; nothing where either is more than numbers and points.
fn compared(old: &str, new: &str) -> Option<Ordering> {
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
    }
}
