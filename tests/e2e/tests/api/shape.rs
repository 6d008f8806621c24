//! Every endpoint answers with the keys that are promised; what comes on top is described in /openapi.json.

use crate::{id_of, rested, still, triggered};
use autocommit_e2e::{Documented, assert_keys};
use autocommit_test_support::{Daemon, Sandbox};
use serde_json::{Value, json};

const STATUS: &str = "enabled state version uptime_seconds cycle_interval_seconds next_cycle_at repos llm \
    current_cycle last_cycle";
const TOTALS: &str = "total enabled dirty held failing unpushed";
const LAST_CYCLE: &str = "id trigger started_at finished_at committed pushed failed unchanged held skipped";
const REPO: &str = "id path name branch remote remote_url enabled state reason since ahead dirty_files packages \
    last_commit_at last_push_at last_error";
const ENTRY: &str = "id repo_id repo branch commit subject body message_source files_changed insertions deletions \
    started_at committed_at pushed_at status stage error hint cycle_id";
const CYCLE: &str = "cycle_id dry_run committed pushed failed unchanged held skipped runs";
const RUN: &str = "repo_id path name branch status reason hint commit subject message_source held push error";

/// Panics unless all these keys are there.
#[track_caller]
fn has(object: &Value, keys: &str) {
    let missing: Vec<&str> = keys.split_whitespace().filter(|key| object.get(key).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?} are missing in {object:#}");
}

/// A repository pushed, one committed, one failed, one held, with packages; an idle daemon.
fn fleet(sandbox: &Sandbox) -> Daemon {
    let (app, _) = sandbox.repo_with_remote("app");
    sandbox.write(&app, "package.json", "{\"name\": \"shop\", \"version\": \"1.0.0\"}\n");
    let local = sandbox.repo("local");
    let (refused, bare) = sandbox.repo_with_remote("refused");
    sandbox.hook(&bare, "pre-receive", "exit 1");
    sandbox.trust(&refused);
    let (detached, _) = sandbox.repo_with_remote("detached");
    sandbox.git(&detached, &["checkout", "--quiet", "--detach"]);
    for repo in [&local, &refused, &detached] {
        sandbox.write(repo, "work.txt", "1\n");
    }
    rested(sandbox, still(sandbox))
}

#[test]
fn every_reply_has_its_keys() {
    let sandbox = Sandbox::new();
    let daemon = fleet(&sandbox);
    let documented = Documented(daemon.get("/openapi.json").expect(200).json());
    assert!(documented.0["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let get = |path: &str, asked: &str| {
        let reply = daemon.get(asked).expect(200);
        assert!(reply.header("content-type").is_some_and(|t| t.starts_with("application/json")), "{reply:?}");
        documented.check("get", path, 200, &reply.json());
        reply.json()
    };
    assert_eq!(get("/health", "/health"), json!({"status": "ok"}));

    let status = get("/status", "/status");
    has(&status, STATUS);
    has(&status["repos"], TOTALS);
    has(&status["llm"], "state model base_url message seconds_per_message");
    has(&status["last_cycle"], LAST_CYCLE);
    assert_eq!((&status["enabled"], &status["state"]), (&true.into(), &"idle".into()));
    let totals = &status["repos"];
    let counts = ["total", "enabled", "held", "failing"].map(|key| totals[key].as_u64().unwrap());
    assert_eq!(counts, [4, 4, 1, 1], "{totals:#}");

    let repos = get("/repos", "/repos");
    assert_keys(&repos, "repos");
    let mut states = Vec::new();
    for repo in repos["repos"].as_array().unwrap() {
        has(repo, REPO);
        states.push((repo["name"].as_str().unwrap(), repo["state"].as_str().unwrap()));
    }
    assert_eq!(states, [("app", "clean"), ("detached", "held"), ("local", "clean"), ("refused", "failing")]);
    assert_eq!(repos["repos"][0]["packages"], json!([{"kind": "npm", "name": "shop", "path": "."}]));
    let refused = &repos["repos"][3];
    assert!(refused["last_error"].is_string() && refused["ahead"] == 1, "{refused:#}");

    let activity = get("/activity", "/activity?days=2&offset_minutes=-300");
    assert_keys(&activity, "days repos hours total_commits first_day");
    let days = activity["days"].as_array().unwrap();
    assert_eq!(days.len(), 2);
    let whole: u64 = days.iter().map(|day| day["commits"].as_u64().unwrap()).sum();
    assert!(whole > 0 && whole == activity["total_commits"].as_u64().unwrap(), "{activity:#}");
    assert!(activity["repos"].as_array().unwrap().iter().any(|repo| repo["name"] == "app"), "{activity:#}");

    let history = get("/history", "/history");
    assert_keys(&history, "entries next");
    let mut statuses: Vec<&str> = Vec::new();
    for entry in history["entries"].as_array().unwrap() {
        has(entry, ENTRY);
        statuses.push(entry["status"].as_str().unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, ["committed", "failed", "held", "pushed"]);

    let id = status["last_cycle"]["id"].as_str().unwrap();
    let cycle = get("/cycles/{id}", &format!("/cycles/{id}"));
    has(&cycle, CYCLE);
    assert_eq!(cycle["runs"].as_array().map(Vec::len), Some(4), "{cycle:#}");
    cycle["runs"].as_array().unwrap().iter().for_each(|run| has(run, RUN));
}

#[test]
fn what_changes_something_answers_as_described() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let documented = Documented(daemon.get("/openapi.json").expect(200).json());
    let id = id_of(&daemon, &repo);
    sandbox.write(&repo, "work.txt", "1\n");
    let message = daemon.get(&format!("/repos/{id}/message")).expect(200).json();
    documented.check("get", "/repos/{id}/message", 200, &message);
    assert_keys(&message, "subject body message_source reason elapsed_ms prompt rules");
    let reply = daemon.post("/trigger", Some(&json!({"repos": [id]}))).expect(202).json();
    documented.check("post", "/trigger", 202, &reply);
    assert_keys(&reply, "cycle_id");
    let cycle = triggered(&daemon, None);
    documented.check("get", "/cycles/{id}", 200, &cycle);
    has(&cycle, CYCLE);
    // Last: switching on starts a cycle.
    for enabled in [false, true] {
        let body = json!({ "enabled": enabled });
        let reply = daemon.request("PATCH", &format!("/repos/{id}"), Some(&body)).expect(200).json();
        documented.check("patch", "/repos/{id}", 200, &reply);
        has(&reply, REPO);
        assert_eq!(reply["enabled"], enabled);
    }
    for path in ["/disable", "/enable"] {
        let reply = daemon.post(path, None).expect(200).json();
        documented.check("post", path, 200, &reply);
        has(&reply, STATUS);
        assert_eq!(reply["enabled"], path == "/enable");
    }
}

#[test]
fn the_page_is_there_and_empty_of_secrets() {
    let sandbox = Sandbox::new();
    let daemon = sandbox.daemon_with(still(&sandbox));
    let page = daemon.raw("GET", "/", &[], b"").expect(200);
    assert!(page.header("content-type").is_some_and(|t| t.starts_with("text/html")), "{page:?}");
    assert!(page.body.contains("Autocommit") && !page.body.contains(daemon.token()));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.header("access-control-allow-origin"), None);
}

#[test]
fn unknown_ids_and_places_are_not_found() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    sandbox.write(&repo, "work.txt", "1\n");
    let before = autocommit_e2e::Traces::of(&sandbox, &repo, None);
    let body = json!({"enabled": false});
    let replies = [
        daemon.get("/nowhere"),
        daemon.get("/cycles/nope"),
        daemon.get("/repos/nope/message"),
        daemon.request("PATCH", "/repos/nope", Some(&body)),
        daemon.post("/trigger", Some(&json!({"repos": ["nope"]}))),
        daemon.post("/trigger", Some(&json!({"repos": [id_of(&daemon, &repo), "nope"]}))),
    ];
    for reply in replies {
        let reply = reply.expect(404);
        crate::refused::assert_error(&reply);
    }
    assert!(daemon.get("/status").json()["current_cycle"].is_null());
    assert_eq!(autocommit_e2e::Traces::of(&sandbox, &repo, None), before, "not even the one that is known");
}
