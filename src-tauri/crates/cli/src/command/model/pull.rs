//! `autocommit model pull`.

use super::{Place, finish, known, shown, use_model};
use crate::{
    args::Globals,
    client::Client,
    command::signals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style},
};
use autocommit_api::{
    ApiError,
    wire::{ManagedModel, ModelPresence},
};
use autocommit_core::text::escape_controls;
use autocommit_engine::{DEFAULT_MODEL, Managed, Told};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{BufRead as _, IsTerminal as _, Write as _},
    sync::Arc,
    time::Duration,
};

/// Time between two looks at a download of the running process.
const LOOK: Duration = Duration::from_millis(300);

pub(super) async fn run(
    globals: &Globals,
    place: &Place,
    name: Option<String>,
    yes: bool,
    no_use: bool,
) -> Result<Exit, Failure> {
    let name = name.unwrap_or_else(|| DEFAULT_MODEL.to_owned());
    let reply = place.view().await?;
    known(&reply, &name)?;
    let Some(model) = reply.models.into_iter().find(|model| model.name == name) else {
        return Ok(Exit::Usage);
    };
    if model.state != ModelPresence::Installed {
        if model.source_url.is_empty() {
            return Err(Failure::attention(format!(
                "{name} came from a file of yours, which is damaged here."
            ))
            .hint(format!("Run autocommit model remove {name}, and bring the file in again.")));
        }
        if !yes && !agreed(&model)? {
            say::note("Nothing was fetched.");
            return Ok(Exit::Attention);
        }
        if !fetch(globals, place, &model).await? {
            return Ok(Exit::Interrupted);
        }
    }
    let told = if no_use || !(yes || wanted(&name)?) {
        format!("{name} is here. To let it write the messages, run autocommit model use {name}.")
    } else {
        use_model(globals, &name).await?;
        format!("{name} is here and writes the messages from now on.")
    };
    finish(globals, &told).await?;
    Ok(Exit::Well)
}

/// Asks a person about size, licence and origin.
fn agreed(model: &ManagedModel) -> Result<bool, Failure> {
    let rest = model.size_bytes.saturating_sub(model.downloaded_bytes);
    say::note(&escape_controls(&model.title));
    say::note(&format!("  from     {}", escape_controls(&model.source_url)));
    say::note(&format!("  licence  {}", escape_controls(&model.licence)));
    say::note(&match model.downloaded_bytes {
        0 => format!("  size     {}", shown::size(model.size_bytes)),
        _ => format!(
            "  size     {}, of which {} are missing",
            shown::size(model.size_bytes),
            shown::size(rest)
        ),
    });
    ask("Fetch it?", false)?.ok_or_else(|| {
        Failure::usage("A download of this size needs your word, and there is no terminal to ask at.")
            .hint(format!("Run autocommit model pull {} --yes.", model.name))
    })
}

/// Whether the model is to write messages; where nobody can be asked, it is not.
fn wanted(name: &str) -> Result<bool, Failure> {
    Ok(ask(&format!("Let {name} write the messages from now on?"), true)?.unwrap_or(false))
}

/// The answer to a question at the terminal; `None` where there is none.
fn ask(question: &str, default: bool) -> Result<Option<bool>, Failure> {
    let (input, mut output) = (std::io::stdin(), std::io::stderr());
    if !input.is_terminal() || !output.is_terminal() {
        return Ok(None);
    }
    let unread =
        |error: std::io::Error| Failure::attention(format!("The answer could not be read: {error}."));
    write!(output, "{question} [{}] ", if default { "Y/n" } else { "y/N" }).map_err(unread)?;
    let mut answer = String::new();
    let read = input.lock().read_line(&mut answer).map_err(unread)?;
    Ok(Some(match answer.trim().to_ascii_lowercase().as_str() {
        // The end of the input is no answer.
        "" => default && read > 0,
        "y" | "yes" => true,
        _ => false,
    }))
}

/// Fetches it with a line that moves; false where a person stopped it.
async fn fetch(globals: &Globals, place: &Place, model: &ManagedModel) -> Result<bool, Failure> {
    let bar = bar(model.size_bytes, globals.json);
    bar.set_position(model.downloaded_bytes);
    let ended = match place {
        Place::Api(client) => there(client, &model.name, &bar).await,
        Place::Here { managed, .. } => {
            globals.folders()?.prepare_state_dir()?;
            here(managed, &model.name, &bar).await
        }
    };
    bar.finish_and_clear();
    if matches!(ended, Ok(false)) {
        say::note("Stopped. What arrived is kept; the next pull goes on from there.");
    }
    ended
}

/// By this process.
async fn here(managed: &Managed, name: &str, bar: &ProgressBar) -> Result<bool, Failure> {
    let mut signals = listen()?;
    let drawn = bar.clone();
    let told: Told = Arc::new(move |bytes, _| drawn.set_position(bytes));
    let fetching = managed.pull(name, told).map_err(ApiError::from)?;
    tokio::pin!(fetching);
    tokio::select! {
        ended = &mut fetching => ended.map(|()| true).map_err(|error| failed(&error)),
        _ = signals.recv() => {
            // The error is that it was stopped.
            let _ = managed.cancel(name);
            let _ = fetching.await;
            Ok(false)
        }
    }
}

/// By the process that runs.
async fn there(client: &Client, name: &str, bar: &ProgressBar) -> Result<bool, Failure> {
    let mut signals = listen()?;
    let mut reply = Place::pull(client, name).await?;
    loop {
        let model = reply.models.into_iter().find(|model| model.name == name);
        let Some(model) = model else { return Err(Failure::attention(format!("{name} is gone."))) };
        bar.set_position(model.downloaded_bytes);
        match (model.state, model.error) {
            (ModelPresence::Installed, _) => return Ok(true),
            (ModelPresence::Pulling, _) => {}
            (_, error) => {
                let error = error.unwrap_or_else(|| "The download ended early.".to_owned());
                return Err(hinted(Failure::attention(escape_controls(&error))));
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => reply = Place::look(client).await?,
            _ = signals.recv() => {
                Place::cancel(client, name).await?;
                return Ok(false);
            }
        }
    }
}

fn failed(error: &autocommit_engine::ManagedError) -> Failure {
    hinted(Failure::attention(escape_controls(&error.to_string())))
}

fn hinted(failure: Failure) -> Failure {
    failure.hint(
        "Run autocommit model pull again to go on, or bring in a file with autocommit model import FILE.",
    )
}

fn listen() -> Result<tokio::sync::mpsc::Receiver<signals::Signal>, Failure> {
    signals::listen(false)
        .map_err(|error| Failure::attention(format!("The system gives no signals: {error}.")))
}

fn bar(size: u64, json: bool) -> ProgressBar {
    let style = Style::of(Stream::Err);
    if json || !style.terminal {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
    let template = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    let drawn = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(drawn.progress_chars(if style.unicode { "━╸ " } else { "=> " }));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}
