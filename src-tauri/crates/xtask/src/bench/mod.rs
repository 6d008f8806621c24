//! `cargo xtask bench`: Autocommit against a plain shell loop, alternating, on identical repositories; with `desktop` what
//! the desktop program costs, with `messages` what a language model does.
//!
//! Ratios are taken within each pair, so that what else the machine does falls on both sides.

mod desktop;
mod measure;
mod messages;
mod scan;
mod sets;

use crate::{place::Place, prerequisites, process};
use anyhow::{Context, Result};
use measure::{Measured, measure, median};
use scan::Scan;
use serde_json::{Value, json};
use sets::{PUSH_LOOP, STATUS_LOOP, Set, shell_loop};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What is measured.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// What is measured. Default: the engine
    #[arg(value_enum, default_value_t = Part::Engine)]
    part: Part,
    /// Two pairs over fewer repositories: to see that it works, not to quote
    #[arg(long)]
    quick: bool,
    /// Pairs of measurements
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    pairs: Option<u16>,
    /// The binary to measure. Default: a release build of this workspace
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// For `messages`: a language model (GGUF) to be run. Default: only servers that fail
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// For `messages`: the llama-server to run it. Default: the one of the tests
    #[arg(long, value_name = "FILE", requires = "model")]
    program: Option<PathBuf>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Commits and looks against a shell loop.
    Engine,
    /// Memory, idle processor time and start of the desktop program.
    Desktop,
    /// A cycle of many repositories with a language model, a good one and bad ones.
    Messages,
}

/// The pairs of one comparison.
struct Comparison {
    name: String,
    pairs: Vec<Pair>,
    targets: Vec<Target>,
}

#[derive(Clone, Copy)]
struct Pair {
    shell: Measured,
    ours: Measured,
}

/// A promise about one number of a comparison.
struct Target {
    what: &'static str,
    of: fn(&Comparison) -> f64,
    bound: Bound,
}

#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    Below(f64),
}

impl Bound {
    /// A number that could not be measured meets nothing.
    fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::Below(bound) => value < bound,
        }
    }

    fn shown(self, what: &str, value: f64) -> String {
        let (sign, bound) = match self {
            Self::AtLeast(bound) => (">=", bound),
            Self::Below(bound) => ("<", bound),
        };
        let verdict = if self.met(value) { "met" } else { "MISSED" };
        format!("target: {what} {sign} {bound}; measured {value:.2}, {verdict}")
    }
}

/// Measures, prints a table and writes `bench-results/<date>.json`; false if a target is missed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let given = options.binary.as_deref();
    match options.part {
        Part::Desktop => return desktop::run(given),
        Part::Messages => return messages::run(given, options.model.as_deref(), options.program.as_deref()),
        Part::Engine => {}
    }
    prerequisites::check(prerequisites::For::CommandLine)?;
    let binary = process::binary(given, "autocommit")?;
    let pairs = usize::from(options.pairs.unwrap_or(if options.quick { 2 } else { 5 }));
    let (small, large) = if options.quick { (20, 100) } else { (68, 1000) };
    let dir = tempfile::Builder::new().prefix("autocommit-bench-").tempdir()?;
    let place = Place::new(dir.path())?;

    let (pushing, scan) = pushing(&place, &binary, small, pairs)?;
    let mut comparisons = vec![pushing];
    for (count, files) in [(small, 300), (large, 100)] {
        comparisons.push(looking(&place, &binary, count, files, pairs)?);
    }
    let met = [print(&comparisons), scan.print()].iter().all(|met| *met);
    let result = json!({
        "quick": options.quick,
        "comparisons": comparisons.iter().map(Comparison::json).collect::<Vec<_>>(),
        "scan": scan.json(),
    });
    let file = save(&result, &binary)?;
    println!("\nEvery measurement: {}", file.display());
    // The targets are for the full size.
    Ok(met || options.quick)
}

