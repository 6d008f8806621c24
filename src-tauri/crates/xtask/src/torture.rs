//! `cargo xtask torture`: the promise programmes for as long as asked, each round from a seed of its own.

use crate::{process, programmes};
use anyhow::{Context, Result, bail};
use std::{
    fmt::Write as _,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

/// How long, and what.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// How long in all
    #[arg(long, value_name = "MINUTES", default_value_t = 60.0)]
    minutes: f64,
    /// Only this programme; may be given several times
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(programmes::ALL))]
    only: Vec<String>,
    /// Start from this seed instead of a random one, to repeat a round
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Where the report is written
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Longest turn of one programme before the next one gets its own.
const TURN: f64 = 600.0;

/// Runs rounds until the time is over; false if anything failed.
pub(crate) fn run(options: &Options) -> Result<bool> {
    if !(options.minutes > 0.0 && options.minutes.is_finite()) {
        bail!("--minutes must be more than 0");
    }
    let names: Vec<&str> = match options.only.is_empty() {
        true => programmes::ALL.to_vec(),
        false => options.only.iter().map(String::as_str).collect(),
    };
    let ok = process::cargo().args(["build", "--workspace", "--bins"]).status()?.success()
        && process::cargo().args(["test", "--no-run", "-p", "autocommit-promises"]).status()?.success();
    if !ok {
        bail!("the build failed");
    }
    let until = Instant::now() + Duration::from_secs_f64(options.minutes * 60.0);
    #[allow(clippy::cast_precision_loss, reason = "a handful of programmes")]
    let turn = (options.minutes * 60.0 / names.len() as f64).min(TURN);
    let began = jiff::Timestamp::now();
    let mut seed = options.seed.unwrap_or_else(|| u64::try_from(began.as_millisecond()).unwrap_or(1));
    let mut report = format!("# Torture, {began}, {} minutes\n\n", options.minutes);
    let (mut all_well, mut turns) = (true, 0);
    'rounds: loop {
        for name in &names {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() && turns > 0 {
                break 'rounds;
            }
            let seconds = turn.min(left.as_secs_f64()).max(1.0).round();
            println!("\n== {name}: {seconds} s from seed {seed}");
            all_well &= one(name, seconds, seed, &mut report)?;
            turns += 1;
        }
        seed = seed.wrapping_add(1);
    }
    let _ = writeln!(
        report,
        "\n{turns} turns, {}.",
        if all_well { "nothing failed" } else { "SOMETHING FAILED" }
    );
    let out = match &options.out {
        Some(out) => out.clone(),
        None => process::workspace_root().join("target").join(format!("torture-{}.md", began.as_second())),
    };
    fs::write(&out, &report).with_context(|| out.display().to_string())?;
    println!("\n{report}\nThe report is in {}.", out.display());
    Ok(all_well)
}

/// One turn of one programme; what it said goes into the report.
fn one(name: &str, seconds: f64, seed: u64, report: &mut String) -> Result<bool> {
    programmes::forget()?;
    let status = process::cargo()
        .args(["test", "-p", "autocommit-promises", "--test", name, "--", "--nocapture"])
        .env("TEST_TORTURE_SECONDS", format!("{seconds}"))
        .env("TEST_SEED", seed.to_string())
        .status()?;
    let told = programmes::told()?;
    for programme in &told {
        let _ = writeln!(report, "- {}", programme.line());
        for failure in programme.failures() {
            let _ = writeln!(report, "  - FAILED: {}", failure.replace('\n', "\n    "));
        }
    }
    if told.is_empty() || !status.success() {
        let _ = writeln!(report, "- {name}: {status} (seed {seed})");
    }
    Ok(status.success() && !told.is_empty())
}
