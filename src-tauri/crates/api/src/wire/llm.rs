//! `/llm/test`.

use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Whether the language model answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct LlmTestReply {
    /// The server answers and has the model.
    pub ok: bool,
    /// The models that the server has.
    pub models: Vec<String>,
    /// Milliseconds it took.
    pub elapsed_ms: u64,
    /// What was found, in one or two sentences.
    pub message: String,
}

impl From<engine::ModelTest> for LlmTestReply {
    fn from(test: engine::ModelTest) -> Self {
        Self {
            ok: test.ok,
            models: test.models,
            elapsed_ms: u64::try_from(test.elapsed.as_millis()).unwrap_or(u64::MAX),
            message: test.message,
        }
    }
}
