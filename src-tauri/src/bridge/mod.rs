//! What the page may ask for. Paths, addresses and programs are looked up here, by id; nothing of the page names one.

mod decide;
mod trust;

use crate::{
    desk::{Desk, State as Surroundings},
    login, open,
    source::Reply,
    stop, window,
};
use autocommit_api::{
    Verb,
    methods::{History, HistoryRequest},
};
use serde_json::Value;
use std::sync::Arc;
use tauri::{AppHandle, State, Wry, ipc::Invoke};
use tauri_plugin_dialog::DialogExt as _;

/// The app, in a command.
type App<'a> = State<'a, Arc<Desk>>;

/// All commands.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        request,
        desktop,
        set_login_item,
        quit,
        listens,
        pick_folder,
        open_repo,
        open_commit,
        trust::trust_list,
        trust::trust_allow,
        trust::trust_revoke,
        decide::held_list,
        decide::approve,
        decide::ignore_file,
        decide::unignore_file,
    ]
}

/// Asks as over HTTP.
#[tauri::command]
async fn request(desk: App<'_>, verb: String, path: String, body: Option<Value>) -> Result<Reply, String> {
    let verb = match verb.as_str() {
        "GET" => Verb::Get,
        "POST" => Verb::Post,
        "PATCH" => Verb::Patch,
        _ => return Err("Autocommit knows no such request.".to_owned()),
    };
    if !path.starts_with('/') {
        return Err("That is no address of Autocommit.".to_owned());
    }
    let body = body.filter(|body| !body.is_null()).map(|body| body.to_string());
    desk.source.request(verb, &path, body).await
}

/// What the app knows of its surroundings.
#[tauri::command]
async fn desktop(desk: App<'_>) -> Result<Surroundings, String> {
    Ok(desk.state())
}

#[tauri::command]
async fn set_login_item(desk: App<'_>, on: bool) -> Result<Surroundings, String> {
    login::set(&desk, on)?;
    Ok(desk.state())
}

#[tauri::command]
async fn quit(desk: App<'_>) -> Result<(), String> {
    stop::quit(&desk);
    Ok(())
}

/// The page hears where it is to go; a place that was asked for while it was loading.
#[tauri::command]
async fn listens() -> Option<String> {
    window::listens()
}

/// The system's folder picker; nothing where the person changed their mind.
#[tauri::command]
async fn pick_folder(app: AppHandle, window: tauri::WebviewWindow) -> Result<Option<String>, String> {
    let (picked, waiting) = tokio::sync::oneshot::channel();
    let dialog = app.dialog().file().set_parent(&window);
    dialog.pick_folder(move |folder| {
        let _ = picked.send(folder);
    });
    let folder = waiting.await.ok().flatten().and_then(|folder| folder.into_path().ok());
    Ok(folder.map(|folder| folder.to_string_lossy().into_owned()))
}

#[tauri::command]
async fn open_repo(desk: App<'_>, id: String, what: open::What) -> Result<(), String> {
    open::open(&desk, &id, what).await
}

/// Opens the page of a commit, by the number of its entry in the history.
#[tauri::command]
async fn open_commit(desk: App<'_>, entry_id: i64) -> Result<(), String> {
    let before = Some(entry_id.saturating_add(1));
    let request = HistoryRequest { before, limit: Some(1), ..Default::default() };
    let entries = desk.source.call::<History>(request).await?.entries;
    let entry = entries.into_iter().find(|entry| entry.id == entry_id);
    let entry = entry.ok_or("That entry is not in the history any more.")?;
    open::web(entry.web_url.as_deref())
}
