//! The message that would be used right now: a dry run of one repository.

use crate::{EngineError, MessagePreview, cycle, handle::RunRequest, shared::Shared};
use autocommit_core::{
    cycle::{CycleTrigger, RunStatus},
    draft::{Draft, MessageSource},
    id::RepoId,
};
use std::{sync::Arc, time::Duration};

pub(crate) async fn message(shared: &Arc<Shared>, id: &RepoId) -> Result<MessagePreview, EngineError> {
    let repo = shared.registry().repo(id).ok_or_else(|| EngineError::UnknownRepo(id.clone()))?;
    let request = RunRequest {
        repos: Some(vec![id.clone()]),
        dry_run: true,
        quiet: true,
        ..RunRequest::of(CycleTrigger::Manual)
    };
    let cycle = cycle::run(shared, request).await?;
    let run = cycle
        .runs
        .into_iter()
        .next()
        .ok_or_else(|| EngineError::NotNow("It is being committed right now.".into()))?;
    let Some(subject) = run.subject else {
        return Err(match run.status {
            RunStatus::Unchanged => EngineError::NothingToCommit(run.name),
            _ => EngineError::NotNow(
                run.reason.unwrap_or_else(|| format!("{} cannot be committed now.", run.name)),
            ),
        });
    };
    let draft = Draft {
        subject,
        body: run.body.unwrap_or_default(),
        source: run.message_source.unwrap_or(MessageSource::Rules),
        reason: "No language model is connected, so rules wrote it.".to_owned(),
        prompt: None,
    };
    Ok(MessagePreview {
        repo_id: id.clone(),
        path: repo.work_tree.clone(),
        draft,
        elapsed: Duration::from_millis(run.elapsed_ms),
    })
}
