//! What only looks, with the token that can do no more.

use super::{
    Server,
    tools::{HistoryAsked, Look, Nothing, RepositoriesAsked},
};
use crate::{client::Client, exit::Failure};
use autocommit_api::{
    self as api, Method, Scope,
    methods::{History, HistoryRequest, Repos, Status},
    wire::Repository,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

const ENTRIES: i64 = 20;
const ENTRIES_AT_MOST: i64 = 100;

pub(super) async fn look(server: &Server, look: Look, arguments: Value) -> Result<Value, Failure> {
    let client = server.client(Scope::Read)?;
    match look {
        Look::Status => {
            let Nothing {} = read(arguments)?;
            call::<Status>(&client, &api::Nothing {}).await
        }
        Look::Repositories => {
            let asked: RepositoriesAsked = read(arguments)?;
            let wanted = |repo: &&Repository| {
                let state = written(&repo.state);
                asked.q.as_deref().is_none_or(|q| repo.path.contains(q))
                    && asked.state.as_deref().is_none_or(|wanted| state == wanted)
            };
            let repos = repos(&client).await?;
            Ok(json!({"repositories": repos.iter().filter(wanted).map(shown).collect::<Vec<_>>()}))
        }
        Look::Waiting => {
            let Nothing {} = read(arguments)?;
            let repos = repos(&client).await?;
            let waits = |repo: &&Repository| {
                let state = written(&repo.state);
                repo.dirty_files > 0
                    || repo.ahead > 0
                    || matches!(state.as_str().unwrap_or_default(), "held" | "failing" | "needs_trust")
            };
            let waiting: Vec<_> = repos.iter().filter(waits).collect();
            Ok(json!({
                "uncommitted": waiting.iter().filter(|repo| repo.dirty_files > 0).count(),
                "unpushed": waiting.iter().filter(|repo| repo.ahead > 0).count(),
                "repositories": waiting.into_iter().map(shown).collect::<Vec<_>>(),
            }))
        }
        Look::History => {
            let asked: HistoryAsked = read(arguments)?;
            let limit = asked.limit.unwrap_or(ENTRIES).clamp(1, ENTRIES_AT_MOST);
            let request = json!({
                "repo": asked.repo, "status": asked.status, "source": asked.source, "since": asked.since,
                "until": asked.until, "q": asked.q, "request_id": asked.request_id, "limit": limit,
                "before": asked.before,
            });
            call::<History>(&client, &read::<HistoryRequest>(request)?).await
        }
    }
}

/// The arguments of a tool. A mistake names the field.
pub(super) fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, Failure> {
    serde_json::from_value(arguments)
        .map_err(|error| Failure::usage(format!("The arguments do not fit: {error}.")))
}

/// What the running process replies.
pub(super) async fn call<M: Method>(client: &Client, request: &M::Request) -> Result<Value, Failure> {
    let (_, text) = client.call::<M>(request).await?;
    as_value(&text)
}

pub(super) fn as_value(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::attention(format!("The reply is no JSON: {error}.")))
}

/// The repositories.
pub(super) async fn repos(client: &Client) -> Result<Vec<Repository>, Failure> {
    Ok(client.call::<Repos>(&api::Nothing {}).await?.0.repos)
}

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// What an agent needs to know of a repository. Where its remote is, is no matter of theirs.
fn shown(repo: &Repository) -> Value {
    json!({
        "id": repo.id, "path": repo.path, "branch": repo.branch, "enabled": repo.enabled, "state": repo.state,
        "reason": repo.reason, "hint": repo.hint, "dirty_files": repo.dirty_files, "unpushed_commits": repo.ahead,
        "last_commit_at": repo.last_commit_at, "last_push_at": repo.last_push_at,
    })
}
