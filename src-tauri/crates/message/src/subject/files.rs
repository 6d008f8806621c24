//! What happened, by file: says something for every change, and nothing but the status of each file.

use super::{Headline, Voice};
use crate::{
    change::Change,
    facts::rank,
    file_class::FileClass,
    names,
    verbs::{Tense, Verb},
};
use autocommit_core::{
    draft::{FileDiff, FileStatus},
    path::RepoPath,
    text::counted,
};
use std::{cmp::Reverse, collections::HashSet};

/// At most so many files are named; more are counted.
const NAMED: usize = 4;

/// What happened to a file, as far as a subject tells it apart. In the order in which a subject tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    Update,
    Rename,
    Remove,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Add, Self::Update, Self::Rename, Self::Remove];

    fn of(file: &FileDiff) -> Self {
        match &file.status {
            // A submodule is one line, its commit: the counts tell a new one and a removed one.
            FileStatus::Submodule if file.added > 0 && file.removed == 0 => Self::Add,
            FileStatus::Submodule if file.removed > 0 && file.added == 0 => Self::Remove,
            FileStatus::Added => Self::Add,
            FileStatus::Deleted => Self::Remove,
            FileStatus::Renamed { .. } => Self::Rename,
            FileStatus::Modified
            | FileStatus::ModeChanged { .. }
            | FileStatus::TypeChanged
            | FileStatus::Submodule => Self::Update,
        }
    }

    fn verb(self) -> Verb {
        match self {
            Self::Add => Verb::Add,
            Self::Update => Verb::Update,
            Self::Rename => Verb::Rename,
            Self::Remove => Verb::Remove,
        }
    }
}

