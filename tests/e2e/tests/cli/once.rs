//! `once`, `push` and `message`: what they write, and what they must not.

use autocommit_e2e::{Traces, arg, assert_arrived, commits, head};
use autocommit_test_support::Sandbox;

/// Commands that only read, whatever their arguments.
const READS: [&str; 22] = [
    "",
    "version",
    "status",
    "rev-parse",
    "rev-list",
    "for-each-ref",
    "cat-file",
    "ls-files",
    "ls-tree",
    "diff",
    "diff-tree",
    "diff-index",
    "diff-files",
    "log",
    "show",
    "merge-base",
    "check-ignore",
    "check-attr",
    "symbolic-ref",
    "config",
    "var",
    "show-ref",
];

#[test]
fn the_second_only_reads_and_starts_no_push() {
    let sandbox = Sandbox::new();
    let pairs: Vec<_> = ["a", "b", "c"].iter().map(|name| sandbox.repo_with_remote(name)).collect();
    for (repo, _) in &pairs {
        sandbox.write(repo, "work.txt", "1\n");
    }
    let fake = sandbox.fake_git();
    let _ = sandbox.autocommit(&["once"]).ok();
    let first = fake.commands();
    assert_eq!(first.iter().filter(|c| *c == "push").count(), 3, "the double sees pushes: {first:?}");
    for (repo, bare) in &pairs {
        assert_arrived(&sandbox, repo, bare);
    }

    let before: Vec<_> = pairs.iter().map(|(repo, bare)| Traces::of(&sandbox, repo, Some(bare))).collect();
    let cycle = sandbox.autocommit(&["once", "--json"]).ok().json();
    assert_eq!(
        (&cycle["unchanged"], &cycle["committed"], &cycle["pushed"]),
        (&3.into(), &0.into(), &0.into())
    );
    let calls = fake.calls().split_off(first.len());
    assert!(calls.iter().any(|call| call.command == "status"), "the second did look");
    for call in &calls {
        assert!(READS.contains(&call.command.as_str()), "{call:?}");
        let changes = ["--unset", "--add", "--replace-all", "--edit", "-d", "--delete"];
        assert!(!call.args.iter().any(|arg| changes.contains(&arg.as_str())), "{call:?}");
    }
    let after: Vec<_> = pairs.iter().map(|(repo, bare)| Traces::of(&sandbox, repo, Some(bare))).collect();
    assert_eq!(before, after, "not one byte or time is different");
}

#[test]
fn a_dry_run_writes_nothing_and_tells_the_subject() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "src/coupon.py", "def apply(order):\n    return order\n");
    sandbox.write(&repo, "README.md", "# app, with coupons\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let mut subjects = Vec::new();
    for (variable, args) in [
        ("false", &["once", "--dry-run", "--json"][..]),
        ("false", &["--set", "dry_run=true", "once", "--json"]),
        ("true", &["once", "--json"]),
    ] {
        sandbox.set_env("AUTOCOMMIT_DRY_RUN", variable);
        let cycle = sandbox.autocommit(args).ok().json();
        assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before, "{args:?}");
        assert_eq!((&cycle["dry_run"], &cycle["committed"]), (&true.into(), &1.into()), "{cycle:#}");
        assert_eq!(cycle["runs"][0]["commit"], serde_json::Value::Null, "{cycle:#}");
        subjects.push(cycle["runs"][0]["subject"].as_str().unwrap().to_owned());
    }
    sandbox.set_env("AUTOCOMMIT_DRY_RUN", "false");
    let told = sandbox.autocommit(&["once", "--dry-run"]).ok();
    assert!(told.stderr.contains(&subjects[0]), "{}", told.shown());
    assert!(told.stderr.contains("nothing was written"), "{}", told.shown());
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &repo, &bare);
    subjects.push(sandbox.git(&repo, &["log", "-1", "--format=%s"]));
    assert!(subjects.iter().all(|s| *s == subjects[0]), "what was told is what is committed: {subjects:?}");
}

#[test]
fn a_message_writes_nothing() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    sandbox.write(&repo, "src/coupon.py", "def apply(order):\n    return order\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let json = sandbox.autocommit(&["message", arg(&repo), "--json"]).ok().json();
    let plain = sandbox.autocommit_in(repo.join("src"), &["message"]).ok();
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    let subject = json["subject"].as_str().unwrap();
    assert_eq!(plain.stdout.lines().next(), Some(subject), "the folder of the caller is the default");
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_eq!(sandbox.git(&repo, &["log", "-1", "--format=%s"]), subject);
    let nothing = sandbox.autocommit(&["message", arg(&repo), "--json"]).exits(1);
    assert_eq!(nothing.stdout, "", "no JSON where there is no message");
    assert!(nothing.stderr.contains("nothing to commit"), "{}", nothing.shown());
}

#[test]
fn without_a_remote_it_is_committed_and_all_is_well() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("alone");
    sandbox.write(&repo, "work.txt", "1\n");
    let cycle = sandbox.autocommit(&["once", "--json"]).ok().json();
    assert_eq!(cycle["runs"][0]["status"], "committed", "{cycle:#}");
    assert_eq!(commits(&sandbox, &repo), 2);
    assert_eq!(sandbox.git(&repo, &["status", "--porcelain"]), "");
}

