//! `cargo xtask bench`: Autocommit against a plain shell loop, alternating, on identical repositories; with `desktop` what
//! the desktop program costs, with `messages` what a language model does, with `peers` what other programs of the kind
//! cost, with `instructions` whether the hot paths take more of them than they did.
//!
//! Ratios are taken within each pair, so that what else the machine does falls on both sides.

mod comparison;
mod daemon;
mod desktop;
mod engine;
mod instructions;
mod measure;
mod messages;
mod peers;
mod scan;
mod sets;

use crate::{prerequisites, process};
use anyhow::Result;
use engine::Row;
use serde_json::{Value, json};
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
    /// For `engine`: only this row; may be given several times. Default: all
    #[arg(long = "row", value_enum, value_name = "ROW")]
    rows: Vec<Row>,
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
    /// For `instructions`: write down what is counted now, to be compared with later
    #[arg(long)]
    record: bool,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The engine against shell loops, row by row.
    Engine,
    /// Memory, idle processor time and start of the desktop program.
    Desktop,
    /// A cycle of many repositories with a language model, a good one and bad ones.
    Messages,
    /// Other programs of the kind on the same repositories.
    Peers,
    /// Whether the hot paths take more instructions than they did.
    Instructions,
}

/// Measures, prints a table and writes `bench-results/<date>.json`; false if a target is missed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let given = options.binary.as_deref();
    match options.part {
        Part::Desktop => desktop::run(given),
        Part::Messages => messages::run(given, options.model.as_deref(), options.program.as_deref()),
        Part::Peers => peers::run(given, options.quick),
        Part::Instructions => instructions::run(options.record),
        Part::Engine => engine::run(given, &options.rows, options.quick, options.pairs.map(usize::from)),
    }
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
