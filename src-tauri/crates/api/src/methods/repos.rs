//! `GET /repos`.

use crate::{ApiError, Context, Method, Nothing, Scope, Verb, wire::ReposReply};

/// Lists the repositories.
pub struct Repos;

impl Method for Repos {
    const NAME: &'static str = "repos";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/repos";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str = "Lists all repositories with their state, by path.";
    type Request = Nothing;
    type Response = ReposReply;

    async fn call(context: &Context, _: Nothing) -> Result<ReposReply, ApiError> {
        Ok(context.engine.repos().into_iter().collect())
    }
}
