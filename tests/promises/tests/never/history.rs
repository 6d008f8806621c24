//! Line 2: refs, reflogs, stashes and commits of the person's only ever gain.

use crate::{quiet, sh, tally};
use autocommit_test_support::Sandbox;
use std::{collections::BTreeMap, fs, path::Path};

/// Every reflog, line by line.
fn reflogs(dir: &Path, below: &str, found: &mut BTreeMap<String, Vec<String>>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            reflogs(&entry.path(), &format!("{name}/"), found);
        } else {
            let text = fs::read_to_string(entry.path()).unwrap();
            found.insert(name, text.lines().map(str::to_owned).collect());
        }
    }
}

fn logs_of(repo: &Path) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    reflogs(&repo.join(".git/logs"), "", &mut found);
    found
}

#[test]
fn n02_refs_reflogs_and_stashes_only_gain() {
    let mut tally = tally(2);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let (repo, bare) = sandbox.repo_with_remote("app");
    sh(
        &sandbox,
        &repo,
        "for i in 1 2 3; do echo $i > a.txt; git add .; git commit -qm c$i; done; git push -q
         git tag light; git tag -a -m words heavy; git notes add -m note; git branch kept HEAD~1
         echo s1 > a.txt; git stash -q; echo s2 > a.txt; git stash -q; git update-ref refs/custom/x HEAD~2
         git commit -q --amend -m 'another word'; git reset -q --soft HEAD@{1}
         git worktree add -q ../linked -b linked; echo own > own.txt; git add own.txt; git commit -qm 'not pushed yet'",
    );
    let commits = sandbox.git(&repo, &["log", "--all", "--reflog", "--format=%H"]);
    let (refs, logs) = (sandbox.refs(&repo), logs_of(&repo));
    for round in 0..3 {
        sandbox.write(&repo, "a.txt", format!("round {round}\n"));
        sandbox.write(&repo, format!("new{round}.txt"), "new\n");
        sandbox.write(sandbox.repos_dir().join("linked"), "b.txt", format!("{round}\n"));
        let _ = sandbox.autocommit(&["once"]).exits(0);
        tally.count("cycles", 1);
    }
    let (now, logs_now) = (sandbox.refs(&repo), logs_of(&repo));
    let moving =
        ["refs/heads/main", "refs/heads/linked", "refs/remotes/origin/main", "refs/remotes/origin/linked"];
    for (name, old) in &refs {
        tally.count("refs", 1);
        let new = now.get(name).unwrap_or_else(|| panic!("{name} is gone"));
        let ahead = sandbox.try_git(&repo, &["merge-base", "--is-ancestor", old, new]).status.success();
        let fine = old == new || (moving.contains(&name.as_str()) && ahead);
        assert!(fine, "{name} went from {old} to {new}");
    }
    for (name, lines) in &logs {
        tally.count("reflogs", 1);
        assert!(
            logs_now.get(name).is_some_and(|now| now.starts_with(lines)),
            "the reflog of {name} lost entries"
        );
    }
    // Not even a garbage collection takes any of them.
    let _ = sandbox.git(&repo, &["gc", "--quiet", "--prune=now"]);
    for commit in commits.lines() {
        tally.count("commits", 1);
        assert!(sandbox.try_git(&repo, &["cat-file", "-e", commit]).status.success(), "{commit} is lost");
    }
    assert_eq!(sandbox.git(&repo, &["stash", "list"]).lines().count(), 2);
    assert_eq!(sandbox.remote_tip(&bare, "main").as_ref(), now.get("refs/heads/main"));
    sandbox.fsck(&repo);
    tally.end();
}
