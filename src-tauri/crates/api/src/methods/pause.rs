//! `POST /pause`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::StatusReply};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use ts_rs::TS;
use utoipa::ToSchema;

/// The longest pause in seconds: 31 days. For longer there is a switch.
const LONGEST: u64 = 31 * 24 * 3600;

/// Writes nothing for a while.
pub struct Pause;

/// For how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct PauseRequest {
    /// Seconds from now, from 1 to 31 days.
    #[schema(minimum = 1, maximum = 2_678_400)]
    pub seconds: u64,
}

impl Method for Pause {
    const NAME: &'static str = "pause";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/pause";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Writes nothing for a while, then goes on by itself. Survives a restart; \
                                   switching on or off ends it.";
    const ERRORS: &'static [Code] = &[Code::Disabled, Code::Unavailable];
    type Request = PauseRequest;
    type Response = StatusReply;

    async fn call(context: &Context, request: PauseRequest) -> Result<StatusReply, ApiError> {
        if !(1..=LONGEST).contains(&request.seconds) {
            return Err(ApiError::new(Code::BadRequest, "A pause lasts from 1 second to 31 days."));
        }
        Ok(context.engine.pause(Duration::from_secs(request.seconds)).await?.into())
    }
}
