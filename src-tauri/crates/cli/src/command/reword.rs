//! `autocommit reword`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    way::Way,
};
use autocommit_api::methods::{self, HistoryRequest, RewordRequest};
use autocommit_core::text::escape_controls;
use clap::Args;
use std::path::PathBuf;

/// Give the last commit another message, if Autocommit made it and no remote has it.
///
/// What it contains, its author and their date stay. What was pushed, or may have been, is never rewritten: every remote is
/// asked first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit reword -m \"Cap the retry delay at thirty seconds\"\n  \
    autocommit reword ~/code/web-app -m \"Add coupons\"\n\n\
    Exit codes: 0 it has the new message, 1 it keeps the old one, 2 usage.")]
pub(crate) struct Reword {
    /// The repository, or a folder in it.
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// The whole new message.
    #[arg(long, short, value_name = "MSG")]
    message: String,
}

pub(crate) async fn run(globals: &Globals, reword: Reword) -> Result<Exit, Failure> {
    let way = Way::find(globals).await?;
    let repo = Box::pin(way.repo_at(&reword.path)).await?;
    let request = HistoryRequest { repo: Some(repo.id), limit: Some(20), ..HistoryRequest::default() };
    let (history, _) = Box::pin(way.call::<methods::History>(request)).await?;
    let Some(entry) = history.entries.into_iter().find(|entry| entry.commit.is_some()) else {
        return Err(Failure::attention("Autocommit has committed nothing there lately."));
    };
    let (subject, body) = reword.message.split_once('\n').unwrap_or((&reword.message, ""));
    let request = RewordRequest { id: entry.id, subject: subject.to_owned(), body: body.to_owned() };
    let (entry, text) = Box::pin(way.call::<methods::Reword>(request)).await?;
    if globals.json {
        say::reply(&text);
    } else {
        let commit = entry.commit.as_deref().and_then(|oid| oid.get(..10)).unwrap_or_default();
        let subject = escape_controls(entry.subject.as_deref().unwrap_or_default());
        say::note(&format!("{commit} is now: {subject}"));
    }
    Ok(Exit::Well)
}
