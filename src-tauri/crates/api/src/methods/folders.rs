//! `GET /folders`.

use crate::{ApiError, Context, Method, Nothing, Scope, Verb, wire::FoldersReply};

/// Suggests folders.
pub struct Folders;

impl Method for Folders {
    const NAME: &'static str = "folders";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/folders";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str = "Suggests folders of the home folder that hold repositories; a short look.";
    type Request = Nothing;
    type Response = FoldersReply;

    async fn call(context: &Context, _: Nothing) -> Result<FoldersReply, ApiError> {
        Ok(context.engine.folders().await.into_iter().collect())
    }
}
