//! Before anybody approved anything: looking, listing, asking and cycling run no stranger's program.

use crate::{
    cases::{Then, all},
    zoo::{Zoo, asking, in_parallel},
};
use autocommit_promises::{Pending, Scale, Tally};
use std::{sync::Mutex, time::Duration};

const PENDING: Pending = Pending(&[]);

/// Everything a person may type that looks at repositories or works in them.
const WORDS: [&[&str]; 12] = [
    &["scan"],
    &["status"],
    &["repos"],
    &["doctor"],
    &["history"],
    &["once", "--dry-run"],
    &["once"],
    &["push"],
    &["trust", "list"],
    &["trust", "list", "--json"],
    &["once"],
    &["repos", "--json"],
];
/// No test of speed: what is not done by then never will be.
const LONG: Duration = Duration::from_secs(120);
/// Cycles of the daemon, one each second.
const CYCLES: u64 = 3;

#[test]
fn nothing_runs_before_it_is_approved() {
    let mut tally = Tally::new("hostile", Scale::from_environment().seed());
    let zoo = Zoo::new(all(), true);
    let before = zoo.tips();
    let mut sung = 0;
    let mut quiet = |tally: &mut Tally, what: &str| {
        tally.count("commands and cycles", 1);
        let songs = zoo.songs();
        let now: u64 = songs.iter().map(|(_, songs)| songs).sum();
        if now > sung {
            tally.fail(format!("{what} ran programs of {songs:?}"));
        }
        sung = now;
    };
    let mut listed = String::new();
    for words in WORDS {
        listed = zoo.sandbox.autocommit(words).stdout;
        quiet(&mut tally, &words.join(" "));
    }
    let config = zoo.sandbox.config().set("http.enabled", true).set("cycle_interval_seconds", 1);
    let daemon = zoo.sandbox.daemon_with(config.set("deadlines.local_seconds", 20));
    for _ in 0..CYCLES {
        let reply = daemon.post("/trigger", Some(&serde_json::json!({}))).expect(202).json();
        let cycle = format!("/cycles/{}", reply["cycle_id"].as_str().unwrap());
        daemon.wait_for("a cycle", LONG, |daemon| {
            let cycle = daemon.get(&cycle).expect(200).json();
            (!cycle["finished_at"].is_null()).then_some(())
        });
        for path in ["/repos", "/status", "/history"] {
            let _ = daemon.get(path).expect(200);
        }
        quiet(&mut tally, "the daemon");
    }
    daemon.stop();
    quiet(&mut tally, "the daemon's end");

    let asks = asking(&listed);
    let tips = zoo.tips();
    let controls: Mutex<Vec<&str>> = Mutex::default();
    in_parallel(&zoo.cases, |case| {
        if !zoo.spring(case) {
            controls.lock().unwrap().push(case.name);
        }
    });
    let void = controls.into_inner().unwrap();
    for ((case, was), is) in zoo.cases.iter().zip(before).zip(tips) {
        tally.count("positive controls", 1);
        let elsewhere = zoo.pen(case.name).dir.join("elsewhere.git/refs/heads/main");
        let verdict = match case.then {
            _ if void.contains(&case.name) => Err("void: plain git is not caught by it either".to_owned()),
            _ if elsewhere.exists() => Err("it was pushed elsewhere".to_owned()),
            Then::Inert if was == is => Err("nobody need be asked, but it was not committed".to_owned()),
            Then::Inert if asks.contains(case.name) => Err("asks, though nothing of it would run".to_owned()),
            Then::Inert => Ok(()),
            _ if was != is => Err(format!("it was committed or pushed: {was:?}, then {is:?}")),
            Then::LeftAlone => Ok(()),
            _ if !asks.contains(case.name) => Err("it does not ask for approval".to_owned()),
            _ => Ok(()),
        };
        PENDING.judge(&mut tally, "hostile repositories", case.name, verdict);
    }
    tally.end();
}
