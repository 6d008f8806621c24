//! The same in all files: one word became another one, or one setting has another value.

use super::{Headline, Voice, terms};
use crate::{change::Change, file_class::FileClass, terms::Turn};

/// Several files whose every changed line says the same.
pub(super) fn throughout(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    let told: Vec<&Change<'_>> =
        changes.iter().filter(|c| !matches!(c.class, FileClass::Lock | FileClass::Generated)).collect();
    if told.len() < 2 {
        return None;
    }
    let mut turns = Vec::new();
    for change in &told {
        let terms = change.terms();
        if !terms.nothing_else {
            return None;
        }
        turns.extend(terms.turns.iter().cloned());
    }
    let files: Vec<String> = told.iter().map(|c| terms::place(c)).collect();
    let same = terms::turned(&turns, &files, voice).filter(|_| distinct(&turns) == 1)?;
    voice.first(same)
}

/// How many different things happened, wherever they did.
fn distinct(turns: &[Turn]) -> usize {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for turn in turns {
        let this = match turn {
            Turn::Swap { from, to, .. } => (from.as_str(), to.as_str()),
            Turn::Value { key, values, .. } => {
                (key.as_str(), values.as_ref().map_or("", |(_, to)| to.as_str()))
            }
            Turn::Put { names, .. } => (names.first().map_or("", String::as_str), "put"),
            Turn::Taken { names, .. } => (names.first().map_or("", String::as_str), "taken"),
            Turn::Modifier { word, .. } => (word.as_str(), "modifier"),
        };
        if !seen.contains(&this) {
            seen.push(this);
        }
    }
    seen.len()
}
