//! `autocommit run`.

use super::signals::{self, Signal};
use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say, time,
};
use autocommit_core::text::counted;
use autocommit_host::{Api, Host};
use clap::Args;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Keep looking after the repositories: cycles, watching, API.
///
/// Runs until SIGINT or SIGTERM, and then ends as soon as running writes have finished; a second signal ends it at
/// once. SIGHUP reads the settings again, and so does a change of the configuration file. Log lines go to standard
/// error; AUTOCOMMIT_LOG=debug makes them more.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  autocommit run\n  autocommit run --set cycle_interval_seconds=10 --set http.port=8300"
)]
pub(crate) struct Run {}

pub(crate) async fn run(globals: &Globals) -> Result<Exit, Failure> {
    autocommit_host::log::init("info");
    let host = Box::pin(Host::start(globals.folders()?, globals.overrides()?, Duration::ZERO)).await?;
    let host = Arc::new(host);
    // Before anybody can know that it is there: who asks it to end then is heard.
    let signals = signals::listen(true)
        .map_err(|error| Failure::usage(format!("The system gives no signals: {error}.")))?;
    let api = host.serve().await?;
    say::note(&hello(&host, api.as_ref()));
    if host.engine.settings().repos_base_paths.is_empty()
        && let Ok(nothing) = super::no_base_paths(globals)
    {
        nothing.say();
    }
    let status = host.engine.status();
    if let Some(until) = status.paused_until {
        say::note(&format!(
            "Autocommit is paused until {}; autocommit enable ends that.",
            time::clock(until)
        ));
    } else if !status.enabled {
        say::note("Autocommit is switched off; nothing is written until you run autocommit enable.");
    }
    let stop = CancellationToken::new();
    let listening = tokio::spawn(obey(signals, Arc::clone(&host), stop.clone()));
    // A task of its own: each time the clock tells it something, the thread that heard it goes on, and no other is woken.
    let running = tokio::spawn(async move { Box::pin(host.run(stop)).await });
    if let Err(lost) = running.await
        && let Ok(panic) = lost.try_into_panic()
    {
        std::panic::resume_unwind(panic);
    }
    if let Some(api) = api {
        api.stop().await;
    }
    listening.abort();
    tracing::info!("ended");
    Ok(Exit::Well)
}

/// One line: version, process, address, number of base paths.
fn hello(host: &Host, api: Option<&Api>) -> String {
    let (version, pid) = (env!("CARGO_PKG_VERSION"), std::process::id());
    let address = api.map_or_else(|| "without API".to_owned(), |api| format!("http://{}", api.address));
    let bases = counted(host.engine.settings().repos_base_paths.len(), "base path");
    format!("autocommit {version}, pid {pid}, {address}, {bases}")
}

async fn obey(mut signals: tokio::sync::mpsc::Receiver<Signal>, host: Arc<Host>, stop: CancellationToken) {
    while let Some(signal) = signals.recv().await {
        match signal {
            Signal::Reload => host.reload(),
            Signal::End if stop.is_cancelled() => std::process::exit(Exit::Interrupted.code().into()),
            Signal::End => {
                tracing::info!("ending; running writes finish first");
                stop.cancel();
            }
        }
    }
}
