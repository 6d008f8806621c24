//! `autocommit trigger`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    way::{self, Way},
};
use autocommit_api::methods::{self, TriggerRequest};
use clap::Args;
use std::path::PathBuf;

/// Ask the running process to commit and push now.
///
/// Returns at once; a cycle that is on is joined. Where nothing runs, `autocommit once` does the same itself.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  autocommit trigger\n  autocommit trigger ~/code/web-app ~/notes")]
pub(crate) struct Trigger {
    /// Only these repositories; none: all.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(crate) async fn run(globals: &Globals, trigger: Trigger) -> Result<Exit, Failure> {
    let Some(client) = way::running(&globals.folders()?)? else {
        return Err(Failure::attention("Autocommit is not running, so there is nobody to ask.")
            .hint("Run one cycle with autocommit once, or start it with autocommit run."));
    };
    let way = Way::Api(client);
    let mut repos = Vec::new();
    for path in &trigger.paths {
        repos.push(way.repo_at(path).await?.id);
    }
    let request = TriggerRequest { repos: (!repos.is_empty()).then_some(repos), dry_run: false };
    let (_, text) = way.call::<methods::Trigger>(request).await?;
    if globals.json {
        say::out(&text);
    } else {
        say::note("A cycle is on; autocommit status tells what came of it.");
    }
    Ok(Exit::Well)
}
