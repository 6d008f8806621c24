//! The type of a change, told by the classes and the status of its files, and by what people called such changes.
//!
//! Where a program reads types and releases by them, no type that it would release for is ever chosen.

use crate::{
    Habits,
    change::Change,
    facts::Facts,
    file_class::FileClass,
    habits::{Past, Style},
    names,
    patch::Side,
};
use autocommit_core::draft::FileStatus;
use std::collections::HashMap;

/// A set of classes of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ClassSet(u16);

impl ClassSet {
    pub(crate) fn of(classes: impl Iterator<Item = FileClass>) -> Self {
        Self(classes.fold(0, |set, class| set | Self::bit(class)))
    }

    fn bit(class: FileClass) -> u16 {
        1 << match class {
            FileClass::Lock => 0,
            FileClass::Ci => 1,
            FileClass::Test => 2,
            FileClass::Manifest(_) => 3,
            FileClass::Docs => 4,
            FileClass::Build => 5,
            FileClass::Config => 6,
            FileClass::Generated => 7,
            FileClass::Source => 8,
        }
    }

    fn has(self, class: FileClass) -> bool {
        self.0 & Self::bit(class) != 0
    }

    /// Whether there is nothing but these in it.
    fn only(self, classes: &[FileClass]) -> bool {
        self.0 != 0 && self.0 & !classes.iter().fold(0, |set, class| set | Self::bit(*class)) == 0
    }

    /// Manifests and lock files, and nothing else.
    pub(crate) fn only_dependencies(self) -> bool {
        self.only(&[MANIFEST, FileClass::Lock])
    }
}

const MANIFEST: FileClass = FileClass::Manifest(crate::file_class::Manifest::Other);

/// Types that release robots cut a version for.
const RELEASING: &[&str] =
    &["feat", "feature", "fix", "bugfix", "hotfix", "bug", "perf", "revert", "release"];

/// At most so many candidates.
const MOST: usize = 4;

/// The types that a change may have, the most likely first; none in a repository whose messages have no type.
pub(crate) fn candidates(facts: &Facts<'_>, habits: &Habits) -> Vec<String> {
    if habits.style != Style::Conventional {
        return Vec::new();
    }
    let set = ClassSet::of(facts.changes.iter().map(|c| c.class));
    let (first, certain) = choice(facts, set, habits);
    let others: &[&str] = match () {
        () if certain || facts.changes.is_empty() => &[],
        () if set.has(FileClass::Source) => &["fix", "feat", "refactor", "chore", "perf"],
        () => &["chore"],
    };
    let mut found: Vec<String> = Vec::new();
    for word in std::iter::once(first.as_str()).chain(others.iter().copied()) {
        let word = allowed(word, habits);
        let sound = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if found.len() < MOST && !found.contains(&word) && sound {
            found.push(word);
        }
    }
    found
}

/// The type, and whether the files leave no other.
fn choice(facts: &Facts<'_>, set: ClassSet, habits: &Habits) -> (String, bool) {
    use FileClass::{Build, Ci, Config, Docs, Lock, Source, Test};
    let told = |word: &str| (word.to_owned(), true);
    if set.only_dependencies()
        && let Some((kind, _)) = &habits.dependencies
        && !releases(kind, habits)
    {
        return (kind.clone(), true);
    }
    if let Some(kind) = written_into(facts) {
        return told(kind);
    }
    if let Some(kind) = by_place(facts, set, habits) {
        return (kind, !set.has(Source));
    }
    match () {
        () if set.only(&[Ci]) => told("ci"),
        () if set.only(&[Docs]) => told("docs"),
        () if set.only(&[Test]) => told("test"),
        () if set.only_dependencies() => told("chore"),
        () if set.only(&[MANIFEST, Lock, Build]) => told("build"),
        () if set.only(&[MANIFEST, Lock, Config]) => told("chore"),
        () if !set.has(Source) => {
            let order = [(Ci, "ci"), (Build, "build"), (Test, "test"), (Docs, "docs")];
            told(order.iter().find(|(class, _)| set.has(*class)).map_or("chore", |(_, word)| word))
        }
        () => (of_source(facts, set, habits), false),
    }
}

