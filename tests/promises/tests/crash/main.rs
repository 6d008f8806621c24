//! The crash sweep: the program, git or both are killed at every system call that changes a file, or the call fails; after
//! a restart everything must be as if nothing had happened.
//!
//! `TEST_POINT='shape;what happens;place'` repeats one point as a failure names it.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a test")]

mod controls;
mod damage;
mod end;
mod order;
mod point;
mod report;
mod shapes;
mod steps;
mod sweep;
mod workers;
mod world;

use autocommit_promises::{Scale, Tally};
use autocommit_test_support::trace::Trace;
use end::End;
use point::Point;
use std::collections::BTreeMap;
use sweep::Outcome;

/// Points of `cargo test`, beside those between the steps.
const SAMPLE: usize = 360;

/// Where the procedure could be cut: between any two of its steps, and right before and after whatever is made safe on disk.
#[test]
fn killed_between_any_two_steps() {
    let Some(Undisturbed { points, ends }) = undisturbed(&["edit", "ready", "locked", "moved", "installed"])
    else {
        return;
    };
    let points: Vec<_> = points.into_iter().filter(point::crucial).collect();
    let scale = Scale::from_environment();
    let mut tally = Tally::new("crash-steps", scale.seed());
    let results = tried(&points, &ends, &scale, &mut tally);
    let missing = report::steps(&results);
    // The unbounded programme may have run out of time.
    if results.len() == points.len() {
        missing.iter().for_each(|step| tally.fail(format!("nothing was killed right before a step: {step}")));
    }
    tally.end();
}

#[test]
fn killed_or_failing_at_any_system_call() {
    let one: Option<Point> = std::env::var("TEST_POINT").ok().map(|point| point.parse().unwrap());
    let shapes = one.as_ref().map_or(shapes::ALL.to_vec(), |point| vec![&*point.shape]);
    let Some(Undisturbed { points, ends }) = undisturbed(&shapes) else { return };
    let scale = Scale::from_environment();
    println!("{} points in {} shapes", points.len(), shapes.len());
    let chosen = match &one {
        Some(point) => vec![point.clone()],
        None if scale.torture() => point::turn(points, scale.seed()),
        None => point::sample(points, SAMPLE, scale.seed()),
    };
    let mut tally = Tally::new("crash", scale.seed());
    let results = tried(&chosen, &ends, &scale, &mut tally);
    report::steps(&results);
    report::locks(&results);
    tally.end();
}

/// What shapes end as where nothing happens, and every point there is on the way.
struct Undisturbed {
    points: Vec<Point>,
    ends: BTreeMap<String, End>,
}

/// Nothing where runs cannot be traced; that is said.
fn undisturbed(shapes: &[&str]) -> Option<Undisturbed> {
    if let Err(why) = Trace::available() {
        println!("SKIPPED: the crash sweep: {why}");
        return None;
    }
    let mut found = Undisturbed { points: Vec::new(), ends: BTreeMap::new() };
    for shape in shapes {
        let (end, trace) = sweep::undisturbed(shape);
        found.points.extend(point::all(shape, &steps::of(&trace.events, shapes::crashed(shape))));
        found.ends.insert((*shape).to_owned(), end);
    }
    Some(found)
}

/// Tries points; what is wrong goes into the tally.
fn tried(
    points: &[Point],
    ends: &BTreeMap<String, End>,
    scale: &Scale,
    tally: &mut Tally,
) -> Vec<(Point, Outcome)> {
    let run = |point: &Point, (): &mut ()| sweep::run(point, &ends[&point.shape], &sweep::WHOLE);
    let results: Vec<_> = workers::all(points, scale, || (), run)
        .into_iter()
        .map(|(point, outcome)| (point, outcome.unwrap()))
        .collect();
    for (point, outcome) in &results {
        if !outcome.struck {
            tally.count("points not met", 1);
            continue;
        }
        tally.count("points", 1);
        tally.count(point.counted(), 1);
        if outcome.problems.is_empty() {
            tally.count("second cycles needed", u64::from(outcome.cycles > 1));
        } else {
            tally.fail(format!("TEST_POINT='{point}'\n  {}", outcome.problems.join("\n  ")));
        }
    }
    results
}
