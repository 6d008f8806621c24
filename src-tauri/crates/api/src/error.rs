//! The closed list of what can go wrong for a client. A code exists only if a client acts on it.

use crate::wire::SettingProblem;
use autocommit_core::all_variants;
use autocommit_engine::EngineError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What went wrong, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The token is missing or wrong.
    Unauthorized,
    /// The token may read and not do this.
    InsufficientScope,
    /// The Host header names something else than this API.
    ForbiddenHost,
    /// The request comes from a page of somebody else.
    ForbiddenOrigin,
    /// There is nothing at this address.
    NotFound,
    /// The id names no repository.
    UnknownRepo,
    /// The number names no entry of the history.
    UnknownEntry,
    /// The name names no model.
    UnknownModel,
    /// The id names no cycle that is still remembered.
    UnknownCycle,
    /// The request could not be understood.
    BadRequest,
    /// The address knows other methods than this one.
    MethodNotAllowed,
    /// The body is not JSON.
    UnsupportedMediaType,
    /// The body is larger than 64 KiB.
    BodyTooLarge,
    /// Autocommit is switched off.
    Disabled,
    /// The repository has no changes.
    NothingToCommit,
    /// The repository is held or skipped right now.
    NotNow,
    /// The message may not be used as it is.
    MessageRefused,
    /// The commit keeps its message: it is not the last one, somebody else may have it, or work goes on there.
    NotReworded,
    /// This was asked too often within a moment, or too many listen to events.
    TooManyRequests,
    /// The state folder could not be used.
    Unavailable,
    /// A setting is wrong, or may not be set this way; nothing was changed.
    WrongSettings,
    /// A mistake in Autocommit itself.
    Internal,
}

impl Code {
    /// All of them, for tests and lists.
    pub const ALL: [Self; 22] = all_variants!(Code:
        Unauthorized,
        InsufficientScope,
        ForbiddenHost,
        ForbiddenOrigin,
        NotFound,
        UnknownRepo,
        UnknownCycle,
        UnknownEntry,
        UnknownModel,
        BadRequest,
        MethodNotAllowed,
        UnsupportedMediaType,
        BodyTooLarge,
        Disabled,
        NothingToCommit,
        NotNow,
        MessageRefused,
        NotReworded,
        TooManyRequests,
        Unavailable,
        WrongSettings,
        Internal,
    );

    /// The HTTP status it travels with.
    pub fn http_status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::InsufficientScope | Self::ForbiddenHost | Self::ForbiddenOrigin => 403,
            Self::NotFound
            | Self::UnknownRepo
            | Self::UnknownCycle
            | Self::UnknownEntry
            | Self::UnknownModel => 404,
            Self::MethodNotAllowed => 405,
            Self::Disabled | Self::NothingToCommit | Self::NotNow | Self::NotReworded => 409,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::WrongSettings | Self::MessageRefused => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The next step, as an imperative sentence.
    fn hint(self) -> &'static str {
        match self {
            Self::Unauthorized => {
                "Send Authorization: Bearer with the content of the state folder's token file."
            }
            Self::InsufficientScope => {
                "Send the token of the scope control; autocommit token show --scope=control prints it."
            }
            Self::ForbiddenHost => {
                "Use the address that autocommit doctor shows, by its number or as localhost."
            }
            Self::ForbiddenOrigin => "Open the page that this address serves itself.",
            Self::NotFound | Self::MethodNotAllowed => "Look at /openapi.json for what there is.",
            Self::UnknownRepo => "Take the id from /repos.",
            Self::UnknownEntry => "Take the id from /history.",
            Self::UnknownModel => "Take the name from /model.",
            Self::UnknownCycle => "Take the id from the reply to a trigger; only the last cycles are kept.",
            Self::BadRequest => "Look at /openapi.json for what is accepted.",
            Self::UnsupportedMediaType => "Send the body as application/json.",
            Self::BodyTooLarge => "Send less; no request needs more than 64 KiB.",
            Self::Disabled => "Switch it on with autocommit enable, or POST /enable.",
            Self::NothingToCommit => "Nothing to do.",
            Self::NotNow => "Look at the repository's reason in /repos.",
            Self::MessageRefused => "Change the message and try again.",
            Self::NotReworded => "Leave it as it is, or say it in a new commit.",
            Self::TooManyRequests => "Wait a second, then ask again.",
            Self::Unavailable => "Run autocommit doctor: it looks at git and at the state folder.",
            Self::WrongSettings => "Mend what `problems` names and try again.",
            Self::Internal => "Look at the log, and report what it says.",
        }
    }
}

/// What went wrong, with a sentence and the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What went wrong, for programs.
    pub code: Code,
    /// What went wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Which settings are wrong and how; empty where it is about something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<SettingProblem>,
}

/// The body of every reply that is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ErrorReply {
    /// The error.
    pub error: ApiError,
}

impl ApiError {
    /// An error with the code's own hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: code.hint().to_owned(), problems: Vec::new() }
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let code = match &error {
            EngineError::UnknownRepo(_) | EngineError::NotARepository(_) => Code::UnknownRepo,
            EngineError::UnknownEntry(_) => Code::UnknownEntry,
            EngineError::Disabled | EngineError::Paused(_) => Code::Disabled,
            EngineError::NothingToCommit(_) => Code::NothingToCommit,
            EngineError::NotNow(_) => Code::NotNow,
            EngineError::Message(_) => Code::MessageRefused,
            EngineError::Reword(_) => Code::NotReworded,
            EngineError::State(_) | EngineError::Git(_) => Code::Unavailable,
        };
        let message = autocommit_core::text::escape_controls(&error.to_string());
        Self::new(code, sentence(&message))
    }
}

/// Starts with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    out.push_str(chars.as_str());
    if !out.ends_with(['.', '?']) {
        out.push('.');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::id::RepoId;

    #[test]
    fn every_code_has_a_status_and_a_next_step() {
        for code in Code::ALL {
            assert!((400..=503).contains(&code.http_status()));
            let hint = code.hint();
            assert!(hint.ends_with('.') && hint.len() > 10 && !hint.contains('!'), "{code:?}: {hint}");
        }
    }

    #[test]
    fn the_shape_of_an_error() {
        let error: ApiError = EngineError::UnknownRepo(RepoId::new("f00\u{1b}")).into();
        let json = serde_json::to_value(ErrorReply { error }).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"error": {
                "code": "unknown_repo",
                "message": "There is no repository with the id f00\\u{1b}.",
                "hint": "Take the id from /repos.",
            }})
        );
    }
}
