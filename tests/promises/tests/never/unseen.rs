//! Lines 9, 16, 23 and 25 where something hides from the usual look: a branch's name, a pipe, a repository, a submodule.

use crate::{quiet, run_of, sh, tally, text};
use autocommit_test_support::Sandbox;

#[test]
fn n09_a_branch_named_by_a_secret_is_not_pushed() {
    let mut tally = tally(9);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let (repo, bare) = sandbox.repo_with_remote("app");
    let token = ["gl", "pat-", "Zq3xW8vT1nR6yK4mB9cD"].concat();
    sh(
        &sandbox,
        &repo,
        &format!("git switch -qc try-{token}; echo own > own.txt; git add .; git commit -qm own"),
    );
    let cycle = sandbox.autocommit(&["once", "--json"]).json();
    tally.count("branches", 1);
    let run = run_of(&cycle, &repo);
    assert!(run["reason"].as_str().unwrap().contains("the name of its branch"), "{run:#}");
    assert_eq!(sandbox.refs(&bare).len(), 1, "nothing of it at the remote");
    sh(&sandbox, &repo, "git branch -m harmless");
    let _ = sandbox.autocommit(&["once"]).exits(0);
    assert_eq!(sandbox.remote_tip(&bare, "harmless"), Some(sandbox.git(&repo, &["rev-parse", "HEAD"])));
    tally.end();
}

/// The program itself would wait for ever where it opens a pipe that nobody writes to.
#[test]
fn n16_a_pipe_in_the_place_of_a_configuration_delays_nobody() {
    let mut tally = tally(16);
    let sandbox = Sandbox::new();
    sandbox.write_config(&sandbox.config().set("http.enabled", false).set("deadlines.local_seconds", 2));
    let (good, _) = sandbox.repo_with_remote("good");
    sandbox.write(&good, "work.txt", "work\n");
    for file in [".git/config", ".gitmodules", ".gitattributes", ".git/info/attributes", ".git/info/exclude"]
    {
        let (repo, _) = sandbox.repo_with_remote(&format!("pipe{}", file.replace('/', "-")));
        sh(
            &sandbox,
            &repo,
            &format!("echo x > b.txt; mkdir -p $(dirname {file}); rm -f {file}; mkfifo {file}"),
        );
        tally.count("pipes", 1);
    }
    // It ends, which is the test: the sandbox ends a run after two minutes, and fails.
    let cycle = sandbox.autocommit(&["once", "--json"]).json();
    assert_eq!(run_of(&cycle, &good)["status"], "pushed", "{cycle:#}");
    tally.end();
}

#[test]
fn n23_a_repository_in_the_place_of_a_tracked_file_is_no_submodule() {
    let mut tally = tally(23);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let (repo, _) = sandbox.repo_with_remote("app");
    sh(
        &sandbox,
        &repo,
        "echo 1 > a.txt; git add .; git commit -qm a; git push -q; rm a.txt; git init -q a.txt; echo x > a.txt/x; echo x > work.txt",
    );
    // In the first cycle it has no commit, from the second on it has: git shows the two in different ways.
    for round in 0..3 {
        let cycle = sandbox.autocommit(&["once", "--json"]).json();
        tally.count("cycles", 1);
        assert_eq!(run_of(&cycle, &repo)["held"][0]["rule"], "nested_repository", "cycle {round}: {cycle:#}");
        let entry = sandbox.git(&repo, &["ls-tree", "HEAD", "a.txt"]);
        assert!(entry.starts_with("100644 blob"), "cycle {round}: {entry:?}");
    }
    tally.end();
}

#[test]
fn n25_a_submodule_that_git_was_told_to_ignore_is_not_overlooked() {
    let mut tally = tally(25);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let (library, _) = sandbox.repo_with_remote("library");
    let lib = sandbox.remotes_dir().join("library.git");
    for (name, setting) in [("by-name", "submodule.lib.ignore"), ("for-all", "diff.ignoreSubmodules")] {
        let (repo, bare) = sandbox.repo_with_remote(name);
        sh(
            &sandbox,
            &repo,
            &format!(
                "git -c protocol.file.allow=always submodule --quiet add {} lib; git commit -qm lib; git push -q
                 git config {setting} all; cd lib; git switch -q --detach; echo x > x; git add x; git commit -qm unpublished; cd ..; echo x > work.txt",
                text(&lib)
            ),
        );
        let before = sandbox.git(&repo, &["rev-parse", "HEAD:lib"]);
        let cycle = sandbox.autocommit(&["once", "--json", text(&repo)]).json();
        tally.count("submodules", 1);
        let run = run_of(&cycle, &repo);
        assert_eq!(run["held"][0]["rule"], "submodule_not_pushed", "{run:#}");
        assert_eq!(sandbox.git(&bare, &["rev-parse", "main:lib"]), before);
        assert_eq!(sandbox.git(&bare, &["show", "main:work.txt"]), "x");
    }
    assert!(library.exists());
    tally.end();
}
