//! `autocommit message`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    way::Way,
};
use autocommit_api::{
    methods::{self, MessageRequest},
    wire::{MessageBy, MessageReply, MessageSource},
};
use autocommit_core::text::escape_controls;
use clap::Args;
use std::path::PathBuf;

/// Write the message that would be used for a repository's uncommitted changes; commit nothing.
///
/// The message goes to standard output, who wrote it and why to standard error.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  autocommit message\n  autocommit message ~/code/web-app --json\n  autocommit message --explain"
)]
pub(crate) struct Message {
    /// The repository, or a folder in it.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Show what was sent to the language model too, and what rules would write.
    #[arg(long)]
    explain: bool,
    /// Have rules write it, without asking a language model.
    #[arg(long)]
    rules: bool,
}

pub(crate) async fn run(globals: &Globals, message: Message) -> Result<Exit, Failure> {
    let way = Way::find(globals).await?;
    let id = Box::pin(way.repo_at(&message.path)).await?.id;
    let by = if message.rules { MessageBy::Rules } else { MessageBy::Auto };
    let request = MessageRequest { id, by };
    let (reply, text) = Box::pin(way.call::<methods::Message>(request)).await?;
    if globals.json {
        say::reply(&text);
        return Ok(Exit::Well);
    }
    say::out(&escape_controls(&reply.subject));
    if !reply.body.trim().is_empty() {
        say::out("");
        reply.body.trim_end().lines().for_each(|line| say::out(&escape_controls(line)));
    }
    say::note(&format!("{} It took {} ms.", escape_controls(&reply.reason), reply.elapsed_ms));
    if message.explain {
        explain(&reply).iter().for_each(|line| say::note(&escape_controls(line)));
    }
    Ok(Exit::Well)
}

/// What the message was made from, and what there would be without a model.
fn explain(reply: &MessageReply) -> Vec<String> {
    let mut lines = vec![String::new()];
    match &reply.prompt {
        Some(prompt) => {
            lines.push("Sent to the language model:".to_owned());
            lines.extend(prompt.trim_end().lines().map(|line| format!("  | {line}")));
        }
        None => lines.push("No language model was asked.".to_owned()),
    }
    if reply.message_source != MessageSource::Rules {
        lines.push(String::new());
        lines.push("Rules would write:".to_owned());
        let text = format!("{}\n\n{}", reply.rules.subject, reply.rules.body);
        lines.extend(text.trim_end().lines().map(|line| format!("  | {line}")));
    }
    lines
}
