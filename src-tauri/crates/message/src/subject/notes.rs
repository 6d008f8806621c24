//! What the author wrote down of a change in the same change: the one new note of a changelog.

use super::{Headline, Voice};
use crate::{
    change::Change, changelog, defuse, file_class::FileClass, patch::Side, verbs, vocabulary::imperative,
};

/// Whether a note tells what was done: `Exports are sorted now`, `Support for it` and `Logging no longer` do not.
fn commands(first: &str, verb: &str, rest: &str) -> bool {
    let form = first.eq_ignore_ascii_case(verb) || first.ends_with("ed");
    let told = ["is", "are", "was", "were", "has", "have", "can", "cannot", "will", "does", "now", "no"];
    let sentence = rest.split(' ').any(|word| told.contains(&word));
    let noun = ["for ", "of ", "to ", "on ", "in ", "from "].iter().any(|start| rest.starts_with(start));
    form && !sentence && !noun
}

/// Source files, and a changelog with exactly one new note that begins with a verb.
pub(super) fn noted(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let (logs, others): (Vec<&Change<'_>>, Vec<_>) =
        changes.iter().partition(|c| changelog::is_one(&c.file.path.shown()));
    let [log] = logs.as_slice() else { return None };
    if !others.iter().any(|c| c.class == FileClass::Source) {
        return None;
    }
    let patch = log.patch()?;
    if patch.side(Side::Removed).any(|line| !line.trim().is_empty()) {
        return None;
    }
    let mut lines = patch.side(Side::Added).filter(|line| !line.trim().is_empty()).peekable();
    // A note in a file of its own tells a release robot first which packages it is for.
    if lines.next_if_eq(&"---").is_some() {
        lines.find(|line| *line == "---")?;
    }
    let note = lines.next().filter(|_| lines.next().is_none()).and_then(changelog::note)?;
    let note = note.trim().trim_end_matches('.').replace('`', "");
    let (first, rest) = note.split_once(' ')?;
    let verb = imperative(first).filter(|verb| commands(first, verb, rest))?;
    let plain = rest.chars().all(|c| c.is_alphanumeric() || " _-.,\'/:+()".contains(c));
    let text = format!("{} {rest}", verbs::in_tense(verb, voice.tense));
    (plain && defuse::line(&text) == text).then_some(())?;
    voice.first([text])
}
