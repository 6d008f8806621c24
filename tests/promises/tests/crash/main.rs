//! The crash sweep: the program, git or both are killed at every system call that changes a file, or the call fails; after
//! a restart everything must be as if nothing had happened.
//!
//! `AUTOCOMMIT_POINT='shape;what happens;place'` repeats one point as a failure names it.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a test")]

mod damage;
mod end;
mod order;
mod pending;
mod point;
mod report;
mod shapes;
mod steps;
mod sweep;
mod workers;
mod world;

use autocommit_promises::{Scale, Tally};
use autocommit_test_support::trace::Trace;
use point::Point;
use std::collections::BTreeMap;

/// Points of `cargo test`.
const SAMPLE: usize = 420;

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
        points.extend(point::all(shape, &steps::of(&trace.events, shapes::crashed(shape))));
        undisturbed.insert(shape.to_owned(), end);
    }
    println!("{} points in {} shapes", points.len(), shapes::ALL.len());
    let chosen = match std::env::var("AUTOCOMMIT_POINT") {
        Ok(point) => vec![point.parse().unwrap()],
        Err(_) if scale.torture() => point::turn(points, scale.seed()),
        Err(_) => point::sample(points, SAMPLE, scale.seed()),
    };
    let run = |point: &Point, (): &mut ()| sweep::run(point, &undisturbed[&point.shape]);
    let results: Vec<_> = workers::all(&chosen, &scale, || (), run)
        .into_iter()
        .map(|(point, outcome)| (point, outcome.unwrap()))
        .collect();
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
    for missing in report::steps(&results) {
        // One point repeated, or a turn of the unbounded programme, need not meet every step.
        if chosen.len() == SAMPLE {
            tally.fail(format!("nothing was killed between two steps: {missing}"));
        }
    }
    report::locks(&results);
    for (why, points) in pending {
        println!("PENDING, {} points: {why}", points.len());
        points.iter().for_each(|point| println!("  AUTOCOMMIT_POINT='{point}'"));
    }
    tally.end();
}
