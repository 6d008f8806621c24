//! `cargo xtask run`: build Autocommit and start it in the foreground.

use crate::{demo, prerequisites, process};
use anyhow::{Context, Result};
use std::{os::unix::process::CommandExt, path::PathBuf, process::Command};

/// What is started.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Show one cycle over a throw-away folder of repositories, and check the result
    #[arg(long)]
    demo: bool,
    /// The binary to start. Default: a release build of this workspace
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    #[command(flatten)]
    place: demo::Options,
    /// Passed on to `autocommit run`, with --demo to `autocommit once`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds and starts; with `--demo` false if the result was not as it must be.
pub(crate) fn run(options: &Options) -> Result<bool> {
    prerequisites::check(false)?;
    let binary = process::binary(options.binary.as_deref())?;
    if options.demo {
        return demo::run(&binary, &options.place, &options.arguments);
    }
    match process::output(Command::new(&binary).args(["config", "path"])) {
        Ok(path) => println!("Configuration: {path} (made by: {} config init)", binary.display()),
        Err(error) => println!("{error:#}"),
    }
    println!("Ctrl-C ends it.");
    let error = Command::new(&binary).arg("run").args(&options.arguments).exec();
    Err(error).context("cannot start autocommit")
}
