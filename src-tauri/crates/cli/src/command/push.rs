//! `autocommit push`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    way::{self, Way},
};
use autocommit_api::{
    methods::{self, CycleRequest, TriggerRequest},
    wire::{PushResult, Run, RunStatus},
};
use autocommit_core::{
    cycle::CycleTrigger,
    text::{counted, escape_controls},
};
use autocommit_engine::RunRequest;
use clap::Args;
use std::{path::PathBuf, time::Duration};

/// Time between two looks whether the process that owns the repositories has done it.
const LOOK_EVERY: Duration = Duration::from_millis(100);

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
        return there(globals, Way::Api(client), &push.paths).await;
    }
    let request = RunRequest { push_only: true, ..RunRequest::of(CycleTrigger::Push) };
    Box::pin(super::once::cycle(globals, Vec::new(), &push.paths, request)).await
}

/// Asks the process that owns the repositories, and waits until it has done it.
async fn there(globals: &Globals, way: Way, paths: &[PathBuf]) -> Result<Exit, Failure> {
    let mut repos = Vec::new();
    for path in paths {
        repos.push(way.repo_at(path).await?.id);
    }
    let request = TriggerRequest { repos: Some(repos), push_only: true, ..TriggerRequest::default() };
    let id = way.call::<methods::Trigger>(request).await?.0.cycle_id;
    let report = loop {
        let (cycle, _) = way.call::<methods::Cycle>(CycleRequest { id: id.clone() }).await?;
        if cycle.finished_at.is_some() {
            break cycle.report;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    };
    let troubles: Vec<_> = report.runs.iter().filter(|run| needs_somebody(run)).collect();
    if globals.json {
        say::json(&report);
    } else {
        for run in &troubles {
            let said = run.reason.iter().chain(&run.hint);
            said.for_each(|line| say::note(&escape_controls(line)));
        }
        let (pushed, troubled) = (counted(report.pushed, "repository"), troubles.len());
        say::note(&match troubled {
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
