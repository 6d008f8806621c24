//! The command line as a client of the running daemon.

use crate::{LIMIT, rested, still, triggered, wait_until_arrived};
use autocommit_e2e::{Traces, arg, assert_arrived, commits};
use autocommit_test_support::Sandbox;

#[test]
fn what_reads_prints_what_the_daemon_says() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let daemon = rested(&sandbox, still(&sandbox));
    for (args, path) in [
        (vec!["repos", "--json"], "/repos".to_owned()),
        (vec!["history", "--json"], "/history".to_owned()),
        (
            vec!["history", "--json", "--repo", arg(&repo), "-n", "1"],
            format!("/history?limit=1&repo={}", arg(&repo)),
        ),
    ] {
        assert_eq!(sandbox.autocommit(&args).ok().json(), daemon.get(&path).json(), "{args:?}");
    }
    let mut printed = sandbox.autocommit(&["status", "--json"]).ok().json();
    let mut said = daemon.get("/status").json();
    for status in [&mut printed, &mut said] {
        status["uptime_seconds"] = 0.into();
    }
    assert_eq!(printed, said);
    let scan = sandbox.autocommit(&["scan", "--json"]).ok().json();
    assert_eq!(scan["repos"][0]["path"], arg(&repo));
    for command in ["status", "repos", "history", "scan"] {
        let shown = sandbox.autocommit(&[command]).ok();
        assert_ne!(shown.stdout, "", "{}", shown.shown());
    }
    sandbox.write(&repo, "work.txt", "2\n");
    let before = Traces::of(&sandbox, &repo, None);
    let message = sandbox.autocommit(&["message", arg(&repo), "--json"]).ok().json();
    assert_eq!(Traces::of(&sandbox, &repo, None), before);
    let _ = triggered(&daemon, None);
    assert_eq!(message["subject"], sandbox.git(&repo, &["log", "-1", "--format=%s"]));
}

#[test]
fn trigger_commits_and_pushes() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let (other, other_bare) = sandbox.repo_with_remote("other");
    let daemon = rested(&sandbox, still(&sandbox));
    for repo in [&repo, &other] {
        sandbox.write(repo, "work.txt", "1\n");
    }
    let before = Traces::of(&sandbox, &other, Some(&other_bare));
    let _ = sandbox.autocommit_in(&repo, &["trigger", "."]).ok();
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    assert_eq!(Traces::of(&sandbox, &other, Some(&other_bare)), before, "only the one that was named");
    let reply = sandbox.autocommit(&["trigger", "--json"]).ok().json();
    wait_until_arrived(&sandbox, &daemon, &other, &other_bare);
    let cycle = daemon.finished(&reply, LIMIT);
    assert_eq!(cycle["pushed"], 1, "{cycle:#}");
    let two = sandbox.autocommit(&["trigger", "-m", "feat: x", arg(&repo), arg(&repo)]).exits(2);
    assert!(two.stderr.contains("exactly one"), "{}", two.shown());
    let wrong = sandbox.autocommit(&["trigger", arg(&sandbox.home())]).exits(2);
    assert!(wrong.stderr.contains(arg(&sandbox.home())), "{}", wrong.shown());
    assert!(daemon.stop().success());
    let nobody = sandbox.autocommit(&["trigger"]).exits(1);
    assert!(nobody.stderr.contains("autocommit once"), "{}", nobody.shown());
}

#[test]
fn enable_and_disable_reach_the_daemon() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let _ = sandbox.autocommit(&["disable"]).ok();
    assert_eq!(daemon.get("/status").json()["enabled"], false);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let refused = sandbox.autocommit(&["trigger"]).exits(1);
    assert!(refused.stderr.contains("autocommit enable"), "says how to switch on: {}", refused.shown());
    let status = sandbox.autocommit(&["status"]).ok();
    assert!(status.stdout.contains("switched off"), "{}", status.shown());
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    let _ = sandbox.autocommit(&["enable"]).ok();
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
}

#[test]
fn one_repository_is_switched_through_the_daemon() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let _ = sandbox.autocommit_in(&repo, &["repo", "disable", "."]).ok();
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let _ = triggered(&daemon, None);
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    assert!(daemon.stop().success());
    let _ = sandbox.autocommit(&["--set", "http.enabled=false", "once"]).ok();
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before, "it was kept");

    let daemon = rested(&sandbox, still(&sandbox));
    let _ = sandbox.autocommit(&["repo", "enable", arg(&repo)]).ok();
    let _ = triggered(&daemon, None);
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2);
}
