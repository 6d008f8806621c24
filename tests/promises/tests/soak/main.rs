//! P11 and P12: many repositories, cycle after cycle with remotes that are away, hooks that hang, ends and crashes of the daemon.
//! What it uses stays flat, what it keeps stays small, nobody waits for the bad ones, and in the end everything can be had
//! back from the remotes alone, also where everything that Autocommit kept is gone.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "it looks at processes and plays the person")]

mod drill;
mod fleet;
mod usage;

use crate::{
    fleet::Fleet,
    usage::{Disk, Usage},
};
use autocommit_promises::{Scale, Tally};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

/// Lives of the daemon, and cycles in each, under `cargo test`.
const LIVES: usize = 2;
const CYCLES: usize = 10;
/// Ordinary repositories, under `cargo test` and under torture.
const ORDINARY: [usize; 2] = [6, 60];

#[test]
fn what_it_uses_stays_flat_and_everything_can_be_had_back() {
    let scale = Scale::from_environment();
    let mut tally = Tally::new("soak", scale.seed());
    let mut random = StdRng::seed_from_u64(scale.seed());
    let mut fleet = Fleet::new(ORDINARY[usize::from(scale.torture())]);
    tally.count("repositories", fleet.all().count() as u64);
    let mut lives = 0;
    while scale.more(lives, LIVES) {
        let cycles = if scale.torture() { 4 * CYCLES } else { CYCLES };
        life(&mut fleet, cycles, lives % 2 == 1, &mut random, &mut tally);
        lives += 1;
    }
    tally.count("lives of the daemon", lives as u64);
    nobody_waits(&mut fleet, &mut tally);
    drill::drill(&mut fleet, &mut tally);
    tally.end();
}

/// One life of the daemon: cycles with changes everywhere, and now and then trouble; then a few in which nothing happens.
fn life(fleet: &mut Fleet, cycles: usize, crash: bool, random: &mut StdRng, tally: &mut Tally) {
    let daemon = fleet.start(2.0);
    let (mut seen, mut disk) = (Vec::new(), Vec::new());
    for _ in 0..cycles {
        fleet.hang(random.random_bool(0.2));
        fleet.flap(random.random_bool(0.3));
        fleet.change_all();
        fleet.cycle(&daemon);
        tally.count("cycles", 1);
        fleet.hang(false);
        for repo in fleet.late() {
            tally.fail(format!("16: the cycle is over, and {repo} has not arrived"));
        }
        match Usage::at_rest(daemon.pid()) {
            Ok(usage) => seen.push(usage),
            Err(left) => tally.fail(format!("20: children are left: {left}")),
        }
        disk.push(Disk::of(fleet));
    }
    fleet.flap(false);
    fleet.cycle(&daemon);
    usage::judge(&seen, tally);
    usage::grows_with_the_work(&disk, fleet.all().count(), tally);
    let before = Disk::of(fleet);
    for _ in 0..4 {
        fleet.cycle(&daemon);
        tally.count("cycles", 1);
    }
    usage::nothing_grows(&before, &Disk::of(fleet), tally);
    if crash {
        fleet.change_all();
        let _ = daemon.post("/trigger", None);
        daemon.kill();
        tally.count("kills", 1);
    } else if !daemon.stop().success() {
        tally.fail("the daemon did not end well");
    }
}

/// 16: all others arrive while one repository's hook still runs. The hook is ended by us afterwards: no time is taken.
fn nobody_waits(fleet: &mut Fleet, tally: &mut Tally) {
    let daemon = fleet.start(600.0);
    fleet.hang(true);
    fleet.change_all();
    let _ = daemon.post("/trigger", None).expect(202);
    daemon.wait_for("the others to arrive", fleet::LIMIT, |_| fleet.late().is_empty().then_some(()));
    if fleet.hook_is_done() {
        tally.fail("16: the others arrived only after the hook that hangs");
    }
    tally.count("arrived while one hung", fleet.ordinary.len() as u64);
    fleet.hang(false);
    daemon.wait_for("the hook to end", fleet::LIMIT, |_| fleet.hook_is_done().then_some(()));
    if !daemon.stop().success() {
        tally.fail("the daemon did not end well");
    }
}
