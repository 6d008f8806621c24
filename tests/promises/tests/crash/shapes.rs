//! The repositories of the sweep: small, each with another way through the program.

use autocommit_test_support::{
    Sandbox,
    trace::{Act, Strike, Victims, When},
};
use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

/// Every shape by name.
pub(crate) const ALL: [&str; 14] = [
    "edit",
    "files",
    "unborn",
    "branch",
    "worktree",
    "ahead",
    "pushonly",
    "held",
    "staged",
    "packed",
    "ready",
    "locked",
    "moved",
    "installed",
];

/// Shapes that a crash has left: what the sweep strikes there is the recovery. Who made which call last.
const CRASHED: [(&str, &str); 4] = [
    ("ready", "program|fsync|state/journal/*/*.jsonl|2"),
    ("locked", "program|link|repos/locked/.git/autocommit-*.ready -> repos/locked/.git/index.lock|1"),
    ("moved", "git update-ref|unlink|repos/moved/.git/HEAD.lock|1"),
    ("installed", "program|rename|repos/installed/.git/index.lock -> repos/installed/.git/index|1"),
];

/// A repository with something to do.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The work tree that is dirty.
    pub(crate) repo: PathBuf,
    /// The shared git folder.
    pub(crate) common: PathBuf,
    /// The remote.
    pub(crate) bare: PathBuf,
    /// The branch that is checked out.
    pub(crate) branch: &'static str,
}

/// Makes one; the same every time, but for times and the sandbox's path.
pub(crate) fn build(sandbox: &Sandbox, shape: &str) -> Shape {
    if shape == "unborn" {
        return unborn(sandbox);
    }
    let (repo, bare) = sandbox.repo_with_remote(shape);
    sandbox.write(&repo, "old.txt", "old\n");
    sandbox.write(&repo, "keep.txt", "keep\nkeep\nkeep\n");
    sandbox.write(&repo, "dir/deep.txt", "deep\n");
    sandbox.commit(&repo, "Add files");
    sandbox.git(&repo, &["push", "--quiet"]);
    let common = repo.join(".git");
    let mut made = Shape { repo, common, bare, branch: "main" };
    let repo = made.repo.clone();
    match shape {
        "edit" | "ready" | "locked" | "moved" | "installed" => {
            sandbox.write(&repo, "README.md", "# edit, changed\n");
        }
        "files" => {
            fs::remove_file(repo.join("old.txt")).unwrap();
            fs::rename(repo.join("keep.txt"), repo.join("moved.txt")).unwrap();
            sandbox.write(&repo, "new/new file.txt", "new\n");
            fs::set_permissions(repo.join("dir/deep.txt"), fs::Permissions::from_mode(0o755)).unwrap();
        }
        "branch" => {
            // Made here, never pushed, with a commit of the person's.
            sandbox.git(&repo, &["switch", "--quiet", "--create", "topic/one"]);
            sandbox.write(&repo, "topic.txt", "topic\n");
            sandbox.commit(&repo, "Begin the topic");
            sandbox.write(&repo, "topic.txt", "topic, changed\n");
            made.branch = "topic/one";
        }
        "worktree" => {
            let linked = sandbox.repos_dir().join("linked");
            sandbox.git(&repo, &["worktree", "add", "--quiet", "-b", "linked", linked.to_str().unwrap()]);
            sandbox.git(&linked, &["push", "--quiet", "--set-upstream", "origin", "linked"]);
            sandbox.write(&linked, "README.md", "# worktree, changed\n");
            sandbox.write(&linked, "more.txt", "more\n");
            made.repo = linked;
            made.branch = "linked";
        }
        "ahead" => {
            sandbox.write(&repo, "README.md", "# ahead\n\nOld work.\n");
            sandbox.commit(&repo, "Old work");
            sandbox.write(&repo, "README.md", "# ahead, changed\n");
        }
        "pushonly" => {
            sandbox.write(&repo, "README.md", "# pushonly\n\nOld work.\n");
            sandbox.commit(&repo, "Old work");
        }
        "held" => {
            // Half staged: held, and the rest of the repository goes on.
            sandbox.write(&repo, "keep.txt", "keep\nkeep\nhalf\n");
            sandbox.git(&repo, &["add", "keep.txt"]);
            sandbox.write(&repo, "keep.txt", "whole\nkeep\nhalf\n");
            sandbox.write(&repo, "README.md", "# held, changed\n");
        }
        "staged" => {
            sandbox.write(&repo, "README.md", "# staged, changed\n");
            sandbox.write(&repo, "added.txt", "added\n");
            sandbox.git(&repo, &["add", "README.md", "added.txt"]);
            sandbox.git(&repo, &["mv", "old.txt", "renamed.txt"]);
            sandbox.write(&repo, "keep.txt", "keep\nkeep\nnot staged\n");
        }
        "packed" => {
            // No branch and no object is a file of its own.
            sandbox.git(&repo, &["tag", "--annotate", "--message", "One", "v1"]);
            sandbox.git(&repo, &["gc", "--quiet"]);
            sandbox.git(&repo, &["pack-refs", "--all"]);
            sandbox.write(&repo, "README.md", "# packed, changed\n");
        }
        other => panic!("no shape is called {other}"),
    }
    if let Some((_, last)) = CRASHED.iter().find(|(name, _)| *name == shape) {
        crash(sandbox, last);
    }
    made
}

/// Whether a crash has left the shape as it is.
pub(crate) fn crashed(shape: &str) -> bool {
    CRASHED.iter().any(|(name, _)| *name == shape)
}

/// Everything is killed right after a call.
fn crash(sandbox: &Sandbox, last: &str) {
    let act = Act::Kill(When::After, Victims::Everything);
    let trace = sandbox.trace(&["once"], Some(&Strike { place: last.parse().unwrap(), act }));
    assert!(trace.struck && trace.code.is_none(), "{last} was not met\n{}", trace.stderr);
}

/// A repository without a commit, with a remote that has nothing.
fn unborn(sandbox: &Sandbox) -> Shape {
    let bare = sandbox.bare("unborn");
    let repo = sandbox.repos_dir().join("unborn");
    fs::create_dir(&repo).unwrap();
    sandbox.git(&repo, &["init", "--quiet"]);
    sandbox.git(&repo, &["remote", "add", "origin", bare.to_str().unwrap()]);
    sandbox.write(&repo, "README.md", "# unborn\n");
    sandbox.write(&repo, "src/first.txt", "first\n");
    Shape { common: repo.join(".git"), repo, bare, branch: "main" }
}