/// Changes that leave what the program does as it was.
fn written_into(facts: &Facts<'_>) -> Option<&'static str> {
    let mut sources = facts.changes.iter().filter(|c| c.class == FileClass::Source).peekable();
    sources.peek()?;
    let mut blank = true;
    for change in sources {
        let patch = change.patch().filter(|_| change.is_modified() && change.lines() > 0)?;
        let (added, removed) = (squeezed(patch.side(Side::Added)), squeezed(patch.side(Side::Removed)));
        let comments = || patch.lines().all(|l| crate::language::is_comment(&change.file.path, &l.text));
        // In Python and its like, spaces are part of what a line says.
        let spaces = added == removed && !crate::language::by_indentation(&change.file.path);
        blank &= spaces;
        if !spaces && !comments() {
            return None;
        }
    }
    Some(if blank { "style" } else { "docs" })
}

/// Text without white space.
fn squeezed<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}

/// What people called changes of the same roles, or below the same folder, where they agree.
fn by_place(facts: &Facts<'_>, set: ClassSet, habits: &Habits) -> Option<String> {
    let source = set.has(FileClass::Source);
    let usable = |kind: &String| !releases(kind, habits) && !["revert", "release"].contains(&kind.as_str());
    let votes = |fits: &dyn Fn(&Past) -> bool| {
        let mut counts: HashMap<&String, usize> = HashMap::new();
        let kinds =
            habits.past.iter().filter(|p| !p.paths.is_empty() && fits(p)).filter_map(|p| p.kind.as_ref());
        kinds.for_each(|k| *counts.entry(k).or_default() += 1);
        let all: usize = counts.values().sum();
        let best = counts.into_iter().max_by(|(a, n), (b, m)| n.cmp(m).then_with(|| b.cmp(a)));
        best.map(|(kind, n)| (kind.clone(), n, all))
    };
    // Nothing but habit makes something new or a repair out of what is no source, and only a strong one does.
    let guess = |kind: &String| ["feat", "fix"].contains(&kind.as_str());
    if let [only] = facts.changes.as_slice() {
        let path = String::from_utf8_lossy(only.file.path.as_bytes()).into_owned();
        if let Some((kind, n, all)) = votes(&|p: &Past| p.paths.len() <= 3 && p.paths.contains(&path))
            && all >= 3
            && n * 10 >= all * 6
            && usable(&kind)
            && !guess(&kind)
            && !(source && kind == "docs")
        {
            return Some(kind);
        }
    }
    if !source
        && let Some((kind, n, all)) = votes(&|p: &Past| p.classes == set)
        && all >= 3
        && n * 4 >= all * if guess(&kind) { 3 } else { 2 }
        && usable(&kind)
    {
        return Some(kind);
    }
    let mut folder = names::common_folder(facts.changes.iter().map(|c| &c.file.path));
    while !folder.is_empty() {
        let within = format!("{folder}/");
        if let Some((kind, n, all)) = votes(&|p: &Past| p.paths.iter().all(|path| path.starts_with(&within)))
            && all >= 4
        {
            return (n * 4 >= all * 3 && !guess(&kind) && usable(&kind)).then_some(kind);
        }
        folder = folder.rsplit_once('/').map_or(String::new(), |(above, _)| above.to_owned());
    }
    None
}

/// The type of a change of source files.
fn of_source(facts: &Facts<'_>, set: ClassSet, habits: &Habits) -> String {
    let sources: Vec<&Change<'_>> = facts.changes.iter().filter(|c| c.class == FileClass::Source).collect();
    let gone = sources.iter().all(|c| c.file.status == FileStatus::Deleted);
    let moved = sources.iter().all(|c| c.renamed_from().is_some() && c.lines() == 0);
    let modes = sources.iter().all(|c| matches!(c.file.status, FileStatus::ModeChanged { .. }));
    if gone || moved || modes || habits.release_automation {
        return quiet(habits).to_owned();
    }
    if is_new(&sources, set, habits) { "feat".to_owned() } else { "fix".to_owned() }
}

