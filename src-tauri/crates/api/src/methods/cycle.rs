//! `GET /cycles/{id}`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::CycleReply};
use autocommit_core::{id::CycleId, text::escape_controls};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Tells what came of a cycle.
pub struct Cycle;

/// Which cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct CycleRequest {
    /// The cycle's id.
    pub id: String,
}

impl Method for Cycle {
    const NAME: &'static str = "cycle";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/cycles/{id}";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str = "Tells the counts of a cycle, and its runs once it has finished.";
    const ERRORS: &'static [Code] = &[Code::UnknownCycle];
    type Request = CycleRequest;
    type Response = CycleReply;

    async fn call(context: &Context, request: CycleRequest) -> Result<CycleReply, ApiError> {
        let found = context.engine.cycle(&CycleId::new(request.id.as_str())).await.map(Into::into);
        found.ok_or_else(|| {
            let id = escape_controls(&request.id);
            ApiError::new(Code::UnknownCycle, format!("No cycle with the id {id} is remembered."))
        })
    }
}
