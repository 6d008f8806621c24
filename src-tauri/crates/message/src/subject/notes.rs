//! What the author wrote down of a change in the same change: the one new note of a changelog.

use super::{Headline, Voice};
use crate::{
    change::Change,
    changelog, defuse,
    file_class::FileClass,
    fitting::{CIRCUMSTANCES, REASONS, fitting, is_whole},
    patch::{FilePatch, Line, Side},
    verbs,
    vocabulary::imperative,
};

/// Verbs whose other forms begin a note as well: `Added the option`, `Fixes the path`. Of others they may be nouns and
/// adjectives: `Exports of it`, `Cached replies expire`.
const TOLD: &[&str] = &[
    "add",
    "allow",
    "avoid",
    "bump",
    "change",
    "correct",
    "disable",
    "enable",
    "ensure",
    "expose",
    "fix",
    "implement",
    "improve",
    "introduce",
    "move",
    "prevent",
    "reduce",
    "refactor",
    "remove",
    "rename",
    "replace",
    "simplify",
    "update",
    "upgrade",
];

/// Words behind a first word that is a noun, or an adjective.
const BEHIND_NOUNS: &[&str] = &[
    "for",
    "of",
    "to",
    "on",
    "in",
    "from",
    "and",
    "or",
    "regarding",
    "around",
    "related",
    "with",
    "where",
    "throughout",
    "width",
    "size",
    "length",
    "height",
    "position",
    "these",
    "those",
];

/// Whether a note tells what was done: `Exports are sorted now`, `Support for it` and `Logging no longer` do not.
fn commands(first: &str, verb: &str, rest: &str) -> bool {
    let form =
        first.eq_ignore_ascii_case(verb) || TOLD.contains(&verb) && !first.to_lowercase().ends_with("ing");
    let told = ["is", "are", "was", "were", "has", "have", "can", "cannot", "will", "does", "now", "no"];
    let sentence = rest.split(' ').any(|word| told.contains(&word));
    let second = rest.split(' ').next().unwrap_or_default();
    form && !sentence && !BEHIND_NOUNS.contains(&second)
}

/// Source files, and a changelog with exactly one new note that begins with a verb.
pub(super) fn noted(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let (logs, others): (Vec<&Change<'_>>, Vec<_>) =
        changes.iter().partition(|c| changelog::is_one(&c.file.path.shown()));
    let [log] = logs.as_slice() else { return None };
    if !others.iter().any(|c| c.class == FileClass::Source) {
        return None;
    }
    let note = one_note(log.patch()?)?;
    let note = first_sentence(changelog::note(&note)?).trim().trim_end_matches('.').replace('`', "");
    let (first, rest) = note.split_once(' ')?;
    let verb = imperative(first).filter(|verb| commands(first, verb, rest))?;
    let plain = rest.chars().all(|c| c.is_alphanumeric() || " _-.,\'/:+()".contains(c));
    let text = format!("{} {rest}", verbs::in_tense(verb, voice.tense));
    (plain && defuse::line(&text) == text).then_some(())?;
    let text = shortened(&text, verb, voice.room)?;
    let whole = text.matches('(').count() == text.matches(')').count() && is_whole(&text);
    // What introduces a list says nothing itself.
    let introduces = text.split(' ').any(|word| word == "following");
    (whole && !introduces).then(|| voice.headline(&text))?
}

/// The only new note, on one line; what stands below it, further in, is about it.
fn one_note(patch: &FilePatch<'_>) -> Option<String> {
    // One run of new lines: what stands between two of them may be what the second belongs to.
    let changed = |line: &Line<'_>| line.side != Side::Context && !line.text.trim().is_empty();
    let mut hunks = patch.hunks.iter().filter(|hunk| hunk.lines.iter().any(changed));
    let (Some(hunk), None) = (hunks.next(), hunks.next()) else { return None };
    let (first, last) = (hunk.lines.iter().position(changed)?, hunk.lines.iter().rposition(changed)?);
    let run = &hunk.lines[first..=last];
    if run.iter().any(|line| line.side != Side::Added) {
        return None;
    }
    let mut lines = run.iter().map(|line| line.text.as_ref()).peekable();
    // A note in a file of its own tells a release robot first which packages it is for.
    if lines.next_if_eq(&"---").is_some() {
        lines.find(|line| *line == "---")?;
    }
    let mut lines = lines.skip_while(|line| line.trim().is_empty());
    let first = lines.next()?;
    let mut note = first.trim_end().to_owned();
    let mut goes_on = true;
    for line in lines {
        if line.trim().is_empty() {
            goes_on = false;
            continue;
        }
        if depth(line) <= depth(first) {
            return None;
        }
        goes_on &= !begins_anew(line.trim_start());
        if goes_on {
            note = format!("{note} {}", line.trim());
        }
    }
    Some(note)
}

/// Columns in front of a line.
fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line begins an entry, a table, a quotation or code.
fn begins_anew(line: &str) -> bool {
    let numbered =
        line.split_once(". ").is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    numbered || ["- ", "* ", "+ ", "```", "~~~", "|", "> ", "#"].iter().any(|mark| line.starts_with(mark))
}

fn first_sentence(text: &str) -> &str {
    let shortened = |before: &str| {
        let last = before.rsplit([' ', '(']).next().unwrap_or_default();
        last.chars().count() <= 1 || ["e.g", "i.e", "vs", "etc", "cf"].contains(&last.to_lowercase().as_str())
    };
    let mut ends = text.match_indices(". ").map(|(at, _)| at);
    let end = ends.find(|at| text[at + 2..].starts_with(char::is_uppercase) && !shortened(&text[..*at]));
    end.map_or(text, |end| &text[..end])
}

/// What fits: where something was brought or mended, that it was is true without where and how.
fn shortened(text: &str, verb: &str, room: usize) -> Option<String> {
    const BRINGS: &[&str] = &[
        "add",
        "correct",
        "create",
        "expose",
        "fix",
        "implement",
        "improve",
        "include",
        "introduce",
        "provide",
        "support",
    ];
    fitting(text, room, if BRINGS.contains(&verb) { CIRCUMSTANCES } else { REASONS })
}
