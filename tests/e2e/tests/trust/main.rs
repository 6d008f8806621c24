//! Trust, with whole programs: nothing that a repository brings runs or redirects before a person approved exactly it.
//! Every case is shown to be dangerous by plain git.
#![allow(clippy::unwrap_used, reason = "a test")]

mod answers;
mod canaries;
mod network;
mod pinned;

use autocommit_test_support::{Output, Sandbox};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a cycle; the run of the repository at `path`.
#[track_caller]
fn run_of(cycle: &Output, path: &Path) -> Value {
    let cycle = cycle.json();
    let runs = cycle["runs"].as_array().unwrap();
    runs.iter().find(|run| run["path"] == arg(path)).unwrap_or_else(|| panic!("{cycle:#}")).clone()
}

#[track_caller]
fn once(sandbox: &Sandbox) -> Output {
    sandbox.autocommit(&["once", "--json"])
}

/// A repository with a remote, a change that waits, and a hook that leaves a mark.
fn hooked(sandbox: &Sandbox, name: &str) -> (PathBuf, PathBuf, PathBuf) {
    let (repo, bare) = sandbox.repo_with_remote(name);
    let mark = sandbox.root().join(format!("{name}-ran"));
    sandbox.hook(&repo, "pre-commit", &format!("touch '{}'", mark.display()));
    sandbox.write(&repo, "work.txt", "1\n");
    (repo, bare, mark)
}

#[track_caller]
fn assert_asks(run: &Value) {
    assert_eq!(run["status"], "held", "{run:#}");
    assert!(run["hint"].as_str().unwrap().contains("autocommit trust allow"), "{run:#}");
}
