//! A person writes the message of the next commit.

use crate::{history, message_of};
use autocommit_e2e::{arg, assert_arrived, commits, head};
use autocommit_test_support::{Daemon, Sandbox};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

const LIMIT: Duration = Duration::from_secs(60);

/// A daemon that commits nothing by itself after its first cycle.
fn resting(sandbox: &Sandbox) -> Daemon {
    let daemon = sandbox.daemon_with(sandbox.config().set("watch", false).set("quiet_seconds", 0));
    daemon.rested(LIMIT);
    daemon
}

fn id_of(daemon: &Daemon, repo: &Path) -> String {
    let repos = daemon.get("/repos").expect(200).json();
    let found = repos["repos"].as_array().unwrap().iter().find(|r| r["path"] == arg(repo)).cloned();
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_whole_message_is_committed_as_written() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = resting(&sandbox);
    sandbox.write(&repo, "a.txt", "a\n");
    let written = "fix: ünï 🎉, closes #12\n\n- @you [skip ci]\n\tSigned-off-by: nobody";
    let _ = sandbox.autocommit_in(&repo, &["trigger", "-m", written]).ok();
    daemon.wait_for("the commit", LIMIT, |_| (commits(&sandbox, &repo) == 2).then_some(()));
    daemon.wait_for("the push", LIMIT, |_| {
        (sandbox.remote_tip(&bare, "main") == Some(head(&sandbox, &repo))).then_some(())
    });
    assert_eq!(message_of(&sandbox, &repo), written);
    assert_arrived(&sandbox, &repo, &bare);
    let entries = history(&sandbox, &["--source", "person"]);
    assert_eq!(entries.len(), 1, "{entries:#?}");
    assert_eq!(
        (&entries[0]["message_source"], &entries[0]["message_reason"]),
        (&json!("person"), &json!("You wrote it."))
    );
    assert!(entries[0]["message_ms"].is_u64());
    assert_eq!(history(&sandbox, &["--source", "rules"]), Vec::<Value>::new());
    // It was for one commit.
    sandbox.write(&repo, "b.txt", "b\n");
    let cycle = daemon.finished(&daemon.post("/trigger", None).expect(202).json(), LIMIT);
    assert_eq!(cycle["runs"][0]["message_source"], "rules", "{cycle:#}");
    assert_eq!(cycle["messages"], json!({"llm": 0, "rules": 1, "person": 0}));
}

#[test]
fn what_may_not_be_a_message_commits_nothing() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.repo("one"), sandbox.repo("two"));
    let daemon = resting(&sandbox);
    for repo in [&one, &two] {
        sandbox.write(repo, "a.txt", "a\n");
    }
    let ids = [id_of(&daemon, &one), id_of(&daemon, &two)];
    let token = format!("Use ghp_{} here", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    for body in [
        json!({"message": "x"}),
        json!({"repos": ids, "message": "x"}),
        json!({"repos": [ids[0]], "message": " \n "}),
        json!({"repos": [ids[0]], "message": "a\u{1b}[2Jb"}),
        json!({"repos": [ids[0]], "message": token}),
        json!({"repos": [ids[0]], "hint": "two\nlines"}),
        json!({"hint": "x"}),
        json!({"repos": [ids[0]], "message": "feat: x", "push_only": true}),
        json!({"repos": [ids[0]], "request_id": "x", "push_only": true}),
    ] {
        let reply = daemon.post("/trigger", Some(&body)).expect(422).json();
        assert_eq!(reply["error"]["code"], "message_refused", "{body} {reply}");
        assert!(!reply.to_string().contains("ghp_"), "{reply}");
    }
    assert_eq!((commits(&sandbox, &one), commits(&sandbox, &two)), (1, 1));
}

#[test]
fn a_hook_has_its_say_about_a_persons_message() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("app");
    sandbox.hook(&repo, "commit-msg", "grep -q '^fix: ' \"$1\" || { echo 'say fix:' >&2; exit 1; }");
    sandbox.trust(&repo);
    let daemon = resting(&sandbox);
    let id = id_of(&daemon, &repo);
    sandbox.write(&repo, "a.txt", "a\n");
    let say = |text: &str| {
        let body = json!({"repos": [id], "message": text});
        daemon.finished(&daemon.post("/trigger", Some(&body)).expect(202).json(), LIMIT)["runs"][0].clone()
    };
    let refused = say("Mend it");
    assert_eq!((&refused["status"], commits(&sandbox, &repo)), (&json!("failed"), 1), "{refused:#}");
    assert_eq!(say("fix: mend it")["status"], "committed");
    assert_eq!(message_of(&sandbox, &repo), "fix: mend it");
}
