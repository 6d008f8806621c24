//! `POST /disable`.

use crate::{ApiError, Code, Context, Method, Nothing, Scope, Verb, wire::StatusReply};

/// Switches everything off.
pub struct Disable;

impl Method for Disable {
    const NAME: &'static str = "disable";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/disable";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str =
        "Switches Autocommit off: a running write finishes, nothing new starts. Survives a restart.";
    const ERRORS: &'static [Code] = &[Code::Unavailable];
    type Request = Nothing;
    type Response = StatusReply;

    async fn call(context: &Context, _: Nothing) -> Result<StatusReply, ApiError> {
        Ok(context.engine.set_enabled(false).await?.into())
    }
}
