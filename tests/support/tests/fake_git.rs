//! The double passes everything through, and acts where its script says so.

use autocommit_test_support::{Sandbox, fake_git::Rule};
use std::{os::unix::process::ExitStatusExt as _, thread, time::Duration};

#[test]
fn without_a_script_it_is_git() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let fake = sandbox.fake_git();
    let head = sandbox.git(&repo, &["rev-parse", "HEAD"]);
    let output = sandbox.run(&repo, "git", &["-c", "a.b=c", "rev-parse", "HEAD"]).ok();
    assert_eq!(output.stdout.trim(), head);
    assert_eq!(sandbox.run(&repo, "git", &["rev-parse", "--verify", "nothing"]).code(), Some(128));
    let piped = sandbox.run(&repo, "sh", &["-c", "echo hello | git hash-object --stdin"]).ok();
    assert_eq!(piped.stdout.trim(), "ce013625030ba8dba906f756967f9e9ca394464a");
    let calls = fake.calls();
    assert_eq!(fake.commands(), ["rev-parse", "rev-parse", "hash-object"]);
    assert_eq!(calls[0].args, ["-c", "a.b=c", "rev-parse", "HEAD"]);
    assert_eq!((calls[0].code, calls[1].code), (Some(0), Some(128)));
    assert_eq!(calls[0].cwd, repo);
    assert!(calls[0].ended >= Some(calls[0].started));
}

#[test]
fn it_fails_as_told_and_only_then() {
    let sandbox = Sandbox::new();
    let (one, two) = (sandbox.repo("one"), sandbox.repo("two"));
    let fake = sandbox.fake_git();
    fake.script(&[Rule::before("status").repo("/two").nth(2).exit(7, "fatal: no")]);
    let status = |repo| sandbox.run(repo, "git", &["--no-optional-locks", "status"]);
    let _ = status(&one).ok();
    let _ = status(&two).ok();
    let failed = status(&two).exits(7);
    assert_eq!(failed.stderr.trim(), "fatal: no");
    let _ = status(&two).ok();
    assert_eq!(fake.seen(0), 3);
    let named = format!("--git-dir={}/.git", two.display());
    fake.script(&[Rule::before("status").repo("/two").exit(7, "")]);
    let _ = sandbox.run(&one, "git", &[&named, "status"]).exits(7);
}

#[test]
fn it_kills_its_parent_before_or_after() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let fake = sandbox.fake_git();
    let head = sandbox.git(&repo, &["rev-parse", "HEAD"]);
    let script = format!("git update-ref refs/heads/side {head}; echo survived");
    for (rule, made) in [
        (Rule::before("update-ref").exit(1, ""), false),
        (Rule::before("update-ref").kill_parent(), true),
        (Rule::after("update-ref").kill_parent(), true),
    ] {
        let kills = rule != Rule::before("update-ref").exit(1, "");
        fake.script(&[rule]);
        let output = sandbox.run(&repo, "sh", &["-c", &script]);
        assert_eq!(output.status.signal() == Some(9), kills, "{}", output.shown());
        assert_eq!(output.stdout.contains("survived"), !kills);
        // What the double was asked to do it does, although nobody waits for it any more.
        let seen = || sandbox.refs(&repo).contains_key("refs/heads/side");
        for _ in 0..500 {
            if seen() == made {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(seen(), made);
        let _ = sandbox.try_git(&repo, &["update-ref", "-d", "refs/heads/side"]);
    }
}

#[test]
fn it_runs_other_programs_and_waits() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let fake = sandbox.fake_git();
    fake.script(&[
        Rule::before("add").run(&["sh", "-c", "echo late > late.txt"]),
        Rule::after("add").nth(0).exit(3, "said after"),
        Rule::before("status").sleep(Duration::from_millis(80)),
    ]);
    let added = sandbox.run(&repo, "git", &["add", "--all"]).exits(3);
    assert_eq!(added.stderr.trim(), "said after");
    assert_eq!(sandbox.git(&repo, &["diff", "--cached", "--name-only"]), "late.txt");
    let _ = sandbox.run(&repo, "git", &["status"]).ok();
    let call = fake.calls().pop().expect("a call");
    assert!(call.ended.expect("an end") - call.started >= Duration::from_millis(80));
}

#[test]
fn each_number_is_given_to_one_of_many_processes() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    let fake = sandbox.fake_git();
    fake.script(&[Rule::before("rev-parse").nth(5).exit(9, "")]);
    let script =
        "for i in 1 2 3 4 5 6 7 8; do (git rev-parse HEAD >/dev/null || echo failed $?) & done; wait";
    let output = sandbox.run(&repo, "sh", &["-c", script]).ok();
    assert_eq!(output.stdout.trim(), "failed 9");
    assert_eq!(fake.seen(0), 8);
}

#[test]
fn a_damaged_script_is_loud() {
    let sandbox = Sandbox::new();
    let repo = sandbox.repo("one");
    sandbox.fake_git().script(&[]);
    sandbox.write(sandbox.bin_dir(), "fake-git.script", "{\"match\":\"status\",\"do\":\"dance\"}\n");
    let output = sandbox.run(&repo, "git", &["status"]).exits(125);
    assert!(output.stderr.contains("bad line in the script"), "{}", output.shown());
}
