//! How many git commands a plain commit takes: one more is a choice, not an accident.

use crate::calls::{record, recorded};
use autocommit_e2e::assert_arrived;
use autocommit_test_support::Sandbox;
use std::{collections::BTreeMap, path::Path};

/// Once for each process, whatever it does.
const START: [(&str, usize); 2] = [("config", 1), ("version", 1)];

/// What one cycle starts.
fn counted(sandbox: &Sandbox, log: &Path) -> BTreeMap<String, usize> {
    std::fs::remove_dir_all(log).unwrap();
    std::fs::create_dir(log).unwrap();
    let _ = sandbox.autocommit(&["once"]).ok();
    let mut counts = BTreeMap::new();
    for call in recorded(log) {
        *counts.entry(call.verb().to_owned()).or_insert(0) += 1;
    }
    counts
}

fn expected(more: &[(&str, usize)]) -> BTreeMap<String, usize> {
    START.iter().chain(more).map(|(verb, count)| ((*verb).to_owned(), *count)).collect()
}

#[test]
fn a_plain_commit_takes_no_call_too_many() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let log = sandbox.root().join("calls");
    record(&sandbox, &log);
    assert_eq!(counted(&sandbox, &log), expected(&[("status", 1)]), "nothing to do");
    let edit = [
        ("status", 1),
        ("update-index", 1),
        ("write-tree", 1),
        // The list of files with their sizes, and the patch. What stands around it is read in process.
        ("diff-tree", 1),
        // What is known of the repository, for the message; a process that goes on keeps it. Its files are read in process.
        ("log", 1),
        ("commit-tree", 1),
        ("update-ref", 1),
        ("push", 1),
    ];
    sandbox.write(&repo, "README.md", "changed\n");
    assert_eq!(counted(&sandbox, &log), expected(&edit));
    assert_arrived(&sandbox, &repo, &bare);
    // So are the folders that tell of conventions.
    sandbox.write(&repo, ".github/workflows/check.yml", "on: push\n");
    sandbox.commit(&repo, "Add a check");
    sandbox.git(&repo, &["push", "--quiet"]);
    sandbox.write(&repo, "README.md", "changed again\n");
    assert_eq!(counted(&sandbox, &log), expected(&edit));
    assert_arrived(&sandbox, &repo, &bare);
}
