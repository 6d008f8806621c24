//! Opening what a repository has: its folder, a terminal in it, its page on the web. A place is looked up by id and never
//! comes from the page; no word of a repository becomes a command.

use crate::desk::Desk;
use autocommit_api::{Method as _, Nothing, methods, wire::Repository};
use serde::Deserialize;
use std::{path::Path, sync::Arc};

/// What can be opened of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// Its folder, in the file manager.
    Folder,
    /// A terminal in its folder.
    Terminal,
    /// Its page on the web.
    Remote,
}

/// Seconds that the tray pauses for.
const HOUR: u64 = 3600;

/// The repository with this id.
pub(crate) async fn repository(desk: &Desk, id: &str) -> Result<Repository, String> {
    let all = desk.source.call::<methods::Repos>(Nothing {}).await?;
    let found = all.repos.into_iter().find(|repo| repo.id == id);
    found.ok_or_else(|| "That repository is not looked after any more.".to_owned())
}

/// Commits and pushes now: everything, or these repositories.
pub(crate) fn trigger(desk: &Arc<Desk>, repos: Option<Vec<String>>) {
    let desk = Arc::clone(desk);
    tauri::async_runtime::spawn(async move {
        let request = methods::TriggerRequest { repos, ..Default::default() };
        if let Err(error) = desk.source.call::<methods::Trigger>(request).await {
            tracing::warn!("{} could not be asked for: {error}", methods::Trigger::NAME);
        }
    });
}

/// Switches everything off for an hour.
pub(crate) async fn pause(desk: &Desk) -> Result<(), String> {
    desk.source.call::<methods::Pause>(methods::PauseRequest { seconds: HOUR }).await.map(drop)
}

/// Opens one of them.
pub(crate) async fn open(desk: &Desk, id: &str, what: What) -> Result<(), String> {
    let repo = repository(desk, id).await?;
    let path = Path::new(&repo.path);
    if what != What::Remote && !path.is_dir() {
        return Err(format!("{} is not there any more.", repo.path));
    }
    match what {
        What::Folder => tauri_plugin_opener::open_path(path, None::<&str>).map_err(|error| said(&error)),
        What::Terminal => terminal::open(path),
        What::Remote => web(repo.web_url.as_deref()),
    }
}

/// Opens a page on the web; only what is one.
pub(crate) fn web(url: Option<&str>) -> Result<(), String> {
    let url = url.filter(|url| url.starts_with("https://"));
    let url = url.ok_or("Its remote has no page that Autocommit knows of.")?;
    tauri_plugin_opener::open_url(url, None::<&str>).map_err(|error| said(&error))
}

fn said(error: &tauri_plugin_opener::Error) -> String {
    format!("The system could not open it: {error}.")
}

mod terminal {
    use std::path::Path;

    /// Terminals, the person's own choice first. Each opens in the folder that it is started in; the words after a name
    /// say so to those that would not.
    #[cfg(all(unix, not(target_os = "macos")))]
    const KNOWN: [(&str, &[&str]); 15] = [
        ("xdg-terminal-exec", &[]),
        ("x-terminal-emulator", &[]),
        ("ptyxis", &["--new-window"]),
        ("kgx", &[]),
        ("gnome-terminal", &[]),
        ("konsole", &[]),
        ("xfce4-terminal", &[]),
        ("mate-terminal", &[]),
        ("tilix", &[]),
        ("ghostty", &[]),
        ("kitty", &[]),
        ("alacritty", &[]),
        ("foot", &[]),
        ("wezterm", &["start", "--cwd", "."]),
        ("xterm", &[]),
    ];
    #[cfg(target_os = "macos")]
    const KNOWN: [(&str, &[&str]); 1] = [("open", &["-a", "Terminal", "."])];
    #[cfg(windows)]
    const KNOWN: [(&str, &[&str]); 3] =
        [("wt", &["-d", "."]), ("powershell", &["-NoExit"]), ("cmd", &["/K"])];

    /// Opens the first terminal that there is, in this folder.
    pub(super) fn open(folder: &Path) -> Result<(), String> {
        let mut why = "no terminal was found".to_owned();
        for (program, args) in KNOWN {
            #[allow(clippy::disallowed_methods, reason = "a terminal of the person's, with fixed words only")]
            let mut command = tokio::process::Command::new(program);
            command.args(args).current_dir(folder).stdin(std::process::Stdio::null());
            // What the app set for its own window is nobody else's business.
            command.env_remove("WEBKIT_DISABLE_DMABUF_RENDERER");
            #[cfg(unix)]
            command.process_group(0);
            match command.spawn() {
                // It lives on by itself; the runtime waits for its end.
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => why = format!("{program}: {error}"),
            }
        }
        Err(format!("A terminal could not be opened: {why}."))
    }
}
