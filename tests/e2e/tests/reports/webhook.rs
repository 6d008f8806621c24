//! The webhook: one report for an episode, nothing of a file in it, and nothing at all where it is off.

use super::*;
use autocommit_e2e::{arg, assert_arrived};
use std::os::unix::fs::PermissionsExt as _;

const HUSH: &str = "Bearer hush-3f9a1c77";

/// Settings with a header whose value is in a file.
fn with_header(sandbox: &Sandbox, server: &Webhook) -> autocommit_test_support::Config {
    let file = sandbox.root().join("header");
    std::fs::write(&file, format!("{HUSH}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    sandbox
        .config()
        .set("reports.webhook_url", server.url("topic?key=hush-3f9a1c77"))
        .set("reports.webhook_header", "Authorization")
        .set("reports.webhook_header_file", arg(&file))
        .set("notifications.recovered", true)
        .set("log_filter", "debug,reqwest=trace,hyper_util=trace")
}

#[test]
fn an_episode_is_reported_once_and_the_next_one_again() {
    let (sandbox, server) = (Sandbox::new(), Webhook::new());
    let remotes = Remotes::new(&sandbox);
    let (repo, bare) = remotes.repo(&sandbox, "website");
    let (other, other_bare) = remotes.repo(&sandbox, "other");
    refuse(&sandbox, &bare);
    let config = with_header(&sandbox, &server);
    let daemon = sandbox.daemon_with(config.clone());
    daemon.rested(LIMIT);
    sandbox.write(&repo, "secret-plan.txt", "1\n");
    cycle(&daemon, &[]);
    let first = reports(&daemon, &server, 1).remove(0);
    let told = json!([{
        "name": "website", "kind": "push", "code": "rejected",
        "sentence": first["repositories"][0]["sentence"], "hint": first["repositories"][0]["hint"],
    }]);
    assert_eq!(
        (&first["version"], &first["event"], &first["title"], &first["urgency"], &first["repositories"]),
        (&json!(1), &json!("trouble"), &json!("website was not pushed"), &json!("normal"), &told),
        "{first:#}"
    );
    let posted = server.posted().remove(0);
    assert_eq!((posted.method.as_str(), posted.path.as_str()), ("POST", "/topic?key=hush-3f9a1c77"));
    assert_eq!(posted.header("authorization"), Some(HUSH));
    assert_eq!(posted.header("content-type"), Some("application/json"));
    for hidden in [arg(&sandbox.root()), "secret-plan", "no entry", "127.0.0.1"] {
        assert!(!posted.body.contains(hidden), "{hidden} in {}", posted.body);
    }
    // Many cycles, with new work, asked for, and after a restart: the same episode.
    for n in 0..3 {
        sandbox.write(&repo, "work.txt", format!("{n}\n"));
        cycle(&daemon, &[]);
        cycle(&daemon, &["website"]);
    }
    assert!(daemon.stop().success());
    let daemon = sandbox.daemon_with(config);
    daemon.rested(LIMIT);
    cycle(&daemon, &["website"]);
    // Reports go in order: whatever else there is of the first would come before the one of the other.
    refuse(&sandbox, &other_bare);
    sandbox.write(&other, "work.txt", "1\n");
    cycle(&daemon, &["other"]);
    assert_eq!(reports(&daemon, &server, 2)[1]["title"], "other was not pushed");
    // Well again, and then refused again.
    mend(&bare);
    cycle(&daemon, &["website"]);
    assert_arrived(&sandbox, &repo, &bare);
    let recovered = &reports(&daemon, &server, 3)[2];
    assert_eq!(
        (&recovered["event"], &recovered["title"], &recovered["repositories"]),
        (&json!("recovered"), &json!("website is well again"), &json!([]))
    );
    refuse(&sandbox, &bare);
    sandbox.write(&repo, "work.txt", "again\n");
    cycle(&daemon, &["website"]);
    let all = reports(&daemon, &server, 4);
    assert_eq!(
        (all[3]["title"].as_str(), all[3]["key"] == all[0]["key"]),
        (Some("website was not pushed"), true)
    );
    assert_eq!(all.len(), 4, "{all:#?}");
    let kept = std::fs::read_to_string(sandbox.state_dir().join("reports.json")).unwrap();
    for text in [logs(&sandbox, &daemon), kept, daemon.get("/settings").body, daemon.get("/status").body] {
        assert!(!text.contains("hush-3f9a1c77"), "{text}");
    }
    assert!(logs(&sandbox, &daemon).contains("A report was sent. The webhook at 127.0.0.1 took it (200)."));
    let _ = sandbox.autocommit(&["doctor", "--bundle", arg(&sandbox.root().join("bundle"))]);
    let bundle = std::fs::read_to_string(sandbox.root().join("bundle")).unwrap();
    assert!(bundle.contains("reports.webhook_url") && !bundle.contains("hush-3f9a1c77"), "{bundle}");
}

#[test]
fn held_files_are_counted_and_not_named() {
    let (sandbox, server) = (Sandbox::new(), Webhook::new());
    let (repo, _) = sandbox.repo_with_remote("app");
    let url = server.url("");
    let daemon = sandbox.daemon_with(sandbox.config().set("reports.webhook_url", url));
    daemon.rested(LIMIT);
    let token = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    sandbox.write(&repo, "hidden-place.env", format!("TOKEN={token}\n"));
    cycle(&daemon, &[]);
    let report = reports(&daemon, &server, 1).remove(0);
    assert_eq!(report["title"], "1 file in app was not committed", "{report:#}");
    assert_eq!(
        (&report["repositories"][0]["kind"], &report["repositories"][0]["code"]),
        (&json!("commit"), &json!("held"))
    );
    let body = &server.posted()[0].body;
    assert!(!body.contains("hidden-place") && !body.contains(token), "{body}");
    assert!(body.contains("autocommit held"), "{body}");
}

#[test]
fn nothing_is_sent_before_somebody_says_where() {
    let (sandbox, server) = (Sandbox::new(), Webhook::new());
    let remotes = Remotes::new(&sandbox);
    let (repo, bare) = remotes.repo(&sandbox, "app");
    refuse(&sandbox, &bare);
    let daemon = sandbox.daemon();
    daemon.rested(LIMIT);
    sandbox.write(&repo, "work.txt", "1\n");
    for _ in 0..2 {
        cycle(&daemon, &["app"]);
    }
    assert_eq!(state(&daemon, "app"), "failing");
    assert!(!sandbox.state_dir().join("reports.json").exists());
    // Said while it runs: what is the matter now is told.
    let config = sandbox.config().set("http.port", daemon.port()).set("reports.webhook_url", server.url("x"));
    sandbox.write_config(&config);
    daemon.reload();
    assert_eq!(reports(&daemon, &server, 1)[0]["title"], "app was not pushed");
    assert_eq!(server.accepted(), 1);
    // And no more once it is taken back.
    sandbox.write_config(&sandbox.config().set("http.port", daemon.port()));
    daemon.reload();
    daemon.wait_for("the end of reports", LIMIT, |_| {
        let kept = std::fs::read_to_string(sandbox.state_dir().join("reports.json")).unwrap();
        (!kept.contains("rejected")).then_some(())
    });
    mend(&bare);
    cycle(&daemon, &["app"]);
    refuse(&sandbox, &bare);
    sandbox.write(&repo, "work.txt", "2\n");
    cycle(&daemon, &["app"]);
    assert_eq!((state(&daemon, "app").as_str(), server.accepted()), ("failing", 1));
}

#[test]
fn what_does_not_arrive_is_tried_again_and_seen() {
    let (sandbox, server) = (Sandbox::new(), Webhook::new());
    let remotes = Remotes::new(&sandbox);
    let (repo, bare) = remotes.repo(&sandbox, "app");
    refuse(&sandbox, &bare);
    server.answers("500 No", "");
    let daemon = sandbox.daemon_with(sandbox.config().set("reports.webhook_url", server.url("x")));
    daemon.rested(LIMIT);
    sandbox.write(&repo, "work.txt", "1\n");
    cycle(&daemon, &[]);
    let sentence =
        "A report was not sent. The webhook at 127.0.0.1 did not take the report (500). It is tried again.";
    daemon.wait_for("the warning", LIMIT, |daemon| {
        let warnings = daemon.get("/status").json()["warnings"].clone();
        warnings.as_array().unwrap().contains(&json!(sentence)).then_some(())
    });
    assert!(sandbox.autocommit(&["status"]).ok().stdout.contains(sentence));
    assert!(
        sandbox
            .autocommit(&["doctor"])
            .stdout
            .contains("did not take the report (500). It is tried again. Waiting: 1.")
    );
    assert!(logs(&sandbox, &daemon).contains(sentence));
    server.answers("204 Yes", "");
    daemon.wait_for("the end of the warning", LIMIT, |daemon| {
        (daemon.get("/status").json()["warnings"] == json!([])).then_some(())
    });
    let posted = server.posted();
    assert!(posted.len() >= 2 && posted.iter().all(|one| one.body == posted[0].body), "{posted:#?}");
    cycle(&daemon, &["app"]);
    assert_eq!(server.posted().len(), posted.len());
}
