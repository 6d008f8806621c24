//! From a saved file to the commit that holds it, with the time that a change has to rest set to nothing.

use super::{
    super::{
        comparison::{Bound, Comparison, Target},
        daemon::Daemon,
        sets::{Set, Shape},
    },
    Bench,
};
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::{
    fs, thread,
    time::{Duration, Instant},
};

/// Files saved in every repository.
const SAVES: usize = 4;
/// A commit that takes longer has been lost.
const LIMIT: Duration = Duration::from_secs(30);
/// Between two looks at the branch.
const LOOK: Duration = Duration::from_micros(200);

/// The few, and how it grows.
pub(super) fn measure(bench: &mut Bench) -> Result<Vec<Comparison>> {
    let (few, many) = (bench.few(), bench.many());
    let saves = few * bench.size(SAVES, 1);
    let took = saved(bench, few, 300, saves)?;
    let mut medians = Vec::new();
    for count in [many / 10, many] {
        medians.push(quantile(&saved(bench, count, 100, saves.min(100))?, 0.5));
    }
    let (p50, p95) = (quantile(&took, 0.5), quantile(&took, 0.95));
    Ok(vec![Comparison {
        name: format!("from a saved file to its commit over {few} repositories, {saves} times"),
        baseline: "",
        pairs: Vec::new(),
        targets: vec![
            Target::new("ms in the middle (p50)", p50, Bound::AtMost(30.0)),
            Target::new("ms of the slow ones (p95)", p95, Bound::AtMost(100.0)),
            Target::linear("time in the middle", medians[0], medians[1]),
        ],
        more: json!({"milliseconds": took, "median_milliseconds_growing": medians}),
    }])
}

/// Milliseconds of each save, one after the other, the daemon at rest before each.
fn saved(bench: &Bench, count: usize, files: usize, saves: usize) -> Result<Vec<f64>> {
    println!("Making {count} repositories of {files} files.");
    let name = format!("commit-{count}x{files}");
    let set = Set::make(&bench.place, &name, count, files, Shape::dirty())?;
    let mut daemon = Daemon::start(&bench.place, &bench.binary, &name, &set.folder, "quiet_seconds = 0\n")?;
    daemon.settled(count)?;
    daemon.watching()?;
    let mut took = Vec::new();
    for save in 0..saves {
        let number = save % count;
        let branch = set.branch(number);
        let before = fs::read(&branch)?;
        daemon.quiet(Duration::from_millis(100))?;
        let start = Instant::now();
        set.save(number, save / count)?;
        while fs::read(&branch).is_ok_and(|now| now == before) {
            if start.elapsed() > LIMIT {
                bail!("what was saved in {} was not committed", set.tree(number).display());
            }
            thread::sleep(LOOK);
        }
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    daemon.quiet(Duration::from_millis(500))?;
    println!(
        "  {count} repositories: p50 {:.1} ms, p95 {:.1} ms, the longest {:.1} ms",
        quantile(&took, 0.5),
        quantile(&took, 0.95),
        quantile(&took, 1.0)
    );
    for number in 0..count.min(saves) {
        let commits = bench.place.git(&set.tree(number), &["rev-list", "--count", "main"])?;
        let expected = 1 + (saves - number).div_ceil(count);
        if commits != expected.to_string() {
            bail!("{} has {commits} commits instead of {expected}", set.tree(number).display());
        }
    }
    daemon.end().context("the daemon")?;
    set.remove()?;
    Ok(took)
}

/// The smallest value that so large a part of all is not above.
pub(super) fn quantile(values: &[f64], part: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * part).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles() {
        let values: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        assert_eq!([0.5, 0.95, 1.0].map(|part| quantile(&values, part)), [10.0, 19.0, 20.0]);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
