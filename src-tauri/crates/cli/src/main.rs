//! `autocommit`: the command line and the headless daemon.
//!
//! One file per command in `command/`. JSON goes to standard output alone; tables of commands that read go there too,
//! everything else for people goes to standard error.

mod args;
mod client;
mod command;
mod exit;
#[cfg(test)]
mod pages;
mod progress;
mod report;
mod say;
mod style;
mod table;
mod time;
mod way;
#[cfg(test)]
mod words;

use autocommit_core::text::escape_controls;
use clap::FromArgMatches as _;
use std::{process::ExitCode, time::Duration};

/// Threads that run tasks; the work itself is done by git, in processes of its own.
const WORKERS: usize = 2;
/// Threads for reading disks; idle ones go after a moment, so that a resting daemon is small.
const BLOCKING: usize = 16;
const IDLE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    autocommit_host::keep_memory_small();
    let cli = args::Cli::told().try_get_matches().and_then(|words| args::Cli::from_arg_matches(&words));
    let cli = match cli {
        Ok(cli) => cli,
        // It repeats what was typed, which may be the name of something of others.
        Err(mistake) if mistake.use_stderr() => {
            mistake.to_string().lines().for_each(|line| say::note(&escape_controls(line)));
            return exit::Exit::Usage.into();
        }
        Err(help) => help.exit(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING)
        .thread_keep_alive(IDLE)
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(command::run(cli)),
        Err(error) => Err(exit::Failure::usage(format!("The system gives no threads: {error}."))),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.say();
            failure.exit.into()
        }
    }
}