/// Every file by name, or counted.
pub(super) fn listed(changes: &[Change<'_>], voice: Voice) -> Option<Headline> {
    if let [change] = changes {
        return alone(change, voice);
    }
    let all: Vec<&Change<'_>> = changes.iter().collect();
    voice.headline(&summary(&all, "file", voice)?).or_else(|| {
        let n = counted(changes.len(), "file");
        voice.headline(&format!("{} {n}", voice.say(Verb::Change))).map(Headline::partial)
    })
}

/// `add a.txt and update b.txt`, `update 5 files in src/api`: starts with a small letter, for the end of a longer
/// subject as well, with `noun` for what is counted. Nothing where there is no file.
pub(super) fn summary(changes: &[&Change<'_>], noun: &str, voice: Voice) -> Option<String> {
    if changes.is_empty() {
        return None;
    }
    let wordings = [
        by_name(changes, voice),
        news(changes, noun, voice),
        counts(changes, true, noun, voice),
        chief(changes, voice),
        counts(changes, false, noun, voice),
    ];
    wordings.into_iter().flatten().find(|text| text.chars().count() <= voice.room)
}

/// The same with counts alone.
pub(super) fn counted_summary(changes: &[&Change<'_>], noun: &str, voice: Voice) -> Option<String> {
    counts(changes, false, noun, voice)
}

fn alone(change: &Change<'_>, voice: Voice) -> Option<Headline> {
    let path = &change.file.path;
    let mut name = if change.class == FileClass::Docs { names::document(path) } else { names::short(path) };
    let verb = match &change.file.status {
        FileStatus::Submodule => format!("{} submodule", voice.say(Kind::of(change.file).verb())),
        FileStatus::TypeChanged => format!("{} the type of", voice.say(Verb::Change)),
        _ => voice.say(Kind::of(change.file).verb()).to_owned(),
    };
    // In front of a lone short name there is room for its folder where the name alone is hardly a name.
    if name.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        name = names::full(path, names::SUBJECT_NAME);
    }
    voice
        .headline(&format!("{verb} {name}"))
        .or_else(|| voice.headline(&format!("{verb} 1 file")).map(Headline::partial))
}

fn by_name(changes: &[&Change<'_>], voice: Voice) -> Option<String> {
    if changes.len() > NAMED || changes.iter().filter(|c| c.renamed_from().is_some()).count() > 1 {
        return None;
    }
    let short: Vec<String> = changes.iter().map(|c| names::short(&c.file.path)).collect();
    let told_apart = short.iter().collect::<HashSet<_>>().len() == short.len();
    let groups = Kind::ALL.iter().filter_map(|kind| {
        let members: Vec<String> = changes
            .iter()
            .zip(&short)
            .filter(|(c, _)| Kind::of(c.file) == *kind)
            .map(|(c, s)| match c.renamed_from() {
                Some(from) => renamed(from, &c.file.path),
                None if told_apart => s.clone(),
                None => names::full(&c.file.path, names::SUBJECT_NAME),
            })
            .collect();
        (!members.is_empty()).then(|| format!("{} {}", voice.say(kind.verb()), names::listed(&members)))
    });
    Some(joined(&groups.collect::<Vec<_>>()))
}

/// `a to b`, with the folder where that changed as well.
fn renamed(from: &RepoPath, to: &RepoPath) -> String {
    if names::folder_of(from) == names::folder_of(to) {
        return format!("{} to {}", names::file_name(from), names::file_name(to));
    }
    format!("{} to {}", names::full(from, names::SUBJECT_NAME), names::full(to, names::SUBJECT_NAME))
}

/// The only new file by name, the others counted.
fn news(changes: &[&Change<'_>], noun: &str, voice: Voice) -> Option<String> {
    let (new, others): (Vec<&Change<'_>>, Vec<_>) =
        changes.iter().partition(|c| Kind::of(c.file) == Kind::Add);
    let ([new], false) = (new.as_slice(), others.is_empty()) else { return None };
    let others = [true, false].into_iter().filter_map(|place| counts(&others, place, noun, voice));
    let mut texts =
        others.map(|others| format!("{} {}, {others}", voice.say(Verb::Add), names::short(&new.file.path)));
    texts.find(|text| text.chars().count() <= voice.room)
}

/// The file with the most news by name, the others counted; where all of them fared alike.
fn chief(changes: &[&Change<'_>], voice: Voice) -> Option<String> {
    let kind = Kind::of(changes.first()?.file);
    let alike = changes.iter().all(|c| Kind::of(c.file) == kind && c.renamed_from().is_none());
    let chief = changes.iter().min_by_key(|c| (rank(c.class), Reverse(c.lines())))?;
    let name = names::short(&chief.file.path);
    let others = counted(changes.len() - 1, "more file");
    (alike && changes.len() > 2).then(|| format!("{} {name} and {others}", voice.say(kind.verb())))
}

/// How many files fared how; nothing where their place is asked for and they have none in common.
fn counts(changes: &[&Change<'_>], place: bool, noun: &str, voice: Voice) -> Option<String> {
    let numbers =
        Kind::ALL.iter().map(|kind| (kind, changes.iter().filter(|c| Kind::of(c.file) == *kind).count()));
    let groups: Vec<String> = numbers
        .filter(|(_, n)| *n > 0)
        .enumerate()
        .map(|(i, (kind, n))| {
            let n = if i == 0 { counted(n, noun) } else { n.to_string() };
            format!("{} {n}", voice.say(kind.verb()))
        })
        .collect();
    let all = changes.iter().flat_map(|c| [Some(&c.file.path), c.renamed_from()]).flatten();
    let folder = if place { names::common_folder(all) } else { String::new() };
    if place && folder.is_empty() {
        return None;
    }
    let place = if folder.is_empty() { String::new() } else { format!(" in {}", names::folder(&folder)) };
    (!groups.is_empty()).then(|| format!("{}{place}", joined(&groups)))
}

/// `a`, `a and b`, `a, b and c`; with commas alone where a group is a list itself.
fn joined(groups: &[String]) -> String {
    if groups.iter().any(|g| g.contains(" and ")) { groups.join(", ") } else { names::listed(groups) }
}

/// What happened to one file, for the list in the body.
pub(crate) fn line(change: &Change<'_>, limit: usize, tense: Tense) -> String {
    let path = |p: &RepoPath| names::full(p, limit);
    let file = change.file;
    let text = match &file.status {
        FileStatus::Renamed { from } => {
            format!(
                "{} {} to {}",
                Verb::Rename.told(tense),
                names::full(from, limit / 2),
                names::full(&file.path, limit / 2)
            )
        }
        FileStatus::ModeChanged { executable: true } => {
            format!("{} {} executable", Verb::Make.told(tense), path(&file.path))
        }
        FileStatus::ModeChanged { executable: false } => {
            format!("{} {} not executable", Verb::Make.told(tense), path(&file.path))
        }
        FileStatus::TypeChanged => format!("{} the type of {}", Verb::Change.told(tense), path(&file.path)),
        FileStatus::Submodule => {
            format!("{} submodule {}", Kind::of(file).verb().told(tense), path(&file.path))
        }
        _ => format!("{} {}", Kind::of(file).verb().told(tense), path(&file.path)),
    };
    let edited = matches!(file.status, FileStatus::Modified | FileStatus::Renamed { .. });
    match (edited, file.binary, file.added + file.removed) {
        (true, true, _) => format!("{text} (binary)"),
        (true, false, 1..) => format!("{text} (+{} -{})", file.added, file.removed),
        _ => text,
    }
}
