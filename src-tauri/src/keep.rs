//! Keeps tray and notifications as `panel` says they should be.

use crate::{desk::Desk, notify, source::Seen, tray::Tray};
use autocommit_api::wire::WorkState;
use autocommit_panel::{Ledger, Panel, Reader, Telling, View, panel};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};

/// Much happens at once in a cycle; it is looked at together.
const PAUSE: Duration = Duration::from_millis(150);
/// Some things come with time alone: a lock that stays, a pause that is over.
const TICK: Duration = Duration::from_secs(10);

/// Runs until the app ends.
pub(crate) async fn run(desk: Arc<Desk>, tray: Tray) {
    let mut shown: Option<Panel> = None;
    let mut ledger = notify::kept(&desk);
    let mut first = true;
    loop {
        let seen = desk.source.seen().await.inspect_err(|error| tracing::debug!("nothing to show: {error}"));
        let now = Timestamp::now();
        let seen = seen.ok();
        let view = seen.as_ref().map(|seen| view(seen, now));
        let next = panel(view.as_ref(), &desk.shell());
        if shown.as_ref() != Some(&next) {
            tray.show(&next);
            shown = Some(next);
        }
        if let Some(view) = &view {
            tell(&desk, &mut ledger, view, first).await;
            first &= view.status.state == WorkState::Starting;
        }
        tokio::select! {
            () = desk.stop.cancelled() => break,
            () = desk.wake.notified() => {}
            () = tokio::time::sleep(TICK) => {}
        }
        let _ = desk.stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
    }
    tray.remove().await;
}

fn view(seen: &Seen, now: Timestamp) -> View<'_> {
    View { status: &seen.status, repos: &seen.repos.repos, held: &seen.held.repos, now }
}

/// What is on show from before is told at the first look, so that a click on it finds its way.
async fn tell(desk: &Desk, ledger: &mut Ledger, view: &View<'_>, first: bool) {
    let Ok(settings) = desk.source.settings() else { return };
    let before = ledger.clone();
    let notices = ledger.fold(view, Telling::of(&settings.notifications, Reader::Desktop));
    if first || *ledger != before || !notices.is_empty() {
        desk.notify.tell(ledger.clone(), notices, ledger.standing(view)).await;
    }
}
