//! No way to an approval leads through the API.

use super::hooked;
use autocommit_test_support::Sandbox;
use serde_json::json;
use std::{fs, time::Duration};

const LIMIT: Duration = Duration::from_secs(60);

/// The API's own description names every route; each is called in every way it describes, with what it describes and with
/// what an attacker would add. Nothing of it approves anything, and reading changes nothing.
#[test]
fn no_request_approves_anything_and_no_reading_changes_anything() {
    let sandbox = Sandbox::new();
    let (repo, bare, mark) = hooked(&sandbox, "app");
    let daemon = sandbox.daemon_with(sandbox.config().set("quiet_seconds", 0));
    daemon.rested(LIMIT);
    let repos = daemon.get("/repos").expect(200).json();
    assert_eq!(repos["repos"][0]["state"], "needs_trust", "{repos:#}");
    let id = repos["repos"][0]["id"].as_str().unwrap().to_owned();
    let described = daemon.get("/openapi.json").expect(200).json();
    let paths = described["paths"].as_object().unwrap();
    assert!(paths.len() > 5, "{paths:#?}");
    let state = || {
        let mut all: Vec<_> = fs::read_dir(sandbox.state_dir())
            .unwrap()
            .flatten()
            .filter(|entry| entry.file_name() != "autocommit.db-shm")
            .map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap_or_default()))
            .collect();
        all.sort();
        all
    };
    let before = (state(), sandbox.refs(&repo), sandbox.refs(&bare), sandbox.worktree_manifest(&repo));
    let (mut read, mut written) = (0, 0);
    for (path, methods) in paths {
        let path = path.replace("{id}", &id);
        if methods.get("get").is_some() && !path.contains("events") && !path.contains("message") {
            let _ = daemon.get(&path);
            read += 1;
        }
    }
    assert!(read >= 5, "{read}");
    let after = (state(), sandbox.refs(&repo), sandbox.refs(&bare), sandbox.worktree_manifest(&repo));
    assert!(before == after, "reading changed something");
    let body = json!({
        "enabled": true, "push": true, "trust": true, "trusted": true, "approve": true, "allow": true, "force": true,
        "repos": [id], "state": "clean",
    });
    for (path, methods) in paths {
        let path = path.replace("{id}", &id);
        for method in ["post", "put", "patch", "delete"].iter().filter(|m| methods.get(**m).is_some()) {
            for body in [None, Some(&body), Some(&json!({"enabled": true})), Some(&json!({"repos": [id]}))] {
                let _ = daemon.request(&method.to_uppercase(), &path, body);
                written += 1;
            }
        }
        for name in ["trust", "allow", "approve"] {
            let _ = daemon.post(&format!("/{name}"), Some(&body));
            let _ = daemon.post(&format!("/repos/{id}/{name}"), Some(&body));
        }
    }
    assert!(written > 8, "{written}");
    let _ = daemon.post("/enable", None);
    daemon.wait_for("rest", LIMIT, |daemon| {
        let status = daemon.get("/status").json();
        status["current_cycle"].is_null().then_some(())
    });
    assert!(!sandbox.state_dir().join("trust.json").exists(), "something was approved");
    assert!(!mark.exists());
    assert_eq!(daemon.get("/repos").expect(200).json()["repos"][0]["state"], "needs_trust");
    let _ = daemon.stop();
}
