//! The body of a request: the part of the API that all servers share, and what some of them know beside it.

use super::recipe::{Constraint, Recipe};
use serde_json::{Value, json};

/// Most tokens of an answer: a subject has some twenty.
const TOKENS: u32 = 48;
/// One line that begins with a letter, in the notation of llama.cpp.
const GRAMMAR: &str = r#"root ::= [A-Za-z] [^\n\r"{}<>|]{7,90}"#;

/// What a server at an address was seen to understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Dialect {
    /// Fields beyond the common ones are not refused.
    pub(crate) extras: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { extras: true }
    }
}

/// The body for these messages. `types` are the ones that the model may choose from; `again` is a second try.
pub(crate) fn body(
    model: &str,
    messages: &Value,
    recipe: &Recipe,
    dialect: Dialect,
    types: &[String],
    again: bool,
) -> Value {
    let mut body = json!({
        "model": model,
        "messages": messages,
        "stream": true,
        "temperature": if again { 0.4 } else { 0.0 },
        "max_tokens": if recipe.constraint == Constraint::Schema { TOKENS + 24 } else { TOKENS },
    });
    if again {
        body["seed"] = json!(7);
    }
    if dialect.extras {
        body["stream_options"] = json!({"include_usage": true});
        body["chat_template_kwargs"] = json!({"enable_thinking": false});
        // One constraint only: llama.cpp drops both where it is given two.
        match recipe.constraint {
            Constraint::Free => {}
            Constraint::Schema => body["response_format"] = schema(recipe, types),
            Constraint::Grammar => body["grammar"] = json!(GRAMMAR),
        }
    }
    body
}

fn schema(recipe: &Recipe, types: &[String]) -> Value {
    let mut properties = json!({"subject": {"type": "string"}});
    let mut required = vec!["subject"];
    if recipe.model_picks_type && !types.is_empty() {
        properties = json!({"type": {"type": "string", "enum": types}, "subject": {"type": "string"}});
        required.insert(0, "type");
    }
    let schema = json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    });
    json!({"type": "json_schema", "json_schema": {"name": "subject", "strict": true, "schema": schema}})
}