/// What a change of source is called where it is neither new nor a repair.
fn quiet(habits: &Habits) -> &'static str {
    let of_source = || habits.past.iter().filter(|p| p.classes.has(FileClass::Source));
    let used = |word: &str| of_source().filter(|p| p.kind.as_deref() == Some(word)).count();
    if used("chore") > used("refactor") { "chore" } else { "refactor" }
}

/// Whether a change of source is more likely something new than a repair: a logistic regression over 1,350 commits of
/// seven repositories, right on 56 to 92 % of each one that it was not fitted on (the more frequent type: 50 to 83 %).
fn is_new(sources: &[&Change<'_>], set: ClassSet, habits: &Habits) -> bool {
    let count = |word: &str| habits.past.iter().filter(|p| p.kind.as_deref() == Some(word)).count() as f64;
    let sum = |of: fn(&Change<'_>) -> usize| sources.iter().map(|c| of(c)).sum::<usize>() as f64;
    let fresh = sources.iter().filter(|c| c.file.status == FileStatus::Added).count().min(2) as f64;
    let has = |class: FileClass| f64::from(u8::from(set.has(class)));
    let score = -3.18
        + 0.58 * ((count("feat") + 2.0) / (count("fix") + 2.0)).ln()
        + 0.47 * sum(|c| c.file.added).ln_1p()
        - 0.49 * sum(|c| c.file.removed).ln_1p()
        - 0.32 * fresh
        + 2.0 * has(FileClass::Docs)
        - 0.37 * has(FileClass::Test)
        + 1.18 * (sources.len() as f64).ln_1p()
        + 0.72 * has(MANIFEST);
    score > 0.0
}

fn releases(kind: &str, habits: &Habits) -> bool {
    habits.release_automation && RELEASING.contains(&kind)
}

/// The repository's own word for a type, or the nearest one that it has; empty where there is none.
fn allowed(word: &str, habits: &Habits) -> String {
    const WORDS: &[&[&str]] = &[
        &["feat", "feature"],
        &["fix", "bugfix", "hotfix", "bug"],
        &["docs", "doc"],
        &["test", "tests"],
        &["ci", "build", "chore", "refactor"],
        &["build", "chore", "refactor"],
        &["style", "refactor", "chore"],
        &["perf", "refactor", "chore"],
        &["refactor", "chore"],
        &["chore", "build", "refactor"],
    ];
    let total: usize = habits.types.iter().map(|(_, n)| n).sum();
    let used = |w: &str| habits.types.iter().find(|(k, _)| k == w).map_or(0, |(_, n)| *n);
    let may = |w: &str| match &habits.lint.types {
        Some(types) => types.iter().any(|t| t == w),
        // What next to nobody writes here is called something else here.
        None => total < 20 || used(w) * 50 >= total || ["feat", "fix", "refactor", "chore"].contains(&w),
    };
    let fits = |w: &&str| may(w) && !releases(w, habits);
    let row = WORDS.iter().find(|row| row[0] == word).copied().unwrap_or_default();
    // Of two spellings of one thing the one that is used.
    let spelt = row.iter().copied().filter(|w| used(w) > 0 && !["refactor", "chore", "build"].contains(w));
    let own = [word].into_iter().filter(|w| used(w) > 0 || row.len() < 2);
    let found = own.chain(spelt).chain([word]).chain(row.iter().copied()).find(fits);
    let found = found.map(str::to_owned).or_else(|| {
        let listed = habits.lint.types.iter().flatten().find(|w| !releases(w, habits)).cloned();
        listed.or_else(|| Some("chore".to_owned()).filter(|_| habits.lint.types.is_none()))
    });
    found.unwrap_or_default()
}
