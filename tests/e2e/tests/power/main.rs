//! Power and network, with the whole program: what the system says changes how often it pushes, and a network that is back
//! has what waits pushed at once.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests play the person")]

mod door;

use autocommit_e2e::{head, system_bus::SystemBus};
use autocommit_test_support::{Daemon, Sandbox, servers::HttpRemote};
use door::Door;
use serde_json::Value;
use std::{path::PathBuf, time::Duration};

/// No test of speed: what is not done by then never will be.
const PATIENCE: Duration = Duration::from_secs(120);

/// A repository whose remote is behind a door that is closed, with work in it, and a daemon whose next cycle is far away.
struct Behind {
    repo: PathBuf,
    bare: PathBuf,
    door: Door,
}

impl Behind {
    fn new(sandbox: &Sandbox) -> Self {
        let (repo, bare) = sandbox.repo_with_remote("app");
        let remote = HttpRemote::new(sandbox.remotes_dir());
        sandbox.git(&bare, &["config", "http.receivepack", "true"]);
        let door = Door::closed(remote);
        let name = bare.file_name().unwrap().to_str().unwrap();
        sandbox.git(&repo, &["remote", "set-url", "origin", &door.url(name)]);
        Self { repo, bare, door }
    }

    fn arrived(&self, sandbox: &Sandbox) -> bool {
        sandbox.git(&self.repo, &["status", "--porcelain"]).is_empty()
            && sandbox.remote_tip(&self.bare, "main") == Some(head(sandbox, &self.repo))
    }
}

fn status(daemon: &Daemon) -> Value {
    daemon.get("/status").json()
}

/// Waits until the push of the one repository was spared.
#[track_caller]
fn spared(daemon: &Daemon) {
    daemon.wait_for("the spared push", PATIENCE, |daemon| {
        let reason =
            daemon.get("/repos").json()["repos"][0]["reason"].as_str().unwrap_or_default().to_owned();
        reason.contains("waits for the next push").then_some(())
    });
}

/// Work that is committed and waits for the closed door.
fn waits(sandbox: &Sandbox, behind: &Behind, daemon: &Daemon) {
    sandbox.write(&behind.repo, "work.txt", "work\n");
    daemon.wait_for("the commit that waits", PATIENCE, |daemon| {
        (status(daemon)["repos"]["unpushed"] == 1 && status(daemon)["offline"] == true).then_some(())
    });
    assert!(!behind.arrived(sandbox));
}

#[test]
fn a_network_that_networkmanager_announces_has_what_waits_pushed_at_once() {
    let sandbox = Sandbox::new();
    let bus = SystemBus::start(&sandbox);
    let network = bus.network(0, 1);
    let behind = Behind::new(&sandbox);
    let daemon = sandbox.daemon();
    waits(&sandbox, &behind, &daemon);
    behind.door.open();
    // The next cycle is an hour away, and the host is left alone.
    network.say_connectivity(4);
    daemon.wait_for("the push", PATIENCE, |_| behind.arrived(&sandbox).then_some(()));
    daemon.wait_for("the word of it", PATIENCE, |daemon| (status(daemon)["offline"] == false).then_some(()));
}

#[test]
fn a_push_that_hangs_since_before_the_network_came_is_made_again_once_it_failed() {
    let sandbox = Sandbox::new();
    let bus = SystemBus::start(&sandbox);
    let network = bus.network(0, 1);
    let behind = Behind::new(&sandbox);
    behind.door.hold();
    let daemon = sandbox.daemon();
    sandbox.write(&behind.repo, "work.txt", "work\n");
    daemon.wait_for("the push that hangs", PATIENCE, |_| (behind.door.knocks() > 0).then_some(()));
    network.say_connectivity(4);
    // What comes after it on the bus has been heard after it.
    network.say_metered(1);
    daemon.wait_for("the word of it", PATIENCE, |daemon| {
        (status(daemon)["power"]["metered"] == true).then_some(())
    });
    network.say_metered(2);
    // A second after the word it looks what waits, and finds a push that is under way.
    std::thread::sleep(Duration::from_secs(3));
    // The next cycle is an hour away.
    behind.door.let_go();
    daemon.wait_for("the push", PATIENCE, |_| behind.arrived(&sandbox).then_some(()));
}

#[test]
fn on_a_metered_connection_pushes_are_spared_and_go_when_it_is_no_longer() {
    let sandbox = Sandbox::new();
    let bus = SystemBus::start(&sandbox);
    let network = bus.network(1, 4);
    let behind = Behind::new(&sandbox);
    behind.door.open();
    let daemon = sandbox.daemon_with(sandbox.config().set("power.on_metered", "stretch"));
    let message = daemon.wait_for("the word of the connection", PATIENCE, |daemon| {
        status(daemon)["power"]["message"].as_str().map(str::to_owned)
    });
    assert_eq!(message, "On a metered connection: pushes every 15 minutes.");
    let power = status(&daemon)["power"].clone();
    assert_eq!((&power["metered"], &power["push_seconds"]), (&Value::from(true), &Value::from(900)));
    assert_eq!(power["cycle_seconds"], 3600, "looking costs no data");
    let told = sandbox.autocommit(&["status"]);
    assert!(told.stdout.contains(&message), "{}", told.stdout);

    // The first goes, as none went for long; the next waits.
    sandbox.write(&behind.repo, "one.txt", "one\n");
    daemon.wait_for("the first push", PATIENCE, |_| behind.arrived(&sandbox).then_some(()));
    sandbox.write(&behind.repo, "two.txt", "two\n");
    spared(&daemon);
    let there = status(&daemon);
    assert_eq!((&there["repos"]["unpushed"], &there["offline"]), (&Value::from(1), &Value::from(false)));
    assert!(!behind.arrived(&sandbox));

    network.say_metered(2);
    daemon.wait_for("the push", PATIENCE, |_| behind.arrived(&sandbox).then_some(()));
    assert_eq!(status(&daemon)["power"]["message"], Value::Null);

    // One who asks gets it at once, whatever the connection costs.
    network.say_metered(1);
    daemon.wait_for("the other word", PATIENCE, |daemon| {
        (status(daemon)["power"]["metered"] == true).then_some(())
    });
    sandbox.write(&behind.repo, "three.txt", "three\n");
    spared(&daemon);
    let told = sandbox.autocommit(&["trigger"]);
    assert_eq!(told.status.code(), Some(0), "{}", told.stderr);
    daemon.wait_for("the push", PATIENCE, |_| behind.arrived(&sandbox).then_some(()));

    // Who goes away takes the word along.
    drop(network);
    daemon.wait_for("nobody's word", PATIENCE, |daemon| {
        (status(daemon)["power"]["metered"].is_null()).then_some(())
    });
}

#[test]
fn where_it_shall_wait_nothing_goes_over_a_metered_connection() {
    let sandbox = Sandbox::new();
    let bus = SystemBus::start(&sandbox);
    let network = bus.network(3, 4);
    let behind = Behind::new(&sandbox);
    let daemon = sandbox.daemon_with(sandbox.config().set("power.on_metered", "pause"));
    daemon.wait_for("the word of the connection", PATIENCE, |daemon| {
        (status(daemon)["power"]["push_seconds"].is_null() && status(daemon)["power"]["metered"] == true)
            .then_some(())
    });
    sandbox.write(&behind.repo, "work.txt", "work\n");
    spared(&daemon);
    assert_eq!(behind.door.knocks(), 0, "nobody was at the remote");
    behind.door.open();
    network.say_metered(4);
    daemon.wait_for("the push", PATIENCE, |_| behind.arrived(&sandbox).then_some(()));
}