fn once(place: &Place, binary: &Path, set: &Set) -> Result<Command> {
    place.write_config(&[&set.folder], "[llm]\nenabled = false\n[http]\nenabled = false\n")?;
    let mut command = place.command(binary);
    command.args(["once", "--json"]);
    Ok(command)
}

fn pushing(place: &Place, binary: &Path, count: usize, pairs: usize) -> Result<(Comparison, Scan)> {
    println!("Making 2 x {count} repositories of 300 files.");
    let (theirs, ours) = (Set::make(place, "loop", count, 300)?, Set::make(place, "ours", count, 300)?);
    let mut measured = Vec::new();
    // The first round warms caches and makes the state folder; it does not count.
    for round in 0..=pairs {
        theirs.work(round)?;
        ours.work(round)?;
        let pair = Pair {
            shell: measure(&mut shell_loop(place, PUSH_LOOP, &theirs.folder))?,
            ours: measure(&mut once(place, binary, &ours)?)?,
        };
        progress(round, pair);
        if round > 0 {
            measured.push(pair);
        }
    }
    theirs.check(place, pairs + 2).context("the loop did not do its work")?;
    ours.check(place, pairs + 2).context("autocommit did not do its work")?;
    // Which is smaller depends on how busy the machine is.
    let whole = measured.iter().map(|pair| pair.ours.wall.min(pair.ours.cpu));
    let scan = Scan::measure(&ours.changed(), whole)?;
    fs::remove_dir_all(&theirs.folder)?;
    let comparison = Comparison {
        name: format!("{count} dirty repositories (300 files, {} changed) to pushed", sets::CHANGED),
        pairs: measured,
        targets: vec![Target { what: "wall ratio", of: Comparison::wall_ratio, bound: Bound::AtLeast(2.5) }],
    };
    Ok((comparison, scan))
}

fn looking(place: &Place, binary: &Path, count: usize, files: usize, pairs: usize) -> Result<Comparison> {
    println!("Making {count} repositories of {files} files.");
    let set = Set::make(place, &format!("clean{count}"), count, files)?;
    let mut measured = Vec::new();
    for round in 0..=pairs {
        let pair = Pair {
            shell: measure(&mut shell_loop(place, STATUS_LOOP, &set.folder))?,
            ours: measure(&mut once(place, binary, &set)?)?,
        };
        progress(round, pair);
        if round > 0 {
            measured.push(pair);
        }
    }
    set.check(place, 1).context("a clean repository was changed")?;
    fs::remove_dir_all(&set.folder)?;
    let peak = if count >= 1000 { 20.0 } else { 10.0 };
    Ok(Comparison {
        name: format!("a first look at {count} clean repositories ({files} files), against git status"),
        pairs: measured,
        targets: vec![Target { what: "peak MiB", of: Comparison::peak, bound: Bound::Below(peak) }],
    })
}

fn progress(round: usize, pair: Pair) {
    let name = if round == 0 { "warm-up".to_owned() } else { format!("pair {round}") };
    println!("  {name:<8} loop {:.2} s, autocommit {:.2} s", pair.shell.wall, pair.ours.wall);
}

impl Comparison {
    fn wall_ratio(&self) -> f64 {
        median(self.pairs.iter().map(|pair| pair.shell.wall / pair.ours.wall))
    }

    fn cpu_ratio(&self) -> f64 {
        median(self.pairs.iter().map(|pair| pair.shell.cpu / pair.ours.cpu))
    }

    fn peak(&self) -> f64 {
        self.pairs.iter().filter_map(|pair| pair.ours.peak_mib).fold(f64::NAN, f64::max)
    }

    fn json(&self) -> Value {
        let pairs =
            self.pairs.iter().map(|pair| json!({"loop": pair.shell.json(), "autocommit": pair.ours.json()}));
        json!({
            "name": self.name,
            "wall_ratio": self.wall_ratio(),
            "cpu_ratio": self.cpu_ratio(),
            "peak_mib": self.peak(),
            "targets": self.targets.iter().map(|target| target.json(self)).collect::<Vec<_>>(),
            "pairs": pairs.collect::<Vec<_>>(),
        })
    }
}

