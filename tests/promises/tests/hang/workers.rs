//! A few that hang beside few workers: whoever waits for a program that does nothing must not keep a place that others need.

use crate::{
    crowd::{deadlines, ended},
    farm::{Case, Expect, Farm},
    turn,
};
use autocommit_promises::{Pending, Scale, Tally};
use std::{
    process::Child,
    time::{Duration, Instant},
};

const PENDING: Pending = Pending(&[]);

/// More than there are places of any kind by default.
const BAD: [&str; 10] =
    ["bad-0", "bad-1", "bad-2", "bad-3", "bad-4", "bad-5", "bad-6", "bad-7", "bad-8", "bad-9"];
/// More than twice as many as commit workers.
const FEW: usize = 6;
/// Good repositories beside them.
const GOOD: usize = 10;
/// They are done within half a minute; what hangs would hang for ten minutes.
const LIMIT: Duration = Duration::from_secs(100);

/// Puts what hangs into a farm.
type Plant = fn(&mut Farm);

#[test]
fn few_workers_are_not_used_up_by_those_that_hang() {
    let _turn = turn();
    let mut tally = Tally::new("hang-workers", Scale::from_environment().seed());
    let mut trials: Vec<(&str, Farm, Child)> = Vec::new();
    let plants: [(&str, Plant); 3] = [("status", status), ("signing", signing), ("pushes", pushes)];
    for (name, plant) in plants {
        let mut farm = Farm::new();
        plant(&mut farm);
        farm.good(GOOD);
        farm.ready();
        let config = deadlines(farm.sandbox.config(), 600.0, 600.0, 600.0, 600.0);
        // What two cores have by default.
        farm.sandbox.write_config(&config.set("commit_workers", 2).unset("push_workers"));
        let child = farm.start(&["once", "--json"]);
        trials.push((name, farm, child));
    }
    let started = Instant::now();
    for (name, farm, child) in &mut trials {
        let late = farm.good_ones_late(LIMIT.saturating_sub(started.elapsed()));
        tally.count("good repositories", GOOD as u64);
        let verdict = if late.is_empty() { Ok(()) } else { Err(format!("late: {late:?}")) };
        PENDING.judge(&mut tally, "kinds of hanging ones, more than workers", name, verdict);
        if let Ok(Some(status)) = child.try_wait() {
            tally.fail(format!("{name}: it ended with {status}: nothing hung, the case is void"));
        }
        let _ = child.kill();
        let _ = ended(child, LIMIT);
    }
    for (_, farm, _) in &trials {
        // Of a program that is killed, nobody can expect that it ends others.
        let _ = farm.left_behind();
    }
    tally.end();
}

/// The person's own filter hangs while git looks for changes.
fn status(farm: &mut Farm) {
    let program = farm.program("hanging-filter", "exec sleep 6000");
    farm.person(&format!("[filter \"hang\"]\n\tclean = {}\n\trequired = true", program.display()));
    for name in &BAD[..FEW] {
        farm.remote_kept(Case::new(name, Expect::Reason("did not finish in time")));
        let repo = farm.repo(name);
        farm.sandbox.write(&repo, ".git/info/attributes", "*.md filter=hang\n");
        // As long as before, so that git has to look inside.
        farm.sandbox.write(&repo, "README.md", name.to_uppercase().replace("BAD", "# BAD") + "\n");
    }
}

/// The signing program waits for a person.
fn signing(farm: &mut Farm) {
    let program = farm.program("hanging-gpg", "exec sleep 6000");
    farm.person(&format!("[gpg]\n\tprogram = {}\n[user]\n\tsigningKey = ABCDEF01", program.display()));
    for name in &BAD[..FEW] {
        farm.remote_kept(Case::new(name, Expect::Reason("could not be signed")));
        farm.sandbox.git(farm.repo(name), &["config", "commit.gpgSign", "true"]);
    }
}

/// The person's own check before a push takes very long, as a whole test suite may.
fn pushes(farm: &mut Farm) {
    let script = "case \"${PWD##*/}\" in bad-*) exec sleep 6000;; esac";
    let program = farm.program("hooks/pre-push", script);
    farm.person(&format!("[core]\n\thooksPath = {}", program.with_file_name("").display()));
    for name in BAD {
        farm.remote_kept(Case::new(name, Expect::Push(&["timed_out"])));
    }
}
