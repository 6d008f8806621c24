//! What a person is asked about trust, and their answers: in the window alone, never over the network.

use super::App;
use crate::{desk::Desk, open};
use autocommit_core::{reason::Reason, text::escape_controls, trust::summary};
use autocommit_engine::{TrustBook, TrustState, TrustView};
use serde::Serialize;
use tokio::sync::Mutex;

/// What was shown last. An answer counts for exactly that, whatever has changed on disk since.
static SHOWN: Mutex<Vec<TrustView>> = Mutex::const_new(Vec::new());

/// One repository that brings programs or redirections of its own.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    repo_id: String,
    path: String,
    state: &'static str,
    sentence: String,
    findings: Vec<String>,
}

/// Every repository that brings something, read afresh.
#[tauri::command]
pub(super) async fn trust_list(desk: App<'_>) -> Result<Vec<Entry>, String> {
    let mut shown = SHOWN.lock().await;
    *shown = Box::pin(book(&desk).await?.all()).await;
    Ok(shown.iter().filter(|view| view.state != TrustState::Inert).map(entry).collect())
}

/// Allows what was shown of these, and has them looked at again.
#[tauri::command]
pub(super) async fn trust_allow(desk: App<'_>, paths: Vec<String>) -> Result<(), String> {
    let shown = SHOWN.lock().await;
    let meant = views(&shown, &paths)?;
    book(&desk).await?.allow(&meant).await.map_err(|error| format!("{error}."))?;
    let ids = meant.iter().map(|view| view.repo.id.to_string()).collect();
    open::trigger(&desk, Some(ids));
    Ok(())
}

/// Takes back what was allowed of these.
#[tauri::command]
pub(super) async fn trust_revoke(desk: App<'_>, paths: Vec<String>) -> Result<(), String> {
    let shown = SHOWN.lock().await;
    let meant = views(&shown, &paths)?;
    book(&desk).await?.revoke(&meant).await.map(drop).map_err(|error| format!("{error}."))
}

async fn book(desk: &Desk) -> Result<TrustBook, String> {
    let (settings, folders) = (desk.source.settings()?, desk.source.folders());
    Box::pin(TrustBook::open(settings, &folders.state_dir)).await.map_err(|error| format!("{error}."))
}

fn views<'a>(shown: &'a [TrustView], paths: &[String]) -> Result<Vec<&'a TrustView>, String> {
    let view =
        |path: &String| shown.iter().find(|view| view.repo.work_tree.to_string_lossy() == path.as_str());
    let found: Option<Vec<_>> = paths.iter().map(view).collect();
    found.ok_or_else(|| "That was not shown. Look at the list again.".to_owned())
}

fn entry(view: &TrustView) -> Entry {
    let name = view.repo.name();
    let sentence = match &view.state {
        TrustState::Asks => Reason::NeedsTrust(summary(&view.asks)).sentence(&name),
        TrustState::Approved => format!("What {name} brings was allowed."),
        TrustState::OptedOut => format!("The own configuration of {name} switches it off."),
        TrustState::Inert => format!("{name} brings nothing that asks."),
        TrustState::Unreadable(why) => why.clone(),
    };
    let brought = if view.state == TrustState::Asks { &view.asks } else { &view.brought };
    let line = |item: &autocommit_core::trust::Brought| format!("{} in {}", item.what, item.place);
    Entry {
        repo_id: view.repo.id.to_string(),
        path: view.repo.work_tree.to_string_lossy().into_owned(),
        state: view.state.code(),
        sentence: escape_controls(&sentence),
        findings: brought.iter().map(|item| escape_controls(&line(item))).collect(),
    }
}
