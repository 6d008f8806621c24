//! `/history`.

use super::{MessageSource, Stage, shown};
use autocommit_core::{Timestamp, cycle, history, web::commit_page};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// How a run that is worth remembering ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum EntryStatus {
    /// The remote has it.
    Pushed,
    /// Committed and not (yet) pushed.
    Committed,
    /// Something did not work.
    Failed,
    /// Everything there was to commit is held.
    Held,
}

/// Entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct HistoryReply {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Give this as `before` to get older entries; nothing at the end.
    #[schema(required)]
    pub next: Option<i64>,
}

/// A commit with what became of it, or a failure, or something held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Entry {
    /// Its number, growing.
    pub id: i64,
    /// The repository's id.
    pub repo_id: String,
    /// The repository's work tree.
    pub repo: String,
    /// The branch.
    #[schema(required)]
    pub branch: Option<String>,
    /// The commit, all digits.
    #[schema(required)]
    pub commit: Option<String>,
    /// The page of the commit, where the remote has it and its host is known to have one.
    #[schema(required)]
    pub web_url: Option<String>,
    /// First line of the message.
    #[schema(required)]
    pub subject: Option<String>,
    /// Rest of the message.
    #[schema(required)]
    pub body: Option<String>,
    /// Who wrote the message.
    #[schema(required)]
    pub message_source: Option<MessageSource>,
    /// Why this source wrote it, in sentences; nothing where it was not kept.
    #[schema(required)]
    pub message_reason: Option<String>,
    /// Milliseconds it took to write; nothing where it was not kept.
    #[schema(required)]
    pub message_ms: Option<u64>,
    /// The name that whoever asked for this commit gave to asking.
    #[schema(required)]
    pub request_id: Option<String>,
    /// Files in the commit.
    pub files_changed: usize,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
    /// When the run started.
    pub started_at: Timestamp,
    /// When the commit was made.
    #[schema(required)]
    pub committed_at: Option<Timestamp>,
    /// When the remote was seen to have it.
    #[schema(required)]
    pub pushed_at: Option<Timestamp>,
    /// How it ended.
    pub status: EntryStatus,
    /// The stage it ended in.
    pub stage: Stage,
    /// What went wrong: one sentence, then what git said.
    #[schema(required)]
    pub error: Option<String>,
    /// What a person can do.
    #[schema(required)]
    pub hint: Option<String>,
    /// The cycle it belongs to.
    pub cycle_id: String,
}

impl From<EntryStatus> for cycle::RunStatus {
    fn from(status: EntryStatus) -> Self {
        match status {
            EntryStatus::Pushed => Self::Pushed,
            EntryStatus::Committed => Self::Committed,
            EntryStatus::Failed => Self::Failed,
            EntryStatus::Held => Self::Held,
        }
    }
}

/// The status of an entry; the two that are not worth remembering are told as what they amount to.
fn entry_status(status: cycle::RunStatus) -> EntryStatus {
    match status {
        cycle::RunStatus::Pushed => EntryStatus::Pushed,
        cycle::RunStatus::Committed | cycle::RunStatus::Unchanged => EntryStatus::Committed,
        cycle::RunStatus::Failed => EntryStatus::Failed,
        cycle::RunStatus::Held | cycle::RunStatus::Skipped => EntryStatus::Held,
    }
}

impl Entry {
    /// An entry of a repository whose remote, as far as is known now, has this address.
    pub fn new(entry: history::HistoryEntry, remote_url: Option<&str>) -> Self {
        let arrived = entry.commit.as_ref().filter(|_| entry.pushed_at.is_some());
        Self {
            web_url: arrived.zip(remote_url).and_then(|(commit, url)| commit_page(url, commit.as_str())),
            id: entry.id,
            repo_id: entry.repo_id.to_string(),
            repo: shown(&entry.repo),
            branch: entry.branch,
            commit: entry.commit.map(Into::into),
            subject: entry.subject,
            body: entry.body,
            message_source: entry.message_source.map(Into::into),
            message_reason: entry.message_reason,
            message_ms: entry.message_ms,
            request_id: entry.request_id,
            files_changed: entry.files_changed,
            insertions: entry.insertions,
            deletions: entry.deletions,
            started_at: entry.started_at,
            committed_at: entry.committed_at,
            pushed_at: entry.pushed_at,
            status: entry_status(entry.status),
            stage: entry.stage.into(),
            error: entry.error,
            hint: entry.hint,
            cycle_id: entry.cycle_id.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::id::{CycleId, RepoId, RunId};

    #[test]
    fn the_names_that_others_rely_on() {
        let entry = history::HistoryEntry {
            id: 7,
            run_id: RunId::new("u"),
            cycle_id: CycleId::new("c"),
            repo_id: RepoId::new("r"),
            repo: "/w/a".into(),
            branch: Some("main".into()),
            commit: None,
            subject: None,
            body: None,
            message_source: None,
            message_reason: Some("R.".into()),
            message_ms: Some(5),
            request_id: None,
            files_changed: 1,
            insertions: 2,
            deletions: 3,
            started_at: Timestamp::from_second(1_750_000_000).unwrap(),
            committed_at: None,
            pushed_at: None,
            status: cycle::RunStatus::Failed,
            stage: history::Stage::Push,
            error: Some("E".into()),
            hint: Some("H".into()),
        };
        let json =
            serde_json::to_value(HistoryReply { entries: vec![Entry::new(entry, None)], next: Some(7) })
                .unwrap();
        assert_eq!(
            json,
            serde_json::json!({"entries": [{
                "id": 7, "repo_id": "r", "repo": "/w/a", "branch": "main", "commit": null, "web_url": null, "subject": null,
                "body": null, "message_source": null, "message_reason": "R.", "message_ms": 5, "request_id": null, "files_changed": 1, "insertions": 2, "deletions": 3,
                "started_at": "2025-06-15T15:06:40Z", "committed_at": null, "pushed_at": null,
                "status": "failed", "stage": "push", "error": "E", "hint": "H", "cycle_id": "c",
            }], "next": 7})
        );
    }
}
