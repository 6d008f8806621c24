//! The scope of a change, by the vote of past commits; mostly none.

use crate::{
    Habits,
    facts::Facts,
    habits::{Past, Style},
    kind::ClassSet,
};
use std::collections::{BTreeMap, HashMap};

/// Paths of the change that are compared; more say nothing new.
const PATHS: usize = 24;
/// Past commits that have to have voted.
const VOTERS: usize = 3;
/// Share of the updates of dependencies that have to agree.
const SHARE: f64 = 0.8;
/// The vote of doubt, so that few distant commits decide nothing; and how many are nearest.
const DOUBT: f64 = 0.02;
const NEAREST: usize = 5;
/// What a commit of another type counts for.
const OTHER_TYPE: f64 = 0.6;
/// How sure a scope has to be to be written: right on 72 % of what is written then, in repositories that the weights of
/// [`sureness`] were not fitted on.
const SURE: f64 = 0.6;

/// Names that say nothing about where something is.
const GENERIC: &[&str] =
    &["src", "lib", "app", "main", "misc", "test", "tests", "all", "general", "other", "release"];

/// The scope, or the area, of a change of this type, where the past leaves little doubt.
pub(crate) fn of(facts: &Facts<'_>, habits: &Habits, kind: Option<&str>) -> Option<String> {
    if habits.style == Style::Plain || habits.lint.scope == Some(false) {
        return None;
    }
    let permitted = |scope: &String| {
        let plain = scope.chars().all(|c| c.is_alphanumeric() || "-_/.@,* ".contains(c));
        let listed = habits.lint.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope));
        // Blanks at its ends are lost with those of the subject.
        plain && listed && scope.trim() == scope && scope.chars().count() <= 24 && !scope.contains('@')
    };
    let set = ClassSet::of(facts.changes.iter().map(|c| c.class));
    if set.only_dependencies()
        && let Some((_, scope)) = &habits.dependencies
    {
        // `deps` is true of what is certainly dependencies.
        let certain = facts.changes.iter().all(|c| match (&c.steps, c.class.manifest()) {
            (Some(steps), _) => steps.iter().all(|s| s.dependency),
            (None, manifest) => manifest.is_none(),
        });
        return of_dependencies(facts, habits, scope.as_ref()).filter(permitted).filter(|_| certain);
    }
    let dependencies = set.only_dependencies();
    let true_of_it = |scope: &&Candidate| {
        let word = scope.name.to_lowercase();
        !GENERIC.contains(&word.as_str()) && (dependencies || !word.starts_with("deps"))
    };
    let candidates = candidates(facts, habits, kind);
    let best = candidates.iter().max_by(|a, b| a.sureness.total_cmp(&b.sureness));
    let sure = best.filter(|c| c.sureness >= SURE).filter(true_of_it);
    let found = sure.map(|c| c.name.clone()).filter(permitted);
    if found.is_some() || habits.lint.scope != Some(true) {
        return found;
    }
    // Where every message must have one: the best guess, else a part of a path that is a known scope, else the first.
    let known = habits.lint.scopes.clone().unwrap_or_default();
    let mut parts = facts.changes.iter().flat_map(|c| path_of(c.file.path.as_bytes()));
    let part = parts.find(|part| known.contains(part) || known.is_empty() && permitted(part));
    best.map(|c| c.name.clone())
        .filter(permitted)
        .or(part)
        .or_else(|| known.first().cloned())
        .filter(permitted)
}

/// The scope that people give to updates of these very files, else to such updates at all; where they write none of
/// them, what the bots are told to write.
fn of_dependencies(facts: &Facts<'_>, habits: &Habits, usual: Option<&String>) -> Option<String> {
    let touched = |past: &&Past| {
        facts.changes.iter().any(|c| past.paths.iter().any(|p| p.as_bytes() == c.file.path.as_bytes()))
    };
    let people: Vec<&Past> =
        habits.past.iter().filter(|p| p.kind.is_some() && p.classes.only_dependencies()).collect();
    let near: Vec<&Past> = people.iter().copied().filter(touched).collect();
    let voters = if near.len() >= 2 { near } else { people };
    if voters.len() < 2 {
        return usual.cloned();
    }
    let agreeing = voters.iter().filter(|p| p.scope.as_ref() == usual).count();
    usual.filter(|_| agreeing as f64 >= voters.len() as f64 * SHARE).cloned()
}

