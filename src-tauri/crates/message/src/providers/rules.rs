//! The message from the change itself, without any model: true, instant, and the fallback of everything else.

use crate::{
    Frame, body,
    facts::Facts,
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
    let facts = Facts::of(brief);
    let frame = Frame::around(&facts, brief);
    let voice = frame.voice(brief);
    let headline = subject::of(&facts, voice);
    let body = body::of(&facts.changes, &headline, voice.tense);
    // What cannot be said in this frame is counted, and what cannot be counted in it stands without one.
    let counted = || frame.subject(&subject::counted(&facts, voice));
    let subject = frame.subject(&headline.text).or_else(counted).unwrap_or(headline.text);
    Draft {
        subject,
        body,
        source: MessageSource::Rules,
        reason: "Written by rules from the change itself.".to_owned(),
        prompt: None,
    }
}
