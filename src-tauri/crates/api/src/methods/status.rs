//! `GET /status`.

use crate::{ApiError, Method, Nothing, Verb, wire::StatusReply};
use autocommit_engine::Engine;

/// Tells how everything is.
pub struct Status;

impl Method for Status {
    const NAME: &'static str = "status";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/status";
    const SUMMARY: &'static str =
        "Tells whether Autocommit is on, what it is doing, and how many repositories need what.";
    type Request = Nothing;
    type Response = StatusReply;

    async fn call(engine: &Engine, _: Nothing) -> Result<StatusReply, ApiError> {
        Ok(engine.status().into())
    }
}
