//! The seam: what anything that writes messages has to offer. Law: a draft it returns passes `tests/contract`.

use crate::{Habits, check::Refusal, providers::rules};
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

/// Why a provider has no message. The list is closed: each of these leads to the message of the rules, and its sentence
/// is the reason that is kept with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The person wants messages by rules.
    #[error("Messages are written by rules here, as the settings say.")]
    RulesOnly,
    /// No server is named.
    #[error("No language model is set up.")]
    NoModel,
    /// Another machine, and nobody allowed it.
    #[error("The language model's server is on {0}, and the settings do not allow to send changes there.")]
    NotAllowed(String),
    /// An address that is not asked.
    #[error(
        "The language model's address cannot be used; it must be plain http, like http://127.0.0.1:8000."
    )]
    Address,
    /// Nothing in it needs language.
    #[error("Rules describe a change like this as well as a language model.")]
    Trivial,
    /// The time of this cycle is used up, or less is left than it is expected to need.
    #[error("The time of a cycle was too short for the language model.")]
    OverBudget,
    /// It failed several times in a row.
    #[error("The language model failed several times in a row and is left alone for a few minutes.")]
    Resting,
    /// The prompt would still have contained a secret.
    #[error("The change could not be shown to the language model without showing a secret.")]
    Secret,
    /// Nobody answered at the address.
    #[error("The language model's server could not be reached.")]
    Unreachable,
    /// The server is there and not ready yet.
    #[error("The language model is still loading.")]
    Loading,
    /// The time was up.
    #[error("The language model took longer than {} seconds.", .0.as_secs().max(1))]
    TooSlow(Duration),
    /// 401 or 403.
    #[error("The language model's server wants an API key, or another one than it was given.")]
    Key,
    /// 401 or 403, and why there was no key to give.
    #[error("The language model's server wants an API key. {0}")]
    NoKey(String),
    /// 404.
    #[error("The language model's server does not have the model that it was asked for.")]
    NoSuchModel,
    /// The change does not fit into what the model can read.
    #[error("The change is longer than what the language model can read.")]
    TooLong,
    /// The server answered with an HTTP status that is not success.
    #[error("The language model's server answered with status {0}.")]
    Refused(u16),
    /// The connection ended in the middle.
    #[error("The language model's answer broke off.")]
    Broken,
    /// What came is no answer of a model.
    #[error("What answered at the language model's address is no language model.")]
    NotAModel,
    /// There was an answer, and it may not be used.
    #[error("{0}")]
    Unusable(Refusal),
}

/// The provider's message; where it has none, the rules', with the reason why.
pub async fn draft_or_rules(provider: &dyn MessageProvider, brief: &Brief<'_>, within: Duration) -> Draft {
    let ruled = rules::draft(brief);
    match provider.draft(brief, within).await {
        Ok(draft) => draft,
        Err(error) => Draft { reason: format!("Written by rules. {error}"), ..ruled },
    }
}
