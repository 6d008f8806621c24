//! What a commit changed, as the window shows it, against git's own word.

use crate::{rested, still, triggered};
use autocommit_e2e::{Documented, assert_keys, head};
use autocommit_test_support::{Daemon, Sandbox};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, os::unix::fs::symlink, path::Path};

/// The newest entry's diff, checked against the document.
#[track_caller]
fn newest(daemon: &Daemon) -> Value {
    let entry = daemon.get("/history?limit=1").expect(200).json()["entries"][0].clone();
    let id = entry["id"].as_i64().unwrap();
    let diff = daemon.get(&format!("/history/{id}/diff")).expect(200).json();
    Documented(daemon.get("/openapi.json").expect(200).json()).check("get", "/history/{id}/diff", 200, &diff);
    assert_keys(&diff, "entry_id commit files truncated problem");
    assert_eq!((&diff["entry_id"], &diff["commit"]), (&entry["id"], &entry["commit"]));
    diff
}

/// The files of a diff by their paths.
fn by_path(diff: &Value) -> BTreeMap<String, Value> {
    let files = diff["files"].as_array().unwrap().iter();
    files.map(|file| (file["path"].as_str().unwrap().to_owned(), file.clone())).collect()
}

/// The hunks that git prints for one path of the newest commit.
fn hunks(sandbox: &Sandbox, repo: &Path, path: &str) -> String {
    let text = sandbox.git(repo, &["show", "--format=", "--no-renames", "HEAD", "--", path]);
    text.find("@@").map_or(String::new(), |at| format!("{}\n", &text[at..]))
}

#[test]
fn a_commit_is_shown_file_by_file() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let long: String = (1..60).map(|n| format!("line {n}\n")).collect();
    for (path, text) in
        [("old name.txt", long.as_str()), ("gone.txt", "1\n"), ("run.sh", "#!/bin/sh\n"), ("kind", "x\n")]
    {
        sandbox.write(&repo, path, text);
    }
    sandbox.write(&repo, "edited.rs", format!("fn main() {{\n{long}}}\n"));
    sandbox.commit(&repo, "Begin");
    let daemon = rested(&sandbox, still(&sandbox));

    fs::rename(repo.join("old name.txt"), repo.join("new name.txt")).unwrap();
    fs::remove_file(repo.join("gone.txt")).unwrap();
    fs::remove_file(repo.join("kind")).unwrap();
    symlink("edited.rs", repo.join("kind")).unwrap();
    sandbox.git(&repo, &["config", "core.fileMode", "true"]);
    fs::set_permissions(repo.join("run.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    sandbox.write(
        &repo,
        "edited.rs",
        format!("fn main() {{\n{}}}\n", long.replace("line 30\n", "line 30 and more\n")),
    );
    sandbox.write(&repo, "image.png", b"\x89PNG\0\0\0");
    sandbox.write(&repo, "odd.txt", "a\tb \u{202e}c\x1b[31m\r\n".as_bytes());
    sandbox.write(&repo, "latin.txt", b"caf\xe9\n");
    triggered(&daemon, None);
    let diff = newest(&daemon);
    assert_eq!((&diff["commit"], &diff["problem"]), (&json!(head(&sandbox, &repo)), &Value::Null));
    assert_eq!(diff["truncated"], false);
    let files = by_path(&diff);
    let seen: Vec<_> = files
        .iter()
        .map(|(path, file)| {
            let number = |key: &str| file[key].as_i64().unwrap();
            (path.as_str(), file["status"].as_str().unwrap(), number("insertions"), number("deletions"))
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("edited.rs", "modified", 1, 1),
            ("gone.txt", "deleted", 0, 1),
            ("image.png", "added", 0, 0),
            ("kind", "type_changed", 1, 1),
            ("latin.txt", "added", 1, 0),
            ("new name.txt", "renamed", 0, 0),
            ("odd.txt", "added", 1, 0),
            ("run.sh", "modified", 0, 0),
        ]
    );
    for path in ["edited.rs", "gone.txt"] {
        assert_eq!(files[path]["patch"], hunks(&sandbox, &repo, path), "{path}");
    }
    assert_eq!(
        (&files["new name.txt"]["old_path"], &files["new name.txt"]["patch"]),
        (&json!("old name.txt"), &json!(""))
    );
    assert_eq!((&files["image.png"]["binary"], &files["image.png"]["patch"]), (&json!(true), &json!("")));
    assert_eq!(files["odd.txt"]["patch"], "@@ -0,0 +1 @@\n+a\tb \\u{202e}c\\u{1b}[31m\\r\n");
    assert_eq!(files["latin.txt"]["patch"], "@@ -0,0 +1 @@\n+caf\u{fffd}\n");
    let kind = files["kind"]["patch"].as_str().unwrap();
    assert!(kind.contains("-x\n") && kind.contains("+edited.rs\n"), "{kind}");
}

