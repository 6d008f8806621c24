//! Source files: what was defined, removed or renamed by name; else inside which definition something changed.

use super::{
    Headline, Voice,
    files::{counted_summary, summary},
    terms,
};
use crate::{
    change::Change, facts::rank, file_class::FileClass, names, patch::Side, symbols, test_name, verbs::Verb,
};
use autocommit_core::{draft::FileStatus, text::counted};

/// In a change of more files than this, names in one of them no longer describe the whole.
const FEW_FILES: usize = 8;

/// What one file's definitions tell.
struct Story {
    /// From the fullest wording to the shortest.
    wordings: Vec<String>,
    details: Vec<String>,
    /// How many definitions were added or removed.
    weight: usize,
}

/// What the definitions on changed lines tell.
pub(super) fn named(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    if let [change] = changes {
        let tests = new_tests(change, voice).into_iter();
        let story = tests
            .chain(story(change, voice))
            .chain(by_terms(change, voice))
            .chain(inside(change, voice))
            .next()?;
        return voice.first(story.wordings).map(|headline| headline.with_details(story.details));
    }
    if let Some(moved) = symbols::moved(changes) {
        let place = |change: &Change<'_>| names::short(&change.file.path);
        let (from, to) = (place(moved.from), place(moved.to));
        let verb = voice.say(Verb::Move);
        return voice.first([format!("{verb} {} from {from} to {to}", names::listed(moved.names))]);
    }
    // New, gone or moved files are the bigger news.
    let quiet = changes.iter().all(|c| c.is_modified() || c.class != FileClass::Source);
    if changes.len() > FEW_FILES || !quiet {
        return None;
    }
    // Without source, a file stands for all of them only where they are of one kind.
    let chief = changes.iter().min_by_key(|c| rank(c.class))?.class;
    if chief != FileClass::Source && changes.iter().any(|c| c.class != chief) {
        return None;
    }
    let mut chiefs: Vec<(usize, &Change<'_>)> =
        changes.iter().enumerate().filter(|(_, c)| c.class == chief && c.is_modified()).collect();
    chiefs.sort_by_key(|(_, c)| std::cmp::Reverse(c.lines()));
    let told = |i: usize, story: Story| -> Option<Headline> {
        let others: Vec<&Change<'_>> =
            changes.iter().enumerate().filter(|(at, _)| *at != i).map(|(_, c)| c).collect();
        let ends = beside(&others, chief, voice)?;
        let texts = story.wordings.iter().flat_map(|w| ends.iter().map(move |end| with_end(w, end)));
        voice.first(texts).map(|headline| headline.with_details(story.details))
    };
    let of = |of: fn(&Change<'_>, Voice) -> Option<Story>| {
        let mut stories: Vec<(usize, Story)> =
            chiefs.iter().filter_map(|(i, c)| Some((*i, of(c, voice)?))).collect();
        stories.sort_by_key(|(_, story)| std::cmp::Reverse(story.weight));
        stories.into_iter().find_map(|(i, story)| told(i, story))
    };
    of(story).or_else(|| of(by_terms)).or_else(|| of(inside))
}

/// The ends of a subject about one file, for the others, from the fullest wording to the shortest.
fn beside(others: &[&Change<'_>], chief: FileClass, voice: Voice) -> Option<Vec<String>> {
    let written = |c: &&Change<'_>| matches!(c.file.status, FileStatus::Added | FileStatus::Modified);
    let is = |class: FileClass| others.iter().any(|c| c.class == class);
    let minor = [FileClass::Test, FileClass::Docs, FileClass::Config, FileClass::Lock, FileClass::Generated];
    // Where only something of them went, it goes without them.
    let with = |c: &&Change<'_>| c.file.added > 0 || !matches!(c.class, FileClass::Test | FileClass::Docs);
    if others.iter().all(|c| written(c) && with(c) && c.class != chief && minor.contains(&c.class)) {
        let named = [(FileClass::Test, "tests"), (FileClass::Docs, "docs")];
        let named: Vec<String> =
            named.iter().filter(|(class, _)| is(*class)).map(|(_, word)| (*word).to_owned()).collect();
        let end = if named.is_empty() { String::new() } else { format!(" with {}", names::listed(&named)) };
        return Some(vec![end]);
    }
    // `update 1 file` behind another file reads like a count of all.
    let summaries = [summary(others, "other file", voice)?, counted_summary(others, "other file", voice)?];
    Some(summaries.map(|text| format!(", {text}")).to_vec())
}

/// `replace a with b` goes on with a comma: `with tests` is no part of what came instead.
fn with_end(text: &str, end: &str) -> String {
    let comma = if text.contains(" with ") && end.starts_with(" with ") { "," } else { "" };
    format!("{text}{comma}{end}")
}

/// Definitions that only one side of a file's change has.
fn story(change: &Change<'_>, voice: Voice) -> Option<Story> {
    if !change.is_modified() {
        return None;
    }
    let symbols = &change.symbols;
    let (new, gone) = (symbols.added.as_slice(), symbols.removed.as_slice());
    let file = names::short(&change.file.path);
    let (add, remove) = (voice.say(Verb::Add), voice.say(Verb::Remove));
    let weight = new.len() + gone.len();
    let (mut wordings, mut details) = (Vec::new(), Vec::new());
    if let Some((from, to)) = &symbols.renamed {
        let wordings = vec![format!("{} {from} to {to} in {file}", voice.say(Verb::Rename))];
        return Some(Story { wordings, details, weight: 2 });
    }
    match (new, gone) {
        ([], []) => return None,
        (new, []) => {
            wordings.extend(by_name(add, "to", new, &file));
            details = left_out(add, new);
        }
        ([], gone) => {
            wordings.extend(by_name(remove, "from", gone, &file));
            details = left_out(remove, gone);
        }
        ([new], [gone]) => wordings.push(format!("{add} {new} and {remove} {gone} in {file}")),
        (new, gone) => {
            let (n, m) = (counted(new.len(), "definition"), gone.len());
            let (some, others) = (first_of(new), first_of(gone));
            wordings.push(format!("{add} {some}, {remove} {others} in {file}"));
            wordings.push(format!("{add} {n} and {remove} {m} in {file}"));
            details = [left_out(add, new), left_out(remove, gone)].concat();
            if details.is_empty() {
                details = [listed_item(add, new), listed_item(remove, gone)].concat();
            }
        }
    }
    Some(Story { wordings, details, weight })
}

/// What the words of its lines tell.
fn by_terms(change: &Change<'_>, voice: Voice) -> Option<Story> {
    let wordings = terms::told(change, voice);
    (!wordings.is_empty()).then_some(Story { wordings, details: Vec::new(), weight: 1 })
}

/// Names with their file, names alone, a number: from the fullest wording to the shortest.
fn by_name(verb: &str, preposition: &str, names: &[String], file: &str) -> Vec<String> {
    let few = match names {
        [a, b, _, ..] => format!("{a}, {b} and more"),
        _ => first_of(names),
    };
    let all = (names.len() <= 3).then(|| names::listed(names));
    let placed = all.iter().chain([&few]).map(|names| format!("{verb} {names} {preposition} {file}"));
    let alone = format!("{verb} {}", first_of(names));
    let counted = format!("{verb} {} {preposition} {file}", counted(names.len(), "definition"));
    placed.chain([alone, counted]).collect()
}

/// The first name, and that there are others: how many, a patch without its surroundings does not tell for certain.
fn first_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first, ..] => format!("{first} and more"),
    }
}

