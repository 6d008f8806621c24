//! `autocommit once`, and what it shares with `autocommit push`.

use super::signals::{self, Signal};
use crate::{
    args::Globals,
    exit::{Exit, Failure},
    progress::Progress,
    report, say,
    style::{Stream, Style},
    way,
};
use autocommit_api::wire::CycleReport;
use autocommit_core::{cycle::CycleTrigger, id::RepoId};
use autocommit_engine::{Cycle, Engine, RunRequest};
use autocommit_host::{Host, Override};
use clap::Args;
use std::{path::PathBuf, time::Duration};

/// Commit and push every repository one time.
///
/// Shows progress on a terminal, then what happened, what needs you and what to do, and a summary last. It does not
/// wait until you stop typing (files that are being written are held all the same) unless --settle is given.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit once --dry-run       what would be committed, with messages; writes nothing\n  \
    autocommit once ~/code/web-app  only this repository, wherever it is\n  \
    autocommit once --no-llm --json messages by rules, result for a program\n\n\
    Exit codes: 0 nothing needs you; 1 something is held, failed or waits for the network, or\n\
    Autocommit is switched off; 2 usage or configuration; 3 another process owns the repositories.")]
pub(crate) struct Once {
    /// Only these repositories (also outside the folders you named); none: all.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Report what would be committed, with its message, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write messages by rules, without asking a language model.
    #[arg(long)]
    no_llm: bool,
    /// Wait until writing has stopped in each repository.
    #[arg(long)]
    settle: bool,
}

pub(crate) async fn run(globals: &Globals, once: Once) -> Result<Exit, Failure> {
    let mut overrides = Vec::new();
    if once.no_llm {
        let (flag, key, value) = ("--no-llm".to_owned(), "llm.enabled".to_owned(), "false".to_owned());
        overrides.push(Override { flag, key, value });
    }
    let request =
        RunRequest { dry_run: once.dry_run, settle: once.settle, ..RunRequest::of(CycleTrigger::Once) };
    Box::pin(cycle(globals, overrides, &once.paths, request)).await
}

/// Runs one cycle here and tells what came of it.
pub(super) async fn cycle(
    globals: &Globals,
    more: Vec<Override>,
    paths: &[PathBuf],
    mut request: RunRequest,
) -> Result<Exit, Failure> {
    let mut overrides = globals.overrides()?;
    overrides.extend(more);
    let host = Box::pin(Host::start(globals.folders()?, overrides, Duration::ZERO)).await?;
    let engine = &host.engine;
    if paths.is_empty() && engine.settings().repos_base_paths.is_empty() {
        return Err(super::no_base_paths(globals)?);
    }
    if !paths.is_empty() {
        request.repos = Some(named(engine, paths).await?);
    }
    let style = Style::of(Stream::Err);
    // Also where nothing can be done: a damaged switch is why.
    let before = engine.status().warnings;
    before.iter().for_each(|warning| say::note(&autocommit_core::text::escape_controls(warning)));
    let (cycle, interrupted) = watched(engine, request, style).await?;
    for warning in engine.status().warnings.into_iter().filter(|warning| !before.contains(warning)) {
        say::note(&autocommit_core::text::escape_controls(&warning));
    }
    let attention = cycle.runs.iter().any(|run| run.wants_attention());
    if globals.json {
        say::json(&CycleReport::from(cycle));
    } else {
        report::cycle(&cycle, style).iter().for_each(|line| say::note(line));
    }
    Ok(match (interrupted, attention) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Attention,
        (false, false) => Exit::Well,
    })
}

/// The repositories at or around the paths a person typed.
async fn named(engine: &Engine, paths: &[PathBuf]) -> Result<Vec<RepoId>, Failure> {
    let mut ids = Vec::new();
    for path in paths {
        let view = Box::pin(engine.repo_at(&way::absolute(path))).await.map_err(|error| {
            let failure = Failure::from(error);
            Failure { exit: Exit::Usage, hint: None, ..failure }
        })?;
        if !ids.contains(&view.repo.id) {
            ids.push(view.repo.id);
        }
    }
    Ok(ids)
}

/// Runs the cycle with progress. The first signal lets running writes finish, the second ends at once.
async fn watched(engine: &Engine, request: RunRequest, style: Style) -> Result<(Cycle, bool), Failure> {
    let mut signals = signals::listen(false)
        .map_err(|error| Failure::usage(format!("The system gives no signals: {error}.")))?;
    let progress = Progress::follow(engine, style.terminal, style.unicode);
    let mut running = Box::pin(engine.run_cycle(request));
    let mut interrupted = false;
    let cycle = loop {
        tokio::select! {
            ended = &mut running => break ended,
            Some(Signal::End) = signals.recv() => {
                if interrupted {
                    std::process::exit(Exit::Interrupted.code().into());
                }
                interrupted = true;
                progress.say("Ending; running writes finish first. Once more ends at once.");
                engine.stop();
            }
        }
    };
    drop(progress);
    Ok((cycle?, interrupted))
}
