//! The tray: shows what `panel` says, and does what a person chooses there.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as here;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
use other as here;

use crate::{desk::Desk, login, open, stop, window};
use autocommit_api::{Nothing, methods};
use autocommit_panel::{Command, Icon, Panel};
use std::{sync::Arc, time::Duration};
use tauri::image::Image;
use tokio::{sync::watch, task::JoinHandle};

/// A desktop that starts may need a moment for its tray. After this the window opens by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hands on what is to be shown.
pub(crate) struct Tray {
    panel: watch::Sender<Option<Panel>>,
    living: JoinHandle<()>,
}

/// Begins to show the tray, as soon as there is something to show and a tray to show it in.
pub(crate) fn begin(desk: &Arc<Desk>) -> Tray {
    let (panel, shown) = watch::channel(None);
    let living = tokio::spawn(here::live(Arc::clone(desk), shown));
    tokio::spawn(without_a_tray(Arc::clone(desk)));
    Tray { panel, living }
}

impl Tray {
    pub(crate) fn show(&self, panel: &Panel) {
        self.panel.send_replace(Some(panel.clone()));
    }

    /// Takes it away.
    pub(crate) async fn remove(self) {
        drop(self.panel);
        let _ = self.living.await;
    }
}

/// Who starts in the tray and has none would be out of reach: the window opens once and says how to come back.
async fn without_a_tray(desk: Arc<Desk>) {
    let waited = desk.stop.run_until_cancelled(tokio::time::sleep(PATIENCE)).await;
    if waited.is_some() && !desk.facts().tray && !window::is_open(&desk.app) {
        tracing::warn!("there is no tray to sit in; a second start opens the window");
        window::show(&desk.app, None);
    }
}

/// Does what was chosen.
fn obey(desk: &Arc<Desk>, command: Command, token: Option<String>) {
    let desk = Arc::clone(desk);
    tauri::async_runtime::spawn(async move {
        let done = match command {
            Command::Enable => desk.source.call::<methods::Enable>(Nothing {}).await.map(drop),
            Command::Disable => desk.source.call::<methods::Disable>(Nothing {}).await.map(drop),
            Command::Pause => open::pause(&desk).await,
            Command::Trigger => {
                open::trigger(&desk, None);
                Ok(())
            }
            Command::Show(route) => {
                window::show_with(&desk.app, Some(route), token);
                Ok(())
            }
            Command::StartAtLogin(on) => login::set(&desk, on),
            Command::Quit => {
                stop::quit(&desk);
                Ok(())
            }
        };
        if let Err(error) = done {
            tracing::warn!("what was chosen in the tray could not be done: {error}");
        }
        desk.wake.notify_one();
    });
}

/// One icon in the sizes that trays use, smallest first.
fn images(icon: Icon) -> [Image<'static>; 5] {
    use tauri::include_image;
    match icon {
        Icon::Pushed => [
            include_image!("../icons/tray/pushed-16.png"),
            include_image!("../icons/tray/pushed-22.png"),
            include_image!("../icons/tray/pushed-24.png"),
            include_image!("../icons/tray/pushed-32.png"),
            include_image!("../icons/tray/pushed-48.png"),
        ],
        Icon::Working => [
            include_image!("../icons/tray/working-16.png"),
            include_image!("../icons/tray/working-22.png"),
            include_image!("../icons/tray/working-24.png"),
            include_image!("../icons/tray/working-32.png"),
            include_image!("../icons/tray/working-48.png"),
        ],
        Icon::Paused => [
            include_image!("../icons/tray/paused-16.png"),
            include_image!("../icons/tray/paused-22.png"),
            include_image!("../icons/tray/paused-24.png"),
            include_image!("../icons/tray/paused-32.png"),
            include_image!("../icons/tray/paused-48.png"),
        ],
        Icon::Attention => [
            include_image!("../icons/tray/attention-16.png"),
            include_image!("../icons/tray/attention-22.png"),
            include_image!("../icons/tray/attention-24.png"),
            include_image!("../icons/tray/attention-32.png"),
            include_image!("../icons/tray/attention-48.png"),
        ],
    }
}
