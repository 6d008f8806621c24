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
#[command(after_help = "Examples:\n  \
    autocommit trigger\n  \
    autocommit trigger ~/code/web-app ~/notes\n  \
    autocommit trigger -m \"Cap the retry delay\"        this repository, with this message\n  \
    autocommit trigger --hint \"about slow networks\" ~/notes")]
pub(crate) struct Trigger {
    /// Only these repositories; none: all.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The whole message of the commit, of exactly one repository (this folder's where no PATH is given). It is committed
    /// as written.
    #[arg(long, short, value_name = "MSG", conflicts_with = "hint")]
    message: Option<String>,
    /// What the commit is about, for the language model that writes the message; of exactly one repository.
    #[arg(long, value_name = "TEXT")]
    hint: Option<String>,
}

pub(crate) async fn run(globals: &Globals, trigger: Trigger) -> Result<Exit, Failure> {
    let Some(client) = way::running(&globals.folders()?)? else {
        return Err(Failure::attention("Autocommit is not running, so there is nobody to ask.")
            .hint("Run one cycle with autocommit once, or start it with autocommit run."));
    };
    let way = Way::Api(client);
    let mut repos = Vec::new();
    let mut paths = trigger.paths;
    let steered = trigger.message.is_some() || trigger.hint.is_some();
    match paths.len() {
        0 if steered => paths.push(PathBuf::from(".")),
        2.. if steered => {
            return Err(Failure::usage("A message is for exactly one repository.").hint("Name one PATH."));
        }
        _ => {}
    }
    for path in &paths {
        repos.push(way.repo_at(path).await?.id);
    }
    let request = TriggerRequest {
        repos: (!repos.is_empty()).then_some(repos),
        dry_run: false,
        message: trigger.message,
        hint: trigger.hint,
        ..TriggerRequest::default()
    };
    let (_, text) = way.call::<methods::Trigger>(request).await?;
    if globals.json {
        say::reply(&text);
    } else {
        say::note("A cycle is on; autocommit status tells what came of it.");
    }
    Ok(Exit::Well)
}
