//! The tray as macOS and Windows have it, by the framework.

use super::{images, obey};
use crate::{desk::Desk, window};
use autocommit_panel::{Command, Item, Panel};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tauri::{
    AppHandle,
    menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};
use tokio::sync::watch;

/// Which of the sizes that are drawn is taken.
const SIZE: usize = 3;

/// What the entries of the menu on show ask for, by their ids.
type Commands = Arc<Mutex<HashMap<String, Command>>>;

/// Shows the newest panel until there are no more.
pub(super) async fn live(desk: Arc<Desk>, mut panels: watch::Receiver<Option<Panel>>) {
    let mut icon: Option<TrayIcon> = None;
    let commands = Commands::default();
    while panels.changed().await.is_ok() {
        let Some(panel) = panels.borrow_and_update().clone() else { continue };
        let shown = match &icon {
            Some(icon) => show(icon, &desk, &panel, &commands),
            None => build(&desk, &commands).and_then(|built| {
                show(&built, &desk, &panel, &commands)?;
                icon = Some(built);
                Ok(())
            }),
        };
        if let Err(error) = &shown {
            tracing::warn!("the tray cannot be shown: {error}");
        }
        desk.learn(|facts| facts.tray = shown.is_ok());
    }
}

fn build(desk: &Arc<Desk>, commands: &Commands) -> tauri::Result<TrayIcon> {
    let app = desk.app.clone();
    let (desk_of_menu, commands) = (Arc::clone(desk), Arc::clone(commands));
    TrayIconBuilder::with_id("dev.autocommit.Autocommit")
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .icon_as_template(cfg!(target_os = "macos"))
        .on_menu_event(move |_, event| {
            let commands = commands.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(command) = commands.get(event.id().as_ref()) {
                obey(&desk_of_menu, command.clone(), None);
            }
        })
        .on_tray_icon_event(move |_, event| {
            let left = MouseButton::Left;
            if let TrayIconEvent::Click { button, button_state: MouseButtonState::Up, .. } = event
                && button == left
                && !cfg!(target_os = "macos")
            {
                window::show(&app, None);
            }
        })
        .build(&desk.app)
}

fn show(icon: &TrayIcon, desk: &Arc<Desk>, panel: &Panel, commands: &Commands) -> tauri::Result<()> {
    icon.set_icon(Some(images(panel.icon)[SIZE].clone()))?;
    icon.set_tooltip(Some(format!("Autocommit: {}", panel.state)))?;
    let (menu, now) = menu(&desk.app, panel)?;
    *commands.lock().unwrap_or_else(PoisonError::into_inner) = now;
    icon.set_menu(Some(menu))
}

fn menu(app: &AppHandle, panel: &Panel) -> tauri::Result<(Menu<tauri::Wry>, HashMap<String, Command>)> {
    let menu = Menu::new(app)?;
    let mut commands = HashMap::new();
    for (number, item) in panel.items.iter().enumerate() {
        let id = number.to_string();
        match item {
            Item::Separator => menu.append(&PredefinedMenuItem::separator(app)?)?,
            Item::Line(label) => {
                menu.append(&MenuItem::with_id(app, id, plain(label), false, None::<&str>)?)?;
            }
            Item::Choice { label, command, enabled } => {
                commands.insert(id.clone(), command.clone());
                menu.append(&MenuItem::with_id(app, id, plain(label), *enabled, None::<&str>)?)?;
            }
            Item::Check { label, command, on, enabled } => {
                commands.insert(id.clone(), command.clone());
                let item = CheckMenuItem::with_id(app, id, plain(label), *enabled, *on, None::<&str>)?;
                menu.append(&item)?;
            }
        }
    }
    Ok((menu, commands))
}

/// A label that is shown as it is: an ampersand would mark an access key.
fn plain(label: &str) -> String {
    label.replace('&', "&&")
}
