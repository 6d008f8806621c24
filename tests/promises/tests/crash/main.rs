//! The crash sweep: the program, git or both are killed at every system call that changes a file, or the call fails; after
//! a restart everything must be as if nothing had happened.
//!
//! `AUTOCOMMIT_POINT='shape;what happens;place'` repeats one point as a failure names it.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a test")]

mod end;
mod pending;
mod point;
mod report;
mod shapes;
mod steps;
mod sweep;

use autocommit_promises::{Scale, Tally};
use autocommit_test_support::trace::Trace;
use point::Point;
use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use sweep::Outcome;

/// Points of `cargo test`.
const SAMPLE: usize = 420;
/// Points that run at the same time.
const AT_ONCE: usize = 2;

#[test]
fn killed_or_failing_at_any_system_call() {
    if let Err(why) = Trace::available() {
        println!("SKIPPED: the crash sweep: {why}");
        return;
    }
    let scale = Scale::from_environment();
    let mut undisturbed = BTreeMap::new();
    let mut points = Vec::new();
    for shape in shapes::ALL {
        let (end, trace) = sweep::undisturbed(shape);
        points.extend(point::all(shape, &steps::of(&trace.events)));
        undisturbed.insert(shape.to_owned(), end);
    }
    println!("{} points in {} shapes", points.len(), shapes::ALL.len());
    let chosen = match std::env::var("AUTOCOMMIT_POINT") {
        Ok(point) => vec![point.parse().unwrap()],
        Err(_) if scale.torture() => point::sample(points, usize::MAX, scale.seed()),
        Err(_) => point::sample(points, SAMPLE, scale.seed()),
    };
    let results = all(&chosen, |point| sweep::run(point, &undisturbed[&point.shape]), &scale);
    let mut tally = Tally::new("crash", scale.seed());
    let mut pending: BTreeMap<&str, Vec<&Point>> = BTreeMap::new();
    for (point, outcome) in &results {
        if !outcome.struck {
            tally.count("points not met", 1);
            continue;
        }
        tally.count("points", 1);
        tally.count(point.counted(), 1);
        if outcome.problems.is_empty() {
            tally.count("second cycles needed", u64::from(outcome.cycles > 1));
        } else if let Some(why) = pending::why(point, outcome) {
            tally.count("PENDING", 1);
            pending.entry(why).or_default().push(point);
        } else {
            tally.fail(format!("AUTOCOMMIT_POINT='{point}'\n  {}", outcome.problems.join("\n  ")));
        }
    }
    report::steps(&results);
    report::locks(&results);
    for (why, points) in pending {
        println!("PENDING, {} points: {why}", points.len());
        points.iter().for_each(|point| println!("  AUTOCOMMIT_POINT='{point}'"));
    }
    tally.end();
}

/// Runs points at the same time, in the order of their numbers.
fn all(points: &[Point], run: impl Fn(&Point) -> Outcome + Sync, scale: &Scale) -> Vec<(Point, Outcome)> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(point) = points.get(number) else { return };
                    if !scale.more(number, usize::MAX) {
                        return;
                    }
                    let outcome = run(point);
                    results.lock().unwrap().push((number, point.clone(), outcome));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(number, ..)| *number);
    results.into_iter().map(|(_, point, outcome)| (point, outcome)).collect()
}
