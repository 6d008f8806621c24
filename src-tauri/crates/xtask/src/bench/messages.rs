//! `cargo xtask bench messages`: what a language model costs a whole cycle of 68 repositories, a good one and bad ones.

use super::comparison::Bound;
use crate::{llama, process};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

/// Between one cycle and the next, in seconds; all must be over by then.
const INTERVAL: f64 = 60.0;
/// Messages by a real model in one cycle.
const BY_MODEL: f64 = 10.0;
/// `nice` of a program that gets out of everybody's way.
const LOW: f64 = 10.0;

/// What the measuring program of the tests prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Figures {
    repositories: usize,
    cycles: Vec<Cycle>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Cycle {
    what: String,
    seconds: f64,
    pushed: usize,
    by_model: usize,
    /// Cores that the model's server used; nothing where it was not ours.
    cores: Option<f64>,
    nice: Option<f64>,
    subjects: Vec<String>,
    reasons: BTreeMap<String, usize>,
}

/// Measures the program `given`, or a release build, with the model in this file; false if a target is missed.
pub(super) fn run(given: Option<&Path>, model: Option<&Path>, program: Option<&Path>) -> Result<bool> {
    let binary = process::binary(given, "autocommit")?;
    let place = tempfile::Builder::new().prefix("autocommit-bench-").tempdir()?;
    let mut command = process::cargo();
    command.args(["run", "--quiet", "-p", "autocommit-promises", "--bin", "message-figures", "--"]);
    command.env("TEST_BIN", &binary).stderr(Stdio::inherit());
    match model {
        Some(model) => {
            let model = fs::canonicalize(model).with_context(|| model.display().to_string())?;
            let program = match program {
                Some(program) => fs::canonicalize(program).with_context(|| program.display().to_string())?,
                None => wheel(place.path())?,
            };
            command.arg(model).arg(program);
        }
        None => println!("Without --model no real model is measured."),
    }
    println!("Measuring; this takes up to ten minutes.");
    let output = command.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the measurement ended with {}", output.status);
    }
    let figures: Figures = serde_json::from_slice(&output.stdout)?;
    let targets = figures.targets();
    figures.print(&targets);
    let shown = targets.iter().map(|(what, value, bound)| bound.shown(what, *value));
    let file = super::save(&json!({"messages": figures, "targets": shown.collect::<Vec<_>>()}), &binary)?;
    println!("\nEvery measurement: {}", file.display());
    Ok(targets.iter().all(|(_, value, bound)| bound.met(*value)))
}

/// The server of the tests, as a program of the name that people have.
fn wheel(place: &Path) -> Result<PathBuf> {
    let server = llama::server().context("give a llama-server with --program")?;
    let script = process::workspace_root().join("tests/llm/llama_server.py");
    let program = place.join("llama-server");
    let text = format!("#!/bin/sh\nexec '{}' '{}' \"$@\"\n", server.python.display(), script.display());
    fs::write(&program, text)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&program, mode)?;
    Ok(program)
}

impl Figures {
    #[allow(clippy::cast_precision_loss, reason = "some dozens of repositories")]
    fn targets(&self) -> Vec<(String, f64, Bound)> {
        let all = self.repositories as f64;
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        let mut targets = Vec::new();
        for cycle in &self.cycles {
            let mut add = |what: &str, value: f64, bound| {
                targets.push((format!("{}: {what}", cycle.what), value, bound));
            };
            add("repositories pushed", cycle.pushed as f64, Bound::AtLeast(all));
            add("seconds", cycle.seconds, Bound::Below(INTERVAL));
            if let (Some(used), Some(nice)) = (cycle.cores, cycle.nice) {
                add("messages by the model", cycle.by_model as f64, Bound::AtLeast(BY_MODEL));
                // A little more: whoever counts ticks counts a tick more now and then.
                add("cores used by the model", used, Bound::Below(cores / 2.0 + 0.05));
                add("its niceness", nice, Bound::AtLeast(LOW));
            }
        }
        targets
    }

    fn print(&self, targets: &[(String, f64, Bound)]) {
        println!("\nOne cycle over {} repositories with work in them", self.repositories);
        println!("  {:<38} {:>8} {:>7} {:>9} {:>6}", "", "seconds", "pushed", "by model", "cores");
        for cycle in &self.cycles {
            let cores = cycle.cores.map_or_else(|| "-".to_owned(), |cores| format!("{cores:.2}"));
            let Cycle { what, seconds, pushed, by_model, .. } = cycle;
            println!("  {what:<38} {seconds:>8.1} {pushed:>7} {by_model:>9} {cores:>6}");
            for (reason, count) in &cycle.reasons {
                println!("      {count:>3} x {reason}");
            }
        }
        for (what, value, bound) in targets {
            println!("  {}", bound.shown(what, *value));
        }
    }
}