#[test]
fn push_false_commits_only() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let before = sandbox.refs(&bare);
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = sandbox.autocommit(&["--set", "push=false", "once"]).ok();
    assert_eq!(commits(&sandbox, &repo), 2);
    assert_eq!(sandbox.refs(&bare), before, "nothing left the machine");
}

#[test]
fn push_sends_old_commits_and_commits_nothing() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let (other, other_bare) = sandbox.repo_with_remote("other");
    for repo in [&repo, &other] {
        sandbox.write(repo, "old.txt", "1\n");
        sandbox.commit(repo, "Old work");
        sandbox.write(repo, "new.txt", "1\n");
    }
    let others = sandbox.refs(&other_bare);
    let _ = sandbox.autocommit(&["push", arg(&repo)]).ok();
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head(&sandbox, &repo)));
    assert_eq!(sandbox.refs(&other_bare), others, "only the one that was named");
    let cycle = sandbox.autocommit(&["push", "--json"]).ok().json();
    assert_eq!(cycle["committed"], 0, "{cycle:#}");
    assert_eq!(sandbox.remote_tip(&other_bare, "main"), Some(head(&sandbox, &other)));
    for repo in [&repo, &other] {
        assert_eq!(sandbox.git(repo, &["log", "-1", "--format=%s"]), "Old work");
        assert_eq!(
            sandbox.git(repo, &["status", "--porcelain"]),
            "?? new.txt",
            "what is not committed stays so"
        );
    }
}

#[test]
fn a_path_outside_the_base_paths_for_that_one_cycle() {
    let sandbox = Sandbox::new();
    let (inside, inside_bare) = sandbox.repo_with_remote("inside");
    let (made, bare) = sandbox.repo_with_remote("made");
    let outside = sandbox.root().join("elsewhere");
    std::fs::rename(made, &outside).unwrap();
    sandbox.write(&inside, "work.txt", "1\n");
    sandbox.write(&outside, "deep/work.txt", "1\n");
    let before = Traces::of(&sandbox, &inside, Some(&inside_bare));
    let cycle = sandbox.autocommit_in(outside.join("deep"), &["once", ".", "--json"]).ok().json();
    assert_eq!(cycle["runs"].as_array().map(Vec::len), Some(1), "{cycle:#}");
    assert_arrived(&sandbox, &outside, &bare);
    assert_eq!(Traces::of(&sandbox, &inside, Some(&inside_bare)), before, "only the one that was named");

    sandbox.write(&outside, "deep/work.txt", "2\n");
    let before = Traces::of(&sandbox, &outside, Some(&bare));
    let _ = sandbox.autocommit(&["once"]).ok();
    assert_arrived(&sandbox, &inside, &inside_bare);
    assert_eq!(Traces::of(&sandbox, &outside, Some(&bare)), before, "it is not looked after from then on");
    let nothing = sandbox.autocommit(&["once", arg(&sandbox.home())]).exits(2);
    assert!(nothing.stderr.contains(arg(&sandbox.home())), "{}", nothing.shown());
}

/// What every refused push names as its next step works beside the process that owns the repositories, too.
#[test]
fn push_asks_the_process_that_owns_the_repositories() {
    let sandbox = Sandbox::new();
    let (repo, bare) = sandbox.repo_with_remote("app");
    let config = sandbox.config().set("watch", false).set("cycle_interval_seconds", 3600);
    let daemon = sandbox.daemon_with(config);
    let away = bare.with_extension("away");
    std::fs::rename(&bare, &away).unwrap();
    sandbox.write(&repo, "work.txt", "1\n");
    let _ = sandbox.autocommit(&["trigger", arg(&repo)]).ok();
    daemon.wait_for("the commit", std::time::Duration::from_secs(60), |_| {
        (commits(&sandbox, &repo) == 2).then_some(())
    });
    let refused = sandbox.autocommit(&["push", arg(&repo)]).exits(1);
    assert!(
        refused.stderr.contains("There is no repository at the remote address of app."),
        "{}",
        refused.stderr
    );
    std::fs::rename(&away, &bare).unwrap();
    sandbox.write(&repo, "more.txt", "2\n");
    let before = Traces::of(&sandbox, &repo, Some(&bare));
    let _ = sandbox.autocommit(&["--set", "dry_run=true", "push", arg(&repo)]).exits(2);
    sandbox.set_env("AUTOCOMMIT_DRY_RUN", "true");
    let dry = sandbox.autocommit(&["push", arg(&repo)]).exits(1);
    assert!(dry.stderr.contains("dry_run"), "{}", dry.shown());
    sandbox.set_env("AUTOCOMMIT_DRY_RUN", "false");
    assert_eq!(Traces::of(&sandbox, &repo, Some(&bare)), before);
    let told = sandbox.autocommit(&["push", arg(&repo), "--json"]).ok().json();
    assert_eq!((&told["pushed"], &told["committed"]), (&1.into(), &0.into()), "{told:#}");
    assert_eq!(sandbox.remote_tip(&bare, "main"), Some(head(&sandbox, &repo)));
    assert_eq!(sandbox.git(&repo, &["status", "--porcelain"]), "?? more.txt", "it commits nothing");
    assert!(daemon.stop().success());
}
