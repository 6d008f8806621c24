//! The daemon and its API: shapes of replies, who is refused, switches, events, and what happens by itself.
#![allow(clippy::unwrap_used, reason = "a test")]

mod alone;
#[cfg(target_os = "linux")]
mod another_user;
mod asked_again;
mod client;
#[cfg(target_os = "linux")]
mod crowd;
mod described;
mod diff;
mod events;
mod held;
mod history;
mod login;
mod logs;
mod refused;
mod secrets;
mod setup;
mod shape;
mod socket;
mod switches;
mod tokens;

use autocommit_test_support::{Config, Daemon, Sandbox};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

/// The longest wait for anything that happens by itself.
const LIMIT: Duration = Duration::from_secs(60);

/// Settings of a daemon that does nothing by itself after its first cycle.
fn still(sandbox: &Sandbox) -> Config {
    sandbox.config().set("watch", false).set("quiet_seconds", 0)
}

/// Starts a daemon and waits until its first cycle is over.
#[track_caller]
fn rested(sandbox: &Sandbox, config: Config) -> Daemon {
    let daemon = sandbox.daemon_with(config);
    daemon.rested(LIMIT);
    daemon
}

/// The id of the repository at a path.
#[track_caller]
fn id_of(daemon: &Daemon, repo: &Path) -> String {
    let repos = daemon.get("/repos").expect(200).json();
    let found = repos["repos"].as_array().unwrap().iter().find(|r| r["path"] == repo.to_str().unwrap());
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

/// Triggers these repositories, or all, and waits for the end of the cycle.
#[track_caller]
fn triggered(daemon: &Daemon, repos: Option<&[&str]>) -> Value {
    let body = repos.map(|ids| json!({ "repos": ids }));
    let reply = daemon.post("/trigger", body.as_ref()).expect(202).json();
    daemon.finished(&reply, LIMIT)
}

/// Waits until git says that the remote has what is checked out, and that nothing is left to commit.
#[track_caller]
fn wait_until_arrived(sandbox: &Sandbox, daemon: &Daemon, repo: &Path, bare: &Path) {
    daemon.wait_for("the commit at the remote", LIMIT, |_| {
        let clean = sandbox.git(repo, &["--no-optional-locks", "status", "--porcelain"]).is_empty();
        let tip = sandbox.git(repo, &["rev-parse", "HEAD"]);
        (clean && sandbox.remote_tip(bare, "main") == Some(tip)).then_some(())
    });
}
