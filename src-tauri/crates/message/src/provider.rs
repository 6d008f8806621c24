//! The seam: what anything that writes messages has to offer. Law: a draft it returns passes `tests/contract`.

use crate::Habits;
use autocommit_core::draft::{Diff, Draft, MessageSource, Wishes};
use std::{future::Future, pin::Pin, time::Duration};

/// A message being written.
pub type Drafting<'a> = Pin<Box<dyn Future<Output = Result<Draft, ProviderError>> + Send + 'a>>;

/// All that a message is written from.
#[derive(Debug, Clone, Copy)]
pub struct Brief<'a> {
    /// Exactly what the commit will contain.
    pub diff: &'a Diff,
    /// How messages are written in this repository.
    pub habits: &'a Habits,
    /// The branch's name, where it is text.
    pub branch: Option<&'a str>,
    /// What the person asks.
    pub wishes: &'a Wishes,
}

/// Writes a message for a change.
pub trait MessageProvider: Send + Sync {
    /// Who its drafts are signed off as in the history.
    fn source(&self) -> MessageSource;

    /// Writes a message, or gives up after `within`; dropping the future ends the work.
    fn draft<'a>(&'a self, brief: &'a Brief<'a>, within: Duration) -> Drafting<'a>;
}

/// Why a provider has no message. The list is closed: each of these leads to the message of the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Nobody answered at the address.
    #[error("the language model's server could not be reached")]
    Unreachable,
    /// The server is there and not ready yet.
    #[error("the language model is still loading")]
    Loading,
    /// The time was up.
    #[error("the language model took longer than {} seconds", .0.as_secs())]
    TooSlow(Duration),
    /// The server answered with an HTTP status that is not success.
    #[error("the language model's server answered with status {0}")]
    Refused(u16),
    /// There was an answer, and no message in it that may be used.
    #[error("the language model's answer was not a usable message")]
    Unusable,
}

impl ProviderError {
    /// Whether asking again for the same change can help.
    pub fn worth_retrying(&self) -> bool {
        match self {
            Self::Unreachable | Self::Loading | Self::TooSlow(_) | Self::Unusable => true,
            Self::Refused(status) => *status == 429 || *status >= 500,
        }
    }
}
