//! From the start of the daemon until it knows its repositories, against a `git status` loop, with everything in the
//! system's cache.

use super::{
    super::{
        comparison::{Bound, Comparison, Pair, Target, wall_ratio},
        daemon::{Daemon, knows_all},
        measure::{Measured, measure as run, median},
        sets::{STATUS_LOOP, shell_loop},
    },
    Bench, OURS, THEIRS,
};
use anyhow::Result;
use serde_json::json;
use std::path::Path;

/// Until all are listed, and until each was looked at; and how it grows.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let many = bench.many();
    let mut comparisons = Vec::new();
    for count in [many / 10, many] {
        let (theirs, ours) = (bench.clean(THEIRS, count, 100)?, bench.clean(OURS, count, 100)?);
        let status_loop = || run(&mut shell_loop(&bench.place, STATUS_LOOP, &theirs.folder));
        comparisons.extend(both(bench, &ours.folder, count, "", status_loop)?);
    }
    let wall = |comparison: &Comparison| median(comparison.pairs.iter().map(|pair| pair.ours.wall));
    let walls: Vec<f64> = comparisons.iter().map(wall).collect();
    for (at, comparison) in comparisons.iter_mut().enumerate().skip(2) {
        comparison.targets.push(at_once(comparison));
        comparison.targets.push(Target::linear("wall", walls[at - 2], walls[at]));
    }
    Ok(comparisons)
}

/// How many times as fast as the loop a start has to be.
pub(super) fn at_once(start: &Comparison) -> Target {
    Target::new("wall of the loop / ours", wall_ratio(&start.pairs), Bound::AtLeast(4.0))
}

/// The start over the repositories below `folder`, until all are listed and until each was looked at, in turn with the loop
/// over as many; without targets. `kind` tells what else there is to say of them.
pub(super) fn both(
    bench: &Bench,
    folder: &Path,
    count: usize,
    kind: &str,
    status_loop: impl Fn() -> Result<Measured>,
) -> Result<[Comparison; 2]> {
    let mut listed = Vec::new();
    let looked = super::pairs(bench.pairs, |_| {
        let theirs = status_loop()?;
        let (answered, known) = start(bench, folder, count)?;
        listed.push(Pair { theirs, ours: answered });
        Ok(Pair { theirs, ours: known })
    })?;
    // The first round warms caches.
    listed.remove(0);
    let until = |what: &str, pairs| Comparison {
        name: format!("start with {count} repositories{kind} until {what}"),
        baseline: "git status",
        targets: Vec::new(),
        pairs,
        more: json!({}),
    };
    Ok([until("all of them are listed", listed), until("each was looked at", looked)])
}

/// What it takes until the API answers with every repository, and until the first cycle has ended.
fn start(bench: &Bench, folder: &Path, count: usize) -> Result<(Measured, Measured)> {
    let name = format!("start-{}", folder.file_name().unwrap_or_default().display());
    let mut daemon = Daemon::start(&bench.place, &bench.binary, &name, folder, "")?;
    let until = |daemon: &Daemon| {
        anyhow::Ok(Measured {
            wall: daemon.started.elapsed().as_secs_f64(),
            cpu: daemon.cpu()?,
            peak_mib: None,
        })
    };
    daemon.when("every repository", |status| status["repos"]["total"] == count)?;
    let listed = until(&daemon)?;
    daemon.when("the first cycle", |status| knows_all(status, count))?;
    let known = until(&daemon)?;
    daemon.end()?;
    Ok((listed, known))
}
