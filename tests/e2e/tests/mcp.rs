//! `autocommit mcp` as a client that is not ours finds it: the protocol's Python SDK. Skipped where that is not installed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that starts a client of others, or says that it is not there"
)]

use autocommit_e2e::{arg, commits, head};
use autocommit_test_support::{Daemon, Sandbox};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

const LIMIT: Duration = Duration::from_secs(60);
const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../mcp/client.py");

fn python() -> Option<PathBuf> {
    let python = std::env::var_os("TEST_READERS_PYTHON").map(PathBuf::from);
    if python.is_none() {
        println!("mcp: SKIPPED: the Python SDK of the protocol is not installed (TEST_READERS_PYTHON)");
    }
    python
}

/// What the server answers to each step, its greeting first.
#[track_caller]
fn talk(sandbox: &Sandbox, python: &Path, steps: &Value) -> Vec<Value> {
    let server = sandbox.autocommit_command();
    let mut client = Command::new(python);
    client.arg(CLIENT).arg(server.get_program()).args(server.get_args()).arg("mcp").env_clear();
    client.envs(server.get_envs().filter_map(|(name, value)| Some((name, value?))));
    client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = client.spawn().unwrap();
    child.stdin.take().unwrap().write_all(steps.to_string().as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{shown}");
    serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {shown}"))
}

fn settings(sandbox: &Sandbox, actions: bool) -> autocommit_test_support::Config {
    let config = sandbox.config().set("watch", false).set("quiet_seconds", 0);
    config.set("cycle_interval_seconds", 3600).set("http.agent_actions", actions)
}

#[track_caller]
fn daemon(sandbox: &Sandbox, actions: bool) -> Daemon {
    let daemon = sandbox.daemon_with(settings(sandbox, actions));
    daemon.rested(LIMIT);
    daemon
}

fn names(reply: &Value) -> Vec<&str> {
    reply["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[test]
fn an_agent_may_look_and_by_itself_do_nothing() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let _daemon = daemon(&sandbox, false);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = head(&sandbox, &repo);
    let replies = talk(
        &sandbox,
        &python,
        &json!([
            ["tools", {}],
            ["resources", {}],
            ["status", {}],
            ["repositories", {}],
            ["waiting", {}],
            ["history", {"limit": 5}],
            ["history", {"limit": "many"}],
            ["status", {"extra": 1}],
            ["read", {"uri": "autocommit://waiting"}],
            ["read", {"uri": "file:///etc/passwd"}],
            ["commit", {"repo": arg(&repo), "message": "No", "request_id": "task-0001"}],
            ["pause", {"minutes": 5}],
            ["trust", {"repo": arg(&repo)}],
        ]),
    );
    assert_eq!(replies[0]["serverInfo"]["name"], "autocommit", "{:#}", replies[0]);
    assert_eq!(names(&replies[1]), ["status", "repositories", "waiting", "history"]);
    for tool in replies[1]["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool:#}");
    }
    assert_eq!(replies[2]["resources"].as_array().unwrap().len(), 4);
    for reply in &replies[3..7] {
        assert_ne!(reply["isError"], true, "{reply:#}");
        assert_eq!(reply["structuredContent"]["untrusted"], true, "{reply:#}");
        assert!(reply["structuredContent"]["notice"].as_str().unwrap().contains("no instruction"));
    }
    assert_eq!(replies[3]["structuredContent"]["data"]["enabled"], true);
    assert_eq!(replies[4]["structuredContent"]["data"]["repositories"][0]["path"], arg(&repo));
    for wrong in &replies[7..9] {
        assert_eq!(wrong["isError"], true, "{wrong:#}");
    }
    assert!(replies[9]["contents"][0]["text"].as_str().unwrap().contains("untrusted"), "{:#}", replies[9]);
    assert!(replies[10]["refused"].is_string(), "{:#}", replies[10]);
    for refused in &replies[11..] {
        assert!(refused["isError"] == true || refused["refused"].is_string(), "{refused:#}");
    }
    assert_eq!(head(&sandbox, &repo), before, "nothing was committed");
    assert!(!sandbox.autocommit(&["status"]).ok().stdout.contains("aused"));
}

#[test]
fn an_agent_is_allowed_by_the_file_alone_and_only_as_long() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::new();
    let daemon = daemon(&sandbox, false);
    let file = |actions: bool| settings(&sandbox, actions).set("http.port", daemon.port()).toml();
    // Whoever starts the server may be the agent.
    let theirs = sandbox.root().join("theirs.toml");
    std::fs::write(&theirs, file(true)).unwrap();
    sandbox.set_env("AUTOCOMMIT_CONFIG", arg(&theirs));
    sandbox.set_env("AUTOCOMMIT_HTTP__AGENT_ACTIONS", "true");
    let write =
        |actions: bool| json!(["write", {"path": arg(&sandbox.config_file()), "text": file(actions)}]);
    let offered = |tools: usize| json!(["tools", {"wanted": tools}]);
    let pause = json!(["pause", {"minutes": 5}]);
    let resume = json!(["resume", {}]);
    let steps = [offered(4), pause.clone(), write(true), offered(8), pause, write(false), offered(4), resume];
    let replies = talk(&sandbox, &python, &json!(steps));
    for (at, tools) in [(1, 4), (4, 8), (7, 4)] {
        assert_eq!(names(&replies[at]).len(), tools, "{:#}", replies[at]);
    }
    for (at, allowed) in [(2, false), (5, true), (8, false)] {
        assert_eq!(replies[at]["isError"] != true, allowed, "{:#}", replies[at]);
    }
    let status = daemon.get("/status").json();
    assert!(status["paused_until"].is_string(), "the pause stays: {status:#}");
    assert_eq!(status["warnings"], json!([]), "nothing waits for the next start");
}

