//! The scope of a change, by the vote of past commits; mostly none.

use crate::{
    Habits,
    facts::Facts,
    habits::{Past, Style},
    kind::ClassSet,
};
use std::collections::HashMap;

/// Paths of the change that are compared; more say nothing new.
const PATHS: usize = 12;
/// Share of the votes that a scope needs, and past commits that have to have voted.
const SHARE: f64 = 0.8;
const VOTERS: usize = 3;
/// The vote of doubt, so that few distant commits decide nothing.
const DOUBT: f64 = 0.3;

/// Names that say nothing about where something is.
const GENERIC: &[&str] = &["src", "lib", "app", "main", "misc", "test", "tests", "all", "general", "other"];

/// The scope, or the area, where the past leaves little doubt.
pub(crate) fn of(facts: &Facts<'_>, habits: &Habits) -> Option<String> {
    if habits.style == Style::Plain || habits.lint.scope == Some(false) {
        return None;
    }
    let permitted = |scope: &String| {
        let plain = scope.chars().all(|c| c.is_alphanumeric() || "-_/.@,* ".contains(c));
        let listed = habits.lint.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope));
        plain && listed && scope.chars().count() <= 24 && !scope.contains('@')
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
    let votes = votes(facts, habits);
    let all: f64 = votes.values().map(|(weight, _)| weight).sum();
    let best = votes.iter().filter_map(|(scope, (weight, n))| Some((scope.as_ref()?, *weight, *n)));
    let best = best.max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0)));
    let voters: usize = votes.values().map(|(_, n)| n).sum();
    let sure = best.filter(|(scope, weight, _)| {
        voters >= VOTERS
            && weight / (all + DOUBT) >= SHARE
            && !GENERIC.contains(&scope.to_lowercase().as_str())
    });
    let found = sure.map(|(scope, ..)| scope.clone()).filter(permitted);
    if found.is_some() || habits.lint.scope != Some(true) {
        return found;
    }
    // Where every message must have one: the best guess, else a part of a path that is a known scope, else the first.
    let known = habits.lint.scopes.clone().unwrap_or_default();
    let mut parts = facts.changes.iter().flat_map(|c| path_of(c.file.path.as_bytes()));
    let part = parts.find(|part| known.contains(part) || known.is_empty() && permitted(part));
    best.map(|(scope, ..)| scope.clone())
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

/// Weight and number of the commits that had each scope; nearer ones weigh more.
fn votes(facts: &Facts<'_>, habits: &Habits) -> HashMap<Option<String>, (f64, usize)> {
    let paths: Vec<String> = facts
        .changes
        .iter()
        .take(PATHS)
        .map(|c| String::from_utf8_lossy(c.file.path.as_bytes()).into_owned())
        .collect();
    let mut votes: HashMap<Option<String>, (f64, usize)> = HashMap::new();
    let voters = habits.past.iter().filter(|p| habits.style == Style::Area || p.kind.is_some());
    for past in voters.filter(|p| !p.classes.only_dependencies()) {
        let weight = nearness(&paths, past);
        if weight > 0.05 {
            let vote = votes.entry(past.scope.clone()).or_default();
            *vote = (vote.0 + weight, vote.1 + 1);
        }
    }
    votes
}

/// How much of the change's paths a past commit touched, between 0 and 1; what touched much else counts less.
fn nearness(paths: &[String], past: &Past) -> f64 {
    let shared = |path: &String| {
        let depth = path.split('/').count();
        let common =
            past.paths.iter().map(|p| path.split('/').zip(p.split('/')).take_while(|(a, b)| a == b).count());
        (common.max().unwrap_or_default() as f64 / depth as f64).powi(3)
    };
    let mean = paths.iter().map(shared).sum::<f64>() / paths.len().max(1) as f64;
    let breadth = (paths.len() + 1) as f64 / past.paths.len().max(1) as f64;
    mean * breadth.min(1.0).sqrt()
}
