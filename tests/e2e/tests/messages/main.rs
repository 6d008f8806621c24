//! Messages: who wrote them and why, what a person says about them, and a commit that gets another one.
#![allow(clippy::unwrap_used, reason = "a test")]

mod conventions;
mod key;
mod managed;
mod model;
mod person;
mod reword;

use autocommit_test_support::Sandbox;
use serde_json::Value;
use std::path::Path;

/// The newest entries of the history.
#[track_caller]
fn history(sandbox: &Sandbox, args: &[&str]) -> Vec<Value> {
    let all: Vec<&str> = ["history", "--json"].iter().chain(args).copied().collect();
    sandbox.autocommit(&all).ok().json()["entries"].as_array().unwrap().clone()
}

/// The whole message of the checked-out commit.
#[track_caller]
fn message_of(sandbox: &Sandbox, repo: &Path) -> String {
    sandbox.git(repo, &["log", "-1", "--format=%B"]).trim_end().to_owned()
}
