//! The type of a change, told by the classes and the status of its files, and by what people called such changes.
//!
//! Where a program reads types and releases by them, no type that it would release for is ever chosen.

mod likely;
mod noted;
mod weights;

use crate::{Habits, facts::Facts, file_class::FileClass, habits::Style, layout::Look, only, symbols};
use autocommit_core::draft::FileStatus;

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

    /// What tells most about a change: locks only where there is nothing else, and beside source tests and documents alone.
    fn essence(self) -> Self {
        let lock = Self::bit(FileClass::Lock);
        let rest = if self.0 == lock { self.0 } else { self.0 & !lock };
        let beside = [FileClass::Source, FileClass::Test, FileClass::Docs];
        let kept = beside.iter().fold(0, |set, class| set | Self::bit(*class));
        Self(if self.has(FileClass::Source) { rest & kept } else { rest })
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
/// How much less likely than the first a candidate may be, as logarithm.
const CLOSE: f64 = 1.5;

/// The types that a change may have, the most likely first; none in a repository whose messages have no type.
pub(crate) fn candidates(facts: &Facts<'_>, habits: &Habits) -> Vec<String> {
    if habits.style != Style::Conventional {
        return Vec::new();
    }
    let set = ClassSet::of(facts.changes.iter().map(|c| c.class));
    let words = match by_rule(facts, set, habits) {
        Some(word) => vec![allowed(&word, habits)],
        None if likely::is_known(habits) => by_habit(facts, set, habits),
        None => by_class(facts, set, habits).iter().map(|word| allowed(word, habits)).collect(),
    };
    let mut found: Vec<String> = Vec::new();
    for word in words {
        let sound = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if found.len() < MOST && !found.contains(&word) && sound {
            found.push(word);
        }
    }
    found
}

/// The type of a change that leaves no other.
fn by_rule(facts: &Facts<'_>, set: ClassSet, habits: &Habits) -> Option<String> {
    if set.only_dependencies()
        && let Some((kind, _)) = &habits.dependencies
        && !releases(kind, habits)
    {
        return Some(kind.clone());
    }
    let still = || (is_still(facts) || symbols::moved(&facts.changes).is_some()).then(|| quiet(habits));
    written_into(facts).or_else(|| noted::kind(facts)).or_else(still).map(str::to_owned)
}

/// The types by what people called changes like it, the likeliest first.
fn by_habit(facts: &Facts<'_>, set: ClassSet, habits: &Habits) -> Vec<String> {
    let ranked = likely::types(facts, set, habits);
    let best = ranked.first().map_or(0.0, |(_, score)| *score);
    // What it would be called does not come first where a robot reads it; nothing else is nearer to the truth then.
    let barred = ranked.first().is_some_and(|(kind, _)| releases(kind, habits));
    let quiet = (barred && set.has(FileClass::Source)).then(|| allowed(quiet(habits), habits));
    let listed = |kind: &String| habits.lint.types.as_ref().is_none_or(|types| types.contains(kind));
    let near = ranked
        .iter()
        .filter(|(kind, score)| listed(kind) && !releases(kind, habits) && (barred || best - score < CLOSE));
    let mut found: Vec<String> = quiet.into_iter().chain(near.map(|(kind, _)| kind.clone())).collect();
    if found.is_empty() {
        found.push(allowed("chore", habits));
    }
    found
}

/// The types by the roles of the files alone.
fn by_class(facts: &Facts<'_>, set: ClassSet, habits: &Habits) -> Vec<&'static str> {
    use FileClass::{Build, Ci, Config, Docs, Lock, Source, Test};
    if facts.changes.is_empty() {
        return vec!["chore"];
    }
    if set.has(Source) {
        return [of_source(facts, habits), "fix", "feat", "refactor", "chore"].to_vec();
    }
    let order = [(Ci, "ci"), (Build, "build"), (Test, "test"), (Docs, "docs")];
    vec![match () {
        () if set.only(&[MANIFEST, Lock, Config]) => "chore",
        () => order.iter().find(|(class, _)| set.has(*class)).map_or("chore", |(_, word)| word),
    }]
}

/// Changes that leave what the program does as it was.
fn written_into(facts: &Facts<'_>) -> Option<&'static str> {
    let mut sources = facts.changes.iter().filter(|c| c.class == FileClass::Source).peekable();
    if sources.peek().is_none() {
        // What stands in remarks of settings and workflows is for reading.
        let told = facts.changes.iter().all(|c| matches!(c.class, FileClass::Config | FileClass::Ci));
        return (told && only::of(&facts.changes) == Some(only::Only::Comments)).then_some("docs");
    }
    let mut blank = true;
    for change in sources {
        let patch = change.patch().filter(|_| change.is_modified() && change.lines() > 0)?;
        let spaces = change.look() == Some(Look::Spaces);
        blank &= spaces;
        if !spaces && !only::is_remarks(change, patch) {
            return None;
        }
    }
    Some(if blank { "style" } else { "docs" })
}

/// Whether source was only removed, moved, or made executable or not.
fn is_still(facts: &Facts<'_>) -> bool {
    let mut sources = facts.changes.iter().filter(|c| c.class == FileClass::Source).peekable();
    sources.peek().is_some()
        && sources.all(|c| match &c.file.status {
            FileStatus::Deleted | FileStatus::ModeChanged { .. } => true,
            FileStatus::Renamed { .. } => c.lines() == 0,
            _ => false,
        })
}

/// The type of a change of source files where there are no habits.
fn of_source(facts: &Facts<'_>, habits: &Habits) -> &'static str {
    let sources = || facts.changes.iter().filter(|c| c.class == FileClass::Source);
    let added: usize = sources().map(|c| c.file.added).sum();
    let removed: usize = sources().map(|c| c.file.removed).sum();
    match () {
        () if habits.release_automation => quiet(habits),
        () if added > 30 && added > removed * 3 => "feat",
        () => "fix",
    }
}

/// What a change of source is called where it is neither new nor a repair.
fn quiet(habits: &Habits) -> &'static str {
    let of_source = || habits.past.iter().filter(|p| p.classes.has(FileClass::Source));
    let used = |word: &str| of_source().filter(|p| p.kind.as_deref() == Some(word)).count();
    if used("chore") > used("refactor") { "chore" } else { "refactor" }
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
