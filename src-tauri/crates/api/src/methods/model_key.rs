//! `GET /model/key`.

use crate::{ApiError, Context, Method, Nothing, Scope, Verb, wire::ModelKeyReply};

/// Tells where the API key of the model's server comes from.
pub struct ModelKey;

impl Method for ModelKey {
    const NAME: &'static str = "model_key";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/model/key";
    const SCOPE: Option<Scope> = Some(Scope::Read);
    const SUMMARY: &'static str =
        "Tells where the API key of the model's server comes from. The key itself is told to nobody.";
    type Request = Nothing;
    type Response = ModelKeyReply;

    async fn call(context: &Context, _: Nothing) -> Result<ModelKeyReply, ApiError> {
        let settings = context.engine.settings();
        Ok(Box::pin(autocommit_engine::key_state(&settings)).await.into())
    }
}
