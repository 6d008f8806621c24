//! The description, tried against the running program by a tool that is not ours: Schemathesis, with all of its checks. Skipped
//! where that is not installed.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that starts a program of others, or says that it is not there"
)]

use crate::{rested, still, triggered};
use autocommit_test_support::{Daemon, Sandbox};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Command,
};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemathesis/schemathesis.toml");
/// Open to everybody: no data in the one, a way in with a link of the person's in the other.
const OPEN: [&str; 3] = ["/", "/health", "/login"];

fn program() -> Option<PathBuf> {
    let program = std::env::var_os("TEST_SCHEMATHESIS").map(PathBuf::from);
    if program.is_none() {
        println!("described: SKIPPED: Schemathesis is not installed (TEST_SCHEMATHESIS)");
    }
    program
}

/// One request of the tool's that was answered.
struct Exchange {
    method: String,
    path: String,
    status: u16,
}

/// A daemon that has something to tell of: pushed, held, unpushed, failed.
struct World {
    sandbox: Sandbox,
    daemon: Daemon,
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        for name in ["notes", "website"] {
            let (repo, _) = sandbox.repo_with_remote(name);
            sandbox.write(&repo, "work.txt", "1\n");
        }
        let local = sandbox.repo("local");
        sandbox.write(&local, "work.txt", "1\n");
        let (held, _) = sandbox.repo_with_remote("held");
        sandbox.write(&held, ".env", "KEY=1\n");
        let daemon = rested(&sandbox, still(&sandbox).set("cycle_interval_seconds", 3600));
        triggered(&daemon, None);
        Self { sandbox, daemon }
    }

    /// What the tool's requests were answered with; panics with its report where a check failed.
    #[track_caller]
    fn tried(&self, program: &PathBuf, token: Option<&str>, more: &[&str]) -> Vec<Exchange> {
        let folder = self.sandbox.root();
        let (description, record) = (folder.join("openapi.json"), folder.join("tried.har"));
        fs::write(&description, self.daemon.get("/openapi.json").expect(200).body).unwrap();
        let mut command = Command::new(program);
        command.current_dir(&folder).env("HOME", self.sandbox.home()).env("NO_COLOR", "1");
        command.args(["--config-file", SETTINGS, "run"]).arg(&description).arg("--url").arg(self.daemon.base_url());
        command.args(["--checks", "all", "--seed", "1", "--generation-database", "none", "--continue-on-failure"]);
        command.arg("--report-har-path").arg(&record).args(more);
        if let Some(token) = token {
            command.arg("--header").arg(format!("Authorization: Bearer {token}"));
        }
        let ended = command.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{said}\n{}", String::from_utf8_lossy(&ended.stderr));
        let record: Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
        let entries = record["log"]["entries"].as_array().unwrap().iter();
        let base = self.daemon.base_url();
        entries.filter_map(|entry| exchange(entry, &base)).collect()
    }
}

fn exchange(entry: &Value, base: &str) -> Option<Exchange> {
    let url = entry["request"]["url"].as_str()?.strip_prefix(base)?;
    Some(Exchange {
        method: entry["request"]["method"].as_str()?.to_owned(),
        path: url.split(['?', '#']).next()?.to_owned(),
        status: u16::try_from(entry["response"]["status"].as_u64()?).ok()?,
    })
}
