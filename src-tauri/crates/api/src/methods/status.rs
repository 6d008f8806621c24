//! `GET /status`.

use crate::{ApiError, Context, Method, Nothing, Scope, Verb, wire::StatusReply};

/// Tells how everything is.
pub struct Status;

impl Method for Status {
    const NAME: &'static str = "status";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/status";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str =
        "Tells whether Autocommit is on, what it is doing, and how many repositories need what.";
    type Request = Nothing;
    type Response = StatusReply;

    async fn call(context: &Context, _: Nothing) -> Result<StatusReply, ApiError> {
        Ok(context.engine.status().into())
    }
}
