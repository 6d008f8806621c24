//! `autocommit model`: the language model that Autocommit runs itself.

mod key;
mod place;
mod pull;
mod shown;

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style},
    way::Way,
};
use autocommit_api::{
    methods::{UpdateSettings, UpdateSettingsRequest},
    wire::{ModelKeyReply, ModelPresence, ModelReply, ModelServerState},
};
use autocommit_core::text::escape_controls;
use autocommit_host::Source;
use clap::{Args, Subcommand};
use place::Place;
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Time between two looks for new lines.
const LOOK: Duration = Duration::from_millis(500);

/// Fetch and run the language model that writes messages.
///
/// Nothing is fetched and nothing is run before you say so. A model comes from its publisher, is compared with a pinned
/// SHA-256, and is served by llama-server (of llama.cpp, found on PATH or named as server_program under `[llm]`) at low
/// priority and for Autocommit alone. A server of your own at base_url is always asked first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit model pull                  fetch the best model for two cores, and use it\n  \
    autocommit model list                  see which models there are\n  \
    autocommit model import model.gguf     bring in a model that you have already\n  \
    autocommit model use NAME              let another model write the messages\n  \
    autocommit model status                see how the model and its server are\n\n\
    To end it, set managed = false under [llm] in the configuration file.")]
pub(crate) struct Model {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show which models there are, which are here, and which one is used.
    List,
    /// Fetch a model from its publisher, after asking you, and use it.
    ///
    /// A download that was cut or stopped goes on where it was. Without a terminal nobody can be asked: say --yes.
    #[command(
        after_help = "Examples:\n  autocommit model pull\n  autocommit model pull qwen2.5-coder-0.5b-instruct --yes"
    )]
    Pull {
        /// The model; left out: the one that suits most machines.
        name: Option<String>,
        /// Agree to size and licence beforehand.
        #[arg(short, long)]
        yes: bool,
        /// Only fetch it; what writes the messages stays as it is.
        #[arg(long)]
        no_use: bool,
    },
    /// Let a model that is here write the messages from now on.
    #[command(after_help = "Example:\n  autocommit model use qwen2.5-coder-1.5b-instruct")]
    Use {
        /// The model.
        name: String,
    },
    /// Take a model away from this disk, and what was fetched of it.
    #[command(after_help = "Example:\n  autocommit model remove qwen2.5-coder-0.5b-instruct")]
    Remove {
        /// The model.
        name: String,
    },
    /// Show how the model and its server are, and where the API key of a server of your own comes from.
    Status,
    /// Keep the API key of a server of your own in the system's keyring.
    #[command(subcommand)]
    Key(key::Action),
    /// Show what the model's server printed.
    #[command(after_help = "Examples:\n  autocommit model logs -n 20\n  autocommit model logs -f")]
    Logs {
        /// Go on until you stop it.
        #[arg(short, long)]
        follow: bool,
        /// At most so many lines.
        #[arg(short = 'n', long, default_value_t = 100, value_name = "N")]
        lines: usize,
    },
    /// Bring in a model from a GGUF file that you have already.
    #[command(
        after_help = "Example:\n  autocommit model import ~/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    )]
    Import {
        /// The file. It stays where it is.
        file: PathBuf,
    },
}

pub(crate) async fn run(globals: &Globals, model: Model) -> Result<Exit, Failure> {
    let place = Place::find(globals)?;
    match model.action {
        Action::List => {
            let reply = place.view().await?;
            if globals.json {
                say::json(&reply);
            } else {
                shown::list(&reply, Style::of(Stream::Out)).iter().for_each(|line| say::out(line));
            }
        }
        Action::Status => {
            let (reply, key) = (place.view().await?, place.key().await?);
            if globals.json {
                let mut all = serde_json::json!(reply);
                all["key"] = serde_json::json!(key);
                say::json(&all);
            } else {
                shown::status(&reply, &key, Style::of(Stream::Out)).iter().for_each(|line| say::out(line));
            }
        }
        Action::Pull { name, yes, no_use } => {
            return pull::run(globals, &place, name, yes, no_use).await;
        }
        Action::Use { name } => {
            let known = known(&place.view().await?, &name)?;
            if known != ModelPresence::Installed {
                return Err(Failure::attention(format!("{name} is not here yet."))
                    .hint(format!("Run autocommit model pull {name}.")));
            }
            use_model(globals, &name).await?;
            finish(globals, &format!("{name} writes the messages from now on.")).await?;
        }
        Action::Remove { name } => {
            known(&place.view().await?, &name)?;
            let reply = place.remove(&name).await?;
            if globals.json {
                say::json(&reply);
            } else {
                say::note(&format!("{name} was taken away from this disk."));
                if reply.in_use.as_deref() == Some(&name) || reply.server.state == ModelServerState::NoModel {
                    say::note("Messages are written by rules until another model is used.");
                }
            }
        }
        Action::Key(action) => return key::run(globals, action).await,
        Action::Logs { follow, lines } => return logs(globals, &place, follow, lines).await,
        Action::Import { file } => {
            let name = place.import(globals, &file).await?;
            let told =
                format!("{name} is here. To let it write the messages, run autocommit model use {name}.");
            finish(globals, &told).await?;
        }
    }
    Ok(Exit::Well)
}

