//! A message by a language model behind any server that speaks the OpenAI API. The model writes the description and
//! nothing else, inside a time budget, and what it writes is used only where the change bears it out.

mod breaker;
mod budget;
mod cache;
pub(crate) mod connection;
mod conversation;
mod endpoint;
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

pub use endpoint::{Endpoint, KeyOf, Keys};
pub use prompt::{Prompt, prompt_of};
pub use recipe::{Constraint, Recipe};
pub use reply::Counts;
pub use state::{Condition, ModelState};

use crate::{Brief, Drafting, MessageProvider, ProviderError, providers::rules};
use autocommit_core::draft::{Draft, MessageSource};
use breaker::{Breaker, Gate};
use budget::Budget;
use cache::{Cache, Outcome};
use connection::Forbidden;
use conversation::Conversation;
use pace::Pace;
use request::Dialect;
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, time::timeout};

/// A language model as a provider.
pub struct Model {
    state: Mutex<State>,
    /// One question at a time: two at once take as long as one after the other, and each longer.
    turn: Semaphore,
    recipe: Recipe,
    /// Who has the key of a server that wants one and was named without.
    keys: Option<Arc<dyn Keys>>,
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
    /// The server said that it wants a key, and none was named with it.
    wants_key: bool,
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
        Self { state: Mutex::default(), turn: Semaphore::new(1), recipe, keys: None }
    }

    /// The same, and a server that wants a key and was named without one is given the one that `keys` has for it.
    #[must_use]
    pub fn with_keys(self, keys: Arc<dyn Keys>) -> Self {
        Self { keys: Some(keys), ..self }
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