fn path_of(path: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(path).split('/').map(str::to_owned).collect()
}

/// A scope that the change may have.
struct Candidate {
    name: String,
    /// How likely it is, 0 to 1.
    sureness: f64,
}

/// The two scopes with the most votes of past commits; the nearer and the more alike in type, the more a vote weighs.
fn candidates(facts: &Facts<'_>, habits: &Habits, kind: Option<&str>) -> Vec<Candidate> {
    let paths: Vec<String> = facts
        .changes
        .iter()
        .take(PATHS)
        .map(|c| String::from_utf8_lossy(c.file.path.as_bytes()).to_lowercase())
        .collect();
    let written = facts.changes.iter().take(PATHS).map(|c| String::from_utf8_lossy(c.file.path.as_bytes()));
    let written: Vec<_> = written.collect();
    let nearness = habits.near.to(written.iter().map(|path| &**path));
    let mut voters: Vec<(f64, Option<&String>)> = Vec::new();
    let (mut known, mut all, mut scoped) = (HashMap::<&String, f64>::new(), 0.0, 0.0);
    for (past, near) in habits.past.iter().zip(nearness) {
        if past.paths.is_empty() || habits.style != Style::Area && past.kind.is_none() {
            continue;
        }
        all += 1.0;
        if let Some(scope) = &past.scope {
            scoped += 1.0;
            *known.entry(scope).or_insert(0.0) += 1.0;
        }
        if near > 0.0 {
            let alike = kind.is_none() || past.kind.as_deref() == kind;
            voters.push((if alike { near } else { near * OTHER_TYPE }, past.scope.as_ref()));
        }
    }
    if voters.len() < VOTERS {
        return Vec::new();
    }
    voters.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut votes: BTreeMap<Option<&String>, f64> = BTreeMap::new();
    voters.iter().for_each(|(near, scope)| *votes.entry(*scope).or_default() += near * near);
    let total: f64 = votes.values().sum();
    let unscoped = votes.remove(&None).unwrap_or_default();
    let mut named: Vec<(f64, &String)> =
        votes.into_iter().filter_map(|(scope, votes)| Some((votes, scope?))).collect();
    named.sort_by(|a, b| b.0.total_cmp(&a.0));
    let nearest = &voters[..voters.len().min(NEAREST)];
    let closest: f64 = nearest.iter().map(|(near, _)| near).sum();
    let candidate = |(votes, scope): &(f64, &String)| {
        let of_nearest: f64 = nearest.iter().filter(|(_, s)| *s == Some(*scope)).map(|(near, _)| near).sum();
        Candidate {
            name: (*scope).clone(),
            sureness: sureness([
                votes / (total + DOUBT),
                votes / (total - unscoped + DOUBT),
                named_by_paths(&scope.to_lowercase(), &paths),
                of_nearest / (closest + 0.05),
                scoped / all,
                known[*scope].ln_1p(),
            ]),
        }
    };
    named.iter().take(2).map(candidate).collect()
}

/// The share of the paths with a part called like the scope.
fn named_by_paths(scope: &str, paths: &[String]) -> f64 {
    let stem = scope.trim_end_matches('s');
    let named = |path: &&String| {
        path.split(['/', '.']).any(|part| part == scope || part.trim_end_matches('s') == stem)
    };
    paths.iter().filter(named).count() as f64 / paths.len().max(1) as f64
}

/// How likely a scope is: a logistic regression over 1,892 commits of people in 14 repositories, none of them in the open
/// corpus of the evaluation. Seen are its share of all votes and of those for any scope, the share of paths with its name,
/// its share of the nearest commits, the share of commits with a scope here, and the logarithm of how often it was used.
fn sureness(seen: [f64; 6]) -> f64 {
    const WEIGHTS: [f64; 6] = [1.35, 1.28, 1.54, 2.24, 0.76, 0.13];
    let score = WEIGHTS.iter().zip(seen).map(|(weight, value)| weight * value).sum::<f64>() - 4.38;
    1.0 / (1.0 + (-score).exp())
}