/// How it is with the model that is run here, for the doctor: a sentence, and what to do where it is not well.
pub(super) async fn health(globals: &Globals) -> Result<(String, Option<&'static str>), Failure> {
    let server = Place::find(globals)?.view().await?.server;
    let hint = match server.state {
        ModelServerState::NoProgram => Some("Install llama.cpp, or set llm.managed = false."),
        ModelServerState::NoModel => Some("Run autocommit model pull."),
        ModelServerState::Failed => Some("Run autocommit model logs to see what it said."),
        ModelServerState::Off
        | ModelServerState::Elsewhere
        | ModelServerState::Starting
        | ModelServerState::Ready
        | ModelServerState::Asleep => None,
    };
    Ok((server.message, hint))
}

/// Where the API key of the model's server comes from, for the doctor.
pub(super) async fn key(globals: &Globals) -> Result<ModelKeyReply, Failure> {
    Place::find(globals)?.key().await
}

/// How a model is here; an error where there is none of this name.
fn known(reply: &ModelReply, name: &str) -> Result<ModelPresence, Failure> {
    reply.models.iter().find(|model| model.name == name).map(|model| model.state).ok_or_else(|| {
        Failure::usage(format!("There is no model named {}.", escape_controls(name))).hint(
            "`autocommit model list` shows them; `autocommit model import FILE` brings in one of yours.",
        )
    })
}

/// Writes into the person's settings that this model is run.
async fn use_model(globals: &Globals, name: &str) -> Result<(), Failure> {
    let (_, settings) = Source::new(globals.folders()?, globals.overrides()?).load()?;
    let mut changes = BTreeMap::from([
        ("llm.managed".to_owned(), Value::Bool(true)),
        ("llm.managed_model".to_owned(), Value::String(name.to_owned())),
    ]);
    if !settings.llm.enabled {
        changes.insert("llm.enabled".to_owned(), Value::Bool(true));
    }
    let way = Way::find(globals).await?;
    way.call::<UpdateSettings>(UpdateSettingsRequest { changes, check_only: false }).await?;
    Ok(())
}

/// Tells what was done, and what is still missing for a message. The settings may have changed meanwhile.
async fn finish(globals: &Globals, done: &str) -> Result<(), Failure> {
    let reply = Place::find(globals)?.view().await?;
    if globals.json {
        say::json(&reply);
        return Ok(());
    }
    say::note(&escape_controls(done));
    let missing = matches!(
        reply.server.state,
        ModelServerState::NoProgram | ModelServerState::Elsewhere | ModelServerState::Failed
    );
    if missing {
        say::note(&escape_controls(&reply.server.message));
    }
    Ok(())
}

async fn logs(globals: &Globals, place: &Place, follow: bool, lines: usize) -> Result<Exit, Failure> {
    let mut after = 0;
    let mut at_most = lines;
    loop {
        let reply = place.logs(after, at_most).await?;
        after = reply.last;
        if globals.json {
            if !follow || !reply.lines.is_empty() {
                say::json(&reply);
            }
        } else {
            reply.lines.iter().for_each(|line| say::out(line));
        }
        if !follow {
            if !globals.json && after == 0 {
                say::note("The model's server has not been started, so it printed nothing.");
            }
            return Ok(Exit::Well);
        }
        at_most = usize::MAX;
        tokio::time::sleep(LOOK).await;
    }
}
