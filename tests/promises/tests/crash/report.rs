//! What was covered: the steps of the procedure, and the locks that crashes leave.

use crate::{
    point::{self, Point},
    steps::Step,
    sweep::Outcome,
};
use autocommit_test_support::trace::{Act, When};
use std::collections::{BTreeMap, BTreeSet};

/// A table of steps: how many points struck between the step before and this one, and within it before and after which
/// calls. Returns the steps before which nothing was killed.
pub(crate) fn steps(results: &[(Point, Outcome)]) -> Vec<&'static str> {
    println!("{:<26} {:>7} {:>6} {:>6} {:>6}  struck at", "step", "between", "before", "after", "fault");
    let mut missing = Vec::new();
    for step in Step::ALL {
        let met = || results.iter().filter(|(point, outcome)| point.step == step && outcome.struck);
        let count = |wanted: fn(&Act) -> bool| met().filter(|(p, _)| wanted(&p.strike.act)).count();
        let between = met().filter(|(point, _)| point::between(point)).count();
        let before = count(|act| matches!(act, Act::Kill(When::Before, _)));
        let after = count(|act| matches!(act, Act::Kill(When::After | When::Torn, _)));
        let faults = count(|act| matches!(act, Act::Fail { .. }));
        let mut calls: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (point, _) in met() {
            calls.entry(&point.strike.place.role).or_default().insert(point.strike.place.call);
        }
        let calls: Vec<_> = calls
            .iter()
            .map(|(role, calls)| format!("{role}: {}", calls.iter().copied().collect::<Vec<_>>().join(" ")))
            .collect();
        let title = step.title();
        println!("{title:<26} {between:>7} {before:>6} {after:>6} {faults:>6}  {}", calls.join("; "));
        if between == 0 {
            missing.push(title);
        }
    }
    missing
}

/// Which locks stop a person's own git right after which points, until the restart.
pub(crate) fn locks(results: &[(Point, Outcome)]) {
    let mut locks: BTreeMap<String, (usize, usize, &Point)> = BTreeMap::new();
    for (point, outcome) in results.iter().filter(|(_, outcome)| outcome.struck) {
        for lock in &outcome.locks {
            let known = locks.entry(format!("{lock}, {}", point.counted())).or_insert((0, 0, point));
            known.0 += 1;
            known.1 += usize::from(outcome.left.contains(lock));
        }
    }
    println!("locks that stop a person's own git right after a point, until the restart:");
    for (lock, (count, left, point)) in locks {
        println!("  {count:4} x {lock} (still there after the restart: {left}); such as {point}");
    }
}
