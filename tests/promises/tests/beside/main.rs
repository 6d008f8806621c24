//! P4: a person works at full speed in a repository in which the daemon runs cycle after cycle without ever waiting for quiet.
//! None of their commands fails because of us beyond a short wait for a lock, no commit and no message of theirs is lost, and
//! whatever we commit is something they had written whole.
//!
//! The wait is a bound on what we hold, not on how fast the machine is: 250 ms, or a few times what a command of the person's
//! own took that did nothing but look, where the machine is busy with other things.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "it plays the person")]

mod chores;
mod contents;
mod ours;
mod verdict;
mod world;

use crate::{chores::Chore, contents::Written, world::World};
use autocommit_promises::{Scale, Tally};
use autocommit_test_support::Daemon;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

/// Chores under `cargo test`.
const SAMPLE: usize = 48;
/// Longest wait for a cycle of the daemon.
const LIMIT: Duration = Duration::from_secs(60);

/// Cycle after cycle until `over`.
fn press(daemon: &Daemon, over: &AtomicBool, cycles: &AtomicU64, told: &Path) {
    while !over.load(Ordering::Relaxed) {
        let reply = daemon.post("/trigger", None).expect(202).json();
        let path = format!("/cycles/{}", reply["cycle_id"].as_str().expect("an id"));
        daemon.wait_for("the end of the cycle", LIMIT, |daemon| {
            daemon.get(&path).json()["finished_at"].is_string().then_some(())
        });
        let done = cycles.fetch_add(1, Ordering::Relaxed) + 1;
        // Whole or not at all: an editor reads it.
        let beside = told.with_extension("new");
        fs::write(&beside, format!("{done}\n")).and_then(|()| fs::rename(&beside, told)).expect("the count");
    }
}

/// Sets its flag also where the person's part panics, so that the other threads end.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_person_at_full_speed_is_not_disturbed() {
    let scale = Scale::from_environment();
    let mut tally = Tally::new("beside", scale.seed());
    let mut random = StdRng::seed_from_u64(scale.seed());

    // Alone, none of it fails: whatever fails later fails because of us.
    let mut alone = World::new();
    for chore in Chore::ALL {
        alone.chore(Chore::Save);
        alone.chore(chore);
    }
    assert!(alone.failures.is_empty() && alone.waits.is_empty(), "without us: {}", alone.failures.join("\n"));
    drop(alone);

    let mut world = World::new();
    let written = Written::default();
    let (over, cycles) = (AtomicBool::new(false), AtomicU64::new(0));
    let daemon = world.daemon();
    let (logs, told) = (world.logs(), world.cycles());
    thread::scope(|scope| {
        let over = Over(&over);
        let (pressing, rounds) = (over.0, &cycles);
        let (daemon, told) = (&daemon, &told);
        scope.spawn(move || press(daemon, pressing, rounds, told));
        for (number, file) in logs.iter().enumerate() {
            let (written, over) = (&written, over.0);
            scope.spawn(move || contents::keep_writing(file, number, written, over));
        }
        let mut done = 0;
        while scale.more(done, SAMPLE) || done < Chore::ALL.len() {
            let chore = match Chore::ALL.get(done) {
                Some(chore) => *chore,
                None => Chore::ALL[random.random_range(0..Chore::ALL.len())],
            };
            world.chore(Chore::Save);
            if done % 3 == 0 {
                // A break: what was saved is committed by us.
                daemon.wait_for("what was saved to be committed", LIMIT, |_| world.is_clean().then_some(()));
            }
            world.chore(chore);
            done += 1;
        }
        tally.count("chores", done as u64);
    });
    assert!(daemon.stop().success(), "the daemon ended well");
    tally.count("cycles", cycles.into_inner());
    verdict::judge(&mut world, &written, &mut tally);
    tally.end();
}
