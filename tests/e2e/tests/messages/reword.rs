//! A commit of ours gets another message: only the last one, and only while nobody else has it.

use crate::{history, message_of};
use autocommit_e2e::{arg, commits, head};
use autocommit_test_support::{Output, Sandbox, fake_git::Rule, servers::BlackHole};
use std::{
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

/// Commits a change by Autocommit, without a push.
#[track_caller]
fn committed(sandbox: &Sandbox, repo: &Path, name: &str) -> String {
    sandbox.write(repo, name, format!("{name}\n"));
    let _ = sandbox.autocommit(&["once", "--set", "push=false", arg(repo)]).ok();
    head(sandbox, repo)
}

#[track_caller]
fn reword(sandbox: &Sandbox, repo: &Path, message: &str) -> Output {
    sandbox.autocommit(&["reword", arg(repo), "-m", message])
}

/// It is refused with these words, and everything is as it was.
#[track_caller]
fn refused(sandbox: &Sandbox, repo: &Path, why: &str) {
    let before = (head(sandbox, repo), sandbox.worktree_manifest(repo));
    let index = fs::read(repo.join(".git/index")).unwrap();
    let output = reword(sandbox, repo, "Another message");
    assert_eq!(output.code(), Some(1), "{}", output.shown());
    assert!(output.stderr.contains(why), "{why:?} in {}", output.shown());
    assert_eq!((head(sandbox, repo), sandbox.worktree_manifest(repo)), before, "{}", output.shown());
    assert_eq!(fs::read(repo.join(".git/index")).unwrap(), index);
}

#[test]
fn only_the_message_differs() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("app");
    let old = committed(&sandbox, &repo, "a.txt");
    // Work goes on, some of it staged: none of it is touched.
    sandbox.write(&repo, "b.txt", "b\n");
    sandbox.git(&repo, &["add", "b.txt"]);
    sandbox.write(&repo, "c.txt", "c\n");
    let status = sandbox.git(&repo, &["status", "--porcelain"]);
    let _ = reword(&sandbox, &repo, "Say it better\n\nBecause fixes #1.").ok();
    let new = head(&sandbox, &repo);
    assert_ne!(old, new);
    assert_eq!(message_of(&sandbox, &repo), "Say it better\n\nBecause fixes #1.");
    for field in ["%T", "%P", "%an %ae %ad"] {
        let format = format!("--format={field}");
        let of = |commit: &str| sandbox.git(&repo, &["log", "-1", &format, commit]);
        assert_eq!(of(&old), of(&new), "{field}");
    }
    assert_eq!(sandbox.git(&repo, &["status", "--porcelain"]), status);
    sandbox.fsck(&repo);
    let entries = history(&sandbox, &[]);
    assert_eq!(entries.len(), 1, "one commit is one entry: {entries:#?}");
    let entry = &entries[0];
    assert_eq!((entry["commit"].as_str(), entry["message_source"].as_str()), (Some(&*new), Some("person")));
    assert_eq!(
        (entry["subject"].as_str(), entry["body"].as_str()),
        (Some("Say it better"), Some("Because fixes #1."))
    );
    // And once more.
    let _ = reword(&sandbox, &repo, "And again").ok();
    assert_eq!(message_of(&sandbox, &repo), "And again");
    assert_eq!(commits(&sandbox, &repo), 2);
}

#[test]
fn the_hook_looks_at_it_too() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("app");
    committed(&sandbox, &repo, "a.txt");
    sandbox.hook(
        &repo,
        "commit-msg",
        "grep -q bad \"$1\" && { echo 'no bad words' >&2; exit 1; }; echo 'Seen: yes' >> \"$1\"",
    );
    sandbox.trust(&repo);
    let output = reword(&sandbox, &repo, "A bad one");
    assert!(output.code() == Some(1) && output.stderr.contains("no bad words"), "{}", output.shown());
    let _ = reword(&sandbox, &repo, "A good one").ok();
    assert_eq!(message_of(&sandbox, &repo), "A good one\nSeen: yes");
}

#[test]
fn what_is_not_ours_or_not_last_stays() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("app");
    assert_eq!(reword(&sandbox, &repo, "x").code(), Some(1), "nothing of ours");
    committed(&sandbox, &repo, "a.txt");
    for bad in ["", "a\u{1}b"] {
        assert_eq!(reword(&sandbox, &repo, bad).code(), Some(1), "{bad:?}");
    }
    sandbox.git(&repo, &["branch", "kept"]);
    refused(&sandbox, &repo, "refs/heads/kept");
    sandbox.git(&repo, &["branch", "-D", "kept"]);
    sandbox.git(&repo, &["tag", "v1"]);
    refused(&sandbox, &repo, "refs/tags/v1");
    sandbox.git(&repo, &["tag", "-d", "v1"]);
    sandbox.git(&repo, &["checkout", "--quiet", "-b", "other"]);
    refused(&sandbox, &repo, "the last commit of the branch");
    sandbox.git(&repo, &["checkout", "--quiet", "main"]);
    sandbox.git(&repo, &["branch", "-D", "other"]);
    sandbox.write(&repo, "mine.txt", "mine\n");
    sandbox.commit(&repo, "My own");
    refused(&sandbox, &repo, "the last commit of the branch");
}

