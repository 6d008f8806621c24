//! `GET /history/{id}/diff`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::DiffReply};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Shows what a commit changed.
pub struct Diff;

/// Which entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct DiffRequest {
    /// The entry's number.
    pub id: i64,
}

impl Method for Diff {
    const NAME: &'static str = "diff";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/history/{id}/diff";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str = "Shows what the commit of an entry changed against its first parent.";
    const ERRORS: &'static [Code] = &[Code::UnknownEntry, Code::Unavailable];
    type Request = DiffRequest;
    type Response = DiffReply;

    async fn call(context: &Context, request: DiffRequest) -> Result<DiffReply, ApiError> {
        let shown = context.engine.show(request.id).await?;
        Ok(DiffReply::new(request.id, shown))
    }
}
