//! A first look at clean repositories, by a process that ends: `once` against a `git status` loop.

use super::{
    super::{
        comparison::{Bound, Comparison, Pair, Target, cpu_ratio, peak},
        measure::measure as run,
        sets::{STATUS_LOOP, shell_loop},
    },
    Bench, OURS, THEIRS,
    pushing::once,
};
use anyhow::{Context, Result};
use serde_json::json;

/// Both sizes, and how it grows.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let (few, many) = (bench.few(), bench.many());
    let mut comparisons = Vec::new();
    let mut cpu = Vec::new();
    for (count, files, mib) in [(few, 300, 10.0), (many / 10, 100, 10.0), (many, 100, 20.0)] {
        let (theirs, ours) = (bench.clean(THEIRS, count, files)?, bench.clean(OURS, count, files)?);
        let pairs = super::pairs(bench.pairs, |_| {
            let theirs = run(&mut shell_loop(&bench.place, STATUS_LOOP, &theirs.folder))?;
            Ok(Pair { theirs, ours: run(&mut once(bench, &ours)?)? })
        })?;
        ours.check(&bench.place, 1).context("a clean repository was changed")?;
        cpu.push(super::super::measure::median(pairs.iter().map(|pair| pair.ours.cpu)));
        comparisons.push(Comparison {
            name: format!("a first look at {count} clean repositories ({files} files)"),
            baseline: "git status",
            targets: vec![Target::new("peak MiB", peak(&pairs), Bound::AtMost(mib))],
            more: json!({"cpu_ratio": cpu_ratio(&pairs)}),
            pairs,
        });
    }
    if let (Some(last), [_, few, many]) = (comparisons.last_mut(), cpu.as_slice()) {
        last.targets.push(Target::linear("processor time", *few, *many));
    }
    Ok(comparisons)
}
