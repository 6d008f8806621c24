//! The message that would be used.

use super::MessageSource;
use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// The message that would be used for a repository's changes right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct MessageReply {
    /// First line.
    pub subject: String,
    /// Rest; empty where one line is enough.
    pub body: String,
    /// Who wrote it.
    pub message_source: MessageSource,
    /// Why this source wrote it.
    pub reason: String,
    /// Milliseconds it took.
    pub elapsed_ms: u64,
}

impl From<engine::MessagePreview> for MessageReply {
    fn from(preview: engine::MessagePreview) -> Self {
        Self {
            subject: preview.draft.subject,
            body: preview.draft.body,
            message_source: preview.draft.source.into(),
            reason: preview.draft.reason,
            elapsed_ms: u64::try_from(preview.elapsed.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{draft, id::RepoId};

    #[test]
    fn the_names_that_others_rely_on() {
        let preview = engine::MessagePreview {
            repo_id: RepoId::new("r"),
            path: "/w/a".into(),
            draft: draft::Draft {
                subject: "Add a".into(),
                body: String::new(),
                source: draft::MessageSource::Rules,
                reason: "The model is switched off.".into(),
                prompt: None,
            },
            elapsed: std::time::Duration::from_micros(2500),
        };
        assert_eq!(
            serde_json::to_value(MessageReply::from(preview)).unwrap(),
            serde_json::json!({
                "subject": "Add a", "body": "", "message_source": "rules",
                "reason": "The model is switched off.", "elapsed_ms": 2,
            })
        );
    }
}
