//! `GET /health`: alive, and nothing more.

use crate::{ApiError, Context, Method, Nothing, Scope, Verb};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Tells that the program answers.
pub struct Health;

/// It answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct HealthReply {
    /// Always `ok`.
    pub status: String,
}

impl Method for Health {
    const NAME: &'static str = "health";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/health";
    const SCOPE: Option<Scope> = None;
    const SUMMARY: &'static str = "Tells that the program answers, and nothing more. Needs no token.";
    type Request = Nothing;
    type Response = HealthReply;

    async fn call(_: &Context, _: Nothing) -> Result<HealthReply, ApiError> {
        Ok(HealthReply { status: "ok".to_owned() })
    }
}
