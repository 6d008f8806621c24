//! A commit that was asked for by name is made once, also when it is asked for again while a crash is being settled.

use crate::{LIMIT, id_of, rested, still};
use autocommit_e2e::{arg, commits};
use autocommit_test_support::{Sandbox, fake_git::Rule};
use serde_json::json;
use std::fs;

#[test]
fn asked_for_again_while_what_a_crash_left_is_being_settled() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let fake = sandbox.fake_git();
    // Nothing by itself: what comes later is never at rest.
    let config = still(&sandbox).set("quiet_seconds", 3600).set("max_wait_seconds", 7200);
    let mut first = rested(&sandbox, config.clone());
    let asked =
        json!({"repos": [id_of(&first, &repo)], "message": "Cap the delay", "request_id": "task-0001"});
    sandbox.write(&repo, "work.txt", "1\n");
    fake.script(&[Rule::after("update-ref").kill_parent()]);
    let _ = first.post("/trigger", Some(&asked)).expect(202);
    assert!(first.wait(LIMIT).is_some(), "it was killed after the branch had moved");
    assert_eq!(commits(&sandbox, &repo), 2);

    // The crash is not settled before somebody opens the gate.
    let gate = sandbox.root().join("gate");
    let held = format!("while [ ! -e {} ]; do sleep 0.05; done", arg(&gate));
    fake.script(&[Rule::before("merge-base").run(&["sh", "-c", &held])]);
    sandbox.write(&repo, "later.txt", "2\n");
    let second = sandbox.daemon_with(config);
    second.wait_for("the repository", LIMIT, |daemon| {
        let repos = daemon.get("/repos").expect(200).json();
        repos["repos"].as_array().is_some_and(|repos| !repos.is_empty()).then_some(())
    });
    second.wait_for("the crash being looked at", LIMIT, |_| (fake.seen(0) == 1).then_some(()));
    let reply = second.post("/trigger", Some(&asked)).expect(202).json();
    fs::write(&gate, "").unwrap();
    let _ = second.finished(&reply, LIMIT);
    assert_eq!(commits(&sandbox, &repo), 2, "not again, with what came later");
    let entries = second.get("/history?request_id=task-0001").expect(200).json();
    assert_eq!(entries["entries"].as_array().unwrap().len(), 1, "{entries:#}");
    assert!(sandbox.git(&repo, &["status", "--porcelain"]).contains("later.txt"));
    assert!(second.stop().success());
}