impl Target {
    fn met(&self, comparison: &Comparison) -> bool {
        self.bound.met((self.of)(comparison))
    }

    fn shown(&self, comparison: &Comparison) -> String {
        self.bound.shown(self.what, (self.of)(comparison))
    }

    fn json(&self, comparison: &Comparison) -> Value {
        json!({"target": self.shown(comparison), "met": self.met(comparison)})
    }
}

fn print(comparisons: &[Comparison]) -> bool {
    for comparison in comparisons {
        println!("\n{}", comparison.name);
        println!("  {:<12} {:>10} {:>10} {:>10}", "median of", "wall s", "cpu s", "peak MiB");
        let side = |name: &str, of: fn(&Pair) -> Measured, peak: f64| {
            let wall = median(comparison.pairs.iter().map(|pair| of(pair).wall));
            let cpu = median(comparison.pairs.iter().map(|pair| of(pair).cpu));
            let peak = if peak.is_nan() { "-".to_owned() } else { format!("{peak:.1}") };
            println!("  {name:<12} {wall:>10.3} {cpu:>10.3} {peak:>10}");
        };
        side("shell loop", |pair| pair.shell, f64::NAN);
        side("autocommit", |pair| pair.ours, comparison.peak());
        let each: Vec<_> =
            comparison.pairs.iter().map(|p| format!("{:.2}", p.shell.wall / p.ours.wall)).collect();
        let (wall, cpu) = (comparison.wall_ratio(), comparison.cpu_ratio());
        println!("  {:<12} {wall:>10.2} {cpu:>10.2}   (wall of each pair: {})", "ratio", each.join(" "));
        for target in &comparison.targets {
            println!("  {}", target.shown(comparison));
        }
    }
    comparisons.iter().all(|comparison| comparison.targets.iter().all(|target| target.met(comparison)))
}

/// Writes a result, with what it was measured on, to `bench-results/<date>.json`.
fn save(result: &Value, binary: &Path) -> Result<PathBuf> {
    let folder = process::workspace_root().join("bench-results");
    fs::create_dir_all(&folder)?;
    let now = jiff::Timestamp::now();
    let stamp = now.to_string().chars().take(19).collect::<String>().replace(':', "");
    let file = folder.join(format!("{stamp}.json"));
    let on = json!({
        "at": now.to_string(),
        "binary": binary,
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "git": prerequisites::git_version().map(|(major, minor)| format!("{major}.{minor}")),
        "commit": process::output(Command::new("git").args(["-C"]).arg(process::workspace_root()).args(["rev-parse", "HEAD"])).ok(),
        "result": result,
    });
    fs::write(&file, serde_json::to_vec_pretty(&on)?)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(pairs: &[(f64, f64)], target: Target) -> Comparison {
        let one = |wall| Measured { wall, cpu: wall / 2.0, peak_mib: Some(wall * 10.0) };
        let pairs = pairs.iter().map(|(shell, ours)| Pair { shell: one(*shell), ours: one(*ours) }).collect();
        Comparison { name: "x".to_owned(), pairs, targets: vec![target] }
    }

    #[test]
    fn targets_can_be_missed() {
        let faster = |bound| Target { what: "x", of: Comparison::wall_ratio, bound: Bound::AtLeast(bound) };
        let pairs = [(6.0, 2.0), (6.0, 3.0), (9.0, 1.0)];
        assert!(print(&[comparison(&pairs, faster(3.0))]));
        assert!(!print(&[comparison(&pairs, faster(3.1))]), "the median of 3, 2 and 9");
        let lean = |bound| Target { what: "x", of: Comparison::peak, bound: Bound::Below(bound) };
        assert!(print(&[comparison(&pairs, lean(31.0))]));
        assert!(!print(&[comparison(&pairs, lean(30.0))]), "the largest peak counts");
        assert!(!print(&[comparison(&[], lean(30.0))]), "nothing measured, nothing met");
    }
}
