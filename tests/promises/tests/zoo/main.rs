//! The repository zoo: one table of shapes, hazards and hostile cases of repositories, each with the verdict that it must
//! get from the real program, and everything of it compared before and after from outside.
#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "a test plays the person and the world around the program")]
#![allow(clippy::print_stdout, reason = "what is skipped or pending is said aloud")]

mod broken;
mod case;
mod commit;
mod disks;
mod files;
mod filters;
mod held;
mod hostile;
mod judge;
mod locks;
mod middle;
mod names;
mod operations;
mod owners;
mod pen;
mod plot;
mod programs;
mod record;
mod remotes;
mod secrets;
mod seen;
mod shapes;
mod staging;
mod submodules;
mod worktrees;
mod write;

use autocommit_promises::{Scale, Tally};
use case::Case;
use pen::Pen;
use std::sync::Mutex;

fn pens() -> Vec<Pen> {
    let pen = |name, cases: Vec<Vec<Case>>| Pen::new(name, cases.into_iter().flatten().collect());
    vec![
        pen(
            "shapes",
            vec![
                shapes::cases(),
                worktrees::cases(),
                operations::cases(),
                locks::cases(),
                submodules::cases(),
            ],
        ),
        pen("files", vec![staging::cases(), files::cases(), held::cases(), filters::unconfigured()]),
        pen("names", vec![names::cases(), remotes::cases(), secrets::cases()]),
        Pen { once_only: true, prepare: middle::prepare, ..pen("middle", vec![middle::cases()]) },
        pen("broken", vec![broken::cases()]),
        pen("hostile", vec![hostile::cases()]),
        Pen { prepare: filters::prepare, ..pen("filters", vec![filters::cases()]) },
        Pen { prepare: owners::prepare, start: owners::start, ..pen("owners", vec![owners::cases()]) },
        pen("disks", vec![disks::cases()]),
        Pen {
            prepare: filters::prepare,
            made: programs::allow,
            ..pen("approved", vec![programs::approved(), filters::approved(), remotes::approved()])
        },
        Pen { prepare: programs::own_hooks, ..pen("own hooks", vec![programs::with_own_hooks()]) },
        Pen { prepare: programs::signing, ..pen("signing", vec![programs::with_signing()]) },
        Pen {
            once_only: true,
            settings: |config| config.set("deadlines.local_seconds", 2).set("commit_workers", 8),
            ..pen("waiting", vec![broken::waiting()])
        },
    ]
}

#[test]
fn every_case_of_the_zoo_gets_its_verdict() {
    let mut tally = Tally::new("zoo", Scale::from_environment().seed());
    let only = std::env::var("TEST_ZOO").ok();
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
    } else {
        tally.count("cases", 1);
        tally.count(case.class, 1);
        for complaint in &case.complaints {
            tally.fail(format!("{name}: {complaint}"));
        }
    }
}
