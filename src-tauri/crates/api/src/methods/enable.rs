//! `POST /enable`.

use crate::{ApiError, Code, Context, Method, Nothing, Scope, Verb, wire::StatusReply};

/// Switches everything on.
pub struct Enable;

impl Method for Enable {
    const NAME: &'static str = "enable";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/enable";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Switches Autocommit on; survives a restart.";
    const ERRORS: &'static [Code] = &[Code::Unavailable];
    type Request = Nothing;
    type Response = StatusReply;

    async fn call(context: &Context, _: Nothing) -> Result<StatusReply, ApiError> {
        Ok(context.engine.set_enabled(true).await?.into())
    }
}
