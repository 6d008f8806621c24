//! The message from the change itself, without any model: true, instant, and the fallback of everything else.

use crate::{
    body,
    change::Change,
    provider::{Brief, Drafting, MessageProvider},
    subject,
};
use autocommit_core::draft::{Draft, MessageSource};
use std::time::Duration;

/// The rules as a provider; never fails and never waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules;

impl MessageProvider for Rules {
    fn source(&self) -> MessageSource {
        MessageSource::Rules
    }

    fn draft<'a>(&'a self, brief: &'a Brief<'a>, _within: Duration) -> Drafting<'a> {
        Box::pin(std::future::ready(Ok(draft(brief))))
    }
}

/// Writes the message of a change.
pub fn draft(brief: &Brief<'_>) -> Draft {
    let changes = Change::read(brief.diff);
    let headline = subject::of(&changes);
    let body = body::of(&changes, &headline);
    Draft {
        subject: headline.text,
        body,
        source: MessageSource::Rules,
        reason: "Written by rules from the change itself.".to_owned(),
        prompt: None,
    }
}
