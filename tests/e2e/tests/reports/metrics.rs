//! `/metrics`, read by Prometheus's own Python client, beside what is true of the repositories.

use super::*;
use autocommit_e2e::{arg, commits};
use std::{
    io::Write as _,
    process::{Command, Stdio},
};

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reports/metrics.py");

/// One number, by its name and its labels as they are written.
#[track_caller]
fn number(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is not in\n{text}")).parse().unwrap()
}

#[track_caller]
fn metrics(daemon: &Daemon) -> String {
    let reply = daemon.get("/metrics").expect(200);
    assert_eq!(
        reply.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    reply.body
}

#[test]
fn the_numbers_are_those_of_the_repositories() {
    let sandbox = Sandbox::new();
    let remotes = Remotes::new(&sandbox);
    let (well, _) = remotes.repo(&sandbox, "zebra-well");
    let (bad, bad_bare) = remotes.repo(&sandbox, "zebra-bad");
    refuse(&sandbox, &bad_bare);
    let before = (commits(&sandbox, &well), commits(&sandbox, &bad));
    let daemon = sandbox.daemon();
    daemon.rested(LIMIT);
    let text = metrics(&daemon);
    assert_eq!(number(&text, "autocommit_commits_total"), 0.0, "nothing was done yet");
    let cycles = number(&text, "autocommit_cycles_total");
    sandbox.write(&well, "work.txt", "1\n");
    sandbox.write(&bad, "work.txt", "1\n");
    for _ in 0..3 {
        cycle(&daemon, &[]);
    }
    let text = metrics(&daemon);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    assert_eq!((commits(&sandbox, &well), commits(&sandbox, &bad)), (before.0 + 1, before.1 + 1));
    for (name, expected) in [
        ("autocommit_commits_total", 2.0),
        ("autocommit_messages_total{source=\"rules\"}", 2.0),
        ("autocommit_messages_total{source=\"llm\"}", 0.0),
        ("autocommit_pushes_total", 1.0),
        ("autocommit_failures_total", 1.0),
        ("autocommit_holds_total", 0.0),
        ("autocommit_cycles_total", cycles + 3.0),
        ("autocommit_repositories{state=\"clean\"}", 1.0),
        ("autocommit_repositories{state=\"failing\"}", 1.0),
        ("autocommit_repositories{state=\"held\"}", 0.0),
        ("autocommit_pushes_waiting", 1.0),
        ("autocommit_commits_waiting", 1.0),
        ("autocommit_held_files", 0.0),
        ("autocommit_enabled", 1.0),
        ("autocommit_paused", 0.0),
        ("autocommit_warnings", 0.0),
    ] {
        assert_eq!(number(&text, name), expected, "{name}\n{text}");
    }
    for name in [
        "process_start_time_seconds",
        "autocommit_last_cycle_timestamp_seconds",
        "autocommit_last_push_timestamp_seconds",
    ] {
        let at = number(&text, name);
        assert!(at <= now && at > now - 3600.0, "{name} {at}, now {now}");
    }
    assert!(number(&text, "autocommit_last_cycle_age_seconds") >= 0.0);
    for hidden in ["zebra", arg(&sandbox.root()), "127.0.0.1"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let _ = daemon.post("/disable", None).expect(200);
    assert_eq!(number(&metrics(&daemon), "autocommit_enabled"), 0.0);
    let read = std::fs::read_to_string(sandbox.state_dir().join("token-read")).unwrap();
    let authorization = format!("Bearer {}", read.trim());
    let reply = daemon.raw("GET", "/metrics", &[("Authorization", &authorization)], b"");
    assert_eq!(reply.status, 200, "what reads may read this");
    assert_eq!(daemon.raw("GET", "/metrics", &[], b"").status, 401);
    understood(&text);
}

/// Every sample is read by a reader that is not ours, as it stands there.
fn understood(text: &str) {
    let Some(python) = std::env::var_os("TEST_READERS_PYTHON") else {
        println!(
            "metrics: SKIPPED in part: Prometheus's Python client is not installed (TEST_READERS_PYTHON)"
        );
        return;
    };
    let mut reader = Command::new(python);
    reader.arg(READER).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut reader = reader.spawn().unwrap();
    reader.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let ended = reader.wait_with_output().unwrap();
    assert!(ended.status.success(), "{text}");
    let samples: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let samples = samples.as_array().unwrap();
    assert_eq!(samples.len(), text.lines().filter(|line| !line.starts_with('#')).count());
    let commits = samples.iter().find(|sample| sample["name"] == "autocommit_commits_total").unwrap();
    assert_eq!((&commits["type"], commits["value"].as_f64()), (&json!("counter"), Some(2.0)));
    let states = samples.iter().filter(|sample| sample["name"] == "autocommit_repositories");
    assert_eq!(states.filter_map(|sample| sample["value"].as_f64()).sum::<f64>(), 2.0);
    assert!(samples.iter().all(|sample| sample["help"].as_str().unwrap().ends_with('.')), "{samples:#?}");
}
