//! What build servers do: versions of actions, or a workflow by its name.

use super::{Headline, Voice};
use crate::{
    change::Change,
    defuse,
    file_class::FileClass,
    names,
    patch::{FilePatch, Side},
    verbs::Verb,
};
use autocommit_core::{draft::FileStatus, text::counted};

/// Files of build servers alone.
pub(super) fn changed(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    if changes.is_empty() || changes.iter().any(|c| c.class != FileClass::Ci) {
        return None;
    }
    let told = || match changes {
        [change] => voice.first(super::terms::told(change, voice)),
        _ => super::swapped::throughout(changes, voice),
    };
    bumped(changes, voice).or_else(told).or_else(|| by_name(changes, voice))
}

/// Other versions of actions, and nothing else.
fn bumped(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let mut steps: Vec<(String, String, String)> = Vec::new();
    for change in changes {
        let patch = change.patch().filter(|_| change.is_modified())?;
        for step in pairs(patch)? {
            if !steps.contains(&step) {
                steps.push(step);
            }
        }
    }
    let verb = voice.say(Verb::Bump);
    let mut actions: Vec<String> = steps.iter().map(|(action, ..)| defuse::name(action)).collect();
    actions.dedup();
    let details: Vec<String> = steps.iter().map(|(action, from, to)| told(verb, action, from, to)).collect();
    match steps.as_slice() {
        [] => None,
        [(action, from, to)] => {
            voice.first([told(verb, action, from, to), format!("{verb} {}", defuse::name(action))])
        }
        _ => {
            let by_name = (actions.len() <= 3).then(|| format!("{verb} {}", names::listed(&actions)));
            let found = voice
                .first(by_name.into_iter().chain([format!("{verb} {}", counted(actions.len(), "action"))]));
            found.map(|headline| headline.with_details(details))
        }
    }
}

fn told(verb: &str, action: &str, from: &str, to: &str) -> String {
    format!("{verb} {} from {from} to {to}", defuse::name(action))
}

/// The actions of a file with their versions before and after; nothing where anything else changed, or where a
/// version did not go up.
fn pairs(patch: &FilePatch<'_>) -> Option<Vec<(String, String, String)>> {
    let mut found = Vec::new();
    for hunk in &patch.hunks {
        let side = |side: Side| hunk.lines.iter().filter(move |l| l.side == side);
        let (before, after) = (side(Side::Removed), side(Side::Added));
        if before.clone().count() != after.clone().count() {
            return None;
        }
        for (old, new) in before.zip(after) {
            let ((action, from), (same, to)) = (used(&old.text)?, used(&new.text)?);
            if action != same || !goes_up(from, to) {
                return None;
            }
            found.push((action.to_owned(), from.to_owned(), to.to_owned()));
        }
    }
    Some(found)
}

/// `actions/checkout` and `v4` of `- uses: actions/checkout@v4`, or of one that is pinned, with its version behind.
fn used(line: &str) -> Option<(&str, &str)> {
    let text = line.trim_start().trim_start_matches("- ").strip_prefix("uses:")?.trim();
    let (reference, remark) = text.split_once('#').unwrap_or((text, ""));
    let (action, version) = reference.trim().trim_matches(['"', '\'']).split_once('@')?;
    let pinned = version.len() == 40 && version.bytes().all(|b| b.is_ascii_hexdigit());
    let version = if pinned { remark.split_whitespace().next()? } else { version };
    let is_version = version.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit())
        && version.len() <= 16
        && version.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let named = action.len() <= names::SUBJECT_NAME
        && action.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    (named && is_version && !action.is_empty()).then_some((action, version))
}

fn goes_up(from: &str, to: &str) -> bool {
    crate::steps::compared(from, to) == Some(std::cmp::Ordering::Less)
}

/// `update release workflow`.
fn by_name(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let verb = match changes[0].file.status {
        FileStatus::Added => Verb::Add,
        FileStatus::Deleted => Verb::Remove,
        FileStatus::Modified => Verb::Update,
        _ => return None,
    };
    let alike = changes.iter().all(|c| c.file.status == changes[0].file.status);
    let stems = changes.iter().map(workflow).collect::<Option<Vec<String>>>().filter(|_| alike)?;
    let (verb, noun) = (voice.say(verb), if stems.len() == 1 { "workflow" } else { "workflows" });
    let by_name = (stems.len() <= 3).then(|| format!("{verb} {} {noun}", names::listed(&stems)));
    let counted = voice.headline(&format!("{verb} {} {noun}", stems.len())).filter(|_| stems.len() > 1);
    voice.first(by_name).or_else(|| counted.map(Headline::partial))
}

/// What a workflow of GitHub's is called.
pub(super) fn workflow(change: &Change<'_>) -> Option<String> {
    let text = std::str::from_utf8(change.file.path.as_bytes()).ok()?;
    let name = text.strip_prefix(".github/workflows/")?;
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    let plain = !stem.is_empty() && stem.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    (plain && stem.len() <= names::SUBJECT_NAME).then(|| stem.to_owned())
}
