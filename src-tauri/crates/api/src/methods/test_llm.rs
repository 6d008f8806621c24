//! `POST /llm/test`.

use crate::{ApiError, Context, Method, Scope, Verb, wire::LlmTestReply};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Asks the language model's server what it has.
pub struct TestLlm;

/// Which server and model; left out: those of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct TestLlmRequest {
    /// Address of the server.
    pub base_url: Option<String>,
    /// The model.
    pub model: Option<String>,
}

impl Method for TestLlm {
    const NAME: &'static str = "test_llm";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/llm/test";
    const SCOPE: Option<Scope> = Some(Scope::Control);
    const SUMMARY: &'static str = "Asks a language model's server whether it answers and has the model. Only this \
                                   machine and the host that the settings allow are asked.";
    type Request = TestLlmRequest;
    type Response = LlmTestReply;

    async fn call(context: &Context, request: TestLlmRequest) -> Result<LlmTestReply, ApiError> {
        Ok(context.engine.test_model(request.base_url, request.model).await.into())
    }
}
