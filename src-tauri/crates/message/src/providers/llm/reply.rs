//! What a server says in one object of its answer: a piece of text, an end, numbers, or what went wrong. Servers differ
//! in all of it, so nothing is required.

use super::exchange::Failure;
use serde_json::Value;

/// What one object adds to an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Piece {
    /// Text to append.
    pub(crate) text: String,
    /// Why the server stopped, in its words.
    pub(crate) finish: Option<String>,
    /// Numbers.
    pub(crate) counts: Counts,
}

/// What a server counted and measured.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    /// Tokens of the prompt, with those that were known from before.
    pub prompt: Option<u64>,
    /// Tokens of the prompt that were known from before.
    pub cached: Option<u64>,
    /// Tokens of the answer.
    pub answer: Option<u64>,
    /// Tokens of a prompt read per second.
    pub(crate) prefill: Option<f64>,
    /// Tokens of an answer written per second.
    pub(crate) generation: Option<f64>,
}

impl Counts {
    /// These, and where they say nothing those.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            prompt: self.prompt.or(other.prompt),
            cached: self.cached.or(other.cached),
            answer: self.answer.or(other.answer),
            prefill: self.prefill.or(other.prefill),
            generation: self.generation.or(other.generation),
        }
    }
}

/// Reads one object of an answer with status 200.
pub(crate) fn piece(object: &Value) -> Result<Piece, Failure> {
    if let Some(error) = object.get("error").filter(|e| !e.is_null()) {
        return Err(failure(error.get("code").and_then(Value::as_u64).unwrap_or(500), object));
    }
    // Usage comes with an empty list of choices.
    let choice = &object["choices"][0];
    let texts = [&choice["delta"]["content"], &choice["message"]["content"], &choice["text"]];
    let text = texts.into_iter().find_map(Value::as_str).unwrap_or_default().to_owned();
    let finish = choice["finish_reason"].as_str().map(str::to_owned);
    let (usage, timings) = (&object["usage"], &object["timings"]);
    let speed = |key: &str| timings[key].as_f64().filter(|speed| speed.is_finite() && *speed > 0.0);
    let counts = Counts {
        prompt: usage["prompt_tokens"].as_u64().filter(|n| *n > 0),
        cached: timings["cache_n"]
            .as_u64()
            .or_else(|| usage["prompt_tokens_details"]["cached_tokens"].as_u64()),
        answer: usage["completion_tokens"].as_u64().or_else(|| timings["predicted_n"].as_u64()),
        prefill: speed("prompt_per_second"),
        generation: speed("predicted_per_second"),
    };
    Ok(Piece { text, finish, counts })
}

/// What an answer with another status, or an object with an error, means.
pub(crate) fn failure(status: u64, object: &Value) -> Failure {
    let error = object.get("error").unwrap_or(object);
    let part = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    let said = format!("{} {} {}", error.as_str().unwrap_or_default(), part("message"), part("type"));
    let said = format!("{said} {}", part("code")).to_lowercase();
    let too_long =
        said.contains("context") && ["exceed", "length", "too long", "size"].iter().any(|w| said.contains(w));
    match status {
        _ if too_long => Failure::Overflow,
        503 => Failure::Loading,
        _ if said.contains("loading model") => Failure::Loading,
        401 | 403 => Failure::Key,
        404 => Failure::Absent,
        400 | 422 => Failure::Refused,
        413 => Failure::Overflow,
        other => Failure::Status(u16::try_from(other).unwrap_or(500)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pieces_of_many_servers() {
        let text = |object: Value| piece(&object).unwrap().text;
        assert_eq!(text(json!({"choices": [{"delta": {"role": "assistant", "content": null}}]})), "");
        assert_eq!(text(json!({"choices": [{"delta": {"content": "a"}}]})), "a");
        assert_eq!(text(json!({"choices": [{"delta": {"reasoning_content": "hm"}}]})), "");
        assert_eq!(text(json!({"choices": [{"message": {"content": "whole"}}]})), "whole");
        assert_eq!(text(json!({"choices": [], "usage": {"prompt_tokens": 7}})), "");
        assert_eq!(text(json!({"choices": "what", "error": null})), "");
        let counts = piece(&json!({
            "usage": {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 2}},
            "timings": {"prompt_per_second": 90.5, "predicted_per_second": -1.0}
        }));
        let counts = counts.unwrap().counts;
        assert_eq!((counts.prompt, counts.cached, counts.answer), (Some(7), Some(2), Some(3)));
        assert_eq!((counts.prefill, counts.generation), (Some(90.5), None));
    }

    #[test]
    fn errors_of_many_servers() {
        for (status, object, expected) in [
            (
                400,
                json!({"error": {"code": 400, "type": "exceed_context_size_error", "n_ctx": 512}}),
                Failure::Overflow,
            ),
            (400, json!({"error": {"code": "context_length_exceeded"}}), Failure::Overflow),
            (
                400,
                json!({"object": "error", "message": "This model's maximum context length is 4096"}),
                Failure::Overflow,
            ),
            (
                400,
                json!({"error": "'response_format.type' must be 'json_schema' or 'text'"}),
                Failure::Refused,
            ),
            (
                503,
                json!({"error": {"message": "Loading model", "type": "unavailable_error"}}),
                Failure::Loading,
            ),
            (500, json!({"error": {"message": "Loading model"}}), Failure::Loading),
            (401, Value::Null, Failure::Key),
            (404, json!({"error": {"message": "model 'x' not found"}}), Failure::Absent),
            (302, Value::Null, Failure::Status(302)),
        ] {
            assert_eq!(failure(status, &object), expected, "{status} {object}");
        }
        assert_eq!(piece(&json!({"error": "no"})), Err(Failure::Status(500)));
    }
}
