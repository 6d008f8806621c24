//! Line 18: nothing outside of the repository that was meant, whatever points elsewhere.

use crate::{quiet, sh, tally, text};
use autocommit_test_support::{Manifest, Sandbox, fake_git::Rule};
use std::path::Path;

/// A repository with work that nobody asked about, below no base path.
fn decoy(sandbox: &Sandbox) -> std::path::PathBuf {
    let dir = sandbox.root().join("decoy");
    std::fs::create_dir_all(&dir).unwrap();
    sh(
        sandbox,
        &dir,
        "git init -q; echo 1 > kept; git add .; git commit -qm decoy; echo private > id; echo 2 > kept",
    );
    dir
}

/// Every byte of a folder, its git folder included.
fn bytes(sandbox: &Sandbox, dir: &Path) -> (Manifest, Manifest) {
    (sandbox.worktree_manifest(dir), sandbox.worktree_manifest(dir.join(".git")))
}

#[test]
fn n18_variables_of_git_lead_nowhere() {
    let mut tally = tally(18);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let (repo, bare) = sandbox.repo_with_remote("app");
    let decoy = decoy(&sandbox);
    let before = bytes(&sandbox, &decoy);
    let git = decoy.join(".git");
    for (name, value) in [
        ("GIT_DIR", text(&git).to_owned()),
        ("GIT_COMMON_DIR", text(&git).to_owned()),
        ("GIT_WORK_TREE", text(&decoy).to_owned()),
        ("GIT_INDEX_FILE", text(&git.join("index")).to_owned()),
        ("GIT_OBJECT_DIRECTORY", text(&git.join("objects")).to_owned()),
        ("GIT_NAMESPACE", "elsewhere".to_owned()),
        ("GIT_PREFIX", "src/".to_owned()),
        ("GIT_CONFIG_PARAMETERS", format!("'core.worktree'='{}'", text(&decoy))),
        ("GIT_CONFIG_COUNT", "1".to_owned()),
        ("GIT_CONFIG_KEY_0", "core.worktree".to_owned()),
        ("GIT_CONFIG_VALUE_0", text(&decoy).to_owned()),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", text(&git.join("objects")).to_owned()),
        ("GIT_CEILING_DIRECTORIES", text(&decoy).to_owned()),
        ("GIT_LITERAL_PATHSPECS", "0".to_owned()),
    ] {
        sandbox.set_env(name, &value);
        tally.count("variables", 1);
        sandbox.write(&repo, "README.md", format!("{name}\n"));
        let _ = sandbox.autocommit(&["once"]).exits(0);
        let head = sandbox.git(&repo, &["rev-parse", "HEAD"]);
        assert_eq!(sandbox.git(&repo, &["show", "HEAD:README.md"]), name);
        assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head), "{name}");
        assert_eq!(sandbox.git(&repo, &["status", "--porcelain"]), "", "{name}");
    }
    assert!(bytes(&sandbox, &decoy) == before, "the other repository changed");
    tally.end();
}

#[test]
fn n18_a_work_tree_or_git_folder_elsewhere_is_not_taken() {
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let decoy = decoy(&sandbox);
    let (pointing, _) = sandbox.repo_with_remote("pointing");
    sandbox.write(&pointing, "work.txt", "work\n");
    sandbox.git(&pointing, &["config", "core.worktree", text(&decoy)]);
    let linked = sandbox.repos_dir().join("linked");
    sandbox.write(&linked, "work.txt", "work\n");
    std::os::unix::fs::symlink(decoy.join(".git"), linked.join(".git")).unwrap();
    let file = sandbox.repos_dir().join("file");
    sandbox.write(&file, "work.txt", "work\n");
    sandbox.write(&file, ".git", format!("gitdir: {}\n", text(&decoy.join(".git"))));
    let before = bytes(&sandbox, &decoy);
    let (own, _) = sandbox.repo_with_remote("own");
    sandbox.write(&own, "work.txt", "work\n");
    let cycle = sandbox.autocommit(&["once", "--json"]).json();
    let _ = crate::run_of(&cycle, &own);
    assert!(bytes(&sandbox, &decoy) == before, "the other repository changed: {cycle:#}");
    assert_eq!(sandbox.git(&own, &["status", "--porcelain"]), "", "the others go on");
    let git_dir = format!("--git-dir={}", text(&pointing.join(".git")));
    let files = sandbox.git(&pointing, &[&git_dir, "--bare", "ls-tree", "-r", "--name-only", "main"]);
    assert_eq!(files, "README.md", "nothing of the other folder, and nothing under a doubt");
}

/// The repository inside another loses its `.git` at every step of a run: the outer one must not be taken for it.
#[test]
fn n18_a_git_folder_that_vanishes_is_not_sought_above() {
    let mut tally = tally(18);
    tally.name.push_str("-vanished");
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let commands = ["status", "config", "update-index", "write-tree", "commit-tree", "update-ref", "push"];
    let fake = sandbox.fake_git();
    let (mut rules, mut inner) = (Vec::new(), Vec::new());
    let outer = sandbox.root().join("outer");
    std::fs::create_dir_all(&outer).unwrap();
    sh(&sandbox, &outer, "git init -q; echo 1 > kept; git add .; git commit -qm outer; echo 2 > kept");
    for command in commands {
        let (repo, _) = sandbox.repo_with_remote(&format!("in-{command}"));
        let within = outer.join(format!("in-{command}"));
        std::fs::rename(&repo, &within).unwrap();
        sandbox.write(&within, "README.md", "changed\n");
        rules.push(Rule::before(command).repo(&format!("/in-{command}")).run(&[
            "rm",
            "-rf",
            text(&within.join(".git")),
        ]));
        inner.push(within);
    }
    let before = bytes(&sandbox, &outer).1;
    fake.script(&rules);
    for (place, repo) in inner.iter().enumerate() {
        let _ = sandbox.autocommit(&["once", text(repo)]);
        tally.count("git folders that vanished", u64::from(fake.seen(place) > 0));
        assert!(
            !repo.join(".git").exists() || fake.seen(place) == 0,
            "{}: it was made again",
            repo.display()
        );
        assert!(bytes(&sandbox, &outer).1 == before, "{}: the outer repository changed", repo.display());
    }
    assert!((0..inner.len()).filter(|place| fake.seen(*place) > 0).count() >= 5, "too few of them happened");
    // A git without this care does change it.
    let _ = sandbox.git(&inner[0], &["add", "-A"]);
    assert!(bytes(&sandbox, &outer).1 != before, "the test is void: plain git does not climb either");
    tally.end();
}
