//! `/llm/test`.

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
