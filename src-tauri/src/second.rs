//! A second start shows the window of the first. The desktop's bus tells the first one of it; where there is no bus, a
//! socket in the state folder does, beside the lock that keeps the second from the repositories.

use crate::{args, desk::Desk, window};
use std::{path::Path, sync::Arc};
use tauri::AppHandle;

/// Another start of the program was noticed: its words are `argv`.
pub(crate) fn started(app: &AppHandle, argv: &[String]) {
    // At login nobody asked for a window.
    if !argv.iter().any(|arg| arg == args::HIDDEN) {
        window::show(app, None);
    }
}

#[cfg(unix)]
mod socket {
    use super::*;
    use std::time::Duration;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{UnixListener, UnixStream},
    };

    const NAME: &str = "desktop.sock";
    /// The first one is on this machine and has nothing else to do.
    const ANSWER: Duration = Duration::from_secs(2);
    /// "Show the window", and "nothing to do"; the answer is the same byte.
    const SHOW: u8 = b's';
    const HELLO: u8 = b'h';

    /// Asks the app that owns the repositories to show its window; `false` where the owner is no such app.
    pub(crate) async fn knock(state_dir: &Path, hidden: bool) -> bool {
        let word = if hidden { HELLO } else { SHOW };
        let asking = async {
            let mut stream = UnixStream::connect(state_dir.join(NAME)).await?;
            stream.write_all(&[word]).await?;
            stream.read_u8().await
        };
        matches!(tokio::time::timeout(ANSWER, asking).await, Ok(Ok(answer)) if answer == word)
    }

    /// Listens for other starts.
    pub(crate) fn listen(desk: &Arc<Desk>, state_dir: &Path) {
        // Only who owns the repositories may take the name; the socket of one that was killed is in the way.
        if !matches!(desk.source, crate::source::Source::Here(_)) {
            return;
        }
        let path = state_dir.join(NAME);
        let _ = std::fs::remove_file(&path);
        let listener = match UnixListener::bind(&path) {
            Ok(listener) => listener,
            Err(error) => {
                tracing::warn!("{} cannot be listened on: {error}", path.display());
                return;
            }
        };
        let (app, stop) = (desk.app.clone(), desk.stop.clone());
        tokio::spawn(async move {
            while let Some(Ok((mut stream, _))) = stop.run_until_cancelled(listener.accept()).await {
                let answering = async {
                    let word = stream.read_u8().await?;
                    if word == SHOW {
                        window::show(&app, None);
                    }
                    stream.write_all(&[word]).await
                };
                let _ = tokio::time::timeout(ANSWER, answering).await;
            }
            let _ = std::fs::remove_file(&path);
        });
    }
}

#[cfg(unix)]
pub(crate) use socket::{knock, listen};

/// Elsewhere the system's own way to find the first one always works.
#[cfg(not(unix))]
pub(crate) async fn knock(_state_dir: &Path, _hidden: bool) -> bool {
    false
}

/// Elsewhere the system's own way to find the first one always works.
#[cfg(not(unix))]
pub(crate) fn listen(_desk: &Arc<Desk>, _state_dir: &Path) {}