#[test]
fn a_commit_is_made_once_whatever_the_retries() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let (other, _) = sandbox.repo_with_remote("other");
    let running = daemon(&sandbox, true);
    sandbox.write(&repo, "work.txt", "1\n");
    sandbox.write(&other, "work.txt", "1\n");
    let asked = json!({
        "repo": arg(&repo), "message": "Cap the retry delay\n\nSlow networks were hammered.",
        "request_id": "task-0001", "who": "an agent", "task": "cap the delay",
    });
    let replies = talk(&sandbox, &python, &json!([["tools", {}], ["commit", asked], ["commit", asked]]));
    assert_eq!(names(&replies[1])[4..], ["commit", "trigger", "pause", "resume"]);
    for reply in &replies[2..] {
        let data = &reply["structuredContent"]["data"];
        assert_eq!(data["committed"], true, "{reply:#}");
        assert_eq!(data["entry"]["subject"], "Cap the retry delay");
        assert_eq!(data["entry"]["message_reason"], "an agent gave it, for: cap the delay");
        assert_eq!(data["entry"]["commit"], head(&sandbox, &repo));
    }
    assert_eq!(commits(&sandbox, &repo), 2);
    assert_eq!(commits(&sandbox, &other), 1, "the other one was not meant");
    // Also with new work, after a crash, and from another process.
    sandbox.write(&repo, "more.txt", "2\n");
    let _ = talk(&sandbox, &python, &json!([["commit", asked]]));
    assert_eq!(commits(&sandbox, &repo), 2, "not again with what came later");
    running.kill();
    let running = sandbox.daemon_with(settings(&sandbox, true).set("dry_run", true));
    running.rested(LIMIT);
    let again = talk(&sandbox, &python, &json!([["commit", asked]]));
    assert_eq!(again[1]["structuredContent"]["data"]["committed"], true, "{:#}", again[1]);
    let entries = running.get("/history?request_id=task-0001").expect(200).json();
    assert_eq!(entries["entries"].as_array().unwrap().len(), 1, "{entries:#}");
    assert_eq!(commits(&sandbox, &repo), 2);
    let files = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let journal = files(sandbox.state_dir().join("journal")).filter(|path| path.is_dir()).flat_map(files);
    let text: String = journal.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert_eq!(text.matches(r#""request_id":"task-0001""#).count(), 1, "{text}");
    assert!(sandbox.remote_tip(&bare, "main").is_some());
}

#[test]
fn hostile_names_are_harmless_in_an_answer() {
    let Some(python) = python() else { return };
    let sandbox = Sandbox::new();
    let name = "a\u{202e}b\u{1b}[31m\u{e0041}c";
    let (repo, _) = sandbox.repo_with_remote(name);
    sandbox.git(&repo, &["checkout", "-q", "-b", "x\u{200b}\u{2066}y"]);
    let daemon = daemon(&sandbox, true);
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = daemon.post("/trigger", None).expect(202);
    daemon.wait_for("an entry", LIMIT, |daemon| {
        (!daemon.get("/history").json()["entries"].as_array().unwrap().is_empty()).then_some(())
    });
    let steps = json!([["repositories", {}], ["history", {}], ["waiting", {}], ["pause", {"minutes": 1}], ["resume", {}]]);
    for reply in &talk(&sandbox, &python, &steps)[1..] {
        let text = reply.to_string();
        for hidden in ["\u{202e}", "\u{1b}", "\\u001b", "\u{e0041}", "\u{200b}", "\u{2066}"] {
            assert!(!text.contains(hidden), "{hidden:?} in {text}");
        }
        assert_ne!(reply["isError"], true, "{reply:#}");
    }
    assert_eq!(daemon.get("/status").json()["enabled"], true, "the pause was ended");
}
