//! Branch, remote and push: settings of the person and of the repository.

use autocommit_e2e::{Traces, assert_arrived, commits, head};
use autocommit_test_support::{Output, Sandbox};
use serde_json::Value;

fn run_of(output: &Output) -> Value {
    output.json()["runs"][0].clone()
}

#[test]
fn another_branch_than_the_configured_one_is_skipped_and_all_is_well() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.git(&repo, &["switch", "--quiet", "--create", "topic"]);
    sandbox.write(&repo, "work.txt", "1\n");
    sandbox.write_config(&sandbox.config().set("http.enabled", false).set("git_branch", "main"));
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let run = run_of(&sandbox.autocommit(&["once", "--json"]).ok());
    assert_eq!(run["status"], "skipped", "{run:#}");
    let reason = run["reason"].as_str().unwrap();
    assert!(reason.contains("topic") && reason.contains("main"), "it says so: {reason}");
    let _ = sandbox.autocommit(&["push"]).ok();
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    sandbox.git(&repo, &["switch", "--quiet", "main"]);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
}

#[test]
fn the_repositorys_branch_only_restricts() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.git(&repo, &["config", "autocommit.branch", "release"]);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let run = run_of(&sandbox.autocommit(&["once", "--json"]).ok());
    assert_eq!(run["status"], "skipped", "{run:#}");
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    // Naming the branch that the person does not want does not make it wanted.
    sandbox.git(&repo, &["config", "autocommit.branch", "main"]);
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let run = run_of(&sandbox.autocommit(&["--set", "git_branch=release", "once", "--json"]).ok());
    assert_eq!(run["status"], "skipped", "{run:#}");
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
}

#[test]
fn a_remote_that_does_not_exist_is_a_failure() {
    let sandbox = Sandbox::new();
    for (name, key, value) in
        [("own", "autocommit.remote", "backpu"), ("upstream", "branch.main.remote", "orign")]
    {
        let (repo, bare) = sandbox.repo_with_remote(name);
        sandbox.git(&repo, &["config", key, value]);
        sandbox.write(&repo, "work.txt", "1\n");
        let before = sandbox.refs(&bare);
        let run = run_of(&sandbox.autocommit(&["once", "--json", repo.to_str().unwrap()]).exits(1));
        assert_eq!(run["status"], "failed", "{run:#}");
        assert!(run["reason"].as_str().unwrap().contains(value), "names it: {run:#}");
        assert!(run["hint"].as_str().is_some_and(|hint| hint.ends_with('.')), "{run:#}");
        assert_eq!(sandbox.refs(&bare), before, "not pushed anywhere else instead");
    }
    let (repo, bare) = sandbox.repo_with_remote("misspelt");
    sandbox.git(&repo, &["branch", "--unset-upstream"]);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = sandbox.refs(&bare);
    let args = ["--set", "git_remote=origni", "once", "--json", repo.to_str().unwrap()];
    let run = run_of(&sandbox.autocommit(&args).exits(1));
    assert_eq!(run["status"], "failed", "{run:#}");
    assert_eq!(sandbox.refs(&bare), before);
    let _ = sandbox.autocommit(&["push", repo.to_str().unwrap()]).ok();
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head(&sandbox, &repo)));
}

#[test]
fn the_repositorys_remote_is_the_one_that_gets_it() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let backup = sandbox.bare("backup");
    sandbox.git(&repo, &["remote", "add", "backup", backup.to_str().unwrap()]);
    sandbox.git(&repo, &["config", "autocommit.remote", "backup"]);
    sandbox.write(&repo, "work.txt", "1\n");
    let before = sandbox.refs(&bare);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &backup);
    assert_eq!(sandbox.refs(&bare), before);
}

#[test]
fn the_repositorys_push_can_only_switch_off() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let before = sandbox.refs(&bare);
    for (i, (own, global)) in [("false", "true"), ("true", "false")].into_iter().enumerate() {
        sandbox.git(&repo, &["config", "autocommit.push", own]);
        sandbox.write(&repo, "work.txt", format!("{i}\n"));
        let set = format!("push={global}");
        let run = run_of(&sandbox.autocommit(&["--set", &set, "once", "--json"]).ok());
        assert_eq!(run["status"], "committed", "{run:#}");
        assert_eq!(commits(&sandbox, &repo), 2 + i);
        assert_eq!(sandbox.refs(&bare), before, "own {own}, global {global}");
    }
}

#[test]
fn without_an_upstream_it_goes_to_the_branch_of_the_same_name() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let main = sandbox.remote_tip(&bare, "main");
    sandbox.git(&repo, &["switch", "--quiet", "--create", "topic"]);
    // An upstream of another name is not followed unless the person's push.default says so.
    sandbox.git(&repo, &["branch", "--quiet", "--set-upstream-to", "origin/main"]);
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.remote_tip(&bare, "topic"), Some(head(&sandbox, &repo)));
    assert_eq!(sandbox.remote_tip(&bare, "main"), main, "the branch of another name did not move");
    sandbox.add_git_config("[push]\n\tdefault = upstream");
    sandbox.write(&repo, "work.txt", "2\n");
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head(&sandbox, &repo)));
}
