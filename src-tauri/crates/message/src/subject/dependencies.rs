//! Manifests whose changed lines pair up: which dependency went from which version to which.

use super::{Headline, Voice};
use crate::{change::Change, changelog, file_class::FileClass, names, steps::Step, verbs::Verb};

/// Manifests and lock files alone, every changed line of the manifests understood.
pub(super) fn changed(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let mut steps: Vec<&Step> = Vec::new();
    let mut manifests = Vec::new();
    for change in changes {
        match change.class {
            // A note on it is no other change.
            _ if changelog::is_one(&change.file.path.shown()) => continue,
            _ if !change.is_modified() => return None,
            FileClass::Lock => continue,
            FileClass::Manifest(_) => {
                manifests.push(names::short(&change.file.path));
                for step in change.steps.as_ref()? {
                    if !steps.contains(&step) {
                        steps.push(step);
                    }
                }
            }
            _ => return None,
        }
    }
    let place = if let [only] = manifests.as_slice() { only.clone() } else { String::new() };
    worded(&steps, &place, voice)
}

/// The wording for what happened in `place`, which is empty when it was in several manifests.
fn worded(steps: &[&Step], place: &str, voice: Voice) -> Option<Headline> {
    let first = steps.first()?;
    let certain = steps.iter().all(|s| s.dependency);
    let at =
        |preposition: &str| if place.is_empty() { String::new() } else { format!(" {preposition} {place}") };
    let uniform = steps.iter().all(|s| s.verb == first.verb);
    if steps.iter().any(|s| s.own && s.versions.is_none())
        || (!certain && place.is_empty() && first.verb != Verb::Bump)
    {
        return None;
    }
    let details: Vec<String> =
        if steps.len() > 1 { steps.iter().map(|s| s.told(voice.tense)).collect() } else { Vec::new() };
    let listed = names::listed(&steps.iter().map(|s| s.name()).collect::<Vec<_>>());
    let (n, verb) = (steps.len(), voice.say(first.verb));
    let wordings = match (first.verb, n) {
        (_, 1) if first.versions.is_some() => {
            let place = if first.own { at("in") } else { String::new() };
            vec![format!("{}{place}", first.told(voice.tense)), format!("{verb} {listed}{place}")]
        }
        (Verb::Update, 1) => vec![format!("{verb} {listed}{}", at("in"))],
        (Verb::Add | Verb::Remove | Verb::Bump, 2..) | (Verb::Add | Verb::Remove, 1) if uniform => {
            let place = match first.verb {
                Verb::Bump if steps.iter().any(|s| s.own) => at("in"),
                Verb::Add if !certain => at("to"),
                Verb::Remove if !certain => at("from"),
                _ => String::new(),
            };
            let by_name = (n <= 3).then(|| format!("{verb} {listed}{place}"));
            let noun = if certain { "dependencies" } else { "versions" };
            let counted = match (first.verb, certain) {
                (Verb::Bump, false) => Some(format!("{verb} {n} {noun}{}", at("in"))),
                (_, true) => Some(format!("{verb} {n} {noun}")),
                _ => None,
            };
            by_name.into_iter().chain(counted).collect()
        }
        _ if certain && n > 1 => {
            let told =
                steps.iter().map(|s| format!("{} {}", voice.say(s.verb), s.name())).collect::<Vec<_>>();
            let by_name = (n <= 3).then(|| names::listed(&told));
            by_name.into_iter().chain([format!("{} {n} dependencies", voice.say(Verb::Update))]).collect()
        }
        _ => return None,
    };
    let found = voice.first(wordings)?;
    Some(found.with_details(details))
}
