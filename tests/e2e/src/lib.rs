//! What the tests of whole programs share: small fleets of repositories and what must be true of them afterwards.
#![allow(clippy::unwrap_used, reason = "only tests use it")]

mod events;
#[cfg(target_os = "linux")]
pub mod system_bus;
mod wire;

pub use events::{Event, Events};
pub use wire::{Documented, assert_keys, raw};

use autocommit_test_support::{Manifest, Sandbox};
use std::path::{Path, PathBuf};

/// A few repositories with remotes and fresh changes of different kinds.
pub struct Fleet {
    /// Work tree, remote, and the number of commits it must have once everything has arrived.
    pub repos: Vec<(PathBuf, PathBuf, usize)>,
    manifests: Vec<Manifest>,
}

impl Fleet {
    /// Four kinds: an edit; new, removed and moved files; an old unpushed commit beside a change; hooks.
    pub fn four(sandbox: &Sandbox) -> Self {
        let mut repos = Vec::new();
        for name in ["edit", "files", "ahead", "hooks"] {
            let (repo, bare) = sandbox.repo_with_remote(name);
            sandbox.write(&repo, "old.txt", "old\n");
            sandbox.write(&repo, "keep.txt", "keep\nkeep\nkeep\n");
            sandbox.commit(&repo, "Add files");
            if name != "ahead" {
                sandbox.git(&repo, &["push", "--quiet"]);
            }
            sandbox.write(&repo, "README.md", format!("# {name}, changed\n"));
            match name {
                "files" => {
                    std::fs::remove_file(repo.join("old.txt")).unwrap();
                    std::fs::rename(repo.join("keep.txt"), repo.join("moved.txt")).unwrap();
                    sandbox.write(&repo, "dir/new file.txt", "new\n");
                }
                "hooks" => {
                    sandbox.hook(&repo, "pre-commit", "exit 0");
                    sandbox.hook(&repo, "commit-msg", "echo 'Reviewed: no' >> \"$1\"");
                    sandbox.trust(&repo);
                }
                _ => {}
            }
            repos.push((repo, bare, 3));
        }
        let manifests = repos.iter().map(|(repo, _, _)| sandbox.worktree_manifest(repo)).collect();
        Self { repos, manifests }
    }

    /// By git alone: everything arrived, once; nothing is left over; no file changed.
    #[track_caller]
    pub fn assert_arrived(&self, sandbox: &Sandbox, when: &str) {
        for ((repo, bare, commits), before) in self.repos.iter().zip(&self.manifests) {
            let shown = format!("{} ({when})", repo.display());
            assert_eq!(sandbox.git(repo, &["status", "--porcelain"]), "", "clean: {shown}");
            let tip = sandbox.git(repo, &["rev-parse", "HEAD"]);
            assert_eq!(sandbox.remote_tip(bare, "main").as_deref(), Some(tip.as_str()), "arrived: {shown}");
            let count = sandbox.git(repo, &["rev-list", "--count", "HEAD"]);
            let log = sandbox.git(repo, &["log", "--format=%h %s"]);
            assert_eq!(count, commits.to_string(), "one commit for one change: {shown}\n{log}");
            assert_eq!(&sandbox.worktree_manifest(repo), before, "untouched: {shown}");
            let entries = std::fs::read_dir(repo.join(".git")).unwrap().flatten();
            let left: Vec<_> = entries
                .map(|e| e.file_name().to_string_lossy().into_owned())
                .filter(|n| n.starts_with("autocommit-") || n.ends_with(".lock"))
                .collect();
            assert!(left.is_empty(), "left over in {shown}: {left:?}");
            sandbox.fsck(repo);
            sandbox.fsck(bare);
        }
    }

    /// The trees at the remotes: what must be the same whatever happened on the way.
    pub fn trees(&self, sandbox: &Sandbox) -> Vec<String> {
        self.repos.iter().map(|(_, bare, _)| sandbox.git(bare, &["rev-parse", "main^{tree}"])).collect()
    }
}

/// The runs of a cycle that `once --json` printed, as (name, status).
pub fn statuses(cycle: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    cycle["runs"].as_array().unwrap().iter().map(|run| (text(&run["name"]), text(&run["status"]))).collect()
}

/// Everything that a write could change, by git and by the bytes of files: to be compared before and after.
#[derive(Debug, PartialEq, Eq)]
pub struct Traces {
    work_tree: Manifest,
    git_folder: Manifest,
    remote: Option<Manifest>,
}

impl Traces {
    /// Looks at a repository and, where it has one, its remote.
    pub fn of(sandbox: &Sandbox, repo: &Path, bare: Option<&Path>) -> Self {
        Self {
            work_tree: sandbox.worktree_manifest(repo),
            git_folder: sandbox.worktree_manifest(repo.join(".git")),
            remote: bare.map(|bare| sandbox.worktree_manifest(bare)),
        }
    }
}

/// A path of the sandbox as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The commit of the checked-out branch.
#[track_caller]
pub fn head(sandbox: &Sandbox, repo: &Path) -> String {
    sandbox.git(repo, &["rev-parse", "HEAD"])
}

/// How many commits the checked-out branch has.
#[track_caller]
pub fn commits(sandbox: &Sandbox, repo: &Path) -> usize {
    sandbox.git(repo, &["rev-list", "--count", "HEAD"]).parse().unwrap()
}

/// By git alone: everything is committed, and the remote has it.
#[track_caller]
pub fn assert_arrived(sandbox: &Sandbox, repo: &Path, bare: &Path) {
    assert_eq!(sandbox.git(repo, &["status", "--porcelain"]), "", "clean: {}", repo.display());
    assert_eq!(sandbox.remote_tip(bare, "main"), Some(head(sandbox, repo)), "arrived: {}", repo.display());
}
