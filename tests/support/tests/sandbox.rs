//! The sandbox is a world of its own, and its oracles see what changed.

use autocommit_test_support::Sandbox;
use std::{fs, path::Path};

#[test]
fn repositories_are_made_with_fixed_people_and_dates() {
    let make = || {
        let sandbox = Sandbox::new();
        let (repo, bare) = sandbox.repo_with_remote("one");
        sandbox.write(&repo, "src/a.txt", "a\n");
        let commit = sandbox.commit(&repo, "Add a");
        sandbox.git(&repo, &["push", "--quiet"]);
        assert_eq!(sandbox.remote_tip(&bare, "main"), Some(commit.clone()));
        assert_eq!(sandbox.remote_tip(&bare, "other"), None);
        sandbox.fsck(&repo);
        sandbox.fsck(&bare);
        assert_eq!(
            sandbox.git(&repo, &["log", "-1", "--format=%an %ae %cd", "--date=format:%Y"]),
            "Ada Test ada@example.org 2024"
        );
        commit
    };
    // The same commands give the same commit: nothing of the machine gets in.
    assert_eq!(make(), make());
}

#[test]
fn nothing_of_the_person_is_read() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let origins = sandbox.git(&repo, &["config", "--list", "--show-origin", "--name-only"]);
    let home = sandbox.home().join(".gitconfig");
    let known = |line: &&str| line.contains(&*home.to_string_lossy()) || line.starts_with("file:.git/config");
    assert_eq!(origins.lines().filter(|l| !known(l)).collect::<Vec<_>>(), Vec::<&str>::new());
    let environment = sandbox.run(&repo, "env", &[]).ok().stdout;
    assert!(!environment.contains("CARGO"), "{environment}");
    assert!(environment.contains(&format!("PATH={}:", sandbox.bin_dir().display())), "{environment}");
}

#[test]
fn a_manifest_sees_content_mode_and_time() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    sandbox.write(&repo, "dir/a.txt", "a");
    std::os::unix::fs::symlink("dir/a.txt", repo.join("link")).expect("a link");
    let before = sandbox.worktree_manifest(&repo);
    let paths: Vec<&Path> = before.keys().map(|p| p.as_path()).collect();
    assert_eq!(paths, ["README.md", "dir", "dir/a.txt", "link"].map(Path::new));
    sandbox.git(&repo, &["add", "--all"]);
    sandbox.git(&repo, &["commit", "--quiet", "--message", "More"]);
    assert_eq!(sandbox.worktree_manifest(&repo), before, "committing leaves the work tree alone");
    fs::write(repo.join("dir/a.txt"), "a").expect("written again");
    assert_ne!(sandbox.worktree_manifest(&repo), before, "the same bytes at another time");
}

#[test]
fn damage_is_found() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let object = sandbox.git(&repo, &["rev-parse", "HEAD:README.md"]);
    fs::remove_file(repo.join(".git/objects").join(&object[..2]).join(&object[2..])).expect("removed");
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sandbox.fsck(&repo)));
    assert!(found.is_err());
}

#[test]
fn hooks_and_clones() {
    let sandbox = Sandbox::new();
    let (_, bare) = sandbox.repo_with_remote("one");
    let clone = sandbox.clone_of(&bare, "two");
    sandbox.hook(&bare, "pre-receive", "echo 'not today' >&2; exit 1");
    sandbox.commit(&clone, "Try");
    let pushed = sandbox.try_git(&clone, &["push"]).exits(1);
    assert!(pushed.stderr.contains("not today"), "{}", pushed.shown());
    assert_eq!(pushed.code(), Some(1));
}
