//! On, off and opt-outs over the API; triggers.

use crate::{LIMIT, id_of, rested, still, triggered, wait_until_arrived};
use autocommit_e2e::{Traces, assert_arrived, commits, head};
use autocommit_test_support::{Sandbox, fake_git::Rule};
use serde_json::json;
use std::{path::Path, time::Instant};

#[test]
fn off_means_off_and_survives_a_restart() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    // This one is watched and has a short interval: nothing of that may write either.
    let config = || sandbox.config().set("cycle_interval_seconds", 1);
    let daemon = rested(&sandbox, config());
    let status = daemon.post("/disable", None).expect(200).json();
    assert_eq!((&status["enabled"], &status["state"]), (&false.into(), &"disabled".into()));
    sandbox.write(&repo, "old.txt", "1\n");
    sandbox.commit(&repo, "Old work");
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let id = id_of(&daemon, &repo);
    for body in [None, Some(json!({"repos": [id]}))] {
        let reply = daemon.post("/trigger", body.as_ref()).expect(409);
        assert_eq!(reply.json()["error"]["code"], "disabled");
    }
    // That it looked is what shows that it had the time to write.
    let sees = |daemon: &autocommit_test_support::Daemon| {
        (daemon.get("/repos").json()["repos"][0]["dirty_files"] == 1).then_some(())
    };
    daemon.wait_for("a look at the change", LIMIT, sees);
    assert!(daemon.stop().success());
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);

    let daemon = sandbox.daemon_with(config());
    daemon.wait_for("a look at the change", LIMIT, sees);
    let status = daemon.get("/status").json();
    assert_eq!((&status["enabled"], &status["state"]), (&false.into(), &"disabled".into()));
    assert_eq!(status["next_cycle_at"], json!(null), "none is planned");
    let _ = daemon.post("/trigger", None).expect(409);
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);

    let status = daemon.post("/enable", None).expect(200).json();
    assert_eq!(status["enabled"], true);
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 3);
}

/// A rule that stops every such command of git until the file is there.
fn stopped_until(command: &str, go: &Path) -> Rule {
    let wait = format!("while [ ! -e {} ]; do sleep 0.05; done", go.display());
    Rule::before(command).nth(0).run(&["sh", "-c", &wait])
}

#[test]
fn off_lets_the_running_write_finish_and_starts_nothing_new() {
    let sandbox = Sandbox::new();
    let fake = sandbox.fake_git();
    // One commit at a time: the others wait for the first, which waits for us.
    let daemon = rested(&sandbox, still(&sandbox).set("commit_workers", 1));
    let pairs = ["a", "b", "c"].map(|name| sandbox.repo_with_remote(name));
    for (repo, _) in &pairs {
        sandbox.write(repo, "work.txt", "1\n");
    }
    let go = sandbox.root().join("go");
    fake.script(&[stopped_until("commit-tree", &go)]);
    let cycle = daemon.post("/trigger", None).expect(202).json();
    daemon.wait_for("the first commit", LIMIT, |_| (fake.seen(0) > 0).then_some(()));
    let _ = daemon.post("/disable", None).expect(200);
    std::fs::write(&go, "").unwrap();
    daemon.finished(&cycle, LIMIT);
    assert!(daemon.stop().success());
    assert_eq!(fake.seen(0), 1, "no other commit was begun");
    let mut made: Vec<usize> = pairs.iter().map(|(repo, _)| commits(&sandbox, repo)).collect();
    made.sort_unstable();
    assert_eq!(made, [1, 1, 2], "the one that was being written is whole, the others were not begun");
    for (repo, bare) in &pairs {
        sandbox.fsck(repo);
        assert!(!repo.join(".git/index.lock").exists());
        let expected = if commits(&sandbox, repo) == 1 { "?? work.txt" } else { "" };
        assert_eq!(sandbox.git(repo, &["status", "--porcelain"]), expected);
        assert_ne!(sandbox.remote_tip(bare, "main"), None);
    }
}

#[test]
fn off_starts_no_hook() {
    let sandbox = Sandbox::new();
    let fake = sandbox.fake_git();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let ran = sandbox.root().join("ran");
    sandbox.hook(&repo, "pre-commit", &format!("touch {}", ran.display()));
    sandbox.trust(&repo);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = (sandbox.worktree_manifest(&repo), sandbox.refs(&repo), sandbox.refs(&bare));
    let go = sandbox.root().join("go");
    fake.script(&[stopped_until("write-tree", &go)]);
    let cycle = daemon.post("/trigger", None).expect(202).json();
    daemon.wait_for("the staging", LIMIT, |_| (fake.seen(0) > 0).then_some(()));
    let _ = daemon.post("/disable", None).expect(200);
    std::fs::write(&go, "").unwrap();
    daemon.finished(&cycle, LIMIT);
    assert!(daemon.stop().success());
    let after = (sandbox.worktree_manifest(&repo), sandbox.refs(&repo), sandbox.refs(&bare));
    assert_eq!(before, after);
    assert!(!ran.exists(), "a hook is a program that may write: none starts once it is switched off");
}

