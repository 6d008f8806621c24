//! The idle daemon over clean repositories against a `git status` loop once a minute, with a sweep in the window and without.
//!
//! The daemon runs with its own settings: a cycle a minute, a sweep every ten. Ten minutes are measured one by one, each with
//! one run of the loop on repositories of its own. The daemon's first sweep begins when it starts and the next one ten minutes
//! later, so the window that begins a little after the start has one sweep in its end and none before.

use super::{
    super::{
        comparison::{Bound, Comparison, Pair, Target, cpu_ratio},
        daemon::Daemon,
        measure::{Measured, measure as run, median},
        sets::{STATUS_LOOP, shell_loop},
    },
    Bench, OURS, THEIRS,
};
use anyhow::Result;
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};

/// Minutes measured, as many as lie between two sweeps.
const MINUTES: u32 = 10;

/// Ten minutes, side by side.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let many = bench.many();
    let theirs = bench.clean(THEIRS, many, 100)?;
    let (small, large) = (bench.clean(OURS, many / 10, 100)?, bench.clean(OURS, many, 100)?);
    let minute = Duration::from_secs(if bench.quick { 2 } else { 60 });
    let (place, binary) = (&bench.place, &bench.binary);
    run(&mut shell_loop(place, STATUS_LOOP, &theirs.folder))?;
    let mut few = Daemon::start(place, binary, "idle-few", &small.folder, "")?;
    let mut daemon = Daemon::start(place, binary, "idle", &large.folder, "")?;
    few.settled(small.count())?;
    daemon.settled(large.count())?;
    // The second cycle is over then, in which each repository that changed just before the first is asked about again.
    sleep_until(daemon.started + minute + minute / 6);

    let (mut pairs, mut quiet, mut few_cpu) = (Vec::new(), Vec::new(), 0.0);
    let before_sweep = daemon.started + minute * MINUTES - minute / 12;
    let start = Instant::now();
    for number in 1..=MINUTES {
        let (begin, few_before, before) = (Instant::now(), few.cpu()?, daemon.cpu()?);
        let theirs = run(&mut shell_loop(place, STATUS_LOOP, &theirs.folder))?;
        sleep_until(start + minute * number);
        let wall = begin.elapsed().as_secs_f64();
        let pair = Pair { theirs, ours: Measured { wall, cpu: daemon.cpu()? - before, peak_mib: None } };
        let few = few.cpu()? - few_before;
        println!(
            "  minute {number}: loop {:.3} s of processor, autocommit {:.5} s, with {} repositories {few:.5} s",
            pair.theirs.cpu,
            pair.ours.cpu,
            small.count()
        );
        few_cpu += few;
        if Instant::now() < before_sweep {
            quiet.push((pair, few));
        }
        pairs.push(pair);
    }
    let status = daemon.status()?;
    few.end()?;
    daemon.end()?;
    let total = |of: fn(&Pair) -> f64| pairs.iter().map(of).sum::<f64>();
    let (loops, ours) = (total(|pair| pair.theirs.cpu), total(|pair| pair.ours.cpu));
    let calm: Vec<Pair> = quiet.iter().map(|(pair, _)| *pair).collect();
    let calm_ours = median(calm.iter().map(|pair| pair.ours.cpu));
    let calm_few = median(quiet.iter().map(|(_, few)| *few));
    Ok(vec![
        Comparison {
            name: format!("{many} clean repositories, idle, {MINUTES} minutes with one sweep"),
            baseline: "git status",
            targets: vec![
                Target::new(
                    "processor time of the loop / ours, whole window",
                    loops / ours,
                    Bound::AtLeast(100.0),
                ),
                Target::linear("processor time, whole window", few_cpu, ours),
            ],
            more: json!({"loop_cpu_seconds": loops, "cpu_seconds": ours, "status": status}),
            pairs,
        },
        Comparison {
            name: format!("{many} clean repositories, idle, the minutes without a sweep"),
            baseline: "git status",
            targets: vec![
                Target::new("processor time of the loop / ours", cpu_ratio(&calm), Bound::AtLeast(1000.0)),
                Target::linear("processor time", calm_few, calm_ours),
            ],
            more: json!({"cpu_seconds_few": calm_few}),
            pairs: calm,
        },
    ])
}

pub(super) fn sleep_until(when: Instant) {
    thread::sleep(when.saturating_duration_since(Instant::now()));
}
