//! A model that Autocommit runs itself: from nothing to a message, and what is left when nobody wants it any more.
#![cfg(target_os = "linux")]

use crate::message_of;
use autocommit_e2e::arg;
use autocommit_test_support::{
    Daemon, Sandbox,
    fake_llama::{FakeLlama, Manner},
};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};

const LIMIT: Duration = Duration::from_secs(120);
const ANSWER: &str = "change the delay of retry";

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9";

fn installed(sandbox: &Sandbox) -> FakeLlama {
    let manner = Manner { answer: ANSWER.to_owned(), ..Manner::default() };
    let fake = FakeLlama::install(&sandbox.bin_dir(), &manner);
    fs::write(sandbox.root().join("small.gguf"), "GGUF, as far as anybody can tell").unwrap();
    fake
}

/// A server that loads slowly serves the next message: so there are some.
#[track_caller]
fn until_it_writes(sandbox: &Sandbox, daemon: &Daemon, repo: &Path) {
    for _ in 0..40 {
        // Another one each time, whoever wrote before.
        let commits = sandbox.git(repo, &["rev-list", "--count", "HEAD"]);
        let n = commits.trim();
        // The rules could tell every line of it without the remark.
        let text = format!("def retry(delay):\n    # at most {n}\n    return min(delay, {n})\n");
        sandbox.write(repo, "retry.py", text.as_bytes());
        let before = sandbox.git(repo, &["rev-parse", "HEAD"]);
        let _ = sandbox.autocommit(&["trigger", arg(repo)]).ok();
        daemon.wait_for("a commit", LIMIT, |_| {
            (sandbox.git(repo, &["rev-parse", "HEAD"]) != before).then_some(())
        });
        if message_of(sandbox, repo).to_lowercase().contains(ANSWER) {
            return;
        }
    }
    panic!("no message of the model: {}", daemon.get("/model/logs").body);
}

fn lives(pid: i32) -> bool {
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

fn is_gone(pid: i32) {
    let started = std::time::Instant::now();
    while lives(pid) {
        assert!(started.elapsed() < LIMIT, "process {pid} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn set(daemon: &Daemon, managed: bool) {
    let changes = json!({"changes": {"llm.managed": managed}});
    assert_eq!(daemon.request("PATCH", "/settings", Some(&changes)).status, 200);
}

#[test]
fn two_commands_then_it_writes_and_it_never_outlives_us() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("app");
    sandbox.write(&repo, "retry.py", "def retry(delay):\n    return delay\n");
    sandbox.git(&repo, &["add", "--all"]);
    sandbox.commit(&repo, "Add retry");
    let fake = installed(&sandbox);
    let daemon = sandbox.daemon_with(sandbox.config().set("llm.base_url", NOBODY).set("push", false));
    let file = sandbox.root().join("small.gguf");
    let _ = sandbox.autocommit(&["model", "import", arg(&file)]).ok();
    let _ = sandbox.autocommit(&["model", "use", "small"]).ok();
    assert!(fake.starts().is_empty(), "nothing runs before a message is due");

    until_it_writes(&sandbox, &daemon, &repo);
    let reply = daemon.get("/model").json();
    assert_eq!(reply["server"]["state"], "ready", "{reply:#}");
    let first = i32::try_from(reply["server"]["pid"].as_i64().unwrap()).unwrap();
    assert!(lives(first) && fake.starts().iter().any(|start| start.pid == first));
    let llm = &daemon.get("/status").json()["llm"];
    assert_eq!(llm["model"], "small", "{llm:#}");

    set(&daemon, false);
    is_gone(first);
    assert_eq!(daemon.get("/model").json()["server"]["state"], "off");
    set(&daemon, true);
    until_it_writes(&sandbox, &daemon, &repo);
    let second = fake.starts().last().unwrap().pid;
    assert!(second != first && lives(second));
    daemon.kill();
    is_gone(second);

    let daemon = sandbox.daemon_with(
        sandbox
            .config()
            .set("llm.base_url", NOBODY)
            .set("push", false)
            .set("llm.enabled", true)
            .set("llm.managed", true)
            .set("llm.managed_model", "small"),
    );
    until_it_writes(&sandbox, &daemon, &repo);
    let third = fake.starts().last().unwrap().pid;
    assert!(daemon.stop().success());
    assert!(!lives(third), "told to end, it ends its server first");
}

/// A single cycle has no next one that would find the model loaded: it waits, all its messages do, and rules write only what
/// the cycle has no more time for.
#[test]
fn a_single_cycle_waits_for_a_model_that_loads() {
    let sandbox = Sandbox::new();
    let repos = ["a", "b", "c"].map(|name| {
        let repo = sandbox.repo(name);
        sandbox.write(&repo, "retry.py", "def retry(delay):\n    return delay\n");
        sandbox.git(&repo, &["add", "--all"]);
        sandbox.commit(&repo, "Add retry");
        sandbox.write(&repo, "retry.py", "def retry(delay):\n    # cap\n    return min(delay, 60)\n");
        repo
    });
    // Longer than a message of the daemon's waits.
    let manner = Manner { answer: ANSWER.to_owned(), loading_ms: 5_000, ..Manner::default() };
    let fake = FakeLlama::install(&sandbox.bin_dir(), &manner);
    let file = sandbox.root().join("small.gguf");
    fs::write(&file, "GGUF, as far as anybody can tell").unwrap();
    let config = sandbox.config().set("llm.base_url", NOBODY).set("http.enabled", false).set("push", false);
    let config = config.set("llm.enabled", true).set("llm.managed", true).set("llm.managed_model", "small");
    sandbox.write_config(&config);
    let _ = sandbox.autocommit(&["model", "import", arg(&file)]).ok();
    let cycle = sandbox.autocommit(&["once", "--json"]).ok().json();
    assert_eq!(cycle["messages"], json!({"llm": 3, "rules": 0, "person": 0}), "{cycle:#}");
    for repo in &repos {
        assert!(message_of(&sandbox, repo).to_lowercase().contains(ANSWER));
    }
    assert_eq!(fake.starts().len(), 1);
    assert!(!lives(fake.starts()[0].pid), "it ends with the cycle");
}

#[test]
fn without_a_program_rules_write_and_it_is_said() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("app");
    sandbox.write(&repo, "retry.py", "def retry(delay):\n    return delay\n");
    installed(&sandbox);
    let config =
        sandbox.config().set("llm.base_url", NOBODY).set("llm.enabled", true).set("llm.managed", true);
    let program = sandbox.root().join("small.gguf");
    sandbox.write_config(&config.set("llm.managed_model", "small").set("llm.server_program", arg(&program)));
    let once = || sandbox.autocommit(&["once", "--json", arg(&repo)]).ok().json();
    let because = |cycle: &Value, why: &str| {
        let run = &cycle["runs"][0];
        assert_eq!(run["message_source"], "rules", "{cycle:#}");
        assert!(run["message_reason"].as_str().unwrap().contains(why), "{cycle:#}");
    };
    because(&once(), "The model small is not here.");
    let _ = sandbox.autocommit(&["model", "import", arg(&program)]).ok();
    sandbox.write(&repo, "retry.py", "def retry(delay):\n    return delay * 2\n");
    because(&once(), "is not a program that can be started");
}
