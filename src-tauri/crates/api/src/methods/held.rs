//! `GET /held`.

use crate::{ApiError, Method, Nothing, Verb, wire::HeldReply};
use autocommit_engine::Engine;

/// Lists what is kept back. What is to be done about it is a person's, at the window or the command line: nothing in this
/// API approves anything.
pub struct Held;

impl Method for Held {
    const NAME: &'static str = "held";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/held";
    const SUMMARY: &'static str = "Lists what is kept back, file by file, with why and what to do.";
    type Request = Nothing;
    type Response = HeldReply;

    async fn call(engine: &Engine, _: Nothing) -> Result<HeldReply, ApiError> {
        Ok(engine.held().into_iter().collect())
    }
}
