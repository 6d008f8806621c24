//! `autocommit model key`: the API key of the model's server, in the system's keyring.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
};
use autocommit_api::wire::{ModelKeyReply, ModelKeySource};
use autocommit_core::{settings::Settings, text::escape_controls};
use autocommit_engine::{key_in, key_state, remove_key, set_key};
use autocommit_host::Source;
use clap::Subcommand;
use console::Term;
use std::io::{IsTerminal as _, Read as _};

/// More than any key, in bytes: what is longer is another file.
const LONGEST: u64 = 64 * 1024;

/// What works without a keyring.
const INSTEAD: &str =
    "A key can also be given by an environment variable, named as llm.api_key_env in the file.";

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Store the API key of the server at base_url in the system's keyring.
    ///
    /// The key is typed unseen, or read from standard input, and never given as an argument, which every program could see.
    /// It is sent to this server (host and port) alone, and only where that asks for one. An environment variable that
    /// api_key_env names counts before it.
    #[command(
        after_help = "Examples:\n  autocommit model key set\n  pass show llm | autocommit model key set"
    )]
    Set,
    /// Take the API key of a server out of the system's keyring.
    #[command(
        after_help = "Examples:\n  autocommit model key remove\n  autocommit model key remove http://box.lan:8000"
    )]
    Remove {
        /// The server's address; left out: base_url.
        address: Option<String>,
    },
}

pub(super) async fn run(globals: &Globals, action: Action) -> Result<Exit, Failure> {
    let (_, settings) = Source::new(globals.folders()?, globals.overrides()?).load()?;
    let attention = |error: &dyn std::fmt::Display| Failure::attention(escape_controls(&error.to_string()));
    match action {
        Action::Set => {
            let text = read(&settings)?;
            let key =
                key_in(&text).map_err(|error| Failure::usage(format!("{error} Nothing was stored.")))?;
            let server = set_key(&settings, key).await.map_err(|e| attention(&e).hint(INSTEAD))?;
            told(globals, &settings, &format!("The key for {server} is in the system keyring.")).await;
        }
        Action::Remove { address } => {
            let address = address.as_deref().unwrap_or(&settings.llm.base_url);
            let (server, was_there) = remove_key(address).await.map_err(|e| attention(&e))?;
            let done = match was_there {
                true => format!("The key for {server} was taken out of the system keyring."),
                false => format!("There was no key for {server} in the system keyring."),
            };
            told(globals, &settings, &done).await;
        }
    }
    Ok(Exit::Well)
}

/// What was done, and what counts now.
async fn told(globals: &Globals, settings: &Settings, done: &str) {
    let state: ModelKeyReply = key_state(settings).await.into();
    if globals.json {
        say::json(&state);
        return;
    }
    say::note(&escape_controls(done));
    if state.source == ModelKeySource::Environment {
        say::note(&format!("Another one is used: {}", state.message));
    }
}

/// What was typed, unseen, or came by standard input.
fn read(settings: &Settings) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::usage(format!("The key could not be read: {error}."));
    let input = std::io::stdin();
    if !input.is_terminal() {
        let mut text = String::new();
        input.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    let terminal = Term::stderr();
    if !terminal.is_term() {
        return Err(
            Failure::usage("Nobody can be asked for the key here.").hint("Give it by standard input.")
        );
    }
    let server = escape_controls(&autocommit_core::text::without_credentials(&settings.llm.base_url));
    terminal.write_str(&format!("Key for {server} (not shown): ")).map_err(failed)?;
    terminal.read_secure_line().map_err(failed)
}
