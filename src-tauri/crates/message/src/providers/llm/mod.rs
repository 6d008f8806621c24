//! A message by a language model behind any server that speaks the OpenAI API. The model writes the description and
//! nothing else, inside a time budget, and what it writes is used only where the change bears it out.

mod breaker;
mod budget;
mod cache;
pub(crate) mod connection;
mod events;
mod excerpt;
mod exchange;
mod facts_told;
pub(crate) mod in_words;
mod pace;
pub(crate) mod prompt;
mod recipe;
mod reply;
mod request;
mod state;
mod trivial;

pub use prompt::{Prompt, prompt_of};
pub use recipe::{Constraint, Recipe};
pub use reply::Counts;
pub use state::{Condition, ModelState};

use crate::{
    Brief, Drafting, MessageProvider, ProviderError,
    check::{Checks, Refusal},
    providers::rules,
};
use autocommit_core::{
    draft::{Draft, MessageSource},
    settings,
};
use breaker::{Breaker, Gate};
use budget::Budget;
use cache::{Cache, Outcome, Written};
use connection::Forbidden;
use exchange::{Answer, Failure, Patience};
use pace::Pace;
use request::Dialect;
use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, time::timeout};

/// Where a model is asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Address of the server, with or without `/v1`.
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// Sent to this server only.
    pub key: Option<String>,
    /// The host other than this machine that may be asked.
    pub allow_host: Option<String>,
}

