//! `POST /model/cancel`.

use super::pull_model::ModelName;
use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::ModelReply};

/// Stops fetching a model.
pub struct CancelModel;

impl Method for CancelModel {
    const NAME: &'static str = "cancel_model";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/model/cancel";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str =
        "Stops fetching a model; what arrived is kept, and the next time goes on from there.";
    const ERRORS: &'static [Code] = &[Code::NotNow];
    type Request = ModelName;
    type Response = ModelReply;

    async fn call(context: &Context, request: ModelName) -> Result<ModelReply, ApiError> {
        context.engine.managed().cancel(&request.name)?;
        Ok(Box::pin(context.engine.managed_view()).await.into())
    }
}
