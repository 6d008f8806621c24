//! The command: the person's own, given the report, in the state folder, and ended when it hangs. No repository names one.

use super::*;
use autocommit_e2e::{arg, assert_arrived};
use std::os::unix::fs::PermissionsExt as _;

/// An executable script of the person's.
fn script(sandbox: &Sandbox, name: &str, text: &str) -> PathBuf {
    let file = sandbox.root().join(name);
    std::fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
    file
}

/// The text of a file once it is there and has this many lines.
#[track_caller]
fn lines(daemon: &Daemon, file: &Path, wanted: usize) -> Vec<String> {
    daemon.wait_for(&format!("{} with {wanted} lines", file.display()), LIMIT, |_| {
        let text = std::fs::read_to_string(file).ok()?;
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        (lines.len() >= wanted && text.ends_with('\n')).then_some(lines)
    })
}

fn runs(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // What is dead and not yet reaped by whoever took it over does nothing any more.
    stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next()).is_some_and(|state| state != "Z")
}

#[test]
fn it_is_given_the_report_without_a_shell_and_in_the_state_folder() {
    let sandbox = Sandbox::new();
    let remotes = Remotes::new(&sandbox);
    let (repo, bare) = remotes.repo(&sandbox, "app");
    refuse(&sandbox, &bare);
    let out = sandbox.root().join("out");
    let text = format!(
        "{{ cat; pwd; echo \"$1\"; echo \"$AUTOCOMMIT_REPORT_EVENT: $AUTOCOMMIT_REPORT_TITLE\"; env | grep -c ^GIT_; }} > {0}.new
         printf 'said \\033[31mred\\033[0m\\n'; mv {0}.new {0}; exit 3",
        arg(&out)
    );
    let program = script(&sandbox, "tell", &text);
    sandbox.set_env("GIT_DIR", arg(&repo));
    let literal = "$(touch canary); `touch canary`";
    let daemon =
        sandbox.daemon_with(sandbox.config().set("reports.command", json!([arg(&program), literal])));
    daemon.rested(LIMIT);
    sandbox.write(&repo, "work.txt", "1\n");
    cycle(&daemon, &[]);
    let lines = lines(&daemon, &out, 5);
    let report: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!((&report["event"], &report["repositories"][0]["name"]), (&json!("trouble"), &json!("app")));
    assert_eq!(lines[1..], [arg(&sandbox.state_dir()), literal, "trouble: app was not pushed", "0"]);
    daemon.wait_for("the warning", LIMIT, |daemon| {
        daemon.get("/status").body.contains("ended with code 3. It is tried again.").then_some(())
    });
    let logs = logs(&sandbox, &daemon);
    assert!(logs.contains("said \\u{1b}[31mred") && !logs.contains("\u{1b}[31mred"), "{logs}");
}

#[test]
fn one_that_hangs_is_ended_with_what_it_started_and_nobody_waits() {
    let sandbox = Sandbox::new();
    let remotes = Remotes::new(&sandbox);
    let (repo, bare) = remotes.repo(&sandbox, "app");
    let (other, other_bare) = remotes.repo(&sandbox, "other");
    refuse(&sandbox, &bare);
    let pids = sandbox.root().join("pids");
    let text =
        format!("trap '' TERM\nsleep 1000 &\necho $$ $! >> {}\nwhile :; do sleep 1000; done", arg(&pids));
    let program = script(&sandbox, "hang", &text);
    let config = sandbox.config().set("reports.command", json!([arg(&program)]));
    let daemon = sandbox.daemon_with(config.set("reports.command_seconds", 20));
    daemon.rested(LIMIT);
    sandbox.write(&repo, "work.txt", "1\n");
    cycle(&daemon, &[]);
    let line = lines(&daemon, &pids, 1).remove(0);
    let hanging: Vec<_> = line.split(' ').collect();
    assert!(hanging.iter().all(|pid| runs(pid)), "{hanging:?}");
    sandbox.write(&other, "work.txt", "1\n");
    cycle(&daemon, &[]);
    assert_arrived(&sandbox, &other, &other_bare);
    assert!(hanging.iter().all(|pid| runs(pid)), "the cycle came while it hung: {hanging:?}");
    daemon.wait_for("its end", LIMIT, |_| (!hanging.iter().any(|pid| runs(pid))).then_some(()));
    daemon.wait_for("the warning", LIMIT, |daemon| {
        daemon.get("/status").body.contains("did not end within 20 seconds and was ended.").then_some(())
    });
    // The next try hangs too; the end of the program takes it along.
    let line = lines(&daemon, &pids, 2).remove(1);
    let hanging: Vec<_> = line.split(' ').collect();
    assert!(daemon.stop().success());
    assert!(!hanging.iter().any(|pid| runs(pid)), "{hanging:?}");
}

#[test]
fn no_repository_and_no_request_names_a_command() {
    let (sandbox, server) = (Sandbox::new(), Webhook::new());
    let remotes = Remotes::new(&sandbox);
    let (repo, bare) = remotes.repo(&sandbox, "app");
    refuse(&sandbox, &bare);
    let canary = sandbox.root().join("canary");
    let program = script(&sandbox, "evil", &format!(": > {}", arg(&canary)));
    let section = format!("[reports]\ncommand = [\"{}\"]\n", arg(&program));
    for name in ["config.toml", "autocommit.toml", ".autocommit.toml", ".autocommit/config.toml"] {
        sandbox.write(&repo, name, &section);
    }
    for key in
        ["autocommit.reports.command", "autocommit.command", "reports.command", "autocommit.reportsCommand"]
    {
        sandbox.git(&repo, &["config", key, arg(&program)]);
    }
    sandbox.trust(&repo);
    let config = sandbox.config().set("notifications.recovered", true);
    let daemon = sandbox.daemon_with(config.set("reports.webhook_url", server.url("x")));
    daemon.rested(LIMIT);
    let before = std::fs::read_to_string(sandbox.config_file()).unwrap();
    for (key, value) in [
        ("reports.command", json!([arg(&program)])),
        ("reports.webhook_url", json!("https://evil.example/")),
        ("reports.webhook_url", Value::Null),
        ("reports.webhook_plain_http", json!(true)),
        ("reports.command_seconds", json!(600)),
    ] {
        let change = json!({"changes": {key: value}});
        let refused = daemon.request("PATCH", "/settings", Some(&change)).expect(422).json();
        assert!(
            refused["error"]["problems"][0]["message"].as_str().unwrap().contains("for you alone"),
            "{refused:#}"
        );
    }
    assert_eq!(std::fs::read_to_string(sandbox.config_file()).unwrap(), before);
    sandbox.write(&repo, "work.txt", "1\n");
    cycle(&daemon, &[]);
    assert_eq!(reports(&daemon, &server, 1)[0]["title"], "app was not pushed");
    // It would have been started before another report goes out.
    mend(&bare);
    cycle(&daemon, &["app"]);
    reports(&daemon, &server, 2);
    refuse(&sandbox, &bare);
    sandbox.write(&repo, "work.txt", "2\n");
    cycle(&daemon, &["app"]);
    reports(&daemon, &server, 3);
    assert!(!canary.exists());
    // This test can fail: the same in the person's own file is started.
    let config =
        sandbox.config().set("http.port", daemon.port()).set("reports.command", json!([arg(&program)]));
    sandbox.write_config(&config);
    let _ = sandbox.autocommit(&["report", "test"]).ok();
    assert!(canary.exists());
}
