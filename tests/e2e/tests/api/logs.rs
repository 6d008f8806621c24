//! The log's file, its filter at run time, and the text for somebody who helps.

use crate::{LIMIT, rested, still};
use autocommit_e2e::arg;
use autocommit_test_support::Sandbox;
use std::{fs, os::unix::fs::PermissionsExt as _};

#[test]
fn the_log_is_kept_and_what_is_in_it_changes_at_run_time() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let config = still(&sandbox);
    let daemon = rested(&sandbox, config.clone());
    let log = sandbox.state_dir().join("logs/autocommit.log");
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(log.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    let logged = |what: &str| sandbox.autocommit(&["logs", "-n", "100000"]).ok().stdout.contains(what);
    assert!(!logged("DEBUG"));
    sandbox.write_config(&config.set("http.port", daemon.port()).set("log_filter", "trace,hyper=trace"));
    daemon.reload();
    daemon.wait_for("the new filter", LIMIT, |daemon| {
        let _ = daemon.get("/nothing-here-at-all");
        logged("DEBUG").then_some(())
    });
    sandbox.write(&repo, "work.txt", "1\n");

    let report = sandbox.root().join("report.txt");
    let _ = sandbox.autocommit(&["doctor", "--bundle", arg(&report)]).ok();
    assert_eq!(fs::metadata(&report).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&report).unwrap();
    for part in
        ["== Versions", "== Checks", "== Settings", "log_filter = \"trace,hyper=trace\"", "== Warnings"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(daemon.token()), "{text}");
    let _ = sandbox.autocommit(&["doctor", "--bundle", arg(&report)]).exits(1);
    let all = fs::read_to_string(&log).unwrap();
    assert!(!all.contains(daemon.token()), "whoever reads the log could control");
    assert!(daemon.stop().success());
}
