//! What the author wrote down of a change in the same change: the one new note of a changelog.

use super::{Headline, Voice};
use crate::{
    change::Change,
    changelog, defuse,
    file_class::FileClass,
    fitting::{CIRCUMSTANCES, fitting},
    patch::Side,
    verbs,
    vocabulary::imperative,
};

/// Forms of verbs that are no nouns: `Fixes the path`, but not `Exports of it`.
const THIRD_PERSON: &[&str] = &[
    "adds",
    "allows",
    "avoids",
    "ensures",
    "fixes",
    "implements",
    "improves",
    "introduces",
    "prevents",
    "removes",
    "renames",
    "simplifies",
];

/// Whether a note tells what was done: `Exports are sorted now`, `Support for it` and `Logging no longer` do not.
fn commands(first: &str, verb: &str, rest: &str) -> bool {
    let third = THIRD_PERSON.contains(&first.to_ascii_lowercase().as_str());
    let form = first.eq_ignore_ascii_case(verb) || first.ends_with("ed") || third;
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
    let note = one_note(lines)?;
    let note = first_sentence(changelog::note(&note)?).trim().trim_end_matches('.').replace('`', "");
    let (first, rest) = note.split_once(' ')?;
    let verb = imperative(first).filter(|verb| commands(first, verb, rest))?;
    let plain = rest.chars().all(|c| c.is_alphanumeric() || " _-.,\'/:+()".contains(c));
    let text = format!("{} {rest}", verbs::in_tense(verb, voice.tense));
    (plain && defuse::line(&text) == text).then_some(())?;
    let text = fitting(&text, voice.room, CIRCUMSTANCES)?;
    (text.matches('(').count() == text.matches(')').count()).then(|| voice.headline(&text))?
}

fn first_sentence(text: &str) -> &str {
    let mut ends = text.match_indices(". ").map(|(at, _)| at);
    let end = ends.find(|at| text[at + 2..].starts_with(char::is_uppercase));
    end.map_or(text, |end| &text[..end])
}

/// The only note that these lines begin, on one line; what stands below it, further in, is about it.
fn one_note<'a>(mut lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let begins =
        |line: &str| line.trim_start().starts_with(['-', '*', '+', '`', '~', '|', '>', '#', '<', '!', '[']);
    let first = lines.next()?;
    let mut note = first.trim_end().to_owned();
    let mut goes_on = true;
    for line in lines {
        if depth(line) <= depth(first) {
            return None;
        }
        goes_on &= !begins(line);
        if goes_on {
            note = format!("{note} {}", line.trim());
        }
    }
    Some(note)
}
