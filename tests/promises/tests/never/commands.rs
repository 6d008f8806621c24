//! Lines 3 and 15: what git is asked to do, and when, as a double of git saw it.

use crate::{quiet, sh, tally, text};
use autocommit_test_support::{
    Sandbox,
    fake_git::{Call, Rule},
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Options of `git push` that take something away or send more than was asked for.
fn harmful(argument: &str) -> bool {
    let words = [
        "--force",
        "-f",
        "--mirror",
        "--delete",
        "-d",
        "--tags",
        "--follow-tags",
        "--all",
        "--branches",
        "--prune",
    ];
    words.contains(&argument)
        || argument.starts_with("--force")
        || argument.starts_with('+')
        || argument.starts_with(':')
        || argument.contains(":+")
        || argument.ends_with(':')
}

/// Adds a hook to a remote that writes down each ref that is moved.
fn watched(sandbox: &Sandbox, bare: &std::path::Path) {
    let log = sandbox.root().join("moved.log");
    let _ = sandbox.hook(bare, "update", &format!("echo \"$PWD $1 $2 $3\" >> {}", text(&log)));
}

#[test]
fn n03_no_push_forces_deletes_or_sends_more() {
    let mut tally = tally(3);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let mut remotes = Vec::new();
    for (name, script) in [
        ("edit", "echo x > b.txt"),
        ("own-commits", "echo x > b.txt; git add .; git commit -qm own; echo y > c.txt"),
        ("tags", "git tag t1; git tag -a -m words t2; git config push.followTags true; echo x > b.txt"),
        ("mirror", "git config remote.origin.mirror true; echo x > b.txt"),
        (
            "forced-refspec",
            "git config --add remote.origin.push '+refs/heads/*:refs/heads/*'; git branch other; echo x > b.txt",
        ),
        (
            "amended",
            "echo x > b.txt; git add .; git commit -qm own; git push -q; git commit -q --amend -m other; echo y > c.txt",
        ),
        (
            "reset",
            "git commit -q --allow-empty -m 1; git push -q; git reset -q --hard HEAD~1; echo y > c.txt",
        ),
        ("branch-gone-here", "git push -q origin main:old; echo x > b.txt"),
        ("new-branch", "git switch -qc topic; echo x > b.txt"),
        ("odd-branch", "git switch -qc '+odd'; echo x > b.txt"),
        (
            "rebased",
            "git commit -q --allow-empty -m 1; git push -q; git reset -q --hard HEAD~1; echo r > r.txt; git add .; git commit -qm r",
        ),
    ] {
        let (repo, bare) = sandbox.repo_with_remote(name);
        sh(&sandbox, &repo, script);
        let before = sandbox.refs(&bare);
        watched(&sandbox, &bare);
        // What these bring would redirect a push, or run: a person has seen it.
        let _ = sandbox.autocommit(&["trust", "allow", text(&repo)]).exits(0);
        remotes.push((name, bare, before));
    }
    let fake = sandbox.fake_git();
    for _ in 0..2 {
        let _ = sandbox.autocommit(&["once"]);
        let _ = sandbox.autocommit(&["push"]);
    }
    let calls = fake.calls();
    let pushes: Vec<_> =
        calls.iter().filter(|call| ["push", "send-pack"].contains(&&*call.command)).collect();
    assert!(pushes.len() >= remotes.len(), "{} pushes", pushes.len());
    for call in &pushes {
        tally.count("pushes", 1);
        let at = call.args.iter().position(|arg| *arg == call.command).unwrap();
        let bad: Vec<_> = call.args[at..].iter().filter(|arg| harmful(arg)).collect();
        assert!(bad.is_empty(), "{:?} in {:?}", bad, call.args);
    }
    for (name, bare, before) in remotes {
        let after = sandbox.refs(&bare);
        for (reference, old) in &before {
            tally.count("refs of remotes", 1);
            let new = after.get(reference).unwrap_or_else(|| panic!("{name}: {reference} was deleted"));
            let forward = sandbox.try_git(&bare, &["merge-base", "--is-ancestor", old, new]).status.success();
            assert!(forward, "{name}: {reference} was forced from {old} to {new}");
        }
        let made: Vec<_> = after.keys().filter(|reference| !before.contains_key(*reference)).collect();
        let fine = made
            .iter()
            .all(|reference| ["refs/heads/topic", "refs/heads/+odd"].contains(&reference.as_str()));
        assert!(fine, "{name}: {made:?} were made unasked");
    }
    let moved = std::fs::read_to_string(sandbox.root().join("moved.log")).unwrap();
    assert!(!moved.lines().any(|line| line.ends_with(&"0".repeat(40))), "a ref was deleted: {moved}");
    assert!(moved.lines().count() >= 5, "the hook of the remotes saw what moved: {moved}");
    tally.end();
}

/// Commands that change a repository.
const CHANGING: &[&str] = &[
    "update-index",
    "write-tree",
    "commit-tree",
    "update-ref",
    "hook",
    "push",
    "branch",
    "symbolic-ref",
    "add",
    "commit",
    "reset",
    "hash-object",
    "read-tree",
    "pack-refs",
    "gc",
];

/// The git folder that a call's repository shares with its worktrees.
fn common(call: &Call) -> Option<PathBuf> {
    let named = call.args.iter().find_map(|arg| arg.strip_prefix("--git-dir=")).map(PathBuf::from);
    let dir = named.or_else(|| {
        let dot_git = call.cwd.join(".git");
        let pointed = std::fs::read_to_string(&dot_git).ok();
        pointed.and_then(|text| Some(text.strip_prefix("gitdir: ")?.trim().into())).or(Some(dot_git))
    })?;
    Some(match dir.parent() {
        Some(above) if above.ends_with("worktrees") => above.parent()?.to_owned(),
        _ => dir,
    })
}

/// Calls that change the same repository at the same time.
fn overlaps(calls: &[Call]) -> Vec<(&Call, &Call)> {
    let changing: Vec<_> = calls.iter().filter(|call| CHANGING.contains(&&*call.command)).collect();
    let mut found = Vec::new();
    for (place, one) in changing.iter().enumerate() {
        for other in &changing[place + 1..] {
            let both = one.started < other.ended.unwrap_or(Duration::MAX)
                && other.started < one.ended.unwrap_or(Duration::MAX);
            if both && common(one) == common(other) && one.pid != other.pid {
                found.push((*one, *other));
            }
        }
    }
    found
}

/// Runs in worktrees of one repository, in several cycles at once, while a hook of the first takes long: as long as it
/// takes for another to do something, or two seconds where, as it must be, none does.
#[test]
fn n15_one_repository_is_changed_by_one_command_at_a_time() {
    let mut tally = tally(15);
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    let (other, _) = sandbox.repo_with_remote("other");
    let linked: Vec<_> = (1..4)
        .map(|n| {
            let tree = sandbox.repos_dir().join(format!("linked{n}"));
            sandbox.git(&repo, &["worktree", "add", "-q", "-b", &format!("topic{n}"), text(&tree)]);
            tree
        })
        .collect();
    let hooks = sandbox.home().join("hooks");
    sandbox.write(
        &hooks,
        "pre-commit",
        "#!/bin/sh\ncase $PWD in */app | */other) ;; *) exit 0;; esac\n\
         old=$(git for-each-ref refs/heads/topic1 refs/heads/topic2 refs/heads/topic3)\n\
         i=0; while [ $i -lt 40 ]; do i=$((i+1)); sleep 0.05\n\
         [ \"$old\" = \"$(git for-each-ref refs/heads/topic1 refs/heads/topic2 refs/heads/topic3)\" ] || exit 0; done\n",
    );
    sh(&sandbox, &hooks, "chmod 755 pre-commit");
    sandbox.add_git_config(&format!("[core]\n\thooksPath = {}", text(&hooks)));
    let fake = sandbox.fake_git();
    fake.script(&[Rule::before("update-index").nth(0).sleep(Duration::from_millis(50))]);
    let daemon = sandbox.daemon_with(sandbox.config().set("commit_workers", 8));
    daemon.rested(Duration::from_secs(60));
    let repos = daemon.get("/repos").json()["repos"].as_array().unwrap().clone();
    let id = |tree: &Path| repos.iter().find(|repo| repo["path"] == text(tree)).unwrap()["id"].clone();
    for round in 0..2 {
        let all: Vec<_> = [&repo, &other].into_iter().chain(&linked).collect();
        let tips: Vec<_> = all.iter().map(|tree| sandbox.git(tree, &["rev-parse", "HEAD"])).collect();
        for tree in &all {
            sandbox.write(tree, "work.txt", format!("round {round}\n"));
        }
        for tree in &all {
            let _ = daemon.post("/trigger", Some(&serde_json::json!({ "repos": [id(tree)] }))).expect(202);
            tally.count("cycles at once", 1);
        }
        daemon.wait_for("every commit", Duration::from_secs(90), |_| {
            let moved = |(tree, tip): (&&PathBuf, &String)| sandbox.git(tree, &["rev-parse", "HEAD"]) != *tip;
            all.iter().zip(&tips).all(moved).then_some(())
        });
    }
    assert!(daemon.stop().success());
    let calls = fake.calls();
    tally.count("commands", calls.len() as u64);
    let found = overlaps(&calls);
    // Those of another repository did run beside them, or the log could show no overlap at all.
    let beside = |one: &Call| {
        calls.iter().any(|call| {
            call.ended.is_some_and(|end| one.started < end)
                && one.ended.is_some_and(|end| call.started < end)
                && common(call) != common(one)
        })
    };
    assert!(calls.iter().any(beside), "nothing ran at the same time: the test is void");
    let found: Vec<_> = found
        .iter()
        .map(|(a, b)| format!("{} {} | {} {}", a.command, a.cwd.display(), b.command, b.cwd.display()))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    for tree in &linked {
        sandbox.fsck(tree);
    }
    tally.end();
}

/// The look at the log sees what it must see.
#[test]
fn n15_the_look_at_the_log_sees_two_at_once() {
    let call = |pid, cwd: &str, from, to| Call {
        args: vec![format!("--git-dir={cwd}/.git")],
        command: "update-ref".to_owned(),
        cwd: cwd.into(),
        pid,
        started: Duration::from_millis(from),
        ended: Some(Duration::from_millis(to)),
        code: Some(0),
    };
    assert_eq!(overlaps(&[call(1, "/a", 0, 5), call(2, "/a", 3, 9)]).len(), 1);
    assert!(overlaps(&[call(1, "/a", 0, 5), call(2, "/b", 3, 9), call(3, "/a", 5, 9)]).is_empty());
    let worktree = Call { args: vec!["--git-dir=/a/.git/worktrees/w".to_owned()], ..call(4, "/w", 4, 6) };
    assert_eq!(overlaps(&[call(1, "/a", 0, 5), worktree]).len(), 1);
    assert!(["+a:b", ":gone", "--force-with-lease", "--delete", "a:+b"].iter().all(|arg| harmful(arg)));
    assert!(!["1234:refs/heads/main", "--porcelain", "origin"].iter().any(|arg| harmful(arg)));
}
