//! A connection that died, hangs, or dies in the middle: pushes arrive.

use crate::World;
use autocommit_test_support::Daemon;

/// Whether every entry of the history was pushed.
fn all_pushed(daemon: &Daemon) -> bool {
    let history = daemon.get("/history").json();
    history["entries"].as_array().unwrap().iter().all(|entry| entry["status"] == "pushed")
}

#[test]
fn one_that_was_killed_or_hangs_fails_no_push() {
    let Some(world) = World::new("") else { return };
    let pair = world.repo("app");
    let daemon = world.sandbox.daemon_with(world.sandbox.config().set("cycle_interval_seconds", 1));
    world.sandbox.write(&pair.0, "work.txt", "1\n");
    world.until("the push", || world.has_arrived(&pair, 2));
    for (commits, signal) in [(3, "-KILL"), (4, "-STOP")] {
        let held = world.holders();
        assert_eq!(held.len(), 1, "{signal} {:#?}", world.calls());
        world.signal(signal, held[0]);
        world.sandbox.write(&pair.0, "work.txt", format!("{signal}\n"));
        world.until("the push", || world.has_arrived(&pair, commits));
        world.until("the end of the old one", || !world.holders().contains(&held[0]));
    }
    // The remote has it a moment before that is written down.
    world.until("the word of it", || all_pushed(&daemon));
    assert!(daemon.stop().success());
    world.nothing_is_left();
}

#[test]
fn one_that_dies_in_the_middle_of_a_push_fails_it_not() {
    let Some(world) = World::new("") else { return };
    let pair = world.repo("app");
    let (begun, go) = (world.sandbox.root().join("begun"), world.sandbox.root().join("go"));
    let script =
        format!("echo x >> {}; while [ ! -e {} ]; do sleep 0.05; done", begun.display(), go.display());
    world.sandbox.hook(&pair.1, "pre-receive", &script);
    let daemon = world.sandbox.daemon_with(world.sandbox.config().set("cycle_interval_seconds", 1));
    world.sandbox.write(&pair.0, "work.txt", "1\n");
    let begun = || std::fs::read_to_string(&begun).unwrap_or_default().lines().count();
    world.until("the push at the remote", || begun() == 1);
    let held = world.holders();
    assert_eq!(held.len(), 1);
    world.signal("-KILL", held[0]);
    world.until("the second push", || begun() == 2);
    assert_eq!(world.server.logins(), 2, "by itself");
    std::fs::write(&go, "").unwrap();
    world.until("the push", || world.has_arrived(&pair, 2));
    world.until("the word of it", || all_pushed(&daemon));
    assert!(daemon.stop().success());
    world.nothing_is_left();
}
