//! Repositories with many small commits are packed while they rest, and nothing of anybody's is lost by it.
#![allow(clippy::unwrap_used, reason = "a test")]

mod left_alone;
mod packed;

use autocommit_e2e::head;
use autocommit_test_support::{Config, Daemon, Sandbox};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Longest wait for what should come in a moment.
const SOON: Duration = Duration::from_secs(90);
/// Objects of a repository that is packed here.
const MANY: usize = 30;
/// Of which so many stay, at the most: what nothing leads to.
const STAY: usize = 12;

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
}

impl World {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        // The sandbox's person has switched maintenance off, which is respected.
        sandbox.add_git_config("[gc]\n\tauto = 6700\n[maintenance]\n\tauto = true");
        Self { sandbox }
    }

    /// Settings with which a repository is packed soon.
    pub(crate) fn config(&self) -> Config {
        let config = self.sandbox.config().set("cycle_interval_seconds", 1);
        let config = config.set("maintenance.loose_objects", MANY).set("maintenance.rest_seconds", 1);
        config.set("maintenance.only_when_idle", false)
    }

    pub(crate) fn daemon(&self) -> Daemon {
        self.sandbox.daemon_with(self.config())
    }

    /// Git as the person, and without maintenance of its own.
    pub(crate) fn git(&self, repo: &Path, args: &[&str]) -> String {
        let quiet = ["-c", "gc.auto=0", "-c", "maintenance.auto=false"];
        self.sandbox.git(repo, &[&quiet, args].concat())
    }

    /// A repository in which a person made many small commits.
    pub(crate) fn repo(&self, name: &str) -> (PathBuf, PathBuf) {
        let (repo, bare) = self.sandbox.repo_with_remote(name);
        for i in 0..MANY / 2 {
            self.sandbox.write(&repo, "README.md", format!("{name} {i}\n"));
            self.git(&repo, &["commit", "--quiet", "--all", "--message", &format!("Note {i}")]);
        }
        self.git(&repo, &["push", "--quiet"]);
        assert!(self.loose(&repo) >= MANY);
        (repo, bare)
    }

    fn counted(&self, repo: &Path, name: &str) -> usize {
        let all = self.git(repo, &["count-objects", "-v"]);
        let line = all.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap();
        line.parse().unwrap()
    }

    /// Objects that are files of their own.
    pub(crate) fn loose(&self, repo: &Path) -> usize {
        self.counted(repo, "count")
    }

    pub(crate) fn packs(&self, repo: &Path) -> usize {
        self.counted(repo, "packs")
    }

    /// Has Autocommit make a commit, after which the repository is looked at.
    pub(crate) fn commit(&self, repo: &Path, bare: &Path) {
        let before = head(&self.sandbox, repo);
        self.sandbox.write(repo, "work.txt", before.as_bytes());
        self.until("the commit", || {
            let now = head(&self.sandbox, repo);
            now != before && self.sandbox.remote_tip(bare, "main") == Some(now)
        });
    }

    #[track_caller]
    pub(crate) fn until(&self, what: &str, done: impl Fn() -> bool) {
        let started = Instant::now();
        while !done() {
            assert!(started.elapsed() < SOON, "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    #[track_caller]
    pub(crate) fn until_packed(&self, repo: &Path) {
        self.until("the pack", || self.packs(repo) == 1 && self.loose(repo) <= STAY);
    }
}
