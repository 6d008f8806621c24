//! What is held is read over the API; what is to be done about it is decided elsewhere.

use crate::{id_of, rested, still, triggered, wait_until_arrived};
use autocommit_e2e::{Documented, arg, head};
use autocommit_test_support::Sandbox;
use serde_json::json;

#[test]
fn a_held_file_shows_within_one_cycle_and_is_approved_beside_the_daemon() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let mut film = vec![7_u8; 2 << 20];
    sandbox.write(&repo, "film.bin", &film);
    let (merging, _) = sandbox.repo_with_remote("merging");
    std::fs::write(merging.join(".git/MERGE_HEAD"), format!("{}\n", "1".repeat(40))).unwrap();
    let daemon = rested(&sandbox, still(&sandbox).set("guards.max_file_mib", 1));
    let documented = Documented(daemon.get("/openapi.json").expect(200).json());
    let held = daemon.get("/held").expect(200).json();
    documented.check("get", "/held", 200, &held);
    let file = &held["repos"][0]["files"][0];
    assert_eq!((&file["path"], &file["rule"]), (&json!("film.bin"), &json!("file_too_large")), "{held:#}");
    assert!(file["hint"].as_str().unwrap().contains("autocommit approve"), "{held:#}");
    let waits = &held["repos"][1];
    assert_eq!((&waits["name"], &waits["count"]), (&json!("merging"), &json!(0)), "{held:#}");
    assert!(waits["reason"].as_str().unwrap().contains("merge"), "{held:#}");
    assert_eq!(daemon.get("/status").json()["repos"]["held"], 2);
    assert_eq!(sandbox.autocommit(&["held", "--json"]).ok().json(), held, "the command line asks it");
    let now = sandbox.autocommit(&["held", arg(&repo), "--json"]).ok().json();
    assert_eq!(now["repos"][0], held["repos"][0], "and looks itself where a path is named");

    let doctor = sandbox.autocommit(&["doctor", "--json"]).json();
    let check = |name: &str| doctor["checks"].as_array().unwrap().iter().find(|c| c["name"] == name).cloned();
    assert_eq!(check("held").unwrap()["verdict"], "warn", "{doctor:#}");
    assert!(check("promises").unwrap()["sentence"].as_str().unwrap().contains("autocommit promises"));
    let promises = sandbox.autocommit(&["promises"]).ok();
    assert!(promises.stdout.contains("The never list"), "without any sources: {}", promises.shown());

    let id = id_of(&daemon, &repo);
    let tip = head(&sandbox, &repo);
    let _ = sandbox.autocommit_in(&repo, &["approve", "film.bin"]).ok();
    assert_eq!(head(&sandbox, &repo), tip, "approving itself commits nothing");
    let _ = triggered(&daemon, Some(&[&id]));
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    assert_eq!(daemon.get("/held").json()["repos"].as_array().map(Vec::len), Some(1), "no longer held");
    film[0] = 8;
    sandbox.write(&repo, "film.bin", &film);
    let cycle = triggered(&daemon, Some(&[&id]));
    assert_eq!(cycle["runs"][0]["held"][0]["rule"], "file_too_large", "one changed byte: {cycle:#}");
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head(&sandbox, &repo)));
}

#[test]
fn nothing_over_the_api_approves_or_ignores_anything() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "film.bin", vec![7_u8; 2 << 20]);
    let daemon = rested(&sandbox, still(&sandbox).set("guards.max_file_mib", 1));
    let id = id_of(&daemon, &repo);
    let exclude = std::fs::read(repo.join(".git/info/exclude")).unwrap();
    let held = daemon.get("/held").expect(200).json();
    let body = json!({"path": "film.bin", "paths": ["film.bin"], "repo": id, "rule": "file_too_large"});
    let places = ["/held", "/approve", "/approvals", "/ignore", "/trust"].map(str::to_owned);
    for place in places.into_iter().chain([format!("/repos/{id}/approve"), format!("/held/{id}")]) {
        for verb in ["POST", "PUT", "PATCH", "DELETE"] {
            let reply = daemon.request(verb, &place, Some(&body));
            assert!([404, 405].contains(&reply.status), "{verb} {place}: {reply:?}");
        }
    }
    // What there is cannot be talked into it either.
    for field in ["approve", "approved", "trust", "ignore"] {
        let reply = daemon.request("PATCH", &format!("/repos/{id}"), Some(&json!({ field: true })));
        assert_eq!(reply.status, 400, "{field}: {reply:?}");
        let reply = daemon.post("/trigger", Some(&json!({"repos": [id], field: ["film.bin"]})));
        assert_eq!(reply.status, 400, "{field}: {reply:?}");
    }
    let _ = triggered(&daemon, Some(&[&id]));
    assert_eq!(daemon.get("/held").json(), held);
    assert!(!sandbox.state_dir().join("approvals.json").exists());
    assert_eq!(std::fs::read(repo.join(".git/info/exclude")).unwrap(), exclude);
    assert_eq!(sandbox.git(&repo, &["ls-files", "film.bin"]), "");
}
