//! Line 6: a commit is on the branch that it was made for, whenever the person switches.

use crate::{quiet, tally, text};
use autocommit_test_support::{Sandbox, fake_git::Rule};

/// The commands of a run, from the first look to the last word.
const COMMANDS: &[&str] =
    &["status", "update-index", "write-tree", "diff-tree", "commit-tree", "update-ref", "push"];

#[test]
fn n06_a_branch_that_was_left_does_not_move() {
    let mut tally = tally(6);
    let sandbox = Sandbox::new();
    quiet(&sandbox);
    let real = sandbox.run(sandbox.root(), "sh", &["-c", "command -v git"]).ok().stdout;
    let fake = sandbox.fake_git();
    let mut rules = Vec::new();
    let mut cases = Vec::new();
    for command in COMMANDS {
        for after in [false, true] {
            let name = format!("{command}-{}", if after { "after" } else { "before" });
            let (repo, _) = sandbox.repo_with_remote(&name);
            sandbox.git(&repo, &["branch", "elsewhere"]);
            sandbox.write(&repo, "README.md", "changed\n");
            let git =
                ["env", "-u", "GIT_INDEX_FILE", "-u", "GIT_DIR", "-u", "GIT_WORK_TREE", real.trim(), "-C"];
            let args = [text(&repo), "symbolic-ref", "HEAD", "refs/heads/elsewhere"];
            let moment = if after { Rule::after(command) } else { Rule::before(command) };
            rules.push(moment.repo(&format!("/{name}")).run(&[&git[..], &args].concat()));
            cases.push((command, after, repo));
        }
    }
    fake.script(&rules);
    let _ = sandbox.autocommit(&["once"]);
    for (place, (command, after, repo)) in cases.iter().enumerate() {
        assert!(
            fake.seen(place) > 0 || **command == "diff-tree",
            "{command} was never called: the case is void"
        );
        tally.count("switches", u64::from(fake.seen(place) > 0));
        let name = repo.file_name().unwrap().to_string_lossy();
        let commits = |branch| sandbox.git(repo, &["rev-list", "--count", branch]);
        // Once the branch has moved the commit is where it was meant to be.
        let late = **command == "push" || (**command == "update-ref" && *after) || fake.seen(place) == 0;
        let left = commits("main");
        assert!(left == "1" || late, "{name}: `main` moved after it was left");
        assert!(commits("elsewhere") == "1" || left == "1", "{name}: one change, two commits");
        assert!(
            commits("elsewhere") == "1" || !(late && *after),
            "{name}: committed where it was not meant to be"
        );
        assert_eq!(std::fs::read_to_string(repo.join("README.md")).unwrap(), "changed\n");
        sandbox.fsck(repo);
    }
    tally.end();
}