/// The names as items of the body where the subject cannot have all of them.
fn left_out(verb: &str, names: &[String]) -> Vec<String> {
    if names.len() <= 3 { Vec::new() } else { listed_item(verb, names) }
}

fn listed_item(verb: &str, names: &[String]) -> Vec<String> {
    names.iter().map(|n| format!("{verb} {n}")).collect()
}

/// Tests that a test file got: the number of them, or the whole file.
fn new_tests(change: &Change<'_>, voice: Voice) -> Option<Story> {
    let patch = change.patch()?;
    if change.class != FileClass::Test || patch.side(Side::Removed).any(test_name::opens) {
        return None;
    }
    let n = patch.side(Side::Added).filter(|l| test_name::opens(l)).count();
    let name = names::short(&change.file.path);
    let add = voice.say(Verb::Add);
    let wordings = match (&change.file.status, n) {
        (FileStatus::Added, 1..) => {
            vec![format!("{add} tests for {}", tested(&names::file_name(&change.file.path))?)]
        }
        (FileStatus::Modified, 2..) => vec![format!("{add} {n} tests to {name}")],
        _ => return None,
    };
    Some(Story { wordings, details: Vec::new(), weight: n })
}

/// What a test file is about, by its name: `test_cli.py`, `cli_test.go` and `cli.test.ts` are about `cli`.
fn tested(name: &str) -> Option<String> {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let about = stem.strip_prefix("test_").or_else(|| stem.strip_suffix("_test")).or_else(|| {
        let marked = [".test.", ".spec."].iter().any(|mark| name.contains(mark));
        marked.then_some(stem)
    })?;
    let plain = !about.is_empty() && about.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    plain.then(|| about.to_owned())
}

/// Definitions whose head or inside changed: `update a in x.rs`. All of them, or the one with most of the change.
fn inside(change: &Change<'_>, voice: Voice) -> Option<Story> {
    if !change.is_modified() {
        return None;
    }
    let symbols = &change.symbols;
    let found = match symbols.changed.as_slice() {
        [] if symbols.nothing_else && symbols.inside.len() <= 2 => symbols.inside.as_slice(),
        [] if symbols.mostly_first => &symbols.inside[..1],
        changed => changed,
    };
    if found.is_empty() || found.len() > 2 {
        return None;
    }
    let text = format!(
        "{} {} in {}",
        voice.say(Verb::Update),
        names::listed(found),
        names::short(&change.file.path)
    );
    Some(Story { wordings: vec![text], details: Vec::new(), weight: found.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_test_file_is_about() {
        for (name, about) in [
            ("test_cli.py", Some("cli")),
            ("cli_test.go", Some("cli")),
            ("cli.spec.ts", Some("cli")),
            ("support.rs", None),
            ("test_.py", None),
        ] {
            assert_eq!(tested(name).as_deref(), about, "{name}");
        }
    }
}
