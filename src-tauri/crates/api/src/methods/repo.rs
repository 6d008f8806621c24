//! `GET /repos/{id}`.

use crate::{
    ApiError, Code, Context, Method, Scope, Verb,
    wire::{Entry, RepositoryDetail},
};
use autocommit_core::{history::HistoryQuery, id::RepoId};
use autocommit_engine::EngineError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Entries of the history that are told.
const RECENT: usize = 10;

/// Tells everything of one repository.
pub struct Repo;

/// Which repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct RepoRequest {
    /// The repository's id.
    pub id: String,
}

impl Method for Repo {
    const NAME: &'static str = "repo";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/repos/{id}";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str = "Tells the state of one repository, and what was done in it last.";
    const ERRORS: &'static [Code] = &[Code::UnknownRepo, Code::Unavailable];
    type Request = RepoRequest;
    type Response = RepositoryDetail;

    async fn call(context: &Context, request: RepoRequest) -> Result<RepositoryDetail, ApiError> {
        let id = RepoId::new(request.id);
        let view = context.engine.repo(&id).ok_or_else(|| EngineError::UnknownRepo(id.clone()))?;
        let query = HistoryQuery { repo: Some(id), limit: RECENT, ..HistoryQuery::default() };
        let (entries, _) = context.engine.history(query).await?;
        let remote = view.remote_url.clone();
        let recent = entries.into_iter().map(|entry| Entry::new(entry, remote.as_deref())).collect();
        Ok(RepositoryDetail { repository: view.into(), recent })
    }
}
