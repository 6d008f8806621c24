//! The questions of one message, and what is learnt from their answers.

use super::{
    Asker, Endpoint, Model, Recipe,
    cache::{Outcome, Written},
    connection,
    exchange::{self, Answer, Failure, Patience},
    prompt::{self, Prompt, prompt_of},
    recipe::Constraint,
    request::{self, Dialect},
    state,
};
use crate::{
    Brief, ProviderError,
    check::{Checks, Refusal},
};
use std::time::{Duration, Instant};

/// The questions of one message: the first, the same again in what the server understands, and once again after an
/// answer that was refused.
pub(super) struct Conversation<'a> {
    pub(super) model: &'a Model,
    pub(super) endpoint: &'a Endpoint,
    pub(super) brief: &'a Brief<'a>,
    pub(super) within: Duration,
    pub(super) asker: Asker,
}

/// Counts the time of a question even where whoever waits for it goes away.
struct Spending<'a> {
    model: &'a Model,
    asker: Asker,
    started: Instant,
}

impl Drop for Spending<'_> {
    fn drop(&mut self) {
        if self.asker == Asker::Cycle {
            self.model.lock().budget.spend(self.started.elapsed());
        }
    }
}

impl Conversation<'_> {
    pub(super) async fn hold(&self, prompt: Prompt) -> Result<Outcome, ProviderError> {
        let started = Instant::now();
        let checks = Checks::of(self.brief);
        let (mut prompt, mut recipe) = (prompt, self.model.recipe);
        let (mut again, mut shortened): (Option<Refusal>, bool) = (None, false);
        let mut key = self.key(self.within).await;
        loop {
            let left = self.within.saturating_sub(started.elapsed());
            let dialect = self.model.lock().dialect;
            let named = key.as_ref().ok().and_then(Option::as_deref);
            let question = Question { prompt: &prompt, recipe: &recipe, dialect, again, key: named, left };
            let answer = match self.ask(question).await {
                Ok(answer) => answer,
                // The reason of the first answer is the better one.
                Err(_) if again.is_some() => return Ok(Err(again.unwrap_or(Refusal::Empty))),
                Err(Asked::Failed(Failure::Refused, _)) if dialect.extras => {
                    self.model.lock().dialect.extras = false;
                    continue;
                }
                Err(Asked::Failed(Failure::Overflow, _)) if !shortened => {
                    (recipe, shortened) = (recipe.shorter(), true);
                    prompt = prompt_of(self.brief, &recipe).ok_or(ProviderError::Secret)?;
                    continue;
                }
                Err(Asked::Failed(Failure::Key, _)) if key == Ok(None) && self.model.keys.is_some() => {
                    self.model.lock().wants_key = true;
                    key = self.key(self.within.saturating_sub(started.elapsed())).await;
                    continue;
                }
                Err(why) => return Err(self.failed(why, key.err())),
            };
            let outcome = self.judged(&checks, &answer, &recipe);
            match outcome {
                Err(refusal) if again.is_none() => again = Some(refusal),
                Err(_) => return Ok(Err(again.unwrap_or(Refusal::Empty))),
                Ok(subject) => return Ok(Ok(Written { subject })),
            }
        }
    }

    /// The key to ask with, where one is wanted; a sentence where it is not to be had. It is looked up for this one
    /// message and then forgotten.
    async fn key(&self, left: Duration) -> Result<Option<String>, String> {
        if self.endpoint.key.is_some() {
            return Ok(self.endpoint.key.clone());
        }
        let Some(keys) = self.model.keys.as_ref().filter(|_| self.model.lock().wants_key) else {
            return Ok(None);
        };
        let server = connection::server(&self.endpoint.base_url).unwrap_or_default();
        let _spending = Spending { model: self.model, asker: self.asker, started: Instant::now() };
        let found = tokio::time::timeout(left, keys.key(&server)).await;
        found.unwrap_or_else(|_| Err("There was no time to look it up.".to_owned())).map(Some)
    }

    /// One question, if there is time for it.
    async fn ask(&self, question: Question<'_>) -> Result<Answer, Asked> {
        let Question { prompt, recipe, dialect, again, key, left } = question;
        let now = Instant::now();
        let (client, patience, new) = {
            let mut state = self.model.lock();
            let new = prompt.new_tokens(&state.before);
            let expected = state.pace.predict(now, new);
            if expected.whole > left && (self.asker == Asker::Cycle || again.is_some()) {
                return Err(Asked::NoTime);
            }
            let client = match &state.client {
                Some(client) => client.clone(),
                None => {
                    let made = connection::client(connection::CONNECT);
                    made.map_err(|_| Asked::Failed(Failure::Unreachable, left))?
                }
            };
            state.client = Some(client.clone());
            (client, Patience { first: state.pace.patience(now, expected, left), whole: left }, new)
        };
        let types = crate::Frame::of(self.brief).types;
        let hint = again.map(|why| prompt::correction(why, recipe));
        let messages = prompt.messages(hint.as_deref());
        let body = request::body(&self.endpoint.model, &messages, recipe, dialect, &types, again.is_some());
        let spending = Spending { model: self.model, asker: self.asker, started: now };
        let came = exchange::exchange(&client, &self.endpoint.base_url, key, &body, patience).await;
        drop(spending);
        let mut state = self.model.lock();
        match came {
            Ok(answer) => {
                let cut = answer.counts.prompt.is_some_and(|read| (read as usize) < prompt.tokens() / 2);
                state.pace.learn(Instant::now(), new, &answer);
                state.before = prompt.text();
                state.breaker.answered();
                state.last = Some(Ok(()));
                // Ollama leaves out the beginning of what is too long for it, and does not say so.
                if cut && prompt.tokens() > 400 {
                    Err(Asked::Failed(Failure::Overflow, left))
                } else {
                    Ok(answer)
                }
            }
            Err(Failure::Slow) => Err(Asked::Failed(Failure::Slow, now.elapsed())),
            Err(failure) => Err(Asked::Failed(failure, now.elapsed())),
        }
    }

    fn judged(&self, checks: &Checks, answer: &Answer, recipe: &Recipe) -> Result<String, Refusal> {
        let (text, typed) = (&answer.text, recipe.model_picks_type);
        match recipe.constraint {
            Constraint::Schema => checks.subject_in_json(text, answer.cut, typed),
            _ => checks.subject(text, answer.cut, typed),
        }
    }

    /// Remembers a failure; `no_key` says why the server got no key.
    fn failed(&self, why: Asked, no_key: Option<String>) -> ProviderError {
        let Asked::Failed(failure, waited) = why else { return ProviderError::OverBudget };
        let error = match (failure, no_key) {
            (Failure::Key, Some(sentence)) => ProviderError::NoKey(sentence),
            _ => state::error(failure, waited),
        };
        let mut state = self.model.lock();
        match failure {
            Failure::Loading => state.breaker.loads(Instant::now()),
            // The server did its part.
            Failure::Overflow => {}
            _ => state.breaker.failed(Instant::now()),
        }
        state.last = Some(Err(error.clone()));
        error
    }
}

/// One question.
struct Question<'a> {
    prompt: &'a Prompt,
    recipe: &'a Recipe,
    dialect: Dialect,
    /// Why the answer before was refused.
    again: Option<Refusal>,
    key: Option<&'a str>,
    /// The time there is.
    left: Duration,
}

/// Why a question has no answer.
#[derive(Clone, Copy)]
enum Asked {
    /// It would have taken longer than there was time.
    NoTime,
    /// It failed, after this time.
    Failed(Failure, Duration),
}
