//! What came, went or became something else in one file, by the words on its changed lines.

use super::Voice;
use crate::{
    change::Change,
    file_class::FileClass,
    language::{Language, extension},
    names, steps,
    terms::{Fate, Role, Term, Turn, is_joined},
    verbs::Verb,
};
use autocommit_core::text::counted;
use std::cmp::Ordering;

/// In a change of more lines than this, one word for another is not what it is about.
const FEW_LINES: usize = 12;

/// Wordings about one file, from the fullest to the shortest; none where no word tells the change.
pub(super) fn told(change: &Change<'_>, voice: Voice) -> Vec<String> {
    exactly(change, voice).unwrap_or_else(|| by_words(change, voice))
}

/// The same where every changed line is told.
pub(super) fn told_exactly(change: &Change<'_>, voice: Voice) -> Option<Vec<String>> {
    let terms = change.terms();
    let all = terms.turns.iter().all(|turn| !matches!(turn, Turn::Value { values: None, .. }));
    exactly(change, voice).filter(|_| all && terms.turns.len() <= 3)
}

fn exactly(change: &Change<'_>, voice: Voice) -> Option<Vec<String>> {
    let terms = change.terms();
    turned(&terms.turns, &[place(change)], voice).filter(|_| terms.nothing_else)
}

fn by_words(change: &Change<'_>, voice: Voice) -> Vec<String> {
    let terms = change.terms();
    let file = place(change);
    let code = Language::of(&change.file.path).is_some();
    // What is code is none to read, wherever it lies.
    let prose = change.class == FileClass::Docs && !code;
    let (came, went) = terms.lines;
    let mut new = tellers(&terms.came, code);
    // A README that speaks of READMEs.
    let document = file.rsplit('/').next().unwrap_or(&file);
    new.retain(|term| !document.eq_ignore_ascii_case(&term.name));
    let log = crate::changelog::is_one(&change.file.path.shown());
    if prose && log {
        return Vec::new();
    }
    if prose && !new.is_empty() {
        return of_names(voice.say(Verb::Mention), "in", &new, &file);
    }
    // A row of a table is not used by it.
    let data =
        extension(&change.file.path).is_some_and(|e| ["csv", "tsv", "txt", "log"].contains(&e.as_str()));
    if let Some(first) = new.first().filter(|first| !data || matches!(first.role, Role::Key | Role::Entry)) {
        return match first.role {
            Role::Key | Role::Entry => of_names(voice.say(Verb::Add), "to", &new, &file),
            Role::Import => of_names(voice.say(Verb::Import), "in", &new, &file),
            _ => of_names(voice.say(Verb::Use), "in", &new, &file),
        };
    }
    // One word became another one among few other changes.
    let names: Vec<&Turn> = terms.turns.iter().filter(|turn| is_word_for_word(turn)).collect();
    if let [only] = names.as_slice()
        && !prose
        && came + went <= FEW_LINES
        && let Some(found) = turned(&[(*only).clone()], std::slice::from_ref(&file), voice)
    {
        return found;
    }
    let gone = tellers(&terms.went, code);
    let asked = conditions(change, voice);
    if code && came + went <= FEW_LINES && !asked.is_empty() {
        return asked;
    }
    match gone.first() {
        Some(first) if came == 0 && went > 0 => {
            let what = if went == 1 { "a line" } else { "lines" };
            let whole = !gone.iter().any(|term| term.elsewhere);
            let import = first.role == Role::Import && went == 1 && whole;
            let entry = first.role == Role::Entry && !prose && whole;
            let remove = voice.say(Verb::Remove);
            let verb = match (import, entry) {
                (true, _) => format!("{remove} the import of"),
                (_, true) => remove.to_owned(),
                _ => format!("{remove} {what} with"),
            };
            of_names(&verb, "from", &gone, &file)
        }
        _ => Vec::new(),
    }
}

