//! Reports and metrics: what a person without a desktop is told, by the bytes that arrive where they look.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests play the person"
)]

mod command;
mod metrics;
mod tried;
mod webhook;

use autocommit_test_support::{
    Daemon, Sandbox,
    servers::{HttpRemote, Webhook},
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// No test of speed: what is not done by then never will be.
const LIMIT: Duration = Duration::from_secs(120);

/// Where repositories push to over HTTP; some are refused there.
struct Remotes(HttpRemote);

impl Remotes {
    fn new(sandbox: &Sandbox) -> Self {
        Self(HttpRemote::new(sandbox.remotes_dir()))
    }

    /// A repository and its bare one.
    fn repo(&self, sandbox: &Sandbox, name: &str) -> (PathBuf, PathBuf) {
        let (repo, bare) = sandbox.repo_with_remote(name);
        sandbox.git(&bare, &["config", "http.receivepack", "true"]);
        let folder = bare.file_name().unwrap().to_str().unwrap();
        sandbox.git(&repo, &["remote", "set-url", "origin", &self.0.url(folder)]);
        (repo, bare)
    }
}

/// From now on the remote refuses every push.
fn refuse(sandbox: &Sandbox, bare: &Path) {
    sandbox.hook(bare, "pre-receive", "echo 'no entry'; exit 1");
}

/// From now on the remote takes every push again.
fn mend(bare: &Path) {
    std::fs::remove_file(bare.join("hooks/pre-receive")).unwrap();
}

/// A cycle of these repositories, or of all, to its end.
#[track_caller]
fn cycle(daemon: &Daemon, repos: &[&str]) -> Value {
    let all = daemon.get("/repos").expect(200).json();
    let id = |name: &&str| {
        let all = all["repos"].as_array().unwrap();
        all.iter().find(|repo| repo["name"] == **name).unwrap()["id"].clone()
    };
    let ids: Vec<_> = repos.iter().map(id).collect();
    let body = if ids.is_empty() { json!({}) } else { json!({ "repos": ids }) };
    let started = daemon.post("/trigger", Some(&body)).expect(202).json();
    daemon.finished(&started, LIMIT)
}

/// The state of a repository, as the API says.
fn state(daemon: &Daemon, name: &str) -> String {
    let all = daemon.get("/repos").expect(200).json();
    let one = all["repos"].as_array().unwrap().iter().find(|repo| repo["name"] == name).unwrap().clone();
    one["state"].as_str().unwrap().to_owned()
}

/// Waits until the server was sent so many reports, and returns all of them.
#[track_caller]
fn reports(daemon: &Daemon, server: &Webhook, wanted: usize) -> Vec<Value> {
    daemon.wait_for(&format!("report {wanted}"), LIMIT, |_| (server.posted().len() >= wanted).then_some(()));
    server.posted().iter().map(|posted| serde_json::from_str(&posted.body).unwrap()).collect()
}

/// Everything below the state folder that is text for people: the log files, and what the daemon printed.
fn logs(sandbox: &Sandbox, daemon: &Daemon) -> String {
    let files = std::fs::read_dir(sandbox.state_dir().join("logs")).unwrap();
    let kept: String = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    format!("{kept}{}", daemon.printed())
}
