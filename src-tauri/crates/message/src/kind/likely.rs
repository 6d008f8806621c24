//! The likeliest types of a change where people left a history: what they called changes of the same classes, what they
//! called the nearest ones, and what the change looks like.

use super::{
    ClassSet, MANIFEST,
    weights::{CARE, NEAR, SAME, SEEN, WEIGHTS},
};
use crate::{
    Habits,
    change::Change,
    facts::Facts,
    file_class::FileClass,
    habits::{KNOWN, Past},
};
use autocommit_core::draft::FileStatus;
use std::collections::HashMap;

/// Past commits that tell what the habits are; fewer are chance.
const ENOUGH: usize = 20;
/// Votes of doubt among changes of the same classes, and among the nearest.
const SAME_DOUBT: f64 = 4.0;
const NEAR_DOUBT: f64 = 0.3;

/// Whether people left enough for it.
pub(super) fn is_known(habits: &Habits) -> bool {
    typed(habits).nth(ENOUGH - 1).is_some()
}

fn typed(habits: &Habits) -> impl Iterator<Item = (usize, &Past, &String)> {
    let all = habits.past.iter().enumerate().filter(|(_, p)| !p.paths.is_empty());
    all.filter_map(|(number, past)| Some((number, past, past.kind.as_ref()?)))
}

/// The types that the change may have with how likely each is, as logarithm; the likeliest first.
pub(super) fn types(facts: &Facts<'_>, set: ClassSet, habits: &Habits) -> Vec<(String, f64)> {
    let (mut all, mut same, mut near) = (Votes::default(), Votes::default(), Votes::default());
    let paths: Vec<String> = facts
        .changes
        .iter()
        .take(24)
        .map(|c| String::from_utf8_lossy(c.file.path.as_bytes()).into_owned())
        .collect();
    let nearness = habits.near.to(paths.iter().map(String::as_str));
    for (number, past, kind) in typed(habits) {
        let alike = past.classes.essence() == set.essence();
        all.add(kind, 1.0);
        same.add(kind, if alike { 1.0 } else { 0.0 });
        let nearness = nearness.get(number).copied().unwrap_or_default();
        near.add(kind, (nearness * if alike { 1.0 } else { 0.5 }).powi(2));
    }
    let mut kinds: Vec<&str> = all
        .by_kind
        .iter()
        .filter(|(kind, n)| KNOWN.contains(*kind) || **n >= 3.0)
        .map(|(kind, _)| *kind)
        .filter(|kind| is_true(kind, &paths, set))
        .chain(["chore", "refactor"])
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let seen = seen(facts, set);
    let mut found: Vec<(String, f64)> = kinds
        .iter()
        .map(|kind| {
            let usual = (all.of(kind) + 0.5) / (all.sum + 0.5 * kinds.len() as f64);
            let share =
                |votes: &Votes<'_>, doubt: f64| ((votes.of(kind) + doubt * usual) / (votes.sum + doubt)).ln();
            let name = meaning(kind);
            let row = WEIGHTS.iter().find(|(word, _)| *word == name).or(WEIGHTS.last());
            let looks: f64 = row.map_or(0.0, |(_, row)| row.iter().zip(&seen).map(|(w, s)| w * s).sum());
            let care = if ["feat", "fix"].contains(&name) { CARE } else { 0.0 };
            let score = SAME * share(&same, SAME_DOUBT) + NEAR * share(&near, NEAR_DOUBT) + looks - care;
            ((*kind).to_owned(), score)
        })
        .collect();
    found.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
    found
}

/// Votes for types.
#[derive(Default)]
struct Votes<'k> {
    by_kind: HashMap<&'k str, f64>,
    sum: f64,
}

impl<'k> Votes<'k> {
    fn add(&mut self, kind: &'k str, vote: f64) {
        *self.by_kind.entry(kind).or_default() += vote;
        self.sum += vote;
    }

    fn of(&self, kind: &str) -> f64 {
        self.by_kind.get(kind).copied().unwrap_or_default()
    }
}

/// One word for all spellings of a type.
fn meaning(kind: &str) -> &str {
    match kind {
        "feature" => "feat",
        "bugfix" | "hotfix" | "bug" => "fix",
        "doc" => "docs",
        "tests" => "test",
        other => other,
    }
}

/// Whether a type can be true of a change of these files, whatever people called others: what only its author can know
/// (that it is faster, or safer) is nothing to guess.
fn is_true(kind: &str, paths: &[String], set: ClassSet) -> bool {
    use FileClass::{Build, Ci, Config, Docs, Lock, Source, Test};
    let any = |classes: &[FileClass]| classes.iter().any(|class| set.has(*class));
    let part = |words: &[&str]| paths.iter().any(|p| words.iter().any(|w| p.to_lowercase().contains(w)));
    match meaning(kind) {
        // Words, checks and what a build server does are neither new in the program nor a repair of it.
        "feat" | "fix" => !set.only(&[Docs, Test, Ci]),
        "refactor" | "chore" => true,
        "docs" => any(&[Docs]) && !any(&[Source]),
        "test" => any(&[Test]) && !any(&[Source]),
        "ci" => any(&[Ci, Config, Build]),
        "build" => any(&[MANIFEST, Lock, Build, Config, Ci]),
        "style" => !any(&[Source]),
        "deps" => any(&[MANIFEST, Lock]),
        "examples" => part(&["example"]),
        "types" => part(&["types", ".d.ts"]),
        "i18n" => part(&["locale", "i18n", "lang"]),
        "perf" | "security" | "wip" | "dx" | "revert" | "release" => false,
        // A word of their own: where a path has it, it is the name of a part.
        other => {
            let is_part =
                |p: &String| p.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w == other);
            paths.iter().any(is_part)
        }
    }
}

/// What the change looks like, in the order of the columns of [`WEIGHTS`].
fn seen(facts: &Facts<'_>, set: ClassSet) -> [f64; SEEN] {
    use FileClass::{Build, Ci, Config, Docs, Lock, Source, Test};
    let sources: Vec<&Change<'_>> = facts.changes.iter().filter(|c| c.class == Source).collect();
    let files = if sources.is_empty() { facts.changes.iter().collect() } else { sources };
    let sum = |of: fn(&Change<'_>) -> usize| files.iter().map(|c| of(c)).sum::<usize>() as f64;
    let fresh = files.iter().filter(|c| c.file.status == FileStatus::Added).count().min(2) as f64;
    let yes = |fact: bool| f64::from(u8::from(fact));
    [
        1.0,
        sum(|c| c.file.added).ln_1p(),
        sum(|c| c.file.removed).ln_1p(),
        fresh,
        (files.len().max(1) as f64).ln(),
        yes(set.has(Docs)),
        yes(set.has(Test)),
        yes(set.has(MANIFEST) || set.has(Lock)),
        yes(set.has(Source)),
        yes(set.has(Ci)),
        yes(set.has(Build)),
        yes(set.has(Config)),
        yes(set.only(&[Docs])),
        yes(set.only(&[Test])),
        yes(set.only(&[Ci])),
    ]
}