#[test]
fn what_was_pushed_is_never_rewritten() {
    let sandbox = Sandbox::new();
    // By us.
    let (ours, _) = sandbox.repo_with_remote("ours");
    sandbox.write(&ours, "a.txt", "a\n");
    let _ = sandbox.autocommit(&["once", arg(&ours)]).ok();
    refused(&sandbox, &ours, "never rewritten");
    // By the person, who does it by hand.
    let (hand, _) = sandbox.repo_with_remote("hand");
    committed(&sandbox, &hand, "a.txt");
    sandbox.git(&hand, &["push", "--quiet"]);
    refused(&sandbox, &hand, "never rewritten");
    // To an address, which leaves no trace here.
    let (address, bare) = sandbox.repo_with_remote("address");
    committed(&sandbox, &address, "a.txt");
    sandbox.git(&address, &["push", "--quiet", arg(&bare), "main:refs/heads/backup"]);
    let _ = sandbox.try_git(&address, &["update-ref", "-d", "refs/remotes/origin/backup"]);
    refused(&sandbox, &address, "never rewritten");
    // By somebody else, who got it from here and built on it.
    let (shared, bare) = sandbox.repo_with_remote("shared");
    committed(&sandbox, &shared, "a.txt");
    let other = sandbox.root().join("other");
    sandbox.git(sandbox.root(), &["clone", "--quiet", arg(&shared), arg(&other)]);
    sandbox.write(&other, "b.txt", "b\n");
    sandbox.commit(&other, "On top");
    sandbox.git(&other, &["push", "--quiet", arg(&bare), "main"]);
    refused(&sandbox, &shared, "never rewritten");
    // To the second of two remotes.
    let (two, _) = sandbox.repo_with_remote("two");
    let mirror = sandbox.bare("two-mirror");
    sandbox.git(&two, &["remote", "add", "mirror", arg(&mirror)]);
    committed(&sandbox, &two, "a.txt");
    sandbox.git(&two, &["push", "--quiet", "mirror", "main"]);
    sandbox.git(&two, &["update-ref", "-d", "refs/remotes/mirror/main"]);
    refused(&sandbox, &two, "never rewritten");
}

#[test]
fn in_doubt_it_stays() {
    let sandbox = Sandbox::new();
    // Nobody answers who could say whether they have it.
    let (cut, _) = sandbox.repo_with_remote("cut");
    committed(&sandbox, &cut, "a.txt");
    sandbox.git(&cut, &["remote", "set-url", "origin", "http://127.0.0.1:9/x.git"]);
    let _ = sandbox.autocommit(&["trust", "allow", arg(&cut)]);
    refused(&sandbox, &cut, "cannot be told");
    // A push is running: it waits for a server that never answers.
    let (busy, _) = sandbox.repo_with_remote("busy");
    committed(&sandbox, &busy, "a.txt");
    let hole = BlackHole::new();
    let mut push = sandbox.git_command(&busy);
    push.args(["push", "--quiet", &hole.url("http", "x.git"), "main"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut push = push.spawn().unwrap();
    let begun = Instant::now();
    while hole.accepted() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the push never began");
        std::thread::sleep(Duration::from_millis(10));
    }
    refused(&sandbox, &busy, "may be on its way");
    push.kill().unwrap();
    push.wait().unwrap();
}

#[test]
fn what_no_remote_has_is_rewritten_and_pushed_afterwards() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    committed(&sandbox, &repo, "a.txt");
    let _ = reword(&sandbox, &repo, "Say it better").ok();
    let _ = sandbox.autocommit(&["once", arg(&repo)]).ok();
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head(&sandbox, &repo)));
    assert_eq!((message_of(&sandbox, &repo).as_str(), commits(&sandbox, &repo)), ("Say it better", 2));
    assert_eq!(history(&sandbox, &[])[0]["status"], "pushed");
    refused(&sandbox, &repo, "never rewritten");
}

/// Killed at any call of git, it is the old commit or the new one, once, and the history says which.
#[test]
fn killed_anywhere_it_is_one_commit_and_the_history_names_it() {
    let mut killed = 0;
    for step in ["cat-file", "for-each-ref", "ls-remote", "commit-tree", "update-ref"] {
        for (when, rule) in [("before", Rule::before(step)), ("after", Rule::after(step))] {
            let sandbox = Sandbox::new();
            let (repo, bare) = sandbox.repo_with_remote("app");
            let old = committed(&sandbox, &repo, "a.txt");
            let said = message_of(&sandbox, &repo);
            let fake = sandbox.fake_git();
            fake.script(&[rule.kill_parent()]);
            let output = reword(&sandbox, &repo, "Say it better");
            killed += usize::from(output.code().is_none());
            fake.script(&[]);
            let _ = sandbox.autocommit(&["once", arg(&repo)]).ok();
            let (tip, now) = (head(&sandbox, &repo), message_of(&sandbox, &repo));
            let when = format!("killed {when} git {step}: {now}");
            assert!(if tip == old { now == said } else { now == "Say it better" }, "{when}");
            assert_eq!(commits(&sandbox, &repo), 2, "{when}");
            assert_eq!(sandbox.remote_tip(&bare, "main"), Some(tip.clone()), "{when}");
            let entries = history(&sandbox, &[]);
            assert_eq!(entries.len(), 1, "{when}: {entries:#?}");
            assert_eq!(
                (entries[0]["commit"].as_str(), entries[0]["status"].as_str()),
                (Some(&*tip), Some("pushed")),
                "{when}"
            );
            assert_eq!(entries[0]["subject"].as_str(), now.lines().next(), "{when}");
            sandbox.fsck(&repo);
        }
    }
    assert!(killed >= 8, "only {killed} kills happened");
}