/// `change the condition on a in f`, where one name tells all conditions that changed in the same way.
fn conditions(change: &Change<'_>, voice: Voice) -> Vec<String> {
    let [first, rest @ ..] = change.terms().conditions.as_slice() else { return Vec::new() };
    if rest.iter().any(|other| (&other.on, other.fate) != (&first.on, first.fate)) {
        return Vec::new();
    }
    let many = !rest.is_empty();
    let (verb, preposition) = match first.fate {
        Fate::Came => (Verb::Add, "to"),
        Fate::Changed => (Verb::Change, "in"),
        Fate::Went => (Verb::Remove, "from"),
    };
    let what = if many { "conditions" } else { "a condition" };
    let inside = first.inside.as_ref().filter(|_| rest.iter().all(|other| other.inside == first.inside));
    let places = inside.into_iter().cloned().chain([place(change)]);
    places.map(|place| format!("{} {what} on {} {preposition} {place}", voice.say(verb), first.on)).collect()
}

fn is_word_for_word(turn: &Turn) -> bool {
    let word = |text: &str| text.len() >= 4 && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    matches!(turn, Turn::Swap { from, to, .. } if word(from) && word(to) && from.starts_with(char::is_alphabetic))
}

/// What a file is called behind `in`: workflows by their name, documents without the end of theirs.
pub(super) fn place(change: &Change<'_>) -> String {
    match (super::workflows::workflow(change), change.class) {
        (Some(workflow), FileClass::Ci) => format!("{workflow} workflow"),
        (_, FileClass::Docs) => names::document(&change.file.path),
        _ => names::short(&change.file.path),
    }
}

/// Places behind one `in`: two by name, more by their number.
pub(super) fn together(places: &[String]) -> String {
    if places.len() <= 2 { names::listed(places) } else { counted(places.len(), "file") }
}

/// The words that tell a change, two at most: names of several words, or entries and keys.
fn tellers(terms: &[Term], code: bool) -> Vec<&Term> {
    let tells = |term: &&Term| {
        let listed = matches!(term.role, Role::Entry | Role::Key) && !code || term.role == Role::Entry;
        let used = term.imported && term.role > Role::Import;
        is_joined(&term.name) || listed || used || term.role == Role::Call && term.name.len() >= 5
    };
    let mut found: Vec<&Term> = terms.iter().filter(tells).collect();
    // What stands below another new key of a settings file is part of it.
    if !code && let Some(outer) = found.iter().filter(|t| t.role == Role::Key).map(|t| t.indent).min() {
        found.retain(|term| term.role != Role::Key || term.indent == outer);
    }
    if let Some(first) = found.first().copied() {
        found.retain(|term| term.role == first.role && is_joined(&term.name) == is_joined(&first.name));
        found.truncate(2);
    }
    found
}

/// `use a and b in place`, `use a in place`, and the same in the file.
fn of_names(verb: &str, preposition: &str, terms: &[&Term], file: &str) -> Vec<String> {
    let mut wordings = Vec::new();
    for few in [terms, &terms[..1]] {
        let inside =
            few.iter().map(|term| term.inside.as_deref()).reduce(|a, b| if a == b { a } else { None });
        let place = inside.flatten().filter(|place| few.iter().all(|term| term.name != *place));
        let names: Vec<String> = few.iter().map(|term| term.name.clone()).collect();
        let names = names::listed(&names);
        wordings.extend(place.map(|place| format!("{verb} {names} {preposition} {place}")));
        wordings.push(format!("{verb} {names} {preposition} {file}"));
    }
    wordings
}

