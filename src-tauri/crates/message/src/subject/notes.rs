//! What the author wrote down of a change in the same change: the one new note of a changelog.

use super::{Headline, Voice};
use crate::{
    change::Change, changelog, defuse, file_class::FileClass, patch::Side, verbs, vocabulary::imperative,
};

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
    let verb = imperative(first)?;
    let plain = rest.chars().all(|c| c.is_alphanumeric() || " _-.,\'/:+()".contains(c));
    let text = format!("{} {rest}", verbs::in_tense(verb, voice.tense));
    (plain && defuse::line(&text) == text).then_some(())?;
    voice.first([text])
}
