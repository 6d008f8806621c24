//! Many repositories that are saved in at once: each gets one commit, and its remote gets it.
#![allow(clippy::unwrap_used, reason = "a test")]

use autocommit_e2e::{arg, assert_arrived, commits};
use autocommit_test_support::{Daemon, Sandbox};
use std::{fs, path::PathBuf, time::Duration};

/// More than run side by side, by far.
const MANY: usize = 80;
/// No test of speed: what is not done by then never will be.
const PATIENCE: Duration = Duration::from_secs(240);

/// Repositories with a remote each, all copies of one.
fn crowd(sandbox: &Sandbox) -> Vec<(PathBuf, PathBuf)> {
    let (model, its_remote) = sandbox.repo_with_remote("r00");
    let copy = |number| {
        let repo = sandbox.repos_dir().join(format!("r{number:02}"));
        let bare = sandbox.remotes_dir().join(format!("r{number:02}.git"));
        for (from, to) in [(&model, &repo), (&its_remote, &bare)] {
            let _ = sandbox.run(sandbox.root(), "cp", &["-a", arg(from), arg(to)]).ok();
        }
        let config = repo.join(".git/config");
        let text = fs::read_to_string(&config).unwrap();
        fs::write(&config, text.replace(arg(&its_remote), arg(&bare))).unwrap();
        (repo, bare)
    };
    let copies: Vec<_> = (1..MANY).map(copy).collect();
    std::iter::once((model.clone(), its_remote.clone())).chain(copies).collect()
}

fn all_pushed(sandbox: &Sandbox, daemon: &Daemon, crowd: &[(PathBuf, PathBuf)], expected: usize) {
    // The next cycle is an hour away: only what was told of the files leads to these.
    daemon.wait_for("every push", PATIENCE, |_| {
        let pushed =
            |bare: &PathBuf| sandbox.git(bare, &["rev-list", "--count", "main"]) == expected.to_string();
        crowd.iter().all(|(_, bare)| pushed(bare)).then_some(())
    });
}

#[test]
fn each_is_committed_once_and_pushed_awake_or_asleep() {
    let sandbox = Sandbox::new();
    let crowd = crowd(&sandbox);
    let daemon = sandbox.daemon();
    daemon.rested(PATIENCE);
    let save = |text: &str| {
        for (repo, _) in &crowd {
            sandbox.write(repo, "README.md", text);
        }
    };
    save("one");
    all_pushed(&sandbox, &daemon, &crowd, 2);
    daemon.asleep(|| save("two"));
    all_pushed(&sandbox, &daemon, &crowd, 3);
    // What was saved before the daemon goes on and what is saved while it works at that.
    daemon.asleep(|| save("three"));
    sandbox.write(&crowd[MANY / 2].0, "late/file.txt", "late");
    daemon.wait_for("the late one", PATIENCE, |_| {
        let there = sandbox.git(&crowd[MANY / 2].1, &["ls-tree", "-r", "--name-only", "main"]);
        there.contains("late/file.txt").then_some(())
    });
    daemon.wait_for("every push", PATIENCE, |_| {
        let third = |bare: &PathBuf| sandbox.git(bare, &["show", "main:README.md"]) == "three";
        crowd.iter().all(|(_, bare)| third(bare)).then_some(())
    });
    assert!(daemon.stop().success());
    for (number, (repo, bare)) in crowd.iter().enumerate() {
        assert_arrived(&sandbox, repo, bare);
        if number != MANY / 2 {
            assert_eq!(commits(&sandbox, repo), 4, "one commit for one change: {}", repo.display());
        }
        sandbox.fsck(repo);
        sandbox.fsck(bare);
    }
    let history = sandbox.autocommit(&["history", "--json", "-n", "500"]).ok().json();
    let told = history["entries"].as_array().unwrap().iter().filter(|entry| entry["status"] == "pushed");
    assert!(told.count() >= 3 * MANY, "each is remembered as pushed: {history:#}");
}
