//! What the window needs before anything is decided: a survey that writes nothing, folders, settings, pauses.

use crate::{LIMIT, id_of, rested, still, wait_until_arrived};
use autocommit_e2e::{Documented, Events};
use autocommit_test_support::{Daemon, Sandbox};
use serde_json::{Value, json};
use std::fs;

/// The one repository of a reply with this name.
#[track_caller]
fn named(reply: &Value, name: &str) -> Value {
    let found = reply["repos"].as_array().unwrap().iter().find(|repo| repo["name"] == name);
    found.unwrap_or_else(|| panic!("{name} in {reply:#}")).clone()
}

#[test]
fn a_survey_tells_what_would_happen_and_writes_nothing() {
    let sandbox = Sandbox::new();
    let (dirty, _) = sandbox.repo_with_remote("dirty");
    sandbox.write(&dirty, "notes.md", "# Notes\n");
    let clean = sandbox.repo("clean");
    let large = sandbox.repo("large");
    sandbox.write(&large, "film.bin", vec![7_u8; 2 << 20]);
    let hooked = sandbox.repo("hooked");
    let ran = sandbox.root().join("the hook ran");
    sandbox.hook(&hooked, "pre-commit", &format!("#!/bin/sh\ntouch '{}'\n", ran.display()));
    sandbox.write(&hooked, "work.txt", "1\n");
    let config = still(&sandbox).set("repos_base_paths", json!([])).set("guards.max_file_mib", 1);
    let daemon = rested(&sandbox, config);
    let documented = Documented(daemon.get("/openapi.json").expect(200).json());
    let everything =
        || (sandbox.worktree_manifest(sandbox.repos_dir()), sandbox.worktree_manifest(sandbox.remotes_dir()));
    let before = everything();
    let mut events = Events::open(&daemon, None);
    let missing = sandbox.root().join("missing");
    let asked = json!({"folders": [sandbox.repos_dir(), missing, "relative"], "depth": 2});
    let reply = daemon.post("/survey", Some(&asked)).expect(200).json();
    documented.check("post", "/survey", 200, &reply);
    assert_eq!(everything(), before, "every byte, mode and time, also below .git");
    assert!(!ran.exists());
    let folders = &reply["folders"];
    assert_eq!((&folders[0]["repos"], &folders[0]["problem"]), (&json!(4), &Value::Null), "{reply:#}");
    assert_eq!(folders[1]["problem"], "This folder does not exist.");
    assert!(folders[2]["problem"].as_str().unwrap().contains("full path"), "{reply:#}");

    let seen = named(&reply, "dirty");
    assert_eq!(
        (&seen["dirty_files"], &seen["branch"], &seen["remote"]),
        (&json!(1), &json!("main"), &json!("origin"))
    );
    assert_eq!(seen["subject"], "Add notes.md", "{seen:#}");
    assert_eq!((&seen["message_source"], &seen["needs_trust"]), (&json!("rules"), &Value::Null));
    let seen = named(&reply, "clean");
    assert_eq!(
        (&seen["path"], &seen["dirty_files"], &seen["subject"]),
        (&json!(clean), &json!(0), &Value::Null)
    );
    let seen = named(&reply, "large");
    assert_eq!(
        (&seen["held"][0]["path"], &seen["held"][0]["rule"]),
        (&json!("film.bin"), &json!("file_too_large")),
        "{seen:#}"
    );
    let seen = named(&reply, "hooked");
    assert!(seen["needs_trust"].as_str().unwrap().contains("hook"), "{seen:#}");
    assert_eq!(
        (&seen["dirty_files"], &seen["subject"]),
        (&Value::Null, &Value::Null),
        "no git was started there"
    );

    let told = events.until(|event| event.name == "survey_progress" && event.data["done"] == 4);
    assert_eq!(told.last().unwrap().data["total"], 4, "{told:#?}");
    assert_eq!(daemon.get("/repos").json()["repos"], json!([]), "nobody is enrolled");
    assert_eq!(daemon.get("/history").json()["entries"], json!([]));
    assert!(!sandbox.state_dir().join("trust.json").exists());
    let again = daemon.post("/survey", Some(&asked)).expect(200).json();
    assert_eq!(again, reply, "nothing was different the second time");
    let _ = daemon.post("/survey", Some(&json!({"folders": [], "depth": 0}))).expect(400);
}

#[test]
fn folders_are_those_of_the_home_folder_that_hold_repositories() {
    let sandbox = Sandbox::new();
    for (folder, name) in
        [("code/team", "a"), ("code", "b"), (".cache", "hidden"), ("", "dots"), ("1/2/3", "deep")]
    {
        let repo = sandbox.repo(name);
        let to = sandbox.home().join(folder);
        fs::create_dir_all(&to).unwrap();
        fs::rename(repo, to.join(name)).unwrap();
    }
    let daemon = rested(&sandbox, still(&sandbox));
    let home = sandbox.home().canonicalize().unwrap();
    let expected = json!({"suggestions": [
        {"path": home.join("code"), "repos": 2},
        {"path": home.join("dots"), "repos": 1},
    ]});
    assert_eq!(daemon.get("/folders").expect(200).json(), expected);
}

/// One setting as `/settings` shows it.
#[track_caller]
fn setting(reply: &Value, key: &str) -> Value {
    let groups = reply["groups"].as_array().unwrap().iter();
    let mut all = groups.flat_map(|group| group["settings"].as_array().unwrap());
    all.find(|setting| setting["key"] == key).unwrap().clone()
}

