//! A network that comes back, in a network of the test's own without any daemon.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "the test plays the machine")]

use autocommit_power::{Tiding, listen};
use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Says that this process is the one in the network of its own.
const INSIDE: &str = "POWER_TEST_INSIDE";
/// No test of speed: what is not told by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);

fn ip(arguments: &str) {
    let done = Command::new("ip").args(arguments.split(' ')).status().unwrap();
    assert!(done.success(), "ip {arguments}");
}

async fn watch_a_network_come() {
    let told: Arc<Mutex<Vec<Tiding>>> = Arc::default();
    let heard = told.clone();
    let listening = tokio::spawn(listen(move |tiding| heard.lock().unwrap().push(tiding)));
    let networks = || told.lock().unwrap().iter().filter(|tiding| **tiding == Tiding::Network).count();
    // From the first word on (there is no bus here) it listens to the kernel as well.
    let begin = Instant::now();
    while told.lock().unwrap().is_empty() {
        assert!(begin.elapsed() < PATIENCE, "it does not listen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    ip("link set lo up");
    assert_eq!(networks(), 0, "the machine itself is no network");
    ip("route add 10.9.9.0/24 dev lo");
    while networks() == 0 {
        assert!(begin.elapsed() < PATIENCE, "nothing was told: {told:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    listening.abort();
}

#[tokio::test]
async fn a_route_that_comes_is_told_without_any_daemon() {
    if std::env::var_os(INSIDE).is_some() {
        return watch_a_network_come().await;
    }
    let own_network = ["--user", "--map-root-user", "--net"];
    let possible =
        Command::new("unshare").args(own_network).args(["ip", "link"]).stdout(Stdio::null()).status();
    if !possible.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no network of its own can be made here");
        return;
    }
    let inside = Command::new("unshare")
        .args(own_network)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "a_route_that_comes_is_told_without_any_daemon", "--nocapture"])
        .env(INSIDE, "1")
        .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/system.socket")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&inside.stdout);
    assert!(inside.status.success(), "{printed}\n{}", String::from_utf8_lossy(&inside.stderr));
    assert!(printed.contains("1 passed"), "{printed}");
}
