//! `GET /held`.

use crate::{ApiError, Context, Method, Nothing, Scope, Verb, wire::HeldReply};

/// Lists what is kept back. What is to be done about it is a person's, at the window or the command line: nothing in this
/// API approves anything.
pub struct Held;

impl Method for Held {
    const NAME: &'static str = "held";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/held";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str = "Lists what is kept back, file by file, with why and what to do.";
    type Request = Nothing;
    type Response = HeldReply;

    async fn call(context: &Context, _: Nothing) -> Result<HeldReply, ApiError> {
        Ok(context.engine.held().into_iter().collect())
    }
}
