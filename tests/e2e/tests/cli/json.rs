//! JSON for programs: alone on standard output, with exactly these keys.

use autocommit_e2e::{arg, assert_keys, commits, head};
use autocommit_test_support::{Output, Sandbox};
use serde_json::Value;

const CYCLE: &str = "cycle_id dry_run committed pushed failed unchanged held skipped messages runs";
const RUN: &str = "repo_id path name branch status reason hint commit subject message_source message_reason \
    message_ms held push error";
const ENTRY: &str = "id repo_id repo branch commit subject body message_source files_changed insertions deletions \
    started_at committed_at pushed_at status stage error hint cycle_id web_url message_reason message_ms request_id";
/// The last four are described in /openapi.json.
const REPO: &str = "id path name branch remote remote_url enabled state reason since ahead dirty_files packages \
    last_commit_at last_push_at last_error push hint code web_url";
const PACKAGE: &str = "kind name path";

/// The JSON on standard output: one line and nothing else.
#[track_caller]
fn alone(output: &Output) -> Value {
    assert_eq!(output.stdout.lines().count(), 1, "{}", output.shown());
    output.json()
}

#[test]
fn once_prints_the_cycle() {
    let sandbox = Sandbox::new();
    let (good, bare) = sandbox.repo_with_remote("good");
    let (refused, refused_bare) = sandbox.repo_with_remote("refused");
    sandbox.hook(&refused_bare, "pre-receive", "echo no; exit 1");
    sandbox.trust(&refused);
    let (partly, _) = sandbox.repo_with_remote("partly");
    sandbox.write(&partly, "large.bin", vec![7_u8; 2 << 20]);
    let (detached, _) = sandbox.repo_with_remote("detached");
    sandbox.git(&detached, &["checkout", "--quiet", "--detach"]);
    let (off, _) = sandbox.repo_with_remote("off");
    sandbox.git(&off, &["config", "autocommit.branch", "other"]);
    let idle = sandbox.repo("idle");
    for repo in [&good, &refused, &detached, &off] {
        sandbox.write(repo, "work.txt", "1\n");
    }
    sandbox.write_config(&sandbox.config().set("http.enabled", false).set("guards.max_file_mib", 1));
    let cycle = alone(&sandbox.autocommit(&["once", "--json"]).exits(1));
    assert_keys(&cycle, CYCLE);
    let runs = cycle["runs"].as_array().unwrap();
    let mut found = Vec::new();
    for run in runs {
        assert_keys(run, RUN);
        run["held"].as_array().unwrap().iter().for_each(|held| assert_keys(held, "path rule hint"));
        found.push((run["name"].as_str().unwrap(), run["status"].as_str().unwrap()));
    }
    let expected = [
        ("detached", "held"),
        ("good", "pushed"),
        ("idle", "unchanged"),
        ("off", "skipped"),
        ("partly", "held"),
        ("refused", "failed"),
    ];
    assert_eq!(found, expected, "{cycle:#}");
    for (key, count) in
        [("committed", 2), ("pushed", 1), ("failed", 1), ("unchanged", 1), ("held", 2), ("skipped", 1)]
    {
        assert_eq!(cycle[key], count, "{key}: {cycle:#}");
    }
    assert_eq!(cycle["dry_run"], false);
    let run = &runs[1];
    assert_eq!(run["path"], arg(&good));
    assert_eq!(run["commit"].as_str(), Some(head(&sandbox, &good).as_str()), "the whole name of the commit");
    assert_eq!(sandbox.remote_tip(&bare, "main").as_deref(), run["commit"].as_str());
    assert_eq!(run["subject"], sandbox.git(&good, &["log", "-1", "--format=%s"]));
    assert_eq!(
        (&run["branch"], &run["message_source"], &run["push"]),
        (&"main".into(), &"rules".into(), &"pushed".into())
    );
    assert_eq!((commits(&sandbox, &idle), commits(&sandbox, &refused)), (1, 2));
}

