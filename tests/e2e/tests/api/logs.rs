//! The log's file, its filter at run time, who reads it, and the text for somebody who helps.

use crate::{LIMIT, id_of, rested, still, triggered};
use autocommit_e2e::arg;
use autocommit_test_support::{Daemon, Sandbox};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
};

fn file(sandbox: &Sandbox) -> PathBuf {
    sandbox.state_dir().join("logs/autocommit.log")
}

/// Lines of the file at this level.
fn count(sandbox: &Sandbox, level: &str) -> usize {
    let text = fs::read_to_string(file(sandbox)).unwrap();
    text.lines().filter(|line| line.split_whitespace().nth(1) == Some(level)).count()
}

/// Something that is worth a line at the level `DEBUG`.
fn refused(daemon: &Daemon) {
    let _ = daemon.get("/repos/nobody/message").expect(404);
}

#[test]
fn what_is_logged_changes_while_it_runs_by_the_file_and_over_the_api() {
    let sandbox = Sandbox::new();
    let _ = sandbox.repo_with_remote("app");
    let config = still(&sandbox);
    let daemon = rested(&sandbox, config.clone());
    let log = file(&sandbox);
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(log.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    refused(&daemon);
    assert_eq!(count(&sandbox, "DEBUG"), 0);
    // By the file: lines appear.
    sandbox.write_config(&config.set("http.port", daemon.port()).set("log_filter", "debug"));
    daemon.reload();
    daemon.wait_for("the new filter", LIMIT, |daemon| {
        refused(daemon);
        (count(&sandbox, "DEBUG") > 0).then_some(())
    });
    assert!(daemon.printed().contains(" DEBUG "), "on the terminal too");
    // Over the API: they vanish, appear, and vanish; each answer means that it counts.
    let change = |filter: Value| {
        let changes = json!({"changes": {"log_filter": filter}});
        let _ = daemon.request("PATCH", "/settings", Some(&changes)).expect(200);
    };
    let mut before = count(&sandbox, "DEBUG");
    for (filter, more) in [(json!("info"), false), (json!("trace"), true), (Value::Null, false)] {
        change(filter.clone());
        before = if more { before } else { count(&sandbox, "DEBUG") };
        refused(&daemon);
        assert_eq!(count(&sandbox, "DEBUG") > before, more, "{filter}");
    }
    // What is no filter is refused, and the last one stays.
    for wrong in ["app=loud", "][", "nonsense"] {
        let changes = json!({"changes": {"log_filter": wrong}});
        let reply = daemon.request("PATCH", "/settings", Some(&changes)).expect(422).json();
        assert_eq!(reply["error"]["problems"][0]["key"], "log_filter", "{reply:#}");
    }
    change(json!("debug"));
    assert_eq!(daemon.get("/status").json()["warnings"], json!([]));

    let report = sandbox.root().join("report.txt");
    let _ = sandbox.autocommit(&["doctor", "--bundle", arg(&report)]).ok();
    assert_eq!(fs::metadata(&report).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&report).unwrap();
    let version = format!("autocommit {}", env!("CARGO_PKG_VERSION"));
    for part in [
        "== Versions",
        &version,
        "git version 2.",
        "== Checks",
        "== Settings",
        "log_filter = \"debug\"",
        "== Warnings",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let _ = sandbox.autocommit(&["doctor", "--bundle", arg(&report)]).exits(1);
    assert!(daemon.stop().success());
}

/// What of a line belongs to a run, as `logs --json` tells it.
fn told(sandbox: &Sandbox, args: &[&str]) -> Vec<Value> {
    let printed = sandbox.autocommit(&[&["logs", "-n", "100000", "--json"], args].concat()).ok().stdout;
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_line_of_a_run_names_it_whatever_is_logged() {
    let sandbox = Sandbox::new();
    let (one, _) = sandbox.repo_with_remote("one");
    let (two, bare) = sandbox.repo_with_remote("two");
    let daemon = rested(&sandbox, still(&sandbox).set("log_filter", "debug"));
    fs::remove_file(file(&sandbox)).unwrap();
    for repo in [&one, &two] {
        sandbox.write(repo, "work.txt", "1\n");
    }
    let cycle = triggered(&daemon, None);
    let lines = told(&sandbox, &[]);
    let runs = cycle["runs"].as_array().unwrap();
    let ids = |lines: &[Value]| {
        lines.iter().filter_map(|line| line["run_id"].as_str().map(str::to_owned)).collect()
    };
    let ids: std::collections::BTreeSet<String> = ids(&lines);
    assert_eq!(ids.len(), runs.len(), "one for each run: {ids:?}");
    assert_eq!(runs.len(), 2);
    for run in runs {
        let of_run: Vec<_> = lines.iter().filter(|line| line["repo"] == run["path"]).collect();
        let said = |what: &str| of_run.iter().any(|line| line["text"].as_str().unwrap().contains(what));
        // Git's own calls, the message and the push.
        for what in
            ["stage=\"draft\"", "stage=\"commit\"", "stage=\"push\"", "step=\"commit-tree\"", "step=\"push\""]
        {
            assert!(said(what), "{what}: {of_run:#?}");
        }
        let first = of_run[0]["run_id"].as_str().unwrap();
        for line in of_run {
            assert_eq!((&line["run_id"], &line["cycle_id"]), (&json!(first), &cycle["cycle_id"]), "{line:#}");
        }
    }
    // While nothing else happens, no git is started outside of a run.
    for line in lines.iter().filter(|line| line["text"].as_str().unwrap().contains("step=")) {
        assert!(line["run_id"].is_string(), "{line:#}");
    }
    for (repo, other) in [(&one, &two), (&two, &one)] {
        let of_one = told(&sandbox, &["--repo", arg(&repo.join("README.md"))]);
        assert!(of_one.len() > 10 && of_one.iter().all(|line| line["repo"] == arg(repo)), "{of_one:#?}");
        assert!(!of_one.iter().any(|line| line.to_string().contains(arg(other))), "{of_one:#?}");
    }
    // Also where the filter lets through little, or one part alone.
    sandbox.hook(&bare, "pre-receive", "exit 1");
    sandbox.trust(&two);
    for (filter, least) in [("warn", "was refused"), ("off,autocommit_git=debug", "step=\"push\"")] {
        let changes = json!({"changes": {"log_filter": filter}});
        let _ = daemon.request("PATCH", "/settings", Some(&changes)).expect(200);
        fs::remove_file(file(&sandbox)).unwrap();
        sandbox.write(&two, "work.txt", filter);
        let _ = triggered(&daemon, Some(&[&id_of(&daemon, &two)]));
        let lines = told(&sandbox, &["--repo", arg(&two)]);
        assert!(
            lines.iter().any(|line| line["text"].as_str().unwrap().contains(least)),
            "{filter}: {lines:#?}"
        );
    }
    assert!(daemon.stop().success());
}

#[test]
fn following_goes_on_where_files_are_set_aside() {
    let sandbox = Sandbox::new();
    let log = file(&sandbox);
    fs::create_dir_all(log.parent().unwrap()).unwrap();
    let say = |path: &Path, what: &str| {
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "2026-01-02T03:04:05.678901Z  INFO {what}").unwrap();
    };
    say(&log, "one");
    let mut command = sandbox.autocommit_command();
    command.args(["logs", "-f", "-n", "5"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (told, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| told.send(line)));
    let next = || match heard.recv_timeout(LIMIT) {
        Ok(line) => line.rsplit(' ').next().unwrap().to_owned(),
        Err(_) => "nothing".to_owned(),
    };
    assert_eq!(next(), "one");
    // Twice in one instant, as the program does it, with lines on both sides of each.
    say(&log, "two");
    for (last, first) in [("three", "four"), ("five", "six")] {
        say(&log, last);
        let _ = fs::rename(log.with_extension("log.1"), log.with_extension("log.2"));
        fs::rename(&log, log.with_extension("log.1")).unwrap();
        say(&log, first);
    }
    for expected in ["two", "three", "four", "five", "six"] {
        assert_eq!(next(), expected);
    }
    say(&log, "seven");
    assert_eq!(next(), "seven");
    child.kill().unwrap();
    child.wait().unwrap();
    let all = sandbox.autocommit(&["logs"]).ok().stdout;
    assert_eq!(all.lines().count(), 7, "those that were set aside too: {all}");
    assert_eq!(sandbox.autocommit(&["logs", "-n", "3"]).ok().stdout.lines().count(), 3);
}
