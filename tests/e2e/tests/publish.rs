//! Nothing goes to a place that it was not looked through for: another address, a second one, another remote, and files that
//! are secrets by their name.
#![allow(clippy::unwrap_used, reason = "a test")]

use autocommit_test_support::Sandbox;
use std::path::{Path, PathBuf};

/// Put together here, so that no scanner takes this file for one that leaks.
fn token() -> String {
    ["gh", "p_q8Zt4LmXv2RkW9sBn7Yh", "Jc3PdF6gTe5QaUoK"].concat()
}

/// A repository whose secret of old days is at its remote already, and a second, empty remote.
fn with_an_old_secret(sandbox: &Sandbox) -> (PathBuf, PathBuf) {
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "old.txt", format!("{}\n", token()));
    sandbox.commit(&repo, "An old secret");
    sandbox.git(&repo, &["push", "--quiet", "origin", "main"]);
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(
        sandbox.remote_tip(&bare, "main").unwrap(),
        head(sandbox, &repo),
        "the first address has it all"
    );
    (repo, sandbox.bare("public"))
}

fn head(sandbox: &Sandbox, repo: &Path) -> String {
    sandbox.git(repo, &["rev-parse", "HEAD"])
}

/// Commits something and asserts that the secret is nowhere at `public`, and that a person is told.
fn assert_kept(sandbox: &Sandbox, repo: &Path, public: &Path) {
    sandbox.trust(repo);
    for round in ["2\n", "3\n"] {
        sandbox.write(repo, "work.txt", round);
        let cycle = sandbox.autocommit(&["once", "--json"]).exits(1).json();
        assert!(stopped(&cycle), "{cycle:#}");
        assert_hidden(sandbox, public);
    }
}

/// Whether a person is told that a secret stops the push.
fn stopped(cycle: &serde_json::Value) -> bool {
    cycle["runs"][0]["reason"].as_str().is_some_and(|said| said.contains("a secret in"))
}

fn assert_hidden(sandbox: &Sandbox, public: &Path) {
    let all = sandbox
        .git(public, &["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
    for blob in all.lines().filter_map(|line| line.strip_suffix(" blob")) {
        assert!(!sandbox.git(public, &["cat-file", "blob", blob]).contains(&token()), "published");
    }
}

#[test]
fn another_address_gets_no_old_secret() {
    let sandbox = Sandbox::new();
    let (repo, public) = with_an_old_secret(&sandbox);
    sandbox.git(&repo, &["remote", "set-url", "origin", &public.display().to_string()]);
    assert_kept(&sandbox, &repo, &public);
}

#[test]
fn a_second_address_gets_no_old_secret() {
    let sandbox = Sandbox::new();
    let (repo, public) = with_an_old_secret(&sandbox);
    let first = sandbox.git(&repo, &["remote", "get-url", "origin"]);
    for address in [first, public.display().to_string()] {
        sandbox.git(&repo, &["remote", "set-url", "--add", "--push", "origin", &address]);
    }
    assert_kept(&sandbox, &repo, &public);
}

#[test]
fn another_remote_gets_no_old_secret() {
    let sandbox = Sandbox::new();
    let (repo, public) = with_an_old_secret(&sandbox);
    // One process: what it has looked through for one remote says nothing of the other.
    let config = sandbox.config().set("quiet_seconds", 0).set("cycle_interval_seconds", 1);
    let daemon = sandbox.daemon_with(config);
    let limit = std::time::Duration::from_secs(60);
    sandbox.write(&repo, "work.txt", "2\n");
    daemon.wait_for("a commit of this process", limit, |_| {
        sandbox.git(&repo, &["log", "-1", "--format=%D"]).contains("origin/main").then_some(())
    });
    sandbox.git(&repo, &["remote", "add", "public", &public.display().to_string()]);
    sandbox.git(&repo, &["config", "remote.pushDefault", "public"]);
    sandbox.trust(&repo);
    sandbox.write(&repo, "work.txt", "3\n");
    daemon.wait_for("the reason", limit, |daemon| {
        let repos = daemon.get("/repos").expect(200).json();
        let said = repos["repos"][0]["reason"].as_str().unwrap_or_default().contains("a secret in");
        said.then_some(())
    });
    assert_hidden(&sandbox, &public);
}

#[test]
fn another_address_is_told_to_have_nothing_until_it_has() {
    let sandbox = Sandbox::new();
    let (repo, _) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    let moved = sandbox.bare("moved");
    sandbox.git(&repo, &["remote", "set-url", "origin", &moved.display().to_string()]);
    sandbox.trust(&repo);
    // Nothing to commit: what is committed goes to the new address all the same.
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.remote_tip(&moved, "main").unwrap(), head(&sandbox, &repo));
    sandbox.write(&repo, "work.txt", "2\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.remote_tip(&moved, "main").unwrap(), head(&sandbox, &repo));
}

#[test]
fn a_file_that_is_a_secret_by_its_name_stops_the_push_before_it() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let before = sandbox.remote_tip(&bare, "main");
    sandbox.write(&repo, "vault.kdbx", "nothing to see\n");
    sandbox.commit(&repo, "My own commit");
    let cycle = sandbox.autocommit(&["once", "--json"]).exits(1).json();
    assert!(stopped(&cycle), "{cycle:#}");
    assert_eq!(sandbox.remote_tip(&bare, "main"), before);
    let _ = sandbox.autocommit_in(&repo, &["approve", "vault.kdbx"]).ok();
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(
        sandbox.remote_tip(&bare, "main").unwrap(),
        head(&sandbox, &repo),
        "a person has the last word"
    );
}

#[test]
fn what_stops_a_push_is_read_once() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "vault.kdbx", "nothing to see\n");
    sandbox.commit(&repo, "My own commit");
    let fake = sandbox.fake_git();
    let daemon = sandbox.daemon_with(sandbox.config().set("cycle_interval_seconds", 1));
    let limit = std::time::Duration::from_secs(60);
    let looks = |command: &str| fake.commands().iter().filter(|c| *c == command).count();
    daemon.wait_for("four cycles", limit, |_| (looks("status") > 4).then_some(()));
    assert_eq!(looks("rev-list"), 1, "{:?}", fake.commands());
    // An answer of the person is heard all the same.
    let _ = sandbox.autocommit_in(&repo, &["approve", "vault.kdbx"]).ok();
    daemon.wait_for("the push", limit, |_| {
        (sandbox.remote_tip(&bare, "main").unwrap() == head(&sandbox, &repo)).then_some(())
    });
}
