//! `POST /model/use`.

use super::pull_model::ModelName;
use crate::{ApiError, Code, Context, Method, Scope, Verb, wire::ModelReply};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Chooses a model.
pub struct UseModel;

impl Method for UseModel {
    const NAME: &'static str = "use_model";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/model/use";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Chooses the model to run, by the setting `llm.managed_model`. Whether one is run at \
                                   all is the setting `llm.managed`.";
    const ERRORS: &'static [Code] =
        &[Code::UnknownModel, Code::WrongSettings, Code::NotNow, Code::Unavailable];
    type Request = ModelName;
    type Response = ModelReply;

    async fn call(context: &Context, request: ModelName) -> Result<ModelReply, ApiError> {
        context.engine.managed().knows(&request.name)?;
        let configuration = Arc::clone(&context.configuration);
        let changes = BTreeMap::from([("llm.managed_model".to_owned(), Value::String(request.name))]);
        super::on_disk(move || configuration.change(&changes, false)).await?;
        Ok(Box::pin(context.engine.managed_view()).await.into())
    }
}
