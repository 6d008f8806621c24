//! One full sweep of the running daemon against a `git status` loop over the same number of repositories.
//!
//! Without watching, each of the daemon's cycles is a sweep: it searches its folders and compares the stats of every file of
//! every repository, as it does every ten minutes when it watches. Measured is its processor time over one such cycle; that
//! the cycle spared git every question is read off its own count afterwards.

use super::{
    super::{
        comparison::{Bound, Comparison, Pair, Target, cpu_ratio},
        daemon::{Daemon, knows_all},
        measure::{Measured, measure as run, median},
        sets::{STATUS_LOOP, Set, shell_loop},
    },
    Bench, OURS, THEIRS,
};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::{thread, time::Duration};

/// The daemon rests for so long between two pieces of work.
const REST: Duration = Duration::from_millis(300);

/// What is left until the next cycle has to be more.
const SOON: jiff::SignedDuration = jiff::SignedDuration::from_millis(700);

/// Many small repositories, few, one that is large; and how it grows.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let (few, many, large) = (bench.few(), bench.many(), bench.size(100_000, 2000));
    let mut comparisons = Vec::new();
    let mut cpu = Vec::new();
    for (count, files, times) in
        [(few, 300, Some(4.0)), (many / 10, 100, None), (many, 100, Some(8.0)), (1, large, Some(1.5))]
    {
        let (theirs, ours) = (bench.clean(THEIRS, count, files)?, bench.clean(OURS, count, files)?);
        let pairs = sweeps(bench, &theirs, &ours)?;
        ours.check(&bench.place, 1).context("a clean repository was changed")?;
        cpu.push(median(pairs.iter().map(|pair| pair.ours.cpu)));
        let target = |times| {
            Target::new("processor time of the loop / ours", cpu_ratio(&pairs), Bound::AtLeast(times))
        };
        comparisons.push(Comparison {
            name: format!("one full sweep over {count} x {files} files"),
            baseline: "git status",
            targets: times.map(target).into_iter().collect(),
            pairs,
            more: json!({}),
        });
    }
    if let [_, few, many, _] = cpu.as_slice() {
        comparisons[2].targets.push(Target::linear("processor time", *few, *many));
    }
    Ok(comparisons)
}

fn sweeps(bench: &Bench, theirs: &Set, ours: &Set) -> Result<Vec<Pair>> {
    let place = &bench.place;
    let status_loop = || run(&mut shell_loop(place, STATUS_LOOP, &theirs.folder));
    // A whole loop has to fit between two sweeps, also when the machine is busy.
    let interval = 3 + (status_loop()?.wall * 2.0).ceil() as u64;
    let more = format!("watch = false\ncycle_interval_seconds = {interval}\n");
    let name = format!("sweep-{}", ours.folder.file_name().unwrap_or_default().display());
    let mut daemon = Daemon::start(place, &bench.binary, &name, &ours.folder, &more)?;
    daemon.settled(ours.count())?;
    // Until everything rests: the first looks may be too close to the making of the files to be believed.
    let count = ours.count() as u64;
    daemon.when("everything at rest", |status| knows_all(status, ours.count()) && spared(status) >= count)?;
    let pairs = super::pairs(bench.pairs, |_| {
        let theirs = status_loop()?;
        Ok(Pair {
            theirs,
            ours: Measured { wall: f64::NAN, cpu: one_sweep(&daemon, count)?, peak_mib: None },
        })
    })?;
    let status = daemon.status()?.context("no status")?;
    if status["watch"]["disagreed"] != 0 {
        bail!("git saw what the sweep did not: {}", status["watch"]);
    }
    daemon.end()?;
    Ok(pairs)
}

/// The processor time from a moment before the next cycle until it has swept this many repositories. Nobody asks the daemon
/// anything meanwhile.
fn one_sweep(daemon: &Daemon, count: u64) -> Result<f64> {
    let (next, before) = loop {
        let status = daemon.status()?.context("no status")?;
        let next = status["next_cycle_at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
        match next.map(|next| next.duration_since(jiff::Timestamp::now())) {
            Some(left) if left > SOON => break (left, spared(&status)),
            _ => thread::sleep(Duration::from_millis(200)),
        }
    };
    thread::sleep(Duration::from_millis(200));
    let begin = daemon.cpu()?;
    thread::sleep(next.unsigned_abs());
    for _ in 0..100 {
        let end = daemon.quiet(REST)?;
        let swept = spared(&daemon.status()?.context("no status")?) - before;
        if swept > 0 {
            // One question is asked all the same, every ten minutes.
            return match swept.abs_diff(count) {
                0 | 1 => Ok(end - begin),
                _ => bail!("{swept} repositories were swept instead of {count}"),
            };
        }
    }
    bail!("no sweep came");
}

fn spared(status: &Value) -> u64 {
    status["watch"]["spared"].as_u64().unwrap_or_default()
}
