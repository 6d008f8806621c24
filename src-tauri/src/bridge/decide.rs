//! What a person decides about single files: in the window alone, never over the network.

use super::App;
use crate::{desk::Desk, open};
use autocommit_api::wire::HeldRepo;
use autocommit_core::{guards::Rule, path::RepoPath, repo::Repo, text::counted};
use autocommit_engine::{Approvable, HeldNow, Ignored, Onlooker, Unignored};
use std::{collections::BTreeMap, path::Path, sync::Arc};
use tokio::sync::Mutex;

/// What was shown last, by the repository's id. An answer counts for exactly that, whatever has changed on disk since.
static SHOWN: Mutex<BTreeMap<String, HeldNow>> = Mutex::const_new(BTreeMap::new());

/// What is held in a repository right now.
#[tauri::command]
pub(super) async fn held_list(desk: App<'_>, id: String) -> Result<HeldRepo, String> {
    let (onlooker, repo) = at(&desk, &id).await?;
    let held = Box::pin(onlooker.held(&repo, Vec::new())).await.map_err(|error| format!("{error}."))?;
    let view = held.view(&repo).into();
    let _ = SHOWN.lock().await.insert(id, held);
    Ok(view)
}

/// Has files that were shown as held by this rule committed as they were then.
#[tauri::command]
pub(super) async fn approve(
    desk: App<'_>,
    id: String,
    rule: String,
    files: Vec<String>,
) -> Result<(), String> {
    let meant = match SHOWN.lock().await.get(&id) {
        Some(held) => meant(held, &rule, &files)?,
        None => return Err(NOT_SHOWN.to_owned()),
    };
    let (onlooker, repo) = at(&desk, &id).await?;
    onlooker.approve(&repo, &meant).await.map_err(|error| format!("{error}."))?;
    open::trigger(&desk, Some(vec![id]));
    Ok(())
}

/// Has git ignore a file that was shown as held, in this clone only.
#[tauri::command]
pub(super) async fn ignore_file(desk: App<'_>, id: String, file: String) -> Result<(), String> {
    let place = shown(&id, &file).await?;
    let (onlooker, repo) = at(&desk, &id).await?;
    let ignored = Box::pin(onlooker.ignore(&repo, &place)).await.map_err(|error| format!("{error}."))?;
    open::trigger(&desk, Some(vec![id]));
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
pub(super) async fn unignore_file(desk: App<'_>, id: String, file: String) -> Result<(), String> {
    let (onlooker, repo) = at(&desk, &id).await?;
    // It is held no more, so the list may have been read anew without it.
    let place = shown(&id, &file).await.unwrap_or_else(|_| RepoPath::from(file.as_str()));
    let came = Box::pin(onlooker.unignore(&repo, &place)).await.map_err(|error| format!("{error}."))?;
    open::trigger(&desk, Some(vec![id]));
    match came {
        Unignored::Seen => Ok(()),
        Unignored::StillIgnored => Err("Another rule still ignores it.".to_owned()),
        Unignored::NotOurs => Err("No line of Autocommit ignores it; nothing was changed.".to_owned()),
    }
}

const NOT_SHOWN: &str = "That was not shown as held. Look at the list again.";

/// The repository with this id, and what can look at it.
async fn at(desk: &Desk, id: &str) -> Result<(Onlooker, Arc<Repo>), String> {
    let path = open::repository(desk, id).await?.path;
    let (settings, folders) = (desk.source.settings()?, desk.source.folders());
    let onlooker =
        Box::pin(Onlooker::open(&folders.state_dir, settings)).await.map_err(|error| format!("{error}."))?;
    let found = onlooker.place_of(Path::new(&path)).await.map_err(|error| format!("{error}."))?;
    let (repo, inside) = found;
    let whole = inside.as_bytes().is_empty() && repo.work_tree.to_string_lossy() == path;
    let repo = whole.then_some(repo).ok_or("There is no repository there any more.")?;
    Ok((onlooker, repo))
}

/// What was shown of these files under this rule, all of it or an error. Secrets are approved one by one.
fn meant(held: &HeldNow, rule: &str, files: &[String]) -> Result<Vec<Approvable>, String> {
    let of_rule = held.approvable.iter().filter(|one| one.finding.rule.code() == rule);
    let meant: Vec<_> = of_rule.filter(|one| files.contains(&one.finding.path.shown())).cloned().collect();
    let known = |file: &String| meant.iter().any(|one| one.finding.path.shown() == *file);
    if meant.is_empty() || !files.iter().all(known) {
        return Err(NOT_SHOWN.to_owned());
    }
    let secret = meant.iter().any(|one| matches!(one.finding.rule, Rule::Secret | Rule::SecretFile));
    if secret && files.len() > 1 {
        return Err("Secrets are approved one by one.".to_owned());
    }
    Ok(meant)
}

/// The path that was shown like this: its very bytes.
async fn shown(id: &str, file: &str) -> Result<RepoPath, String> {
    let shown = SHOWN.lock().await;
    let held = shown.get(id).ok_or(NOT_SHOWN)?;
    let mut findings = held.approvable.iter().map(|one| &one.finding).chain(&held.others);
    let found = findings.find(|finding| finding.path.shown() == file);
    found.map(|finding| finding.path.clone()).ok_or_else(|| NOT_SHOWN.to_owned())
}
