//! `autocommit history`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style, Tone},
    table::{Cell, Table},
    time,
    way::{self, Way},
};
use autocommit_api::{
    methods::{self, HistoryRequest},
    wire::{Entry, EntryStatus, MessageSource},
};
use autocommit_core::Timestamp;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Show what was committed, pushed, held or failed; newest first.
///
/// With --json it prints the API's /history.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit history -n 10\n  \
    autocommit history --repo . --since 3d\n  \
    autocommit history --status failed --since 2025-01-31")]
pub(crate) struct History {
    /// At most this many entries (50 where it is left out, at most 500).
    #[arg(short = 'n', value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    number: Option<i64>,
    /// Only this repository.
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
    /// Only entries that ended like this.
    #[arg(long, value_name = "STATUS", value_enum)]
    status: Option<Ended>,
    /// Only entries whose message was written by this one.
    #[arg(long, value_name = "SOURCE", value_enum)]
    source: Option<Writer>,
    /// Only entries since then: a time, a day, or how long ago (2h, 3d).
    #[arg(long, value_name = "TIME", value_parser = time::parse_since)]
    since: Option<Timestamp>,
    /// Only entries with this text in the message, path, branch or error.
    #[arg(long, short, value_name = "TEXT")]
    query: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Ended {
    Pushed,
    Committed,
    Failed,
    Held,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Writer {
    Llm,
    Rules,
    Person,
}

pub(crate) async fn run(globals: &Globals, history: History) -> Result<Exit, Failure> {
    let way = Way::find(globals).await?;
    let (mut repo, mut unknown) = (None, None);
    if let Some(path) = &history.repo {
        repo = Some(match way.repo_at(path).await {
            Ok(known) => known.id,
            // A repository that is gone still has a history.
            Err(failure) => {
                unknown = Some(failure);
                way::absolute(path).to_string_lossy().into_owned()
            }
        });
    }
    // One that is gone may have a history, and nothing of it is what is asked for.
    let narrowed = history.status.is_some()
        || history.source.is_some()
        || history.since.is_some()
        || history.query.is_some();
    let request = HistoryRequest {
        repo,
        status: history.status.map(Into::into),
        source: history.source.map(Into::into),
        since: history.since,
        until: None,
        q: history.query,
        limit: history.number,
        before: None,
        ..HistoryRequest::default()
    };
    let (reply, text) = way.call::<methods::History>(request).await?;
    if reply.entries.is_empty()
        && !narrowed
        && let Some(failure) = unknown
    {
        return Err(failure);
    }
    if globals.json {
        say::reply(&text);
    } else if reply.entries.is_empty() {
        say::note("Nothing yet.");
    } else {
        say::out(&table(&reply.entries, Style::of(Stream::Out)).render());
        if reply.next.is_some() {
            say::note("There is more; -n shows it.");
        }
    }
    Ok(Exit::Well)
}

impl From<Ended> for EntryStatus {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Pushed => Self::Pushed,
            Ended::Committed => Self::Committed,
            Ended::Failed => Self::Failed,
            Ended::Held => Self::Held,
        }
    }
}

impl From<Writer> for MessageSource {
    fn from(writer: Writer) -> Self {
        match writer {
            Writer::Llm => Self::Llm,
            Writer::Rules => Self::Rules,
            Writer::Person => Self::Person,
        }
    }
}

fn table(entries: &[Entry], style: Style) -> Table {
    let mut table = Table::new(style, &["WHEN", "REPOSITORY", "COMMIT", "MESSAGE", "LINES", "STATE"]);
    for entry in entries {
        let (tone, word) = state(entry.status);
        let name = Path::new(&entry.repo).file_name().map(|name| name.to_string_lossy().into_owned());
        let commit = entry.commit.as_deref().and_then(|oid| oid.get(..10)).unwrap_or_default();
        table.row([
            Cell::dim(time::when(entry.committed_at.unwrap_or(entry.started_at))),
            Cell::new(name.unwrap_or_else(|| entry.repo.clone())),
            Cell::dim(commit),
            Cell::new(what(entry)),
            Cell::dim(lines(entry)),
            Cell::state(style, tone, word),
        ]);
    }
    table.keep(&[0, 2, 4, 5]);
    table
}

fn state(status: EntryStatus) -> (Tone, &'static str) {
    match status {
        EntryStatus::Pushed => (Tone::Good, "pushed"),
        EntryStatus::Committed => (Tone::Good, "committed"),
        EntryStatus::Failed => (Tone::NeedsYou, "failed"),
        EntryStatus::Held => (Tone::NeedsYou, "held"),
    }
}

/// The message, or what went wrong.
fn what(entry: &Entry) -> &str {
    let error = || entry.error.as_deref().and_then(|error| error.lines().next());
    let trouble = if entry.status == EntryStatus::Failed { error() } else { None };
    trouble.or(entry.subject.as_deref()).or_else(error).unwrap_or_default()
}

fn lines(entry: &Entry) -> String {
    if entry.insertions + entry.deletions == 0 {
        return String::new();
    }
    format!("+{} -{}", entry.insertions, entry.deletions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_api::wire::Stage;

    #[test]
    fn one_line_for_each_entry() {
        let entry = |status, subject: Option<&str>, error: Option<&str>| Entry {
            id: 1,
            repo_id: "r".into(),
            repo: "/w/web-app".into(),
            branch: Some("main".into()),
            commit: subject.map(|_| "1234567890abcdef".into()),
            web_url: None,
            subject: subject.map(str::to_owned),
            body: None,
            message_source: None,
            message_reason: None,
            message_ms: None,
            request_id: None,
            files_changed: 1,
            insertions: subject.map_or(0, |_| 3),
            deletions: 0,
            started_at: Timestamp::from_second(1_000_000_000).unwrap(),
            committed_at: None,
            pushed_at: None,
            status,
            stage: Stage::Push,
            error: error.map(str::to_owned),
            hint: None,
            cycle_id: "c".into(),
        };
        let style = Style { stream: Stream::Out, terminal: false, colour: false, unicode: true };
        let entries = [
            entry(EntryStatus::Pushed, Some("Add a\nb"), None),
            entry(EntryStatus::Failed, Some("Add c"), Some("The push was refused.\nremote: no")),
        ];
        let text = table(&entries, style).render();
        let rows: Vec<_> = text.lines().collect();
        assert_eq!(rows.len(), 3, "{text}");
        assert!(rows[1].contains("web-app     1234567890  Add a\\nb"), "{text}");
        assert!(rows[1].ends_with("+3 -0  ✓ pushed"), "{text}");
        assert!(rows[2].contains("The push was refused.") && rows[2].ends_with("▲ failed"), "{text}");
    }
}
