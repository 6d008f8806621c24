//! `POST /model/pull`.

use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::ModelReply};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Fetches a model.
pub struct PullModel;

/// Which model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ModelName {
    /// Its name.
    pub name: String,
}

impl Method for PullModel {
    const NAME: &'static str = "pull_model";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/model/pull";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Begins to fetch a model of the list, or the rest of it, from its publisher. A person \
                                   has to have agreed to its size and licence. Events tell the progress.";
    const SUCCESS: u16 = 202;
    const ERRORS: &'static [Code] = &[Code::UnknownModel, Code::NotNow];
    type Request = ModelName;
    type Response = ModelReply;

    async fn call(context: &Context, request: ModelName) -> Result<ModelReply, ApiError> {
        context.engine.pull_model(&request.name)?;
        Ok(Box::pin(context.engine.managed_view()).await.into())
    }
}
