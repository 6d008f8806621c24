//! What is refused for good is asked once: not again in any later cycle, nor after a restart; once more for something new.

use crate::{crowd::LONG, turn};
use autocommit_promises::{Scale, Tally};
use autocommit_test_support::{
    Daemon, Sandbox,
    servers::{Fault, HttpRemote, Misbehaving},
};
use std::{collections::BTreeSet, fs, path::PathBuf};

/// Cycles that are watched, one each second.
const CYCLES: usize = 15;

/// A repository whose remote refuses, and how often that remote was asked.
struct Refused {
    name: &'static str,
    repo: PathBuf,
    asked: Box<dyn Fn() -> usize>,
}

#[test]
fn a_refusal_for_good_is_not_repeated() {
    let _turn = turn();
    let mut tally = Tally::new("hang-refusals", Scale::from_environment().seed());
    let sandbox = Sandbox::new();
    let server = HttpRemote::new(sandbox.remotes_dir());
    let all = refused(&sandbox, &server);
    let count = || all.iter().map(|one| (one.asked)()).collect::<Vec<_>>();
    let config = || sandbox.config().set("cycle_interval_seconds", 1).set("quiet_seconds", 0);

    let daemon = sandbox.daemon_with(config());
    let tries = |wanted: &[usize]| {
        let reached = |_: &Daemon| count().iter().zip(wanted).all(|(now, before)| now > before).then_some(());
        daemon.wait_for("the first tries", LONG, reached);
        // A try that is under way asks more than once: what comes before two further cycles belongs to it.
        cycles(&daemon, 2);
        count()
    };
    let first = tries(&vec![0; all.len()]);
    cycles(&daemon, CYCLES);
    judge(&mut tally, &all, "in later cycles", &first, &count());
    for one in &all {
        sandbox.write(&one.repo, "work.txt", "something new\n");
    }
    let second = tries(&first);
    for ((one, first), second) in all.iter().zip(&first).zip(&second) {
        tally.count("tries for something new", 1);
        if second - first > *first {
            tally.fail(format!("{}: asked {first} times first, then {} times", one.name, second - first));
        }
    }
    daemon.stop();
    let daemon = sandbox.daemon_with(config());
    cycles(&daemon, CYCLES);
    judge(&mut tally, &all, "after a restart", &second, &count());
    daemon.stop();
    tally.end();
}

fn judge(tally: &mut Tally, all: &[Refused], when: &str, before: &[usize], after: &[usize]) {
    for ((one, before), after) in all.iter().zip(before).zip(after) {
        tally.count("refusals watched for many cycles", 1);
        if before != after {
            tally.fail(format!("{} was asked {before} times, and {after} times {when}", one.name));
        }
    }
}

/// Waits for so many cycles by the timer to end.
fn cycles(daemon: &Daemon, number: usize) {
    let mut seen = BTreeSet::new();
    daemon.wait_for("cycles", LONG, |daemon| {
        seen.insert(daemon.get("/status").json()["last_cycle"]["id"].to_string());
        // The first one seen had ended before.
        (seen.len() > number).then_some(())
    });
}

fn refused(sandbox: &Sandbox, server: &HttpRemote) -> Vec<Refused> {
    let mut all = Vec::new();
    for (name, hook) in [
        ("protected", "echo 'protected branch'; exit 1"),
        ("too-large", "echo 'File x is 120 MB; this exceeds the limit'; exit 1"),
        ("push-protection", "echo 'GH013: Repository rule violations found'; exit 1"),
    ] {
        let (repo, bare) = sandbox.repo_with_remote(name);
        let asked = sandbox.root().join(format!("asked-{name}"));
        sandbox.hook(&bare, "pre-receive", &format!("echo x >> {}\n{hook}", asked.display()));
        sandbox.git(&bare, &["config", "http.receivepack", "true"]);
        sandbox.git(&repo, &["remote", "set-url", "origin", &server.url(&format!("{name}.git"))]);
        let asked = move || fs::read_to_string(&asked).unwrap_or_default().lines().count();
        all.push(Refused { name, repo, asked: Box::new(asked) });
    }
    for (name, status) in [("no-access", 403), ("no-repository", 404), ("no-credentials", 401)] {
        let (repo, _) = sandbox.repo_with_remote(name);
        let remote =
            Misbehaving::new(Fault::Status(status, "WWW-Authenticate: Basic realm=\"x\"\r\n".to_owned()));
        sandbox.git(&repo, &["remote", "set-url", "origin", &remote.url("http", "x.git")]);
        all.push(Refused { name, repo, asked: Box::new(move || remote.requests().len()) });
    }
    for one in &all {
        sandbox.write(&one.repo, "work.txt", "work\n");
    }
    all
}
