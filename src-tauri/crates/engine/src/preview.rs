//! The message that would be used right now: a dry run of one repository.

use crate::{EngineError, MessagePreview, Steer, WrittenBy, cycle, handle::RunRequest, shared::Shared};
use autocommit_core::{
    cycle::{CycleTrigger, RunReport, RunStatus},
    id::RepoId,
};
use std::sync::Arc;

pub(crate) async fn message(
    shared: &Arc<Shared>,
    id: &RepoId,
    by: WrittenBy,
) -> Result<MessagePreview, EngineError> {
    let repo = shared.registry().repo(id).ok_or_else(|| EngineError::UnknownRepo(id.clone()))?;
    let request = RunRequest {
        repos: Some(vec![id.clone()]),
        dry_run: true,
        quiet: true,
        steer: Steer { by, ..Steer::default() },
        ..RunRequest::of(CycleTrigger::Manual)
    };
    let cycle = cycle::run(shared, request).await?;
    let run = cycle
        .runs
        .first()
        .map(|run| RunReport::clone(run))
        .ok_or_else(|| EngineError::NotNow("It is being committed right now.".into()))?;
    let Some(written) = run.written else {
        return Err(match run.status {
            RunStatus::Unchanged => EngineError::NothingToCommit(run.name),
            _ => EngineError::NotNow(
                run.reason.unwrap_or_else(|| format!("{} cannot be committed now.", run.name)),
            ),
        });
    };
    Ok(MessagePreview {
        repo_id: id.clone(),
        path: repo.work_tree.clone(),
        draft: written.draft,
        rules: written.rules,
        elapsed: written.took,
    })
}
