//! `cargo xtask bench engine`: the headless engine, one row of the table after the other, each with its baseline in the same
//! run.

mod abuse;
mod api;
mod cold;
mod discovery;
mod idle;
mod latency;
mod looking;
mod memory;
mod pushing;
mod scale;
mod ssh;
mod sweep;
mod watches;

use super::{
    comparison::{self, Comparison, Pair},
    scan::Scan,
    sets::{Set, Shape},
};
use crate::{place::Place, prerequisites, process};
use anyhow::Result;
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    rc::Rc,
};

/// The rows, in the order in which they are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(super) enum Row {
    /// Dirty repositories to pushed over file://, and the look for secrets in it.
    Push,
    /// Dirty repositories to pushed over ssh on loopback.
    Ssh,
    /// From a saved file to its commit.
    Commit,
    /// A first look at clean repositories (`once`).
    Look,
    /// From the start of the daemon until it knows every repository.
    Start,
    /// Resident memory of the daemon at rest.
    Memory,
    /// Watches of the kernel's.
    Watches,
    /// One full sweep of the running daemon.
    Sweep,
    /// Finding repositories among other files.
    Discovery,
    /// Repositories of every size: start, rest, and a crowd that is saved in at once.
    Scale,
    /// What a client of the API waits for, over many repositories and a long history.
    Api,
    /// Ten thousand connections that never finish, listeners that never read, a body without end.
    Abuse,
    /// The idle daemon, with and without a sweep; takes twelve minutes.
    Idle,
}

/// What all rows share.
struct Bench {
    place: Place,
    binary: PathBuf,
    quick: bool,
    pairs: usize,
    sets: BTreeMap<(&'static str, usize, usize), Rc<Set>>,
}

impl Bench {
    /// A size to measure, or one to see that it works.
    fn size(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }

    /// Repositories of the two sizes in which most is measured: few and many.
    fn few(&self) -> usize {
        self.size(68, 8)
    }

    /// See [`Self::few`].
    fn many(&self) -> usize {
        self.size(1000, 20)
    }

    /// Clean repositories, made once for all rows; each `side` has its own, as git writes to them when it only looks.
    fn clean(&mut self, side: &'static str, count: usize, files: usize) -> Result<Rc<Set>> {
        if let Some(set) = self.sets.get(&(side, count, files)) {
            return Ok(set.clone());
        }
        println!("Making {count} repositories of {files} files.");
        let name = format!("{side}-{count}x{files}");
        let set = Rc::new(Set::make(&self.place, &name, count, files, Shape::clean())?);
        self.sets.insert((side, count, files), set.clone());
        Ok(set)
    }
}

/// Whose repositories they are.
const THEIRS: &str = "loop";
const OURS: &str = "ours";

/// Measures these rows, or all; false if a target is missed.
pub(super) fn run(given: Option<&Path>, rows: &[Row], quick: bool, pairs: Option<usize>) -> Result<bool> {
    prerequisites::check(prerequisites::For::CommandLine)?;
    let binary = process::binary(given, "autocommit")?;
    let dir = tempfile::Builder::new().prefix("autocommit-bench-").tempdir()?;
    let mut bench = Bench {
        place: Place::new(dir.path())?,
        binary,
        quick,
        pairs: pairs.unwrap_or(if quick { 2 } else { 5 }),
        sets: BTreeMap::new(),
    };
    let mut rows = match rows {
        [] => <Row as clap::ValueEnum>::value_variants().to_vec(),
        some => some.to_vec(),
    };
    rows.sort_unstable();
    rows.dedup();
    let (mut comparisons, mut scan) = (Vec::new(), None);
    for row in rows {
        println!("\n== {row:?}");
        comparisons.extend(bench.row(row, &mut scan)?);
    }
    let scanned = scan.as_ref().is_none_or(Scan::print);
    let met = comparison::print(&comparisons) && scanned;
    let result = json!({
        "quick": quick,
        "comparisons": comparisons.iter().map(Comparison::json).collect::<Vec<_>>(),
        "scan": scan.as_ref().map(Scan::json),
    });
    let file = super::save(&result, &bench.binary)?;
    println!("\nEvery measurement: {}", file.display());
    // The targets are for the full size.
    Ok(met || quick)
}

impl Bench {
    fn row(&mut self, row: Row, scan: &mut Option<Scan>) -> Result<Vec<Comparison>> {
        match row {
            Row::Push => {
                let (comparisons, scanned) = pushing::measure(self)?;
                *scan = Some(scanned);
                Ok(comparisons)
            }
            Row::Ssh => ssh::measure(self),
            Row::Commit => latency::measure(self),
            Row::Look => looking::measure(self),
            Row::Start => cold::measure(self),
            Row::Memory => memory::measure(self),
            Row::Watches => watches::measure(self),
            Row::Sweep => sweep::measure(self),
            Row::Discovery => discovery::measure(self),
            Row::Scale => scale::measure(self),
            Row::Api => api::measure(self),
            Row::Abuse => abuse::measure(self),
            Row::Idle => idle::measure(self),
        }
    }
}

/// Takes the pairs of one comparison, the first of them only to warm up.
fn pairs(count: usize, mut one: impl FnMut(usize) -> Result<Pair>) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for round in 0..=count {
        let pair = one(round)?;
        let name = if round == 0 { "warm-up".to_owned() } else { format!("pair {round}") };
        let Pair { theirs, ours } = pair;
        println!(
            "  {name:<8} baseline {:.3} s ({:.4} s of processor), autocommit {:.3} s ({:.4} s)",
            theirs.wall, theirs.cpu, ours.wall, ours.cpu
        );
        if round > 0 {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}
