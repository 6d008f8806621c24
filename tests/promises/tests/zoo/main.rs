//! The repository zoo: one table of shapes, hazards and hostile cases of repositories, each with the verdict that it must
//! get from the real program, and everything of it compared before and after from outside.
#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "a test plays the person and the world around the program")]
#![allow(clippy::print_stdout, reason = "what is skipped or pending is said aloud")]

mod case;
mod commit;
mod files;
mod held;
mod judge;
mod locks;
mod names;
mod operations;
mod pen;
mod plot;
mod record;
mod remotes;
mod seen;
mod shapes;
mod staging;
mod write;

use autocommit_promises::{Scale, Tally};
use pen::Pen;
use std::sync::Mutex;

/// Features that cases wait for. Their cases run, are told loudly, and count as nothing; empty when all is done.
const PENDING: &[&str] = &["guards", "trust", "locks", "case twins"];

fn pens() -> Vec<Pen> {
    let one = [shapes::cases(), operations::cases(), locks::cases()];
    let two = [staging::cases(), files::cases(), held::cases(), names::cases(), remotes::cases()];
    vec![
        Pen::new("shapes", one.into_iter().flatten().collect()),
        Pen::new("files", two.into_iter().flatten().collect()),
    ]
}

#[test]
fn every_case_of_the_zoo_gets_its_verdict() {
    let mut tally = Tally::new("zoo", Scale::from_environment().seed());
    let only = std::env::var("AUTOCOMMIT_ZOO").ok();
    let mut pens = pens();
    for pen in &mut pens {
        pen.cases
            .retain(|case| only.as_deref().is_none_or(|only| only.split(',').any(|o| case.name.contains(o))));
    }
    pens.retain(|pen| !pen.cases.is_empty());
    let queue = Mutex::new(pens.iter().rev().collect::<Vec<_>>());
    let ended = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(pen) = { queue.lock().unwrap().pop() } {
                    let started = std::time::Instant::now();
                    let results = pen::run(pen);
                    println!("zoo: pen {}: {} cases in {:.1?}", pen.name, pen.cases.len(), started.elapsed());
                    ended.lock().unwrap().extend(results);
                }
            });
        }
    });
    for case in ended.into_inner().unwrap() {
        count(&mut tally, &case);
    }
    tally.end();
}

fn count(tally: &mut Tally, case: &pen::Ended) {
    let name = &case.name;
    if let Some(why) = &case.skipped {
        println!("zoo: SKIPPED {name}: {why}");
        tally.count("skipped", 1);
    } else if PENDING.contains(&case.needs) {
        let state = if case.complaints.is_empty() { "PENDING, and passes already" } else { "PENDING" };
        println!("zoo: {state} ({}): {name}: {}", case.needs, case.complaints.join("; "));
        tally.count("pending", 1);
    } else {
        tally.count("cases", 1);
        tally.count(case.class, 1);
        for complaint in &case.complaints {
            tally.fail(format!("{name}: {complaint}"));
        }
    }
}
