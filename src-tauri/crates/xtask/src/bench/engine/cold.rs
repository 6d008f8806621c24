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
    let mut walls = Vec::new();
    for count in [many / 10, many] {
        let (theirs, ours) = (bench.clean(THEIRS, count, 100)?, bench.clean(OURS, count, 100)?);
        let mut listed = Vec::new();
        let looked = super::pairs(bench.pairs, |_| {
            let theirs = run(&mut shell_loop(&bench.place, STATUS_LOOP, &theirs.folder))?;
            let (answered, known) = start(bench, &ours.folder, count)?;
            listed.push(Pair { theirs, ours: answered });
            Ok(Pair { theirs, ours: known })
        })?;
        listed.remove(0);
        walls.push((median(listed.iter().map(|p| p.ours.wall)), median(looked.iter().map(|p| p.ours.wall))));
        let ratio =
            |pairs: &[Pair]| Target::new("wall of the loop / ours", wall_ratio(pairs), Bound::AtLeast(4.0));
        let targets = |pairs: &[Pair]| if count == many { vec![ratio(pairs)] } else { Vec::new() };
        let name = |what: &str| format!("start with {count} repositories until {what}");
        comparisons.push(Comparison {
            name: name("all of them are listed"),
            baseline: "git status",
            targets: targets(&listed),
            pairs: listed,
            more: json!({}),
        });
        comparisons.push(Comparison {
            name: name("each was looked at"),
            baseline: "git status",
            targets: targets(&looked),
            pairs: looked,
            more: json!({}),
        });
    }
    let [few, many] = [walls[0], walls[1]];
    comparisons[2].targets.push(Target::linear("wall", few.0, many.0));
    comparisons[3].targets.push(Target::linear("wall", few.1, many.1));
    Ok(comparisons)
}

/// What it takes until the API answers with every repository, and until the first cycle has ended.
pub(super) fn start(bench: &Bench, folder: &Path, count: usize) -> Result<(Measured, Measured)> {
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