#[test]
fn what_reads_prints_the_replies_of_the_api() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "Cargo.toml", "[package]\nname = \"coupons\"\nversion = \"0.1.0\"\n");
    let message = alone(&sandbox.autocommit(&["message", arg(&repo), "--json"]).ok());
    assert_keys(&message, "subject body message_source reason elapsed_ms prompt rules");
    assert!(message["elapsed_ms"].is_u64() && message["message_source"] == "rules", "{message:#}");
    let cycle = alone(&sandbox.autocommit(&["once", "--json"]).ok());
    let commit = head(&sandbox, &repo);

    let scan = alone(&sandbox.autocommit(&["scan", "--json"]).ok());
    assert_keys(&scan, "repos");
    assert_keys(&scan["repos"][0], "id path name enabled packages");
    assert_keys(&scan["repos"][0]["packages"][0], PACKAGE);
    assert_eq!(scan["repos"][0]["packages"][0]["name"], "coupons");

    let repos = alone(&sandbox.autocommit(&["repos", "--json"]).ok());
    assert_keys(&repos, "repos");
    let app = &repos["repos"][0];
    assert_keys(app, REPO);
    assert_eq!(app["packages"], scan["repos"][0]["packages"]);
    assert_eq!((&app["state"], &app["ahead"], &app["dirty_files"]), (&"clean".into(), &0.into(), &0.into()));
    assert_eq!((&app["id"], &app["path"]), (&cycle["runs"][0]["repo_id"], &arg(&repo).into()));

    let history = alone(&sandbox.autocommit(&["history", "--json"]).ok());
    assert_keys(&history, "entries next");
    assert_eq!(history["entries"].as_array().map(Vec::len), Some(1), "{history:#}");
    let entry = &history["entries"][0];
    assert_keys(entry, ENTRY);
    assert_eq!((&entry["commit"], &entry["repo"]), (&commit.into(), &arg(&repo).into()));
    assert_eq!((&entry["status"], &entry["cycle_id"]), (&"pushed".into(), &cycle["cycle_id"]));
    assert_eq!(
        (&entry["files_changed"], &entry["insertions"], &entry["deletions"]),
        (&1.into(), &3.into(), &0.into())
    );
    for time in ["started_at", "committed_at", "pushed_at"] {
        assert!(
            entry[time].as_str().is_some_and(|t| t.ends_with('Z') && t.contains('T')),
            "{time}: {entry:#}"
        );
    }
    let status = alone(&sandbox.autocommit(&["status", "--json"]).ok());
    assert_eq!(status["running"], false, "without a running daemon it says so: {status:#}");
    let shown = sandbox.autocommit(&["status"]).ok();
    assert!(shown.stdout.contains("not running"), "{}", shown.shown());
}

#[test]
fn history_is_filtered() {
    let sandbox = Sandbox::new();
    let (app, _) = sandbox.repo_with_remote("app");
    let alone_here = sandbox.repo("alone");
    let (refused, bare) = sandbox.repo_with_remote("refused");
    sandbox.hook(&bare, "pre-receive", "exit 1");
    sandbox.trust(&refused);
    for repo in [&app, &alone_here, &refused] {
        sandbox.write(repo, "work.txt", "1\n");
    }
    let _ = sandbox.autocommit(&["once"]).exits(1);
    let repos = |args: &[&str]| {
        let args: Vec<&str> = ["history", "--json"].iter().chain(args).copied().collect();
        let reply = alone(&sandbox.autocommit(&args).ok());
        let mut names: Vec<String> = reply["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["repo"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let text = |path: &std::path::Path| arg(path).to_owned();
    assert_eq!(repos(&[]), [text(&alone_here), text(&app), text(&refused)]);
    assert_eq!(repos(&["--repo", arg(&app)]), [text(&app)]);
    assert_eq!(repos(&["--status", "failed"]), [text(&refused)]);
    assert_eq!(repos(&["--status", "committed"]), [text(&alone_here)]);
    assert_eq!(repos(&["-n", "2"]).len(), 2);
    assert_eq!(repos(&["--since", "2999-01-01T00:00:00Z"]), [""; 0]);
    assert_eq!(repos(&["--since", "1h"]).len(), 3);
    // A repository that is gone still has a history.
    std::fs::remove_dir_all(&app).unwrap();
    assert_eq!(repos(&["--repo", arg(&app)]), [arg(&app)]);
    assert_eq!(repos(&["--repo", arg(&app), "--status", "failed"]), [""; 0], "it is known all the same");
    let unknown = sandbox.autocommit(&["history", "--repo", "/no/such/place"]).exits(2);
    assert!(unknown.stderr.contains("/no/such/place"), "{}", unknown.shown());
}

#[test]
fn a_repository_without_a_remote_says_so() {
    let sandbox = Sandbox::new();
    let _ = sandbox.repo_with_remote("app");
    let _ = sandbox.repo("alone");
    let _ = sandbox.autocommit(&["once"]).ok();
    let shown = sandbox.autocommit(&["repos"]).ok();
    let line =
        |name: &str| shown.stdout.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(line("alone").contains("no remote"), "{}", shown.shown());
    assert!(!line("app").contains("no remote"), "{}", shown.shown());
}
