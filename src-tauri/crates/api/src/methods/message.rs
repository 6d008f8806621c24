//! `GET /repos/{id}/message`.

use crate::{
    ApiError, Code, Context, Method, Scope, Verb,
    wire::{MessageBy, MessageReply},
};
use autocommit_core::id::RepoId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Writes the message for a repository's changes without committing them.
pub struct Message;

/// Which repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct MessageRequest {
    /// The repository's id.
    pub id: String,
    /// Who is to write it; left out: whoever would write it for a commit.
    #[serde(default)]
    #[ts(as = "Option<MessageBy>", optional)]
    pub by: MessageBy,
}

impl Method for Message {
    const NAME: &'static str = "message";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/repos/{id}/message";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str =
        "Writes the message that would be used for a repository's changes right now, and commits nothing.";
    const ERRORS: &'static [Code] =
        &[Code::UnknownRepo, Code::NothingToCommit, Code::NotNow, Code::Unavailable];
    type Request = MessageRequest;
    type Response = MessageReply;

    async fn call(context: &Context, request: MessageRequest) -> Result<MessageReply, ApiError> {
        Ok(context.engine.message(&RepoId::new(request.id), request.by.into()).await?.into())
    }
}
