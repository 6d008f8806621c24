//! The desktop's notifications by the framework's plugin, where it knows no more than to show one.

use super::{Answer, OnShow};
use crate::desk::Desk;
use autocommit_panel::{Bubble, Delivery, Notice};
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

/// The person's desktop.
pub(super) struct Desktop {
    app: AppHandle,
}

impl Desktop {
    pub(super) fn new(desk: &Desk, _on_show: OnShow) -> Self {
        Self { app: desk.app.clone() }
    }

    pub(super) fn on_show(&self) -> OnShow {
        OnShow::default()
    }

    /// Shows what is new. What is on show already cannot be replaced or withdrawn here.
    pub(super) async fn tell(&mut self, notices: Vec<Notice>, _standing: Vec<Bubble>) -> Option<Delivery> {
        let mut delivery = None;
        for notice in notices {
            let (Notice::Show(bubble) | Notice::Replace { bubble, quiet: false }) = notice else { continue };
            let shown = self.app.notification().builder().title(bubble.title).body(bubble.body).show();
            let arrived = if shown.is_ok() { Delivery::Arrives } else { Delivery::Fails };
            delivery = Some(arrived).filter(|_| delivery != Some(Delivery::Fails)).or(delivery);
        }
        delivery
    }

    /// Nothing comes back here.
    pub(super) async fn next(&mut self) -> std::convert::Infallible {
        std::future::pending().await
    }

    pub(super) async fn heard(
        &mut self,
        never: std::convert::Infallible,
    ) -> (Option<Delivery>, Option<Answer>) {
        match never {}
    }
}
