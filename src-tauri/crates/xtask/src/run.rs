//! `cargo xtask run`: build Autocommit and start it in the foreground.

use crate::{
    demo,
    prerequisites::{self, For},
    process, ui,
};
use anyhow::{Context, Result};
use std::{os::unix::process::CommandExt, path::PathBuf, process::Command};

/// What is started.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Show one cycle over a throw-away folder of repositories, and check the result
    #[arg(long)]
    demo: bool,
    /// Start the daemon without a window, also where there is a desktop
    #[arg(long, conflicts_with = "demo")]
    headless: bool,
    /// The binary to start. Default: a release build of this workspace
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    #[command(flatten)]
    place: demo::Options,
    /// Passed on to what is started; with --demo to `autocommit once`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds and starts; with `--demo` false if the result was not as it must be.
pub(crate) fn run(options: &Options) -> Result<bool> {
    if options.demo {
        prerequisites::check(For::CommandLine)?;
        let binary = process::binary(options.binary.as_deref(), "autocommit")?;
        return demo::run(&binary, &options.place, &options.arguments);
    }
    let desktop = !options.headless && has_display();
    prerequisites::check(if desktop { For::Desktop } else { For::Window })?;
    ui::build()?;
    if desktop && prerequisites::webview() {
        let binary = process::binary(options.binary.as_deref(), "autocommit-desktop")?;
        println!("Autocommit sits in the tray; its window opens by itself the first time. Ctrl-C ends it.");
        return start(Command::new(&binary).args(&options.arguments));
    }
    if desktop {
        println!("WebKitGTK is missing, so the daemon starts without a window.");
    } else if !options.headless {
        println!("There is no desktop to show a window on, so the daemon starts without one.");
    }
    let binary = process::binary(options.binary.as_deref(), "autocommit")?;
    match process::output(Command::new(&binary).args(["config", "path"])) {
        Ok(path) => println!("Configuration: {path} (made by: {} config init)", binary.display()),
        Err(error) => println!("{error:#}"),
    }
    println!("The same window in a browser: {} open. Ctrl-C ends it.", binary.display());
    start(Command::new(&binary).arg("run").args(&options.arguments))
}

fn start(command: &mut Command) -> Result<bool> {
    let shown = process::shown(command);
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start {shown}"))
}

fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
