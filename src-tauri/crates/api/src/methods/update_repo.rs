//! `PATCH /repos/{id}`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::Repository};
use autocommit_core::id::RepoId;
use autocommit_engine::RulesPatch;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Changes a person's rules for one repository.
pub struct UpdateRepo;

/// What to change; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields)]
pub struct UpdateRepoRequest {
    /// The repository's id.
    pub id: String,
    /// False: leave it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// False: commit only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<bool>,
}

impl Method for UpdateRepo {
    const NAME: &'static str = "update_repo";
    const VERB: Verb = Verb::Patch;
    const PATH: &'static str = "/repos/{id}";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str =
        "Switches one repository on or off, or its pushing. Kept by path, so it survives a re-clone.";
    const ERRORS: &'static [Code] = &[Code::UnknownRepo, Code::Unavailable];
    type Request = UpdateRepoRequest;
    type Response = Repository;

    async fn call(context: &Context, request: UpdateRepoRequest) -> Result<Repository, ApiError> {
        let patch = RulesPatch { enabled: request.enabled, push: request.push };
        Ok(context.engine.set_rules(&RepoId::new(request.id), patch).await?.into())
    }
}
