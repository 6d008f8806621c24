//! `GET /history`.

use crate::{
    ApiError, Code, Context, Method, Scope, Verb,
    wire::{Entry, EntryStatus, HistoryReply, MessageSource},
};
use autocommit_core::{Timestamp, history::HistoryQuery, id::RepoId};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};
use ts_rs::TS;
use utoipa::ToSchema;

/// Entries returned where the request names no number.
const DEFAULT_LIMIT: usize = 50;
/// Entries returned at most.
const LARGEST_LIMIT: usize = 500;

/// Searches the history.
pub struct History;

/// Which entries; all filters apply together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct HistoryRequest {
    /// Only this repository: its id, or the absolute path of its work tree.
    pub repo: Option<String>,
    /// Only this status.
    #[schema(inline)]
    pub status: Option<EntryStatus>,
    /// Only entries whose message was written by this source.
    #[schema(inline)]
    pub source: Option<MessageSource>,
    /// Only entries started at or after this time, RFC 3339.
    #[serde(deserialize_with = "time")]
    pub since: Option<Timestamp>,
    /// Only entries started before this time, RFC 3339.
    #[serde(deserialize_with = "time")]
    pub until: Option<Timestamp>,
    /// Only entries whose message, path, branch or error contain this text, whatever its case, or whose commit begins with
    /// it (from four digits on).
    pub q: Option<String>,
    /// Only what came of the request with this name (`request_id` of `/trigger`).
    pub request_id: Option<String>,
    /// At most this many: 50 where it is left out, clamped to between 1 and 500.
    pub limit: Option<i64>,
    /// Only entries older than the one with this id.
    pub before: Option<i64>,
}

/// A time, with a mistake in words that tell what one looks like.
fn time<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(value)? else { return Ok(None) };
    text.parse().map(Some).map_err(|_| D::Error::custom("it must be a time such as 2026-03-01T08:00:00Z"))
}

impl Method for History {
    const NAME: &'static str = "history";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/history";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str = "Searches what was committed, pushed, held or failed; newest first.";
    const ERRORS: &'static [Code] = &[Code::Unavailable];
    type Request = HistoryRequest;
    type Response = HistoryReply;

    async fn call(context: &Context, request: HistoryRequest) -> Result<HistoryReply, ApiError> {
        let repo = match &request.repo {
            None => None,
            Some(repo) if Path::new(repo).is_absolute() => Some(repo_at(context, Path::new(repo)).await),
            Some(id) => Some(RepoId::new(id.as_str())),
        };
        let (entries, next) = context.engine.history(query(request, repo)).await?;
        let mut remotes = HashMap::new();
        let entries = entries.into_iter().map(|entry| {
            let known = || context.engine.repo(&entry.repo_id).and_then(|view| view.remote_url);
            let remote: &Option<String> = remotes.entry(entry.repo_id.clone()).or_insert_with(known);
            Entry::new(entry, remote.as_deref())
        });
        Ok(HistoryReply { entries: entries.collect(), next })
    }
}

fn query(request: HistoryRequest, repo: Option<RepoId>) -> HistoryQuery {
    let limit = match request.limit {
        None => DEFAULT_LIMIT,
        Some(limit) => usize::try_from(limit).unwrap_or(0).clamp(1, LARGEST_LIMIT),
    };
    HistoryQuery {
        repo,
        status: request.status.map(Into::into),
        source: request.source.map(Into::into),
        since: request.since,
        until: request.until,
        request_id: request.request_id,
        q: request.q.filter(|text| !text.is_empty()),
        limit,
        before: request.before,
    }
}

/// The id for a path as a person writes it; the history of a repository that is gone can still be asked for.
async fn repo_at(context: &Context, path: &Path) -> RepoId {
    // Without a trailing slash and the like, which would make another id.
    let path: PathBuf = path.components().collect();
    if let Some(known) = context.engine.repos().into_iter().find(|view| view.repo.work_tree == path) {
        return known.repo.id;
    }
    let canonical = tokio::fs::canonicalize(&path).await;
    RepoId::of_path(canonical.as_deref().unwrap_or(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_clamped() {
        for (limit, expected) in
            [(None, 50), (Some(0), 1), (Some(-7), 1), (Some(7), 7), (Some(501), 500), (Some(i64::MAX), 500)]
        {
            let request = HistoryRequest { limit, ..HistoryRequest::default() };
            assert_eq!(query(request, None).limit, expected, "{limit:?}");
        }
    }
}
