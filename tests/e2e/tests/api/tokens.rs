//! Two tokens, what each is good for, and what becomes of the old ones when new ones are made.

use crate::{LIMIT, refused::assert_error, rested, still};
use autocommit_e2e::Events;
use autocommit_test_support::{Daemon, Reply, Sandbox};
use std::{fs, os::unix::fs::PermissionsExt as _};

/// What comes back for a request with this token.
#[track_caller]
fn with(daemon: &Daemon, token: &str, method: &str, path: &str) -> Reply {
    daemon.raw(method, path, &[("Authorization", &format!("Bearer {token}"))], b"")
}

/// What `token show` prints.
#[track_caller]
fn shown(sandbox: &Sandbox, scope: &str) -> String {
    let printed = sandbox.autocommit(&["token", "show", "--scope", scope]).ok();
    assert_eq!(printed.stderr, "", "a token and nothing else: {}", printed.shown());
    printed.stdout.trim().to_owned()
}

#[test]
fn who_may_read_may_not_control() {
    let sandbox = Sandbox::new();
    let daemon = rested(&sandbox, still(&sandbox));
    let (read, control) = (shown(&sandbox, "read"), shown(&sandbox, "control"));
    assert_eq!(control, daemon.token());
    assert_ne!(read, control);
    assert_eq!(sandbox.autocommit(&["token", "show"]).ok().stdout.trim(), read, "the lesser one by itself");
    for file in ["token", "token-read"] {
        let mode = fs::metadata(sandbox.state_dir().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    for path in ["/status", "/repos", "/held", "/history", "/settings", "/openapi.json"] {
        let _ = with(&daemon, &read, "GET", path).expect(200);
    }
    for path in ["/trigger", "/disable", "/enable", "/survey", "/login-links", "/logout", "/tokens/rotate"] {
        let reply = with(&daemon, &read, "POST", path).expect(403);
        assert_error(&reply);
        assert_eq!(reply.json()["error"]["code"], "insufficient_scope", "{path}");
        assert!(reply.header("www-authenticate").unwrap().contains("insufficient_scope"), "{path}");
    }
    assert_eq!(daemon.get("/status").json()["enabled"], true);
    let json = sandbox.autocommit(&["token", "show", "--json"]).ok().json();
    assert_eq!((&json["scope"], &json["token"]), (&"read".into(), &read.as_str().into()));
}

#[test]
fn a_new_token_counts_at_once_and_the_old_one_no_more() {
    let sandbox = Sandbox::new();
    let daemon = rested(&sandbox, still(&sandbox));
    let (read, control) = (shown(&sandbox, "read"), shown(&sandbox, "control"));
    let link = daemon.post("/login-links", None).expect(200).json();
    let target = link["url"].as_str().unwrap().strip_prefix(&daemon.base_url()).unwrap().to_owned();
    let entered = daemon.raw("GET", &target, &[], b"").expect(303);
    let cookie = entered.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let stream = |entry: &str| Events::open_with(&daemon, None, entry);
    let of_reader = stream(&format!("Authorization: Bearer {read}"));
    let of_session = stream(&format!("Cookie: {cookie}"));

    let _ = sandbox.autocommit(&["token", "rotate", "--scope", "read"]).ok();
    of_reader.until_the_end();
    let _ = with(&daemon, &read, "GET", "/status").expect(401);
    let _ = with(&daemon, &shown(&sandbox, "read"), "GET", "/status").expect(200);
    let _ = daemon.raw("GET", "/status", &[("Cookie", &cookie)], b"").expect(200);

    let _ = sandbox.autocommit(&["token", "rotate", "--scope", "control"]).ok();
    of_session.until_the_end();
    let _ = with(&daemon, &control, "GET", "/status").expect(401);
    let _ = daemon.raw("GET", "/status", &[("Cookie", &cookie)], b"").expect(401);
    let _ = with(&daemon, &shown(&sandbox, "control"), "POST", "/disable").expect(200);
    let status = sandbox.autocommit(&["status"]).ok();
    assert!(status.stdout.contains("switched off"), "the command line goes on: {}", status.shown());
}

#[test]
fn without_a_daemon_the_files_are_made_and_replaced() {
    let sandbox = Sandbox::new();
    sandbox.write_config(&sandbox.config());
    let first = shown(&sandbox, "read");
    assert_eq!(first.len(), 64);
    let before = (first, shown(&sandbox, "control"));
    let rotated = sandbox.autocommit(&["token", "rotate", "--json"]).ok().json();
    assert_eq!(rotated["rotated"], serde_json::json!(["read", "control"]));
    let after = (shown(&sandbox, "read"), shown(&sandbox, "control"));
    assert!(before.0 != after.0 && before.1 != after.1);
    let daemon = sandbox.daemon();
    daemon.wait_for("an answer to the new token", LIMIT, |daemon| {
        (with(daemon, &after.0, "GET", "/status").status == 200).then_some(())
    });
    assert_eq!(daemon.token(), after.1);
}
