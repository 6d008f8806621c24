//! `GET /model`.

use crate::{ApiError, Context, Method, Nothing, Scope, Verb, wire::ModelReply};

/// Tells about the model that Autocommit runs itself.
pub struct Model;

impl Method for Model {
    const NAME: &'static str = "model";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/model";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str = "Tells which models there are, which is used, and how its server is.";
    type Request = Nothing;
    type Response = ModelReply;

    async fn call(context: &Context, _: Nothing) -> Result<ModelReply, ApiError> {
        Ok(Box::pin(context.engine.managed_view()).await.into())
    }
}