#[test]
fn settings_are_changed_in_the_persons_file() {
    let sandbox = Sandbox::new();
    sandbox.set_env("AUTOCOMMIT_MAX_WAIT_SECONDS", "9");
    let daemon = rested(&sandbox, still(&sandbox));
    let documented = Documented(daemon.get("/openapi.json").expect(200).json());
    let file = sandbox.config_file();
    let written = format!("# Mine, not yours.\n{}", fs::read_to_string(&file).unwrap());
    fs::write(&file, &written).unwrap();
    let change = |daemon: &Daemon, changes: Value, check_only: bool| {
        daemon.request("PATCH", "/settings", Some(&json!({"changes": changes, "check_only": check_only})))
    };
    let reply = change(&daemon, json!({"push_workers": 3}), true).expect(200).json();
    assert_eq!(setting(&reply, "push_workers")["value"], 3);
    assert_eq!(fs::read_to_string(&file).unwrap(), written, "only checked");
    let changes = json!({"quiet_seconds": 1.5, "push_workers": 3, "max_wait_seconds": 4});
    let reply = change(&daemon, changes, false).expect(200).json();
    documented.check("patch", "/settings", 200, &reply);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# Mine, not yours.\n") && text.contains("quiet_seconds = 1.5\n"), "{text}");
    assert_eq!(setting(&reply, "push_workers")["layer"], "file");
    let covered = setting(&reply, "max_wait_seconds");
    assert_eq!(
        (&covered["value"], &covered["place"]),
        (&json!(9.0), &json!("AUTOCOMMIT_MAX_WAIT_SECONDS")),
        "{covered:#}"
    );
    assert_eq!(daemon.get("/settings").expect(200).json(), reply);
    let shown = sandbox.autocommit(&["config", "show", "--json"]).ok().json();
    assert_eq!((&shown["push_workers"], &shown["max_wait_seconds"]), (&json!(3), &json!(9.0)));

    let error = change(&daemon, json!({"push_workers": 0, "quiet_seconds": 2}), false).expect(422).json();
    documented.check("patch", "/settings", 422, &error);
    assert_eq!(error["error"]["problems"][0]["key"], "push_workers", "{error:#}");
    for forbidden in [json!({"llm.base_url": "http://example.org"}), json!({"llm.allow_host": "example.org"})]
    {
        let _ = change(&daemon, forbidden, false).expect(422);
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), text, "nothing of it was written");
    assert!(daemon.stop().success());
}

#[test]
fn a_pause_survives_a_restart_and_ends_by_itself() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let config = || sandbox.config().set("watch", false).set("cycle_interval_seconds", 1);
    let daemon = rested(&sandbox, config());
    let status = daemon.post("/pause", Some(&json!({"seconds": 3600}))).expect(200).json();
    assert_eq!((&status["state"], &status["enabled"]), (&json!("disabled"), &json!(false)));
    sandbox.write(&repo, "work.txt", "1\n");
    let sees = |daemon: &Daemon| (daemon.get("/repos").json()["repos"][0]["dirty_files"] == 1).then_some(());
    daemon.wait_for("a look at the change", LIMIT, sees);
    assert!(daemon.stop().success());

    let daemon = sandbox.daemon_with(config());
    daemon.wait_for("a look at the change", LIMIT, sees);
    assert_eq!(daemon.get("/status").json()["paused_until"], status["paused_until"]);
    let shown = sandbox.autocommit(&["status"]);
    assert!(shown.stdout.contains("paused until"), "{}", shown.shown());
    assert_eq!(sandbox.git(&repo, &["status", "--porcelain"]), "?? work.txt", "nothing was committed");

    let mut events = Events::open(&daemon, None);
    let _ = daemon.post("/pause", Some(&json!({"seconds": 2}))).expect(200);
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    let told = events.until(|event| event.name == "run_finished" && event.data["run"]["status"] == "pushed");
    let names: Vec<_> = told.iter().map(|event| event.name.as_str()).collect();
    let place = |name: &str| names.iter().position(|told| *told == name);
    assert!(place("paused") < place("enabled") && place("paused").is_some(), "{names:?}");
    let status = daemon.get("/status").json();
    assert_eq!((&status["paused_until"], &status["enabled"]), (&Value::Null, &json!(true)));
    let hours = status["commits_by_hour"].as_array().unwrap();
    assert_eq!((hours.len(), &hours[23]), (24, &json!(1)), "{status:#}");
    let kept = fs::read_to_string(sandbox.state_dir().join("wanted.json")).unwrap();
    assert!(!kept.contains("paused_until"), "{kept}");
}

#[test]
fn everything_of_one_repository() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    let id = id_of(&daemon, &repo);
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = crate::triggered(&daemon, None);
    wait_until_arrived(&sandbox, &daemon, &repo, &bare);
    let reply = daemon.get(&format!("/repos/{id}")).expect(200).json();
    Documented(daemon.get("/openapi.json").json()).check("get", "/repos/{id}", 200, &reply);
    assert_eq!(reply["path"], json!(repo));
    assert_eq!(reply["recent"][0]["commit"], json!(sandbox.git(&repo, &["rev-parse", "HEAD"])), "{reply:#}");
    assert_eq!(reply["web_url"], Value::Null, "a folder has no page");
    let _ = daemon.get("/repos/0123456789abcdef").expect(404);
}
