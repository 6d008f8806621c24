//! What does something, where the person allows it. Everything goes through the same guards as without an agent.

use super::{
    Server,
    look::{as_value, call, read, repos},
    tools::{Act, CommitAsked, Nothing, PauseAsked, TriggerAsked},
};
use crate::{client::Client, exit::Failure};
use autocommit_api::{
    self as api, Scope,
    methods::{Enable, History, HistoryRequest, Pause, PauseRequest, Status, Trigger, TriggerRequest},
    wire::Repository,
};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

/// How long the end of a cycle is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
const MINUTES: std::ops::RangeInclusive<u64> = 1..=1440;

pub(super) async fn act(server: &Server, act: Act, arguments: Value) -> Result<Value, Failure> {
    let client = server.client(Scope::Control)?;
    match act {
        Act::Commit => commit(&client, read(arguments)?).await,
        Act::Trigger => {
            let asked: TriggerAsked = read(arguments)?;
            let ids = match asked.repos {
                None => None,
                Some(named) => Some(ids(&client, &named).await?),
            };
            let request = TriggerRequest { repos: ids, ..TriggerRequest::default() };
            let (started, _) = client.call::<Trigger>(&request).await?;
            ended(&client, &started.cycle_id).await
        }
        Act::Pause => {
            let asked: PauseAsked = read(arguments)?;
            if !MINUTES.contains(&asked.minutes) {
                return Err(Failure::usage("A pause lasts from 1 to 1440 minutes."));
            }
            call::<Pause>(&client, &PauseRequest { seconds: asked.minutes * 60 }).await
        }
        Act::Resume => {
            let Nothing {} = read(arguments)?;
            let (status, _) = client.call::<Status>(&api::Nothing {}).await?;
            if status.paused_until.is_none() && !status.enabled {
                return Err(Failure::attention("It is switched off, which only the person ends.")
                    .hint("They can, with autocommit enable."));
            }
            call::<Enable>(&client, &api::Nothing {}).await
        }
    }
}

async fn commit(client: &Client, asked: CommitAsked) -> Result<Value, Failure> {
    let repos = ids(client, std::slice::from_ref(&asked.repo)).await?;
    let request = TriggerRequest {
        repos: Some(repos),
        message: Some(asked.message),
        request_id: Some(asked.request_id.clone()),
        asked_by: asked.who,
        task: asked.task,
        ..TriggerRequest::default()
    };
    let (started, _) = client.call::<Trigger>(&request).await?;
    if let Some(entry) = made(client, &asked.request_id).await? {
        return Ok(json!({"committed": true, "entry": entry}));
    }
    let cycle = ended(client, &started.cycle_id).await?;
    Ok(match made(client, &asked.request_id).await? {
        Some(entry) => json!({"committed": true, "entry": entry}),
        None => json!({"committed": false, "cycle": cycle}),
    })
}

/// The history's entry of a request that was carried out.
async fn made(client: &Client, request: &str) -> Result<Option<Value>, Failure> {
    let asked = HistoryRequest { request_id: Some(request.to_owned()), ..HistoryRequest::default() };
    let reply = call::<History>(client, &asked).await?;
    let entries = reply["entries"].as_array().cloned().unwrap_or_default();
    Ok(entries.into_iter().find(|entry| entry["commit"].is_string()))
}

/// What came of a cycle, once it is over; while it goes on, what is known of it.
async fn ended(client: &Client, id: &str) -> Result<Value, Failure> {
    client.ended(id, Some(PATIENCE)).await.and_then(|(_, text)| as_value(&text))
}

/// The ids of repositories that are named by their ids or by absolute paths.
async fn ids(client: &Client, named: &[String]) -> Result<Vec<String>, Failure> {
    let known = repos(client).await?;
    named.iter().map(|name| id(&known, name)).collect()
}

fn id(known: &[Repository], name: &str) -> Result<String, Failure> {
    let path = Path::new(name);
    let found = if path.is_absolute() {
        let around = known.iter().filter(|repo| path.starts_with(&repo.path));
        around.max_by_key(|repo| repo.path.len())
    } else {
        known.iter().find(|repo| repo.id == name)
    };
    found.map(|repo| repo.id.clone()).ok_or_else(|| {
        Failure::usage(format!("Autocommit looks after no repository at {name}."))
            .hint("Take an id or a path from repositories.")
    })
}
