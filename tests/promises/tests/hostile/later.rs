//! Repositories that were fine, or approved, and turn hostile beside a running daemon.

use crate::{
    cases::{Case, Then, case},
    zoo::{Zoo, asking},
};
use autocommit_promises::{Pending, Scale, Tally};
use std::{fs, time::Duration};

const PENDING: Pending = Pending(&[]);

/// No test of speed: what is not done by then never will be.
const LONG: Duration = Duration::from_secs(90);

/// `plant` is approved where it asks; `spring` is what happens later.
const CASES: &[Case] = &[
    case("a-hook-comes", "true", "cp $RUN .git/hooks/pre-commit", Then::Inert),
    case(
        "a-hook-becomes-executable",
        "cp $RUN .git/hooks/pre-commit; chmod -x .git/hooks/pre-commit",
        "chmod +x .git/hooks/pre-commit",
        Then::Inert,
    ),
    case("a-setting-comes", "true", "git config core.fsmonitor $RUN", Then::Inert),
    case(
        "a-setting-comes-in-an-included-file",
        "printf '[core]\\n\\tabbrev = 12\\n' > $DIR/included; git config include.path $DIR/included",
        "printf '[core]\\n\\tfsmonitor = %s\\n' $RUN > $DIR/included",
        Then::Silent,
    ),
    case(
        "the-work-tree-moves",
        "true",
        "mkdir $DIR/home; echo key > $DIR/home/id_rsa; git config core.worktree $DIR/home",
        Then::Inert,
    ),
    case(
        "the-remote-moves",
        "true",
        "git init -q --bare $DIR/elsewhere.git; git remote set-url origin $DIR/elsewhere.git",
        Then::Inert,
    ),
    case(
        "a-push-address-comes",
        "true",
        "git init -q --bare $DIR/elsewhere.git; git remote set-url --push origin $DIR/elsewhere.git",
        Then::Inert,
    ),
    case(
        "a-second-address-comes",
        "true",
        "git init -q --bare $DIR/elsewhere.git; git remote set-url --add origin $DIR/elsewhere.git",
        Then::Inert,
    ),
    case("a-hook-of-the-remote-comes", "true", "cp $RUN $DIR/bare.git/hooks/pre-receive", Then::Inert),
    case(
        "an-approved-hook-changes",
        "cp $RUN .git/hooks/pre-commit",
        "printf 'x' >> .git/hooks/pre-commit",
        Then::Runs,
    ),
    case(
        "an-approved-hook-changes-in-no-time",
        "cp $RUN .git/hooks/pre-commit",
        "cp -p .git/hooks/pre-commit $DIR/old; sed 's/printf x/printf y/' $DIR/old > .git/hooks/pre-commit; touch -r $DIR/old .git/hooks/pre-commit",
        Then::Runs,
    ),
    case(
        "another-hook-comes-beside-an-approved-one",
        "cp $RUN .git/hooks/pre-commit",
        "cp $RUN .git/hooks/commit-msg",
        Then::Runs,
    ),
    case(
        "a-file-changes-that-an-approved-hook-may-use",
        "mkdir .githooks; cp $RUN .githooks/pre-commit; echo a > .githooks/lib.sh; git config core.hooksPath .githooks",
        "echo b > .githooks/lib.sh",
        Then::Runs,
    ),
    case(
        "a-program-in-the-tree-changes",
        "cp $CAT clean.sh; git config filter.x.clean ./clean.sh; echo 'a.txt filter=x' > .git/info/attributes",
        "printf '#' >> clean.sh",
        Then::Runs,
    ),
    case(
        "another-one-takes-its-place",
        "cp $RUN .git/hooks/pre-commit",
        "git clone -q $DIR/bare.git $DIR/new; cp .git/hooks/pre-commit $DIR/new/.git/hooks; rm -rf .git; mv $DIR/new/.git .git",
        Then::Runs,
    ),
];

#[test]
fn what_turns_hostile_later_asks_again() {
    let mut tally = Tally::new("hostile-later", Scale::from_environment().seed());
    let zoo = Zoo::new(CASES.to_vec(), false);
    let start = zoo.tips();
    for case in CASES.iter().filter(|case| case.then != Then::Inert) {
        zoo.allow(case);
    }
    let config = zoo.sandbox.config().set("http.enabled", true).set("cycle_interval_seconds", 1);
    let daemon = zoo.sandbox.daemon_with(config.set("quiet_seconds", 0).set("commit_workers", 8));
    daemon.wait_for("the first commits", LONG, |_| {
        let tips = zoo.tips();
        let arrived = |((_, was, _), (_, is, bare)): (&(_, _, _), &(_, _, _))| was != is && is == bare;
        start.iter().zip(&tips).all(arrived).then_some(())
    });
    let first = zoo.tips();
    let sung: Vec<_> = CASES.iter().map(|case| zoo.pen(case.name).songs()).collect();
    for case in CASES {
        let pen = zoo.pen(case.name);
        zoo.sh_in(&pen, case.spring);
        fs::write(pen.repo.join("a.txt"), "changed later\n").unwrap();
    }
    // One that does not ask would have committed by then; one that is not listed is not worked in.
    let rest = |daemon: &autocommit_test_support::Daemon| {
        let body = daemon.get("/repos").body;
        let asks = asking(&body);
        let tips = zoo.tips();
        let over = |((case, was), is): ((&Case, &(_, _, _)), &(_, _, _))| {
            // Another one may be away for an instant, while it is exchanged.
            let listed = body.contains(&format!("\"{}\"", case.name));
            asks.contains(case.name) || was != is || (!listed && case.name == "the-work-tree-moves")
        };
        CASES.iter().zip(&first).zip(&tips).all(over).then_some(asks)
    };
    let asks = daemon.wait_for("all to ask or to be committed", LONG, rest);
    daemon.stop();
    let last = zoo.tips();
    for (((case, was), is), sung) in CASES.iter().zip(&first).zip(&last).zip(sung) {
        let pen = zoo.pen(case.name);
        let songs = pen.songs() - sung;
        let elsewhere = pen.dir.join("elsewhere.git/refs/heads/main").exists();
        let verdict = match (
            songs,
            was == is,
            asks.contains(case.name) || case.name == "the-work-tree-moves",
            elsewhere,
        ) {
            (0, true, true, false) => Ok(()),
            (songs, same, asks, elsewhere) => Err(format!(
                "run {songs} times, untouched: {same}, asks: {asks}, pushed elsewhere: {elsewhere}"
            )),
        };
        PENDING.judge(&mut tally, "repositories that turn hostile later", case.name, verdict);
    }
    tally.end();
}
