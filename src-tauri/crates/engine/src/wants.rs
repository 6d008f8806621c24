//! What the person wants, changed while it is in force: the rules of one repository, on and off, and pauses. What forbids
//! is in force before it is on disk, what allows only after. One change at a time, and each to its end even where nobody
//! waits for the answer any more: memory and disk say the same.

use crate::{EngineError, RulesPatch, events::Event, shared::Shared};
use autocommit_core::{Timestamp, id::RepoId};
use std::sync::Arc;

/// Changes the person's rules for one repository.
pub(crate) async fn set_rules(
    shared: &Arc<Shared>,
    id: &RepoId,
    patch: RulesPatch,
) -> Result<(), EngineError> {
    if !shared.registry().forbid(id, patch) {
        return Err(EngineError::UnknownRepo(id.clone()));
    }
    let id = id.clone();
    one_at_a_time(shared, move |shared| async move {
        let unknown = || EngineError::UnknownRepo(id.clone());
        let (path, rules) = {
            let registry = shared.registry();
            let mut rules = registry.rules(&id);
            rules.enabled = patch.enabled.or(rules.enabled);
            rules.push = patch.push.or(rules.push);
            (registry.repo(&id).ok_or_else(unknown)?.work_tree.clone(), rules)
        };
        kept(shared.store.wanted().set_rules(&path, &rules).await)?;
        let enabled = {
            let mut registry = shared.registry();
            registry.set_rules(&id, rules);
            registry.view(&id).ok_or_else(unknown)?.enabled
        };
        shared.events.append(Event::RulesChanged { repo_id: id, enabled });
        if patch.enabled == Some(true) {
            shared.nudge.notify_one();
        }
        Ok(())
    })
    .await
}

/// Switches everything on or off.
pub(crate) async fn set_enabled(shared: &Arc<Shared>, enabled: bool) -> Result<(), EngineError> {
    if !enabled {
        shared.set_enabled(false);
    }
    one_at_a_time(shared, move |shared| async move {
        kept(shared.store.wanted().set_enabled(enabled).await)?;
        shared.set_enabled(enabled);
        shared.events.append(if enabled { Event::Enabled } else { Event::Disabled });
        shared.nudge.notify_one();
        Ok(())
    })
    .await
}

/// Pauses until a time.
pub(crate) async fn pause(shared: &Arc<Shared>, until: Timestamp) -> Result<(), EngineError> {
    shared.set_paused_until(Some(until));
    shared.events.append(Event::Paused { until });
    shared.nudge.notify_one();
    one_at_a_time(shared, move |shared| async move {
        shared.set_paused_until(Some(until));
        kept(shared.store.wanted().set_paused_until(Some(until)).await)
    })
    .await
}

/// In a task of its own: a future is dropped where it stands when the client that asked goes away.
async fn one_at_a_time<F>(
    shared: &Arc<Shared>,
    change: impl FnOnce(Arc<Shared>) -> F + Send + 'static,
) -> Result<(), EngineError>
where
    F: Future<Output = Result<(), EngineError>> + Send + 'static,
{
    let shared = shared.clone();
    let changed = tokio::spawn(async move {
        let turn = shared.clone();
        let _turn = turn.changing.lock().await;
        change(shared).await
    });
    changed.await.unwrap_or_else(|error| Err(EngineError::State(error.to_string())))
}

fn kept(stored: Result<(), autocommit_store::StoreError>) -> Result<(), EngineError> {
    stored.map_err(|error| EngineError::State(error.to_string()))
}
