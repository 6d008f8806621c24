//! Line 14: what is stuck says so in the cycle in which it is, with the reason and the next step.

use crate::{run_of, sh, tally, text};
use autocommit_test_support::Sandbox;
use std::time::Duration;

#[test]
fn n14_what_is_stuck_says_so_with_the_next_step() {
    let mut tally = tally(14);
    let sandbox = Sandbox::new();
    sandbox.write_config(&sandbox.config().set("http.enabled", false));
    let mut stuck = Vec::new();
    for (name, script) in [
        (
            "merging",
            "git switch -qc o; echo o > README.md; git commit -qam o; git switch -q main; echo m > README.md; git commit -qam m; git merge o || true",
        ),
        ("detached", "git switch -q --detach; echo x > b.txt"),
        ("locked", ": > .git/index.lock; echo x > b.txt"),
        ("half-staged", "echo 1 > README.md; git add .; echo 2 > README.md"),
        ("large", "truncate -s 60M large.bin"),
        (
            "behind",
            "git commit -q --allow-empty -m theirs; git push -q; git reset -q --hard HEAD~1; echo x > b.txt",
        ),
        ("remote-gone", "rm -rf \"$(git remote get-url origin)\"; echo x > b.txt"),
        ("unreachable", "git remote set-url origin https://127.0.0.1:9/x.git; echo x > b.txt"),
        ("ref-locked", "mkdir -p .git/refs/heads; : > .git/refs/heads/main.lock; echo x > b.txt"),
    ] {
        let (repo, _) = sandbox.repo_with_remote(name);
        sh(&sandbox, &repo, script);
        stuck.push(repo);
    }
    let daemon = sandbox.daemon();
    // One cycle, the first: each says why and what to do.
    daemon.rested(Duration::from_secs(120));
    let status = daemon.get("/repos").expect(200).json();
    for repo in &stuck {
        tally.count("stuck repositories", 1);
        let all = status["repos"].as_array().unwrap();
        let one = all.iter().find(|one| one["path"] == text(repo)).unwrap_or_else(|| panic!("{status:#}"));
        let says = |key: &str| one[key].as_str().is_some_and(|text| text.ends_with('.') && text.len() > 10);
        assert!(says("reason") && says("hint"), "{}: {one:#}", repo.display());
    }
    assert!(daemon.stop().success());
    let cycle = sandbox.autocommit(&["once", "--json"]).json();
    for repo in &stuck {
        let run = run_of(&cycle, repo);
        assert!(run["hint"].as_str().is_some_and(|hint| hint.ends_with('.')), "{run:#}");
    }
    tally.end();
}
