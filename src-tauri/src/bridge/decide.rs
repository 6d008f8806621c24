//! What a person decides about single files: in the window alone, never over the network.

use super::App;
use crate::{desk::Desk, open};
use autocommit_api::wire::HeldRepo;
use autocommit_core::{path::RepoPath, repo::Repo, text::counted};
use autocommit_engine::{HeldNow, Ignored, Onlooker, Unignored};
use std::{path::Path, sync::Arc};

/// What is held in the repository at this path right now.
#[tauri::command]
pub(super) async fn held_list(desk: App<'_>, path: String) -> Result<HeldRepo, String> {
    let onlooker = onlooker(&desk).await?;
    let repo = repo_at(&onlooker, &path).await?;
    Ok(held(&onlooker, &repo).await?.view(&repo).into())
}

/// Has a held file committed as it is now; without a file, everything that this rule holds.
#[tauri::command]
pub(super) async fn approve(desk: App<'_>, path: String, rule: String, file: String) -> Result<(), String> {
    let onlooker = onlooker(&desk).await?;
    let repo = repo_at(&onlooker, &path).await?;
    let mut meant = held(&onlooker, &repo).await?.approvable;
    meant.retain(|one| {
        one.finding.rule.code() == rule && (file.is_empty() || one.finding.path.shown() == file)
    });
    if meant.is_empty() {
        return Err("That is not held any more, or nobody can approve it.".to_owned());
    }
    onlooker.approve(&repo, &meant).await.map_err(|error| format!("{error}."))?;
    open::trigger(&desk, Some(vec![repo.id.to_string()]));
    Ok(())
}

/// Has git ignore a file, in this clone only.
#[tauri::command]
pub(super) async fn ignore_file(desk: App<'_>, path: String, file: String) -> Result<(), String> {
    let onlooker = onlooker(&desk).await?;
    let repo = repo_at(&onlooker, &path).await?;
    let place = place(&held(&onlooker, &repo).await?, &file);
    let ignored = Box::pin(onlooker.ignore(&repo, &place)).await.map_err(|error| format!("{error}."))?;
    open::trigger(&desk, Some(vec![repo.id.to_string()]));
    match ignored {
        Ignored::Added { tracked: 0 } | Ignored::Already => Ok(()),
        Ignored::Added { tracked } => {
            Err(format!("What is new in it is ignored; {} that git knows stay.", counted(tracked, "file")))
        }
        Ignored::Tracked => Err("Git knows it already, so it cannot be ignored.".to_owned()),
        Ignored::Overruled => {
            Err("A .gitignore of the repository takes it in again; change that one.".to_owned())
        }
    }
}

/// Takes that back.
#[tauri::command]
pub(super) async fn unignore_file(desk: App<'_>, path: String, file: String) -> Result<(), String> {
    let onlooker = onlooker(&desk).await?;
    let repo = repo_at(&onlooker, &path).await?;
    let place = RepoPath::from(file.as_str());
    let came = Box::pin(onlooker.unignore(&repo, &place)).await.map_err(|error| format!("{error}."))?;
    open::trigger(&desk, Some(vec![repo.id.to_string()]));
    match came {
        Unignored::Seen => Ok(()),
        Unignored::StillIgnored => Err("Another rule still ignores it.".to_owned()),
        Unignored::NotOurs => Err("No line of Autocommit ignores it; nothing was changed.".to_owned()),
    }
}

async fn onlooker(desk: &Desk) -> Result<Onlooker, String> {
    let (settings, folders) = (desk.source.settings()?, desk.source.folders());
    Box::pin(Onlooker::open(&folders.state_dir, settings)).await.map_err(|error| format!("{error}."))
}

/// The repository whose work tree this is, and no other.
async fn repo_at(onlooker: &Onlooker, path: &str) -> Result<Arc<Repo>, String> {
    let found = onlooker.place_of(Path::new(path)).await.map_err(|error| format!("{error}."))?;
    let (repo, inside) = found;
    let whole = inside.as_bytes().is_empty() && repo.work_tree.to_string_lossy() == path;
    whole.then_some(repo).ok_or_else(|| "There is no repository there any more.".to_owned())
}

async fn held(onlooker: &Onlooker, repo: &Arc<Repo>) -> Result<HeldNow, String> {
    Box::pin(onlooker.held(repo, Vec::new())).await.map_err(|error| format!("{error}."))
}

/// The path that is shown like this: of what is held its very bytes.
fn place(held: &HeldNow, file: &str) -> RepoPath {
    let approvable = held.approvable.iter().map(|one| &one.finding);
    let known = approvable.chain(&held.others).find(|finding| finding.path.shown() == file);
    known.map_or_else(|| RepoPath::from(file), |finding| finding.path.clone())
}