#[test]
fn the_first_commit_is_shown_against_nothing() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repos_dir().join("fresh");
    fs::create_dir_all(&repo).unwrap();
    sandbox.git(&repo, &["init", "--quiet", "--initial-branch=main"]);
    sandbox.write(&repo, "a.txt", "1\n2\n");
    let daemon = rested(&sandbox, still(&sandbox));
    let diff = newest(&daemon);
    assert_eq!(diff["problem"], Value::Null, "{diff:#}");
    assert_eq!(diff["files"][0]["patch"], "@@ -0,0 +1,2 @@\n+1\n+2\n");
}

#[test]
fn a_large_commit_is_cut_and_says_so() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    sandbox.write(&repo, "0-long.txt", "x\n".repeat(5000));
    for n in 0..450 {
        sandbox.write(&repo, format!("many/{n}.txt"), "1\n");
    }
    triggered(&daemon, None);
    let diff = newest(&daemon);
    let files = diff["files"].as_array().unwrap();
    assert_eq!((files.len(), &diff["truncated"]), (400, &json!(true)));
    assert_eq!((&files[0]["insertions"], &files[0]["truncated"]), (&json!(5000), &json!(true)));
    assert_eq!(files[0]["patch"].as_str().unwrap().lines().count(), 2000);
    assert_eq!(
        (&files[399]["truncated"], &files[399]["patch"]),
        (&json!(false), &json!("@@ -0,0 +1 @@\n+1\n"))
    );
}

#[test]
fn what_cannot_be_shown_has_a_sentence() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let daemon = rested(&sandbox, still(&sandbox));
    assert_eq!(daemon.get("/history/7/diff").expect(404).json()["error"]["code"], "unknown_entry");
    sandbox.write(&repo, "work.txt", "1\n");
    triggered(&daemon, None);
    assert_eq!(newest(&daemon)["problem"], Value::Null);
    let problem = |daemon: &Daemon| newest(daemon)["problem"].as_str().unwrap_or_default().to_owned();

    // A program that the repository names from now on is not run, and nothing else of git's is.
    let mark = sandbox.root().join("ran");
    sandbox.git(&repo, &["config", "diff.external", &format!("touch '{}'", mark.display())]);
    let said = problem(&daemon);
    assert!(said.contains("nobody approved") && said.contains("autocommit trust allow"), "{said}");
    sandbox.trust(&repo);
    let diff = newest(&daemon);
    assert_eq!((&diff["problem"], &diff["files"][0]["path"]), (&Value::Null, &json!("work.txt")));
    assert!(!mark.exists(), "approved or not, no program shows a diff");
    sandbox.git(&repo, &["config", "--unset", "diff.external"]);

    sandbox.git(&repo, &["update-ref", "refs/heads/main", "HEAD~1"]);
    sandbox.git(&repo, &["update-ref", "-d", "refs/remotes/origin/main"]);
    sandbox.git(&repo, &["reflog", "expire", "--expire=now", "--all"]);
    sandbox.git(&repo, &["reset", "--quiet", "--hard"]);
    sandbox.git(&repo, &["gc", "--quiet", "--prune=now"]);
    let said = problem(&daemon);
    assert!(said.contains("no such commit"), "{said}");
    fs::remove_dir_all(&repo).unwrap();
    let said = problem(&daemon);
    assert!(said.ends_with('.') && !said.is_empty(), "{said}");
    drop(bare);
}
