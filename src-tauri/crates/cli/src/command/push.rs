//! `autocommit push`.

use crate::{
    args::Globals,
    client::Client,
    exit::{Exit, Failure},
    say,
    way::{self, Way},
};
use autocommit_api::{
    methods::{Trigger, TriggerRequest},
    wire::{PushResult, Run, RunStatus},
};
use autocommit_core::{
    cycle::CycleTrigger,
    text::{counted, escape_controls},
};
use autocommit_engine::RunRequest;
use autocommit_host::Source;
use clap::Args;
use std::path::PathBuf;

/// Push what is committed and not pushed yet; commit nothing.
///
/// Tries again what a remote refused before. Where Autocommit runs already, it pushes everything by itself, and is asked to try
/// the repositories that are named.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  autocommit push\n  autocommit push ~/code/web-app\n\nExit codes: as autocommit once."
)]
pub(crate) struct Push {
    /// Only these repositories; none: all.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(crate) async fn run(globals: &Globals, push: Push) -> Result<Exit, Failure> {
    if !push.paths.is_empty()
        && let Some(client) = way::running(&globals.folders()?)?
    {
        if !globals.set.is_empty() {
            let why = "Autocommit runs already, with settings of its own: --set does not reach it.";
            return Err(Failure::usage(why).hint("Leave it out, or change the settings."));
        }
        if Source::new(globals.folders()?, Vec::new()).load()?.1.dry_run {
            return Err(Failure::attention("`dry_run` is on, so that nothing is pushed.".to_owned()));
        }
        return there(globals, client, &push.paths).await;
    }
    let request = RunRequest { push_only: true, ..RunRequest::of(CycleTrigger::Push) };
    Box::pin(super::once::cycle(globals, Vec::new(), &push.paths, request)).await
}

/// Asks the process that owns the repositories, and waits until it has done it.
async fn there(globals: &Globals, client: Client, paths: &[PathBuf]) -> Result<Exit, Failure> {
    let way = Way::Api(client.clone());
    let mut repos = Vec::new();
    for path in paths {
        repos.push(way.repo_at(path).await?.id);
    }
    let request = TriggerRequest { repos: Some(repos), push_only: true, ..TriggerRequest::default() };
    let (started, _) = client.call::<Trigger>(&request).await?;
    let report = client.ended(&started.cycle_id, None).await?.0.report;
    let (troubles, done): (Vec<_>, Vec<_>) = report.runs.iter().partition(|run| needs_somebody(run));
    let unsaid = done.iter().filter(|run| run.status != RunStatus::Pushed);
    if globals.json {
        say::json(&report);
    } else {
        let said = troubles.iter().flat_map(|run| run.reason.iter().chain(&run.hint));
        for line in said.chain(unsaid.filter_map(|run| run.reason.as_ref())) {
            say::note(&escape_controls(line));
        }
        let pushed = counted(report.pushed, "repository");
        say::note(&match troubles.len() {
            0 => format!("{pushed} pushed."),
            n => format!("{pushed} pushed, {n} not."),
        });
    }
    Ok(if troubles.is_empty() { Exit::Well } else { Exit::Attention })
}

/// Whether something of a run is left to do.
fn needs_somebody(run: &Run) -> bool {
    let arrived = matches!(run.push, None | Some(PushResult::Pushed | PushResult::UpToDate));
    matches!(run.status, RunStatus::Failed | RunStatus::Held) || !arrived
}
