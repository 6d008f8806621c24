//! `cargo xtask bench instructions`: whether the hot paths take more instructions of the processor than they did.
//!
//! Valgrind counts them, whatever else the machine does. Each path is a program that takes the number of its rounds: what
//! more rounds take beyond one is the path itself, without the program's start. What was counted when somebody last wrote it
//! down is in `instructions.toml` beside this crate, with the compiler it was counted with.

use super::{
    comparison::Bound,
    sets::{Set, Shape},
};
use crate::{place::Place, process};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// Crate and program of each path.
const PATHS: [(&str, &str); 5] = [
    ("autocommit-watch", "hot_sweep"),
    ("autocommit-core", "hot_settle"),
    ("autocommit-git", "hot_status"),
    ("autocommit-message", "hot_rules"),
    ("autocommit-secret", "hot_secrets"),
];
/// Rounds beyond the first.
const ROUNDS: u64 = 20;
/// Files that changed less long ago are not believed by a sweep.
const OLD: Duration = Duration::from_secs(3);

/// What is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Recorded {
    /// Percent more that nobody is told of: other inputs of hash tables and allocators.
    tolerance_percent: u32,
    /// The compiler that built what was counted.
    compiler: String,
    /// Instructions of one round.
    rounds: BTreeMap<String, u64>,
}

/// Counts and compares, or writes down; false if a path takes more than it may.
pub(super) fn run(record: bool) -> Result<bool> {
    process::on_path("valgrind").context("valgrind is not installed (package valgrind)")?;
    let programs = build()?;
    let dir = tempfile::Builder::new().prefix("autocommit-bench-").tempdir()?;
    let place = Place::new(dir.path())?;
    let set = Set::make(&place, "counted", 1, 300, Shape::clean())?;
    thread::sleep(OLD);
    let mut counted = BTreeMap::new();
    for (_, name) in PATHS {
        let count = |rounds| count(&programs.join(name), rounds, &set.tree(0));
        let (one, more) = (count(1)?, count(1 + ROUNDS)?);
        counted.insert(name.to_owned(), more.saturating_sub(one) / ROUNDS);
    }
    let compiler = process::output(Command::new("rustc").arg("--version"))?;
    let file = process::workspace_root().join("src-tauri/crates/xtask/instructions.toml");
    let known: Recorded = toml::from_str(&fs::read_to_string(&file)?)?;
    if record {
        let recorded = Recorded { compiler, rounds: counted.clone(), ..known };
        let text = format!(
            "# Written by `cargo xtask bench instructions --record`.\n{}",
            toml::to_string(&recorded)?
        );
        fs::write(&file, text)?;
        println!("Written down: {counted:?}");
        return Ok(true);
    }
    if compiler != known.compiler {
        println!("It was counted with {}, this is {compiler}: expect differences.", known.compiler);
    }
    Ok(compare(&known, &counted))
}

/// Prints each path; false if one takes more than it may, or was never written down.
fn compare(known: &Recorded, counted: &BTreeMap<String, u64>) -> bool {
    println!("{:<14} {:>14} {:>14}", "instructions", "before", "now");
    let mut all = true;
    for (name, now) in counted {
        let before = known.rounds.get(name).copied();
        let (low, high) = (1.0 - percent(known), 1.0 + percent(known));
        let value = *now as f64 / before.map_or(f64::NAN, |before| before as f64);
        let verdict = Bound::AtMost(high).verdict(value);
        let hint = if value < low { "; fewer: write it down with --record" } else { "" };
        let before = before.map_or_else(|| "-".to_owned(), |before| before.to_string());
        println!("{name:<14} {before:>14} {now:>14}  {:+.1} %, {verdict}{hint}", (value - 1.0) * 100.0);
        all &= Bound::AtMost(high).met(value);
    }
    all
}

fn percent(known: &Recorded) -> f64 {
    f64::from(known.tolerance_percent) / 100.0
}

/// Builds all programs, as released but in a minute instead of ten; the folder where they are.
fn build() -> Result<PathBuf> {
    let mut command = process::cargo();
    command.args(["build", "--release", "--quiet"]);
    command.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    for (package, name) in PATHS {
        command.args(["-p", package, "--example", name]);
    }
    process::output(&mut command)?;
    Ok(process::target_folder()?.join("release/examples"))
}

/// All instructions of one program.
fn count(program: &Path, rounds: u64, tree: &Path) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    command.arg(rounds.to_string()).arg(tree).stdin(Stdio::null());
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let counted = output.status.success().then(|| collected(&said)).flatten();
    counted.with_context(|| format!("{}: {}\n{said}", process::shown(&command), output.status))
}

/// `==7== Collected : 229432`.
fn collected(said: &str) -> Option<u64> {
    said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read() {
        assert_eq!(collected("==7== Events    : Ir\n==7== Collected : 229432\n==7==\n"), Some(229_432));
        assert_eq!(collected("==7== Events    : Ir\n"), None);
    }

    #[test]
    fn more_than_the_tolerance_is_told() {
        let rounds = |count| BTreeMap::from([("hot".to_owned(), count)]);
        let known = Recorded { tolerance_percent: 3, compiler: "x".to_owned(), rounds: rounds(1000) };
        assert!(compare(&known, &rounds(1030)) && compare(&known, &rounds(500)));
        assert!(!compare(&known, &rounds(1031)));
        assert!(!compare(&Recorded { rounds: BTreeMap::new(), ..known }, &rounds(1)), "never written down");
    }

    #[test]
    fn what_is_written_down_is_what_is_counted() {
        let file = process::workspace_root().join("src-tauri/crates/xtask/instructions.toml");
        let known: Recorded = toml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut names: Vec<_> = PATHS.iter().map(|(_, name)| *name).collect();
        names.sort_unstable();
        assert_eq!(known.rounds.keys().collect::<Vec<_>>(), names);
        assert!(known.rounds.values().all(|count| *count > 0));
    }
}
