//! All of the farm at once: first with so much patience that what hangs does hang while the good ones arrive, then with
//! short deadlines.

use crate::{farm::Farm, hooks, servers, turn};
use autocommit_promises::{Pending, Scale, Tally, processes};
use autocommit_test_support::Config;
use serde_json::Value;
use std::{
    io::Read as _,
    process::Child,
    time::{Duration, Instant},
};

const PENDING: Pending = Pending(&[(
    "hook-push-loud",
    "a pre-push hook that prints more than 16 MiB is cut off, and the push with it",
)]);

/// Good repositories among the bad ones.
const GOOD: usize = 12;
/// No test of speed: what is not done by then never will be.
pub(crate) const LONG: Duration = Duration::from_secs(60);
/// What a person who ends the session would wait for.
const END: Duration = Duration::from_secs(30);

pub(crate) fn deadlines(config: Config, local: f64, hook: f64, push: f64, stall: f64) -> Config {
    // More workers than cases that hang: what a few hanging ones do to few workers is another test.
    config
        .set("http.enabled", false)
        .set("commit_workers", 64)
        .set("push_workers", 64)
        .set("deadlines.local_seconds", local)
        .set("deadlines.hook_seconds", hook)
        .set("deadlines.push_seconds", push)
        .set("deadlines.push_stall_seconds", stall)
}

#[test]
fn what_hangs_delays_nobody_and_is_ended_whole() {
    let _turn = turn();
    let mut tally = Tally::new("hang", Scale::from_environment().seed());
    let mut farm = Farm::new();
    servers::plant(&mut farm);
    hooks::plant(&mut farm);
    farm.good(GOOD);
    farm.ready();

    let config = farm.sandbox.config();
    farm.sandbox.write_config(&deadlines(config.clone(), 600.0, 600.0, 600.0, 600.0));
    let mut patient = farm.start(&["once", "--json"]);
    let late = farm.good_ones_late(LONG);
    let verdict = if late.is_empty() { Ok(()) } else { Err(format!("did not arrive beside them: {late:?}")) };
    PENDING.judge(&mut tally, "good repositories beside hanging ones", "good-ones", verdict);
    let hanging = farm.cases.iter().filter(|case| case.hangs).count();
    let verdict = match still_hanging(&farm, &mut patient, hanging) {
        Some(problem) => Err(problem),
        None => Ok(()),
    };
    PENDING.judge(&mut tally, "hangs seen to hang", "all-of-them-hang", verdict);
    PENDING.judge(&mut tally, "stops", "stop-while-hanging", stopped(&farm, &mut patient));

    farm.sandbox.write_config(&deadlines(config, 20.0, 12.0, 25.0, 15.0));
    let mut child = farm.start(&["once", "--json"]);
    let printed = read_all(&mut child);
    let Some(status) = ended(&mut child, LONG) else {
        let _ = child.kill();
        let _ = child.wait();
        tally.fail(format!("once did not end by its deadlines\n{}", farm.printed()));
        return tally.end();
    };
    let cycle: Value = serde_json::from_str(&printed.join().expect("read")).unwrap_or_default();
    if status.code() != Some(1) {
        tally.fail(format!("once ended with {status}\n{}", farm.printed()));
    }
    let survivors = farm.survivors();
    let verdict = if survivors.is_empty() { Ok(()) } else { Err(format!("{survivors:?}")) };
    PENDING.judge(&mut tally, "searches for survivors", "survivors", verdict);
    tally.count("processes left by hooks that ended", farm.left_behind() as u64);
    let late = farm.good_ones_late(Duration::ZERO);
    if !late.is_empty() {
        tally.fail(format!("not at their remotes in the end: {late:?}"));
    }
    let runs = cycle["runs"].as_array().cloned().unwrap_or_default();
    for case in &farm.cases {
        let verdict = farm.verdict(case, &runs);
        PENDING.judge(&mut tally, "repositories that hang, lie or ask", case.name, verdict);
    }
    tally.end();
}

/// Waits until as many processes as cases that hang are there at the same time; what is wrong, where they never are.
fn still_hanging(farm: &Farm, child: &mut Child, wanted: usize) -> Option<String> {
    let started = Instant::now();
    loop {
        // Each that hangs has a git of its own, asleep or with something asleep below it.
        let git = processes::below(child.id()).into_iter().filter(|p| p.parent == child.id()).count();
        if git >= wanted {
            return None;
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Some(format!("it ended with {status} instead of waiting\n{}", farm.printed()));
        }
        if started.elapsed() > LONG {
            return Some(format!("only {git} of {wanted} hang at the same time"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Told to end in the middle of all that hangs, it ends and takes everything along.
fn stopped(farm: &Farm, child: &mut Child) -> Result<(), String> {
    let pid = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).ok_or("no process")?;
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).map_err(|e| e.to_string())?;
    let ended = ended(child, END);
    if ended.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let survivors = farm.survivors();
    match (ended, survivors.is_empty()) {
        (None, _) => Err(format!("it did not end\n{}", farm.printed())),
        (_, false) => Err(format!("it left running: {survivors:?}")),
        _ => Ok(()),
    }
}

pub(crate) fn ended(child: &mut Child, limit: Duration) -> Option<std::process::ExitStatus> {
    let started = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if started.elapsed() > limit {
            return None;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn read_all(child: &mut Child) -> std::thread::JoinHandle<String> {
    let pipe = child.stdout.take();
    std::thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_string(&mut text);
        }
        text
    })
}
