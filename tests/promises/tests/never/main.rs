//! Lines of the never list in `PROMISES.md` that no other programme shows by a test of one name. The name of each test
//! begins with the number of its line; each one asks git, the bytes of files and the log of a double of git.
#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "a test plays the person and the world around the program")]
#![allow(clippy::print_stdout, reason = "what cannot be shown on a machine is said aloud")]

mod branches;
mod commands;
mod elsewhere;
mod history;
mod locks;
mod looking;
mod refused;
mod stuck;
mod torn;
mod unseen;

use autocommit_promises::{Scale, Tally};
use autocommit_test_support::Sandbox;
use serde_json::Value;
use std::path::Path;

/// The figures of one line of the list.
fn tally(line: u32) -> Tally {
    Tally::new(&format!("never-{line:02}"), Scale::from_environment().seed())
}

/// A path of the sandbox as an argument.
fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a script as the person, with the folder as its own.
#[track_caller]
fn sh(sandbox: &Sandbox, dir: &Path, script: &str) {
    let _ = sandbox.run(dir, "sh", &["-ec", script]).ok();
}

/// The run of a work tree in what `once --json` printed.
#[track_caller]
fn run_of(cycle: &Value, work: &Path) -> Value {
    let runs = cycle["runs"].as_array().unwrap();
    let found = runs.iter().find(|run| run["path"].as_str() == Some(text(work)));
    found.unwrap_or_else(|| panic!("{} is not in {cycle:#}", work.display())).clone()
}

/// Settings without an API.
fn quiet(sandbox: &Sandbox) {
    sandbox.write_config(&sandbox.config().set("http.enabled", false).set("commit_workers", 8));
}
