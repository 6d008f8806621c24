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

    /// Both tokens, as they are on disk.
    fn tokens(&self) -> [String; 2] {
        ["token", "token-read"].map(|name| fs::read_to_string(self.sandbox.state_dir().join(name)).unwrap())
    }

    /// What the tool's requests were answered with; panics with its report where a check failed.
    #[track_caller]
    fn tried(&self, program: &PathBuf, token: Option<&str>, more: &[&str]) -> Vec<Exchange> {
        let folder = self.sandbox.root();
        let (description, record) = (folder.join("openapi.json"), folder.join("tried.har"));
        fs::write(&description, self.daemon.get("/openapi.json").expect(200).body).unwrap();
        let mut command = Command::new(program);
        command.current_dir(&folder).env("HOME", self.sandbox.home()).env("NO_COLOR", "1");
        command
            .args(["--config-file", SETTINGS, "run"])
            .arg(&description)
            .arg("--url")
            .arg(self.daemon.base_url());
        command.args([
            "--checks",
            "all",
            "--seed",
            "1",
            "--generation-database",
            "none",
            "--continue-on-failure",
        ]);
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

/// What was answered to each operation of the description.
fn by_operation(world: &World, tried: &[Exchange]) -> BTreeMap<String, BTreeSet<u16>> {
    let description = world.daemon.get("/openapi.json").expect(200).json();
    let mut found = BTreeMap::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for verb in item.as_object().unwrap().keys().map(|verb| verb.to_uppercase()) {
            let answers = tried.iter().filter(|asked| asked.method == verb && is_of(&asked.path, path));
            found.insert(format!("{verb} {path}"), answers.map(|asked| asked.status).collect());
        }
    }
    found
}

/// Whether an address is one of those that a path with names in braces stands for.
fn is_of(address: &str, path: &str) -> bool {
    let (theirs, ours): (Vec<_>, Vec<_>) = (address.split('/').collect(), path.split('/').collect());
    theirs.len() == ours.len()
        && theirs.iter().zip(ours).all(|(theirs, ours)| ours.starts_with('{') || *theirs == ours)
}

/// As slowly as is asked for without being told to wait: whoever changes something, and whoever has no token.
const CHANGES: [&str; 2] = ["--rate-limit", "20/s"];
const STRANGERS: [&str; 2] = ["--rate-limit", "10/s"];

#[track_caller]
fn assert_nobody_waits(tried: &[Exchange]) {
    let waits = tried.iter().filter(|asked| asked.status == 429).count();
    assert_eq!(waits, 0, "of {} requests", tried.len());
}

fn with_the_control_token(program: &PathBuf) {
    let world = World::new();
    let (token, before) = (world.daemon.token().to_owned(), world.tokens());
    let more =
        ["--exclude-path", "/tokens/rotate", "--phases", "coverage,fuzzing,stateful", "--max-examples", "2"];
    let tried = world.tried(program, Some(&token), &[&more[..], &CHANGES].concat());
    assert_nobody_waits(&tried);
    let answered = by_operation(&world, &tried);
    for operation in [
        "GET /activity",
        "GET /events",
        "GET /health",
        "GET /held",
        "GET /history",
        "GET /openapi.json",
        "GET /repos",
        "GET /repos/{id}",
        "GET /settings",
        "GET /status",
        "PATCH /repos/{id}",
        "PATCH /settings",
        "POST /disable",
        "POST /enable",
        "POST /login-links",
        "POST /pause",
        "POST /survey",
    ] {
        assert!(answered[operation].contains(&200), "{operation} was done: {answered:#?}");
    }
    // Replacing the token comes last: who asks is a stranger from then on.
    let more = ["--include-path", "/tokens/rotate", "--phases", "fuzzing", "--max-examples", "5"];
    let tried = world.tried(program, Some(&token), &[&more[..], &STRANGERS].concat());
    assert!(tried.iter().any(|asked| asked.status == 200), "one was replaced");
    assert_ne!(world.tokens(), before, "where clients read it");
}

fn with_the_token_that_reads(program: &PathBuf) {
    let world = World::new();
    let token = fs::read_to_string(world.sandbox.state_dir().join("token-read")).unwrap();
    let before = world.daemon.get("/settings").expect(200).json();
    let more = ["--phases", "fuzzing", "--max-examples", "4"];
    let tried = world.tried(program, Some(token.trim()), &[&more[..], &CHANGES].concat());
    assert_nobody_waits(&tried);
    for (operation, statuses) in by_operation(&world, &tried) {
        assert!(!statuses.is_empty(), "{operation} was not asked for");
        if !operation.starts_with("GET") {
            assert!(statuses.iter().all(|status| matches!(status, 401 | 403)), "{operation}: {statuses:?}");
        }
    }
    assert_eq!(world.daemon.get("/settings").expect(200).json(), before);
    assert_eq!(world.daemon.get("/status").expect(200).json()["enabled"], true);
}

fn without_a_token(program: &PathBuf) {
    let world = World::new();
    let more = ["--phases", "fuzzing", "--max-examples", "5"];
    let tried = world.tried(program, None, &[&more[..], &STRANGERS].concat());
    assert_nobody_waits(&tried);
    for (operation, statuses) in by_operation(&world, &tried) {
        assert!(!statuses.is_empty(), "{operation} was not asked for");
        let open = OPEN.iter().any(|path| operation == format!("GET {path}"));
        assert!(
            open || statuses.iter().all(|status| matches!(status, 401 | 403)),
            "{operation}: {statuses:?}"
        );
    }
}

#[test]
fn what_it_says_is_what_it_does() {
    let Some(program) = program() else { return };
    // Each has a daemon of its own, and waits most of the time.
    std::thread::scope(|scope| {
        for run in [with_the_control_token, with_the_token_that_reads, without_a_token] {
            let program = &program;
            scope.spawn(move || run(program));
        }
    });
}
