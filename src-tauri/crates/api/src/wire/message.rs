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
    /// What was sent to a language model, secrets taken out; nothing where none was asked.
    #[schema(required)]
    pub prompt: Option<String>,
    /// What rules would write.
    pub rules: MessageText,
}

/// The words of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct MessageText {
    /// First line.
    pub subject: String,
    /// Rest; empty where one line is enough.
    pub body: String,
}

/// Who is to write a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum MessageBy {
    /// Whoever would write it for a commit.
    #[default]
    Auto,
    /// Rules.
    Rules,
    /// A language model, whatever the settings say of when one is asked; rules where it has none.
    Llm,
}

impl From<MessageBy> for engine::WrittenBy {
    fn from(by: MessageBy) -> Self {
        match by {
            MessageBy::Auto => Self::Auto,
            MessageBy::Rules => Self::Rules,
            MessageBy::Llm => Self::Llm,
        }
    }
}

impl From<engine::MessagePreview> for MessageReply {
    fn from(preview: engine::MessagePreview) -> Self {
        Self {
            subject: preview.draft.subject,
            body: preview.draft.body,
            message_source: preview.draft.source.into(),
            reason: preview.draft.reason,
            elapsed_ms: u64::try_from(preview.elapsed.as_millis()).unwrap_or(u64::MAX),
            prompt: preview.draft.prompt,
            rules: MessageText { subject: preview.rules.subject, body: preview.rules.body },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{draft, id::RepoId};

    #[test]
    fn the_names_that_others_rely_on() {
        let rules = draft::Draft {
            subject: "Add a".into(),
            body: String::new(),
            source: draft::MessageSource::Rules,
            reason: "The model is switched off.".into(),
            prompt: None,
        };
        let preview = engine::MessagePreview {
            repo_id: RepoId::new("r"),
            path: "/w/a".into(),
            draft: rules.clone(),
            rules,
            elapsed: std::time::Duration::from_micros(2500),
        };
        assert_eq!(
            serde_json::to_value(MessageReply::from(preview)).unwrap(),
            serde_json::json!({
                "subject": "Add a", "body": "", "message_source": "rules",
                "reason": "The model is switched off.", "elapsed_ms": 2, "prompt": null,
                "rules": {"subject": "Add a", "body": ""},
            })
        );
    }
}
