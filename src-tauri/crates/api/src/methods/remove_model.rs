//! `POST /model/remove`.

use super::pull_model::ModelName;
use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::ModelReply};

/// Takes a model away.
pub struct RemoveModel;

impl Method for RemoveModel {
    const NAME: &'static str = "remove_model";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/model/remove";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Takes a model away from this disk, and what was fetched of it.";
    const ERRORS: &'static [Code] = &[Code::UnknownModel, Code::NotNow];
    type Request = ModelName;
    type Response = ModelReply;

    async fn call(context: &Context, request: ModelName) -> Result<ModelReply, ApiError> {
        context.engine.managed().remove(&request.name).await?;
        Ok(Box::pin(context.engine.managed_view()).await.into())
    }
}
