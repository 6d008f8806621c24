//! What is held is shown with why and what to do; a person approves exactly that, or has it ignored.

use autocommit_e2e::{Traces, arg, assert_arrived, commits};
use autocommit_test_support::{Config, Sandbox};
use serde_json::{Value, json};
use std::{fs, path::Path};

fn settings(sandbox: &Sandbox) -> Config {
    sandbox.config().set("http.enabled", false).set("guards.max_file_mib", 1)
}

/// Put together here, so that no scanner takes this file for one that leaks.
fn private_key() -> String {
    let (line, body) = ("-----", "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi8b0J2xQpXk1mEw7hQv5aRr4Lf");
    format!("{line}BEGIN RSA PRIVATE KEY{line}\n{body}\n{body}\n{line}END RSA PRIVATE KEY{line}\n")
}

/// The files of a reply of `held --json`: repository, path, rule.
fn files(held: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut found = Vec::new();
    for repo in held["repos"].as_array().unwrap() {
        for file in repo["files"].as_array().unwrap() {
            let sentences = [&file["sentence"], &file["hint"]].map(text);
            assert!(sentences.iter().all(|sentence| sentence.ends_with('.')), "{file:#}");
            found.push((text(&repo["name"]), text(&file["path"]), text(&file["rule"])));
        }
    }
    found
}

fn file(repo: &str, path: &str, rule: &str) -> (String, String, String) {
    (repo.to_owned(), path.to_owned(), rule.to_owned())
}

#[test]
fn everything_that_is_held_is_shown_without_writing_anything() {
    let sandbox = Sandbox::new();
    let (app, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&app, "film.bin", vec![7_u8; 2 << 20]);
    sandbox.write(&app, "deploy.txt", private_key());
    sandbox.write(&app, "fine.txt", "fine\n");
    let (merging, _) = sandbox.repo_with_remote("merging");
    fs::write(merging.join(".git/MERGE_HEAD"), format!("{}\n", "1".repeat(40))).unwrap();
    let (clean, _) = sandbox.repo_with_remote("well");
    sandbox.write_config(&settings(&sandbox));
    let before = [&app, &merging, &clean].map(|repo| Traces::of(&sandbox, repo, None));
    let held = sandbox.autocommit(&["held", "--json"]).ok().json();
    assert_eq!(
        files(&held),
        [file("app", "deploy.txt", "secret"), file("app", "film.bin", "file_too_large")]
    );
    let waits = &held["repos"][1];
    assert_eq!((&waits["name"], &waits["files"]), (&json!("merging"), &json!([])));
    assert!(waits["reason"].as_str().unwrap().contains("merge"), "{waits:#}");
    assert_eq!(held["repos"].as_array().map(Vec::len), Some(2), "{held:#}");
    let shown = sandbox.autocommit(&["held"]).ok();
    for words in ["film.bin", "guards.max_file_mib", "deploy.txt", "Line 1", "merge"] {
        assert!(shown.stdout.contains(words), "{words}: {}", shown.shown());
    }
    assert!(
        shown.stderr.contains("2 files held in 1 repository, and all of 1 repository"),
        "{}",
        shown.shown()
    );
    assert!(shown.stderr.contains("autocommit approve"), "{}", shown.shown());
    assert!(!shown.stdout.contains("MIIEpAIBAAKC"), "never the secret itself");
    let one = sandbox.autocommit_in(&app, &["held", "film.bin", "--json"]).ok().json();
    assert_eq!(files(&one), [file("app", "film.bin", "file_too_large")]);
    assert_eq!([&app, &merging, &clean].map(|repo| Traces::of(&sandbox, repo, None)), before);
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(sandbox.git(&app, &["rev-parse", "HEAD"])));
    let _ = sandbox.autocommit(&["held", arg(&sandbox.home())]).exits(2);
}

#[test]
fn what_is_approved_is_committed_and_a_changed_byte_asks_again() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write_config(&settings(&sandbox));
    let mut film = vec![7_u8; 2 << 20];
    sandbox.write(&repo, "film.bin", &film);
    let _ = sandbox.autocommit(&["once"]).exits(1);
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let approved = sandbox.autocommit_in(&repo, &["approve", "film.bin", "--json"]).ok().json();
    assert_eq!(approved["approved"][0]["rule"], "file_too_large", "{approved:#}");
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before, "approving itself commits nothing");
    let _ = sandbox.autocommit_in(&repo, &["approve", "film.bin"]).ok();

    // One other byte in its place, before it was committed.
    film[1 << 20] = 8;
    sandbox.write(&repo, "film.bin", &film);
    let _ = sandbox.autocommit(&["once"]).exits(1);
    assert_eq!(sandbox.git(&repo, &["ls-files", "film.bin"]), "", "not what was approved");
    film[1 << 20] = 7;
    sandbox.write(&repo, "film.bin", &film);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    let stored = sandbox.git(&repo, &["rev-parse", "HEAD:film.bin"]);
    assert_eq!(stored, sandbox.git(&repo, &["hash-object", "--no-filters", "film.bin"]));

    film.push(7);
    sandbox.write(&repo, "film.bin", &film);
    let _ = sandbox.autocommit(&["once"]).exits(1);
    assert_eq!(sandbox.git(&repo, &["rev-parse", "HEAD:film.bin"]), stored, "one byte more is held");
    let _ = sandbox.autocommit_in(&repo, &["approve", "README.md"]).exits(1);
}