#[test]
fn an_opt_out_is_respected_and_survives_a_restart() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let (other, other_bare) = sandbox.repo_with_remote("other");
    let daemon = rested(&sandbox, still(&sandbox));
    let id = id_of(&daemon, &repo);
    let path = format!("/repos/{id}");
    let reply = daemon.request("PATCH", &path, Some(&json!({"enabled": false}))).expect(200).json();
    assert_eq!((&reply["enabled"], &reply["state"]), (&false.into(), &"opted_out".into()));
    for repo in [&repo, &other] {
        sandbox.write(repo, "work.txt", "1\n");
    }
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let cycle = triggered(&daemon, Some(&[&id]));
    assert_eq!(cycle["committed"], 0, "also where it is named: {cycle:#}");
    let _ = triggered(&daemon, None);
    assert_arrived(&sandbox, &other, &other_bare);
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    assert!(daemon.stop().success());

    let daemon = rested(&sandbox, still(&sandbox));
    let _ = triggered(&daemon, None);
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    let _ = daemon.request("PATCH", &path, Some(&json!({"enabled": true}))).expect(200);
    let _ = triggered(&daemon, Some(&[&id]));
    assert_arrived(&sandbox, &repo, &bare);
}

#[test]
fn push_can_be_switched_off_for_one() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let path = format!("/repos/{}", id_of(&daemon, &repo));
    let _ = daemon.request("PATCH", &path, Some(&json!({"push": false}))).expect(200);
    let before = sandbox.refs(&bare);
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = triggered(&daemon, None);
    assert_eq!(commits(&sandbox, &repo), 2);
    assert_eq!(sandbox.refs(&bare), before);
    let _ = daemon.request("PATCH", &path, Some(&json!({"push": true}))).expect(200);
    let _ = triggered(&daemon, None);
    assert_arrived(&sandbox, &repo, &bare);
}

#[test]
fn a_trigger_takes_only_the_repositories_it_names() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let (other, other_bare) = sandbox.repo_with_remote("other");
    let daemon = rested(&sandbox, still(&sandbox));
    for repo in [&repo, &other] {
        sandbox.write(repo, "work.txt", "1\n");
    }
    let before = Traces::of(&sandbox, &other, Some(&other_bare));
    let cycle = triggered(&daemon, Some(&[&id_of(&daemon, &repo)]));
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(cycle["runs"].as_array().map(Vec::len), Some(1), "{cycle:#}");
    assert_eq!(cycle["runs"][0]["commit"], head(&sandbox, &repo));
    assert_eq!(Traces::of(&sandbox, &other, Some(&other_bare)), before);
    let _ = triggered(&daemon, Some(&[]));
    assert_eq!(Traces::of(&sandbox, &other, Some(&other_bare)), before, "none named is none, not all");
    let reply = daemon.post("/trigger", Some(&json!({"dry_run": true}))).expect(202).json();
    let cycle = daemon.finished(&reply, LIMIT);
    assert_eq!((&cycle["dry_run"], &cycle["committed"]), (&true.into(), &1.into()), "{cycle:#}");
    assert_eq!(Traces::of(&sandbox, &other, Some(&other_bare)), before, "a dry run writes nothing");
}

#[test]
fn a_second_trigger_joins_the_first() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let fake = sandbox.fake_git();
    let daemon = rested(&sandbox, still(&sandbox));
    sandbox.write(&repo, "work.txt", "1\n");
    let go = sandbox.root().join("go");
    fake.script(&[stopped_until("push", &go)]);
    let first = daemon.post("/trigger", None).expect(202).json();
    daemon.wait_for("the push", LIMIT, |_| (fake.seen(0) == 1).then_some(()));
    let second = daemon.post("/trigger", None).expect(202).json();
    let path = format!("/cycles/{}", first["cycle_id"].as_str().unwrap());
    let running = daemon.get(&path).expect(200).json();
    std::fs::write(go, "").unwrap();
    assert_eq!(first, second);
    assert_eq!(running["finished_at"], json!(null), "{running:#}");
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 2);
}

#[test]
fn a_trigger_of_all_does_not_join_one_of_some() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let (other, other_bare) = sandbox.repo_with_remote("other");
    let fake = sandbox.fake_git();
    let daemon = rested(&sandbox, still(&sandbox));
    for repo in [&repo, &other] {
        sandbox.write(repo, "work.txt", "1\n");
    }
    let go = sandbox.root().join("go");
    fake.script(&[stopped_until("push", &go)]);
    let some = daemon.post("/trigger", Some(&json!({"repos": [id_of(&daemon, &repo)]}))).expect(202).json();
    daemon.wait_for("the push", LIMIT, |_| (fake.seen(0) == 1).then_some(()));
    let all = daemon.post("/trigger", None).expect(202).json();
    std::fs::write(go, "").unwrap();
    assert_ne!(some["cycle_id"], all["cycle_id"], "the one that runs does not take the other repository");
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    wait_until_arrived(&sandbox, &daemon, &other, &other_bare);
}

#[test]
fn a_cycle_that_is_over_has_its_runs_and_is_not_joined() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    for i in 0..40 {
        sandbox.write(&repo, "work.txt", format!("{i}\n"));
        let reply = daemon.post("/trigger", None).expect(202).json();
        let path = format!("/cycles/{}", reply["cycle_id"].as_str().unwrap());
        let asked = Instant::now();
        // Without a pause: whoever asks in the very moment of the end gets a whole answer too.
        let cycle = loop {
            let cycle = daemon.get(&path).expect(200).json();
            if cycle["finished_at"].is_string() {
                break cycle;
            }
            assert!(asked.elapsed() < LIMIT, "{cycle:#}");
        };
        assert_eq!(cycle["runs"].as_array().map(Vec::len), Some(1), "trigger {i}: {cycle:#}");
        assert_eq!(cycle["pushed"], 1, "trigger {i} came after the one before was over: {cycle:#}");
        assert_arrived(&sandbox, &repo, &bare);
    }
}