/// What became what on every changed line of these files.
pub(super) fn turned(turns: &[Turn], files: &[String], voice: Voice) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    let mut places: Vec<Option<&str>> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    let kind = |turn: &Turn| std::mem::discriminant(turn);
    let first = turns.first()?;
    if turns.iter().any(|turn| kind(turn) != kind(first)) {
        return None;
    }
    for turn in turns {
        let (text, inside) = match turn {
            Turn::Swap { from, to, inside, .. } => {
                // One definition among the places makes it a new name everywhere.
                let defines = turns.iter().any(|other| {
                    matches!(other, Turn::Swap { from: f, to: t, defines: true, .. } if f == from && t == to)
                });
                (swapped(from, to, defines, voice), inside)
            }
            Turn::Value { key, values, inside } => {
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
                (valued(key, values.as_ref(), voice), inside)
            }
            Turn::Put { names, used, inside, .. } => {
                let verb = if *used { Verb::Use } else { Verb::Add };
                (format!("{} {}", voice.say(verb), names::listed(names)), inside)
            }
            Turn::Taken { names, inside, .. } => {
                (format!("{} {}", voice.say(Verb::Remove), names::listed(names)), inside)
            }
            Turn::Modifier { word, name, came } => (modified(word, name, *came, voice), &None),
        };
        places.push(inside.as_deref());
        if !found.contains(&text) {
            found.push(text);
        }
    }
    let elsewhere = turns
        .iter()
        .any(|turn| matches!(turn, Turn::Put { elsewhere: true, .. } | Turn::Taken { elsewhere: true, .. }));
    if elsewhere && turns.len() > 1 {
        return None;
    }
    let to = match first {
        Turn::Put { used: true, .. } if elsewhere => "in a line of",
        Turn::Put { used: true, .. } => "in",
        Turn::Put { .. } if elsewhere => "to a line of",
        Turn::Put { .. } => "to",
        Turn::Taken { used, .. } if elsewhere || *used => "from a line of",
        Turn::Taken { .. } => "from",
        _ => "in",
    };
    let file = together(files);
    let inside = places.iter().copied().reduce(|a, b| if a == b { a } else { None }).flatten();
    let inside = inside.filter(|_| files.len() == 1);
    let both = match found.as_slice() {
        [one] => one.clone(),
        // The verb once: `change a and b`.
        [..] if keys.len() == found.len() && keys.len() > 1 => {
            let change = voice.say(Verb::Change);
            match keys.as_slice() {
                [a, b] => format!("{change} {a} and {b}"),
                [a, b, c] => format!("{change} {a}, {b} and {c}"),
                [a, b, rest @ ..] => format!("{change} {a}, {b} and {} more", rest.len()),
                _ => return None,
            }
        }
        [one, other] => format!("{one} and {other}"),
        _ => return None,
    };
    if matches!(first, Turn::Modifier { .. }) {
        return Some(vec![format!("{both} {to} {file}"), both]);
    }
    let places = inside.map(|place| format!("{both} {to} {place}"));
    // Without its place it would be said of all lines.
    let alone = (!elsewhere).then(|| both.clone());
    Some(places.into_iter().chain([format!("{both} {to} {file}")]).chain(alone).collect())
}

fn swapped(from: &str, to: &str, defines: bool, voice: Voice) -> String {
    let number = |text: &str| text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    if defines {
        format!("{} {from} to {to}", voice.say(Verb::Rename))
    } else if number(from) && number(to)
        || from.eq_ignore_ascii_case(to)
        || from.starts_with(to)
        || to.starts_with(from)
    {
        format!("{} {from} to {to}", voice.say(Verb::Change))
    } else {
        format!("{} {from} with {to}", voice.say(Verb::Replace))
    }
}

fn valued(key: &str, values: Option<&(String, String)>, voice: Voice) -> String {
    let Some((from, to)) = values else { return format!("{} {key}", voice.say(Verb::Change)) };
    let lower = key.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    let version = words.any(|word| matches!(word, "version" | "rev")) || key.ends_with("Version");
    let verb =
        if version && steps::compared(from, to) == Some(Ordering::Less) { Verb::Bump } else { Verb::Change };
    format!("{} {key} from {from} to {to}", voice.say(verb))
}

fn modified(word: &str, name: &str, came: bool, voice: Voice) -> String {
    match (word, came) {
        ("export", true) => format!("{} {name}", voice.say(Verb::Export)),
        ("export", false) => format!("{} exporting {name}", voice.say(Verb::Stop)),
        ("pub" | "public", true) => format!("{} {name} public", voice.say(Verb::Make)),
        ("pub" | "public", false) => format!("{} {name} not public", voice.say(Verb::Make)),
        (word, true) => format!("{} {name} {word}", voice.say(Verb::Make)),
        (word, false) => format!("{} {name} not {word}", voice.say(Verb::Make)),
    }
}
