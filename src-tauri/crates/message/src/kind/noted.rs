//! The type that a note for the next changelog tells, where one is part of the change.

use crate::{change::Change, facts::Facts, patch::Side};

/// Folders whose files say in their names what they are about: `123.bugfix.md`.
const BY_NAME: &[&str] = &["changelog.d", "newsfragments", "news"];

/// The type that all notes of a change agree on; nothing where there are none, or nothing but notes.
pub(super) fn kind(facts: &Facts<'_>) -> Option<&'static str> {
    let (notes, others): (Vec<&Change<'_>>, Vec<_>) = facts.changes.iter().partition(|c| is_note(c));
    let mut told = notes.iter().map(|note| told_by(note));
    let first = told.next().flatten()?;
    (!others.is_empty() && told.all(|other| other == Some(first))).then_some(first)
}

fn folders_and_name(change: &Change<'_>) -> (String, String) {
    let path = String::from_utf8_lossy(change.file.path.as_bytes()).into_owned();
    path.rsplit_once('/').map_or((String::new(), path.clone()), |(f, n)| (f.to_owned(), n.to_owned()))
}

fn is_note(change: &Change<'_>) -> bool {
    let (folders, name) = folders_and_name(change);
    let by_name = folders.split('/').any(|folder| BY_NAME.contains(&folder));
    (folders == ".changes" && name.ends_with(".md") || by_name) && !name.to_uppercase().starts_with("README")
}

fn told_by(note: &Change<'_>) -> Option<&'static str> {
    let (folders, name) = folders_and_name(note);
    if folders != ".changes" {
        return name.split('.').skip(1).find_map(meaning);
    }
    // `"parser": patch:bug`, one line for each package.
    let mut tags = note.patch()?.side(Side::Added).filter_map(|line| {
        let (before, tag) = line.trim_end_matches(['"', '\'', ' ']).rsplit_once(':')?;
        ["patch", "minor", "major"].iter().any(|size| before.ends_with(size)).then(|| meaning(tag))
    });
    let first = tags.next().flatten()?;
    tags.all(|other| other == Some(first)).then_some(first)
}

fn meaning(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "bug" | "bugfix" | "fix" | "sec" | "security" => "fix",
        "feat" | "feature" => "feat",
        "doc" | "docs" => "docs",
        "deps" => "chore",
        _ => return None,
    })
}