#[test]
fn approvals_are_listed_and_taken_back() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write_config(&settings(&sandbox));
    for name in ["a.bin", "b.bin", "c/d.bin"] {
        sandbox.write(&repo, name, vec![7_u8; 2 << 20]);
    }
    let _ = sandbox.autocommit(&["approve", arg(&repo)]).ok();
    let list = || sandbox.autocommit(&["approve", "--list", "--json"]).ok().json();
    let paths = |list: &Value| -> Vec<String> {
        let each = list["approvals"].as_array().unwrap().iter();
        each.map(|given| given["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(paths(&list()), ["a.bin", "b.bin", "c/d.bin"]);
    let shown = sandbox.autocommit(&["approve", "--list"]).ok();
    assert!(shown.stdout.contains("c/d.bin") && shown.stdout.contains("file_too_large"), "{}", shown.shown());
    let _ = sandbox.autocommit_in(&repo, &["approve", "--revoke", "b.bin", "c"]).ok();
    assert_eq!(paths(&list()), ["a.bin"]);
    let _ = sandbox.autocommit(&["once"]).exits(1);
    assert_eq!(sandbox.git(&repo, &["ls-files"]), "README.md\na.bin", "what was taken back is held");
    let _ = sandbox.autocommit_in(&repo, &["approve", "--revoke", "b.bin"]).exits(1);
    // Of a repository that is gone.
    fs::remove_dir_all(&repo).unwrap();
    let _ = sandbox.autocommit(&["approve", "--revoke", arg(&repo)]).ok();
    assert_eq!(paths(&list()), [] as [&str; 0]);
}

#[test]
fn secrets_are_approved_one_by_one() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write_config(&settings(&sandbox));
    sandbox.write(&repo, "deploy.txt", private_key());
    sandbox.write(&repo, "film.bin", vec![7_u8; 2 << 20]);
    let all = sandbox.autocommit(&["approve", arg(&repo)]).exits(1);
    assert!(all.stderr.contains("one by one"), "{}", all.shown());
    let _ = sandbox.autocommit(&["once"]).exits(1);
    assert_eq!(sandbox.git(&repo, &["ls-files"]), "README.md\nfilm.bin");
    let named = sandbox.autocommit_in(&repo, &["approve", "deploy.txt"]).ok();
    assert!(named.stderr.contains("everybody who can read the remote"), "{}", named.shown());
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    assert_eq!(commits(&sandbox, &repo), 3);
}

#[test]
fn what_cannot_be_approved_says_so() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write_config(&settings(&sandbox));
    sandbox.write(&repo, "README.md", "# staged\n");
    sandbox.git(&repo, &["add", "README.md"]);
    sandbox.write(&repo, "README.md", "# staged\nand more\n");
    let refused = sandbox.autocommit_in(&repo, &["approve", "README.md"]).exits(1);
    assert!(refused.stderr.contains("git add"), "the next step: {}", refused.shown());
    assert_eq!(sandbox.autocommit(&["approve", "--list", "--json"]).ok().json(), json!({"approvals": []}));
    let _ = sandbox.autocommit(&["approve", arg(&sandbox.home())]).exits(2);
}

#[test]
fn ignoring_writes_one_line_for_this_clone_and_can_be_undone() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write_config(&settings(&sandbox));
    sandbox.write(&repo, "film 1.bin", vec![7_u8; 2 << 20]);
    sandbox.write(&repo, "work.txt", "1\n");
    let nested = repo.join("vendor/inner");
    fs::create_dir_all(&nested).unwrap();
    sandbox.git(&nested, &["init", "-q"]);
    sandbox.write(&nested, "x", "x");
    let exclude = repo.join(".git/info/exclude");
    let original = fs::read(&exclude).unwrap();
    let before = sandbox.worktree_manifest(&repo);
    let _ = sandbox.autocommit_in(&repo, &["ignore", "film 1.bin", "vendor/inner"]).ok();
    assert_eq!(sandbox.worktree_manifest(&repo), before, "no file of the work tree, and no .gitignore");
    let added = [original.as_slice(), b"/film\\ 1.bin\n/vendor/inner/\n"].concat();
    assert_eq!(fs::read(&exclude).unwrap(), added, "added to what was there");
    assert_eq!(sandbox.git(&repo, &["status", "--porcelain"]), "?? work.txt");
    let _ = sandbox.autocommit(&["once", arg(&repo)]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    let _ = sandbox.autocommit_in(&repo, &["ignore", "--undo", "film 1.bin", "vendor/inner"]).ok();
    assert_eq!(fs::read(&exclude).unwrap(), original);
    let again = sandbox.autocommit(&["held", arg(&repo), "--json"]).ok().json();
    let again: Vec<_> = files(&again).into_iter().map(|(_, path, _)| path).collect();
    assert_eq!(again, ["film 1.bin", "vendor/inner/"]);
    let _ = sandbox.autocommit_in(&repo, &["ignore", "--undo", "film 1.bin"]).exits(1);
    let _ = sandbox.autocommit_in(&repo, &["ignore", "README.md"]).exits(1);
    let _ = sandbox.autocommit(&["ignore", arg(&repo)]).exits(2);
    assert_eq!(fs::read(&exclude).unwrap(), original, "nothing of that was written");
    assert!(!Path::new(&repo.join(".gitignore")).exists());
}
