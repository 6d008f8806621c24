//! Line 33: looking opens nothing for writing below a git folder or in a work tree, told from the system calls.

use crate::{quiet, sh, tally};
use autocommit_test_support::{Sandbox, trace::Trace};
use std::process::Command;

/// Repositories in which git would like to write when it looks: times that differ, an index to be refreshed or split.
fn shapes(sandbox: &Sandbox) {
    for (name, script) in [
        ("clean", "true"),
        ("dirty", "echo x > b.txt; echo n > n.txt; rm a.txt"),
        ("touched", "touch -d '2001-01-01' a.txt b.txt README.md"),
        ("half-staged", "echo 1 > a.txt; git add a.txt; echo 2 > a.txt"),
        ("staged", "echo 1 > a.txt; git add a.txt; git rm -q --cached b.txt"),
        ("ahead", "echo own > a.txt; git commit -qam own"),
        ("detached", "git switch -q --detach; echo x > b.txt"),
        (
            "merging",
            "git switch -qc o; echo o > a.txt; git commit -qam o; git switch -q main; echo m > a.txt; git commit -qam m; git merge o || true",
        ),
        ("split-index", "git update-index --split-index; touch -d '2001-01-01' a.txt"),
        (
            "untracked-cache",
            "git config core.untrackedCache true; git update-index --untracked-cache; echo n > n.txt",
        ),
        (
            "split-by-configuration",
            "git config core.splitIndex true; git update-index --split-index; touch n1 n2 n3; echo x > b.txt",
        ),
        ("packed", "git gc -q; echo x > b.txt"),
        ("large", "truncate -s 60M large.bin; echo x > b.txt"),
        ("worktree", "git worktree add -q ../linked -b linked; echo x > ../linked/b.txt"),
    ] {
        let (repo, _) = sandbox.repo_with_remote(name);
        sh(
            sandbox,
            &repo,
            &format!(
                "echo 1 > a.txt; echo 2 > b.txt; git add .; git commit -qm files; git push -q; {script}"
            ),
        );
    }
    let unborn = sandbox.repos_dir().join("unborn");
    sandbox.write(&unborn, "a.txt", "1\n");
    let _ = sandbox.git(&unborn, &["init", "-q"]);
}

/// Calls that changed a file of a repository or of a remote.
fn written(trace: &Trace) -> Vec<String> {
    let places = trace.events.iter().map(|event| event.place.to_string());
    places
        .filter(|place| {
            let mut fields = place.split('|').skip(1);
            let (call, path) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
            // Git keeps objects and shared indexes that it meets from being taken away as too old.
            if call == "utime" && (path.contains("/sharedindex.") || path.contains("/objects/")) {
                return false;
            }
            path.split(" -> ").any(|path| path.starts_with("repos/") || path.starts_with("remotes/"))
        })
        .collect()
}

#[test]
fn n33_looking_opens_nothing_for_writing() {
    let mut tally = tally(33);
    if let Err(why) = Trace::available() {
        println!("never: SKIPPED looking: {why}");
        return tally.end();
    }
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    shapes(&sandbox);
    for args in [
        &["status"][..],
        &["status", "--json"],
        &["repos"],
        &["once", "--dry-run"],
        &["once", "--dry-run", "--json"],
        &["history"],
        &["doctor"],
        &["config", "show"],
    ] {
        let trace = sandbox.trace(args, None);
        tally.count("commands that look", 1);
        assert!(trace.code.is_some_and(|code| code <= 1), "{args:?}: {:?} {}", trace.code, trace.stderr);
        let written = written(&trace);
        assert!(written.is_empty(), "autocommit {args:?} wrote: {written:#?}");
    }
    // The look at the calls sees what git does when it is not told to leave the index alone.
    let mut plain: Command = sandbox.git_command(&sandbox.repos_dir().join("touched"));
    plain.arg("status");
    let seen = written(&sandbox.trace_command(&plain, None));
    assert!(seen.iter().any(|place| place.contains("index")), "the test is void: {seen:?}");
    tally.end();
}
