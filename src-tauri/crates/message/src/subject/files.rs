//! What happened, by file: says something for every change, and nothing but the status of each file.

use super::Headline;
use crate::{change::Change, names};
use autocommit_core::{
    draft::{FileDiff, FileStatus},
    path::RepoPath,
    text::counted,
};
use std::collections::HashSet;

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

    fn verb(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Rename => "rename",
            Self::Remove => "remove",
        }
    }
}

/// Every file by name, or counted.
pub(super) fn listed(changes: &[Change<'_>]) -> Option<Headline> {
    if let [change] = changes {
        return alone(change);
    }
    let all: Vec<&Change<'_>> = changes.iter().collect();
    Headline::of(&capital(&summary(&all)?)).or_else(|| {
        let n = counted(changes.len(), "file");
        Headline::of(&format!("Change {n}")).map(Headline::partial)
    })
}

/// `add a.txt and update b.txt`, `update 5 files in src/api`: starts with a small letter, for the end of a longer
/// subject as well. Nothing where there is no file.
pub(super) fn summary(changes: &[&Change<'_>]) -> Option<String> {
    if changes.is_empty() {
        return None;
    }
    let wordings = [by_name(changes), news(changes), counts(changes, true), counts(changes, false)];
    wordings.into_iter().flatten().find(|text| text.chars().count() <= super::LIMIT)
}

/// The same with counts alone.
pub(super) fn counted_summary(changes: &[&Change<'_>]) -> Option<String> {
    counts(changes, false)
}

fn alone(change: &Change<'_>) -> Option<Headline> {
    let path = &change.file.path;
    let mut name = names::short(path);
    let verb = match &change.file.status {
        FileStatus::Submodule => format!("{} submodule", capital(Kind::of(change.file).verb())),
        FileStatus::TypeChanged => "Change the type of".to_owned(),
        _ => capital(Kind::of(change.file).verb()),
    };
    // In front of a lone short name there is room for its folder where the name alone is hardly a name.
    if name.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        name = names::full(path, names::SUBJECT_NAME);
    }
    Headline::of(&format!("{verb} {name}"))
        .or_else(|| Headline::of(&format!("{verb} 1 file")).map(Headline::partial))
}

fn by_name(changes: &[&Change<'_>]) -> Option<String> {
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
        (!members.is_empty()).then(|| format!("{} {}", kind.verb(), names::listed(&members)))
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
fn news(changes: &[&Change<'_>]) -> Option<String> {
    let (new, others): (Vec<&Change<'_>>, Vec<_>) =
        changes.iter().partition(|c| Kind::of(c.file) == Kind::Add);
    let ([new], false) = (new.as_slice(), others.is_empty()) else { return None };
    let others = [counts(&others, true), counts(&others, false)].into_iter().flatten();
    let mut texts = others.map(|others| format!("add {}, {others}", names::short(&new.file.path)));
    texts.find(|text| text.chars().count() <= super::LIMIT)
}

fn counts(changes: &[&Change<'_>], place: bool) -> Option<String> {
    let numbers =
        Kind::ALL.iter().map(|kind| (kind, changes.iter().filter(|c| Kind::of(c.file) == *kind).count()));
    let groups: Vec<String> = numbers
        .filter(|(_, n)| *n > 0)
        .enumerate()
        .map(|(i, (kind, n))| {
            let n = if i == 0 { counted(n, "file") } else { n.to_string() };
            format!("{} {n}", kind.verb())
        })
        .collect();
    let all = changes.iter().flat_map(|c| [Some(&c.file.path), c.renamed_from()]).flatten();
    let folder = if place { names::common_folder(all) } else { String::new() };
    let place = if folder.is_empty() { String::new() } else { format!(" in {}", names::folder(&folder)) };
    (!groups.is_empty()).then(|| format!("{}{place}", joined(&groups)))
}

/// `a`, `a and b`, `a, b and c`; with commas alone where a group is a list itself.
fn joined(groups: &[String]) -> String {
    if groups.iter().any(|g| g.contains(" and ")) { groups.join(", ") } else { names::listed(groups) }
}

/// The text with a capital first letter.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// What happened to one file, for the list in the body.
pub(crate) fn line(change: &Change<'_>, limit: usize) -> String {
    let path = |p: &RepoPath| names::full(p, limit);
    let file = change.file;
    let text = match &file.status {
        FileStatus::Renamed { from } => {
            format!("rename {} to {}", names::full(from, limit / 2), names::full(&file.path, limit / 2))
        }
        FileStatus::ModeChanged { executable: true } => format!("make {} executable", path(&file.path)),
        FileStatus::ModeChanged { executable: false } => format!("make {} not executable", path(&file.path)),
        FileStatus::TypeChanged => format!("change the type of {}", path(&file.path)),
        FileStatus::Submodule => format!("{} submodule {}", Kind::of(file).verb(), path(&file.path)),
        _ => format!("{} {}", Kind::of(file).verb(), path(&file.path)),
    };
    let edited = matches!(file.status, FileStatus::Modified | FileStatus::Renamed { .. });
    match (edited, file.binary, file.added + file.removed) {
        (true, true, _) => format!("{text} (binary)"),
        (true, false, 1..) => format!("{text} (+{} -{})", file.added, file.removed),
        _ => text,
    }
}