impl Endpoint {
    /// The one that the settings name.
    pub fn of(llm: &settings::Llm, key: Option<String>) -> Self {
        let (base_url, model) = (llm.base_url.clone(), llm.llama_model_id.clone());
        Self { base_url, model, key, allow_host: llm.allow_host.clone() }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// A language model as a provider.
pub struct Model {
    state: Mutex<State>,
    /// One question at a time: two at once take as long as one after the other, and each longer.
    turn: Semaphore,
    recipe: Recipe,
}

#[derive(Default)]
struct State {
    endpoint: Option<Endpoint>,
    client: Option<reqwest::Client>,
    dialect: Dialect,
    pace: Pace,
    breaker: Breaker,
    budget: Budget,
    cache: Cache,
    /// The prompt that the server read last.
    before: String,
    last: Option<Result<(), ProviderError>>,
}

impl Default for Model {
    fn default() -> Self {
        Self::with_recipe(Recipe::default())
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("recipe", &self.recipe)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

/// Whether a cycle asks, or a person who waits for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asker {
    Cycle,
    Person,
}

impl Model {
    /// A model that is asked in this way.
    pub fn with_recipe(recipe: Recipe) -> Self {
        Self { state: Mutex::default(), turn: Semaphore::new(1), recipe }
    }

    /// Names the server to ask from now on, or none. What was learnt of another one is forgotten.
    pub fn point(&self, endpoint: Option<Endpoint>) {
        let mut state = self.lock();
        if state.endpoint != endpoint {
            let (client, budget) = (state.client.take(), state.budget);
            *state = State { endpoint, client, budget, ..State::default() };
        }
    }

    /// Begins a cycle, which may spend this much time on the model, all its repositories together.
    pub fn cycle(&self, total: Duration) {
        self.lock().budget = Budget::of(total);
    }

    /// What is known of the model.
    pub fn state(&self) -> ModelState {
        let state = self.lock();
        match &state.endpoint {
            None => ModelState::off(),
            Some(_) => {
                ModelState::of(state.last.clone(), state.breaker.gate(Instant::now()), state.pace.message())
            }
        }
    }

    /// Writes a message because a person asked for one: neither a cycle's budget nor a rest after failures counts, and
    /// no change is too small.
    pub async fn ask(&self, brief: &Brief<'_>, within: Duration) -> Result<Draft, ProviderError> {
        self.write(brief, within, Asker::Person).await
    }

    async fn write(&self, brief: &Brief<'_>, within: Duration, asker: Asker) -> Result<Draft, ProviderError> {
        let endpoint = self.may_be_asked(brief, asker)?;
        let prompt = prompt_of(brief, &self.recipe).ok_or(ProviderError::Secret)?;
        let question = format!("{endpoint:?}\n{:?}\n{}", self.recipe, prompt.text());
        let known = self.lock().cache.get(&question).cloned();
        if let Some(outcome) = known {
            let reason = format!("Written by {} for the same change before.", endpoint.model);
            return finished(brief, outcome, reason, &prompt);
        }
        let waiting = Instant::now();
        let turn = timeout(self.queue(within, asker), self.turn.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(ProviderError::OverBudget) };
        // While others were asked, the model may have failed, or the time may have gone.
        self.may_be_asked(brief, asker)?;
        let started = Instant::now();
        let left = match asker {
            Asker::Cycle => self.room(within, asker),
            Asker::Person => within.saturating_sub(waiting.elapsed()),
        };
        let conversation = Conversation { model: self, endpoint: &endpoint, brief, within: left, asker };
        let outcome = conversation.hold(prompt.clone()).await?;
        let reason = format!("Written by {} in {:.1} s.", endpoint.model, started.elapsed().as_secs_f64());
        self.lock().cache.put(question, outcome.clone());
        finished(brief, outcome, reason, &prompt)
    }

    /// The server, if it is to be asked about this.
    fn may_be_asked(&self, brief: &Brief<'_>, asker: Asker) -> Result<Endpoint, ProviderError> {
        let state = self.lock();
        let endpoint = state.endpoint.clone().ok_or(ProviderError::NoModel)?;
        if brief.wishes.rules_only {
            return Err(ProviderError::RulesOnly);
        }
        connection::allowed(&endpoint.base_url, endpoint.allow_host.as_deref()).map_err(|why| match why {
            Forbidden::Elsewhere(host) => ProviderError::NotAllowed(host),
            Forbidden::Https | Forbidden::Unclear => ProviderError::Address,
        })?;
        match state.breaker.gate(Instant::now()) {
            _ if asker == Asker::Person => {}
            Gate::Open => {}
            Gate::Loading => return Err(ProviderError::Loading),
            Gate::Resting(_) => return Err(ProviderError::Resting),
        }
        drop(state);
        if asker == Asker::Cycle && trivial::is_trivial(brief) {
            return Err(ProviderError::Trivial);
        }
        Ok(endpoint)
    }

    /// The longest wait for the turn: others that are asked meanwhile use the cycle's time up, not the message's own.
    fn queue(&self, within: Duration, asker: Asker) -> Duration {
        match asker {
            Asker::Cycle => self.lock().budget.whole(within),
            Asker::Person => within,
        }
    }

    fn room(&self, within: Duration, asker: Asker) -> Duration {
        match asker {
            Asker::Cycle => self.lock().budget.room(within),
            Asker::Person => within,
        }
    }

    /// What is left of a poisoned lock is numbers that are right one by one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MessageProvider for Model {
    fn source(&self) -> MessageSource {
        MessageSource::Llm
    }

    fn draft<'a>(&'a self, brief: &'a Brief<'a>, within: Duration) -> Drafting<'a> {
        Box::pin(self.write(brief, within, Asker::Cycle))
    }
}

fn finished(
    brief: &Brief<'_>,
    outcome: Outcome,
    reason: String,
    prompt: &Prompt,
) -> Result<Draft, ProviderError> {
    let written = outcome.map_err(ProviderError::Unusable)?;
    // What the files are is told as the rules tell it: true, and the model never sees all of them.
    let body = rules::draft(brief).body;
    let prompt = Some(prompt.text());
    Ok(Draft { subject: written.subject, body, source: MessageSource::Llm, reason, prompt })
}

/// The questions of one message: the first, the same again in what the server understands, and once again after an
/// answer that was refused.
struct Conversation<'a> {
    model: &'a Model,
    endpoint: &'a Endpoint,
    brief: &'a Brief<'a>,
    within: Duration,
    asker: Asker,
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
    async fn hold(&self, prompt: Prompt) -> Result<Outcome, ProviderError> {
        let started = Instant::now();
        let checks = Checks::of(self.brief);
        let (mut prompt, mut recipe) = (prompt, self.model.recipe);
        let (mut again, mut shortened): (Option<Refusal>, bool) = (None, false);
        loop {
            let left = self.within.saturating_sub(started.elapsed());
            let dialect = self.model.lock().dialect;
            let answer = match self.question(&prompt, &recipe, dialect, again, left).await {
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
                Err(why) => return Err(self.failed(why)),
            };
            let outcome = self.judged(&checks, &answer, &recipe);
            match outcome {
                Err(refusal) if again.is_none() => again = Some(refusal),
                Err(_) => return Ok(Err(again.unwrap_or(Refusal::Empty))),
                Ok(subject) => return Ok(Ok(Written { subject })),
            }
        }
    }

    /// One question, if there is time for it.
    async fn question(
        &self,
        prompt: &Prompt,
        recipe: &Recipe,
        dialect: Dialect,
        again: Option<Refusal>,
        left: Duration,
    ) -> Result<Answer, Asked> {
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
        let (base_url, key) = (&self.endpoint.base_url, self.endpoint.key.as_deref());
        let came = exchange::exchange(&client, base_url, key, &body, patience).await;
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
        match recipe.constraint {
            Constraint::Schema => checks.subject_in_json(&answer.text, answer.cut),
            _ => checks.subject(&answer.text, answer.cut, recipe.model_picks_type),
        }
    }

    /// Remembers a failure.
    fn failed(&self, why: Asked) -> ProviderError {
        let Asked::Failed(failure, waited) = why else { return ProviderError::OverBudget };
        let error = state::error(failure, waited);
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

/// Why a question has no answer.
#[derive(Clone, Copy)]
enum Asked {
    /// It would have taken longer than there was time.
    NoTime,
    /// It failed, after this time.
    Failed(Failure, Duration),
}
