//! What is known of the model, for people.

use super::{breaker::Gate, exchange::Failure};
use crate::ProviderError;
use std::time::Duration;

/// How it is with the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// No server is named.
    Off,
    /// Nobody asked yet.
    Unknown,
    /// The last question was answered.
    Ready,
    /// It is loading.
    Loading,
    /// Nothing answers.
    Unreachable,
    /// The last question was not answered, for another reason.
    Failing,
    /// It failed several times in a row and is not asked for this long.
    Resting(Duration),
}

/// The model's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelState {
    /// How it is.
    pub condition: Condition,
    /// How long a message took, on average.
    pub per_message: Option<Duration>,
    /// The same in a sentence.
    pub sentence: String,
}

impl ModelState {
    pub(crate) fn of(
        last: Option<Result<(), ProviderError>>,
        gate: Gate,
        per_message: Option<Duration>,
    ) -> Self {
        let condition = match (gate, &last) {
            (Gate::Resting(left), _) => Condition::Resting(left),
            (Gate::Loading, _) | (_, Some(Err(ProviderError::Loading))) => Condition::Loading,
            (_, None) => Condition::Unknown,
            (_, Some(Ok(()))) => Condition::Ready,
            (_, Some(Err(ProviderError::Unreachable))) => Condition::Unreachable,
            (_, Some(Err(_))) => Condition::Failing,
        };
        let sentence = match (&condition, last) {
            (Condition::Off, _) => "No language model is set up.".to_owned(),
            (Condition::Unknown, _) => "The language model was not asked yet.".to_owned(),
            (Condition::Loading, _) => "The language model is loading.".to_owned(),
            (Condition::Resting(left), last) => {
                let minutes = left.as_secs().div_ceil(60).max(1);
                let why = last.and_then(Result::err).map_or(String::new(), |e| format!(" {e}"));
                let unit = if minutes == 1 { "minute" } else { "minutes" };
                format!("The language model is left alone for {minutes} {unit}.{why}")
            }
            (Condition::Ready, _) => match per_message {
                Some(time) => {
                    format!("The language model answers, in {:.1} s on average.", time.as_secs_f64())
                }
                None => "The language model answers.".to_owned(),
            },
            (_, last) => last.and_then(Result::err).map_or(String::new(), |e| e.to_string()),
        };
        Self { condition, per_message, sentence }
    }

    pub(crate) fn off() -> Self {
        Self { condition: Condition::Off, per_message: None, sentence: ProviderError::NoModel.to_string() }
    }
}

/// What a failure is to whoever asked.
pub(crate) fn error(failure: Failure, waited: Duration) -> ProviderError {
    match failure {
        Failure::Unreachable => ProviderError::Unreachable,
        Failure::Loading => ProviderError::Loading,
        Failure::Overflow => ProviderError::TooLong,
        Failure::Refused => ProviderError::Refused(400),
        Failure::Key => ProviderError::Key,
        Failure::Absent => ProviderError::NoSuchModel,
        Failure::Status(status) => ProviderError::Refused(status),
        Failure::Slow => ProviderError::TooSlow(waited),
        Failure::Broken => ProviderError::Broken,
        Failure::Foreign => ProviderError::NotAModel,
    }
}
