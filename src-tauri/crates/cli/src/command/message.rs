//! `autocommit message`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    way::Way,
};
use autocommit_api::{
    methods::{self, MessageRequest},
    wire::MessageSource,
};
use autocommit_core::text::escape_controls;
use clap::Args;
use std::path::PathBuf;

/// Write the message that would be used for a repository's uncommitted changes; commit nothing.
///
/// The message goes to standard output, who wrote it and why to standard error.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  autocommit message\n  autocommit message ~/code/web-app --json")]
pub(crate) struct Message {
    /// The repository, or a folder in it.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
}

pub(crate) async fn run(globals: &Globals, message: Message) -> Result<Exit, Failure> {
    let way = Way::find(globals).await?;
    let id = Box::pin(way.repo_at(&message.path)).await?.id;
    let (reply, text) = Box::pin(way.call::<methods::Message>(MessageRequest { id })).await?;
    if globals.json {
        say::out(&text);
        return Ok(Exit::Well);
    }
    say::out(&escape_controls(&reply.subject));
    if !reply.body.trim().is_empty() {
        say::out("");
        reply.body.trim_end().lines().for_each(|line| say::out(&escape_controls(line)));
    }
    let who = match reply.message_source {
        MessageSource::Llm => "Written by the language model",
        MessageSource::Rules => "Written by rules",
    };
    say::note(&format!("{who} in {} ms. {}", reply.elapsed_ms, escape_controls(&reply.reason)));
    Ok(Exit::Well)
}
