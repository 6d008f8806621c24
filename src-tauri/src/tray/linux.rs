//! The tray as the desktops of Linux have it, over the session's bus. The framework's own needs a library of the system
//! and panics without it, knows no left click and no tooltip, and does not say whether anything is shown.

use super::{images, obey};
use crate::{desk::Desk, window};
use autocommit_panel::{Icon, Item, Panel};
use ksni::{
    Category, MenuItem, OfflineReason, Status, ToolTip, TrayMethods as _,
    menu::{CheckmarkItem, StandardItem},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;

/// Time between two tries where there is no bus at all.
const AGAIN: Duration = Duration::from_secs(30);

/// Shows the newest panel until there are no more; a bus or a tray that comes later gets the icon too.
pub(super) async fn live(desk: Arc<Desk>, mut panels: watch::Receiver<Option<Panel>>) {
    let Ok(first) = panels.wait_for(Option::is_some).await.map(|panel| panel.clone()) else { return };
    let Some(mut latest) = first else { return };
    loop {
        let online = Arc::new(AtomicBool::new(true));
        let item = Sni { desk: Arc::clone(&desk), panel: latest.clone(), online: Arc::clone(&online) };
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => {
                desk.learn(|facts| facts.tray = online.load(Ordering::SeqCst));
                while panels.changed().await.is_ok() {
                    let next = panels.borrow_and_update().clone();
                    if let Some(next) = next {
                        latest = next;
                    }
                    if handle.update(|item| item.panel = latest.clone()).await.is_none() {
                        break;
                    }
                }
                if panels.has_changed().is_err() {
                    handle.shutdown().await;
                    return;
                }
            }
            Err(error) => tracing::debug!("no tray: {error}"),
        }
        desk.learn(|facts| facts.tray = false);
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = desk.stop.cancelled() => return,
        }
        if let Some(next) = panels.borrow_and_update().clone() {
            latest = next;
        }
    }
}

struct Sni {
    desk: Arc<Desk>,
    panel: Panel,
    online: Arc<AtomicBool>,
}

impl Sni {
    fn item(item: &Item) -> MenuItem<Self> {
        match item {
            Item::Separator => MenuItem::Separator,
            Item::Line(label) => {
                StandardItem { label: plain(label), enabled: false, ..Default::default() }.into()
            }
            Item::Choice { label, command, enabled } => {
                let command = command.clone();
                StandardItem {
                    label: plain(label),
                    enabled: *enabled,
                    activate: Box::new(move |item: &mut Self| {
                        obey(&item.desk, command.clone(), ksni::current_xdg_activation_token());
                    }),
                    ..Default::default()
                }
                .into()
            }
            Item::Check { label, command, on, enabled } => {
                let command = command.clone();
                CheckmarkItem {
                    label: plain(label),
                    enabled: *enabled,
                    checked: *on,
                    activate: Box::new(move |item: &mut Self| obey(&item.desk, command.clone(), None)),
                    ..Default::default()
                }
                .into()
            }
        }
    }
}

impl ksni::Tray for Sni {
    fn id(&self) -> String {
        "dev.autocommit.Autocommit".to_owned()
    }

    fn category(&self) -> Category {
        Category::ApplicationStatus
    }

    fn title(&self) -> String {
        "Autocommit".to_owned()
    }

    fn status(&self) -> Status {
        match self.panel.icon {
            Icon::Attention => Status::NeedsAttention,
            Icon::Pushed | Icon::Working | Icon::Paused => Status::Active,
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        pixmaps(self.panel.icon)
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        pixmaps(Icon::Attention)
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: "Autocommit".to_owned(),
            description: self.panel.state.clone(),
            ..Default::default()
        }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.panel.items.iter().map(Self::item).collect()
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        window::show_with(&self.desk.app, None, ksni::current_xdg_activation_token());
    }

    fn watcher_online(&self) {
        self.online.store(true, Ordering::SeqCst);
        self.desk.learn(|facts| facts.tray = true);
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        tracing::debug!("no tray: {reason:?}");
        self.online.store(false, Ordering::SeqCst);
        self.desk.learn(|facts| facts.tray = false);
        true
    }
}

/// A label that is shown as it is: an underscore would mark an access key.
fn plain(label: &str) -> String {
    label.replace('_', "__")
}

/// The sizes of one icon, in the byte order of the specification: alpha first.
fn pixmaps(icon: Icon) -> Vec<ksni::Icon> {
    let pixmap = |image: &tauri::image::Image<'_>| {
        let mut data = image.rgba().to_vec();
        data.chunks_exact_mut(4).for_each(|pixel| pixel.rotate_right(1));
        let side = |n: u32| i32::try_from(n).unwrap_or_default();
        ksni::Icon { width: side(image.width()), height: side(image.height()), data }
    };
    images(icon).iter().map(pixmap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_pixels() {
        assert_eq!(plain("my_repo"), "my__repo");
        for icon in [Icon::Pushed, Icon::Working, Icon::Paused, Icon::Attention] {
            for map in pixmaps(icon) {
                assert_eq!(map.data.len(), (map.width * map.height * 4) as usize);
                assert!(map.data.chunks_exact(4).any(|pixel| pixel[0] == 255), "something is drawn");
                assert!(map.data.chunks_exact(4).any(|pixel| pixel[0] == 0), "not everything is");
            }
        }
    }
}
