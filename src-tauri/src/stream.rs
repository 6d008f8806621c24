//! What happens, as it happens: handed to the window, and a reason to look at tray and notifications again.

use crate::{
    desk::Desk,
    source::{Here, Link, Source, There},
    window,
};
use autocommit_api::wire::EventRecord;
use autocommit_panel::Owner;
use futures_util::StreamExt as _;
use std::{sync::Arc, time::Duration};
use tauri::Emitter as _;
use tokio::sync::broadcast::error::RecvError;

/// Time between two looks for the process that owns the repositories.
const AGAIN: Duration = Duration::from_secs(2);
/// The longest line of an event; longer ones are no events of ours.
const LONGEST: usize = 4 << 20;

const EVENT: &str = "autocommit://event";

/// Follows what happens until the app ends.
pub(crate) async fn follow(desk: Arc<Desk>) {
    let stop = desk.stop.clone();
    let following = async {
        match &desk.source {
            Source::Here(here) => follow_engine(&desk, here).await,
            Source::There(there) => follow_process(&desk, there).await,
        }
    };
    let _ = stop.run_until_cancelled(following).await;
}

async fn follow_engine(desk: &Desk, here: &Here) {
    let events = here.host.engine.events();
    let (_, mut live) = events.since(events.newest());
    loop {
        match live.recv().await {
            Ok(record) => heard(desk, || EventRecord::from(Arc::unwrap_or_clone(record))),
            Err(RecvError::Lagged(_)) => missed(desk),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Only the window wants the event itself; without one it is not even written down.
fn heard(desk: &Desk, record: impl FnOnce() -> EventRecord) {
    if window::is_open(&desk.app)
        && let Err(error) = desk.app.emit(EVENT, record())
    {
        tracing::debug!("the window was not told: {error}");
    }
    desk.wake.notify_one();
}

/// Events were lost: the window reads everything again.
fn missed(desk: &Desk) {
    let _ = desk.app.emit(EVENT, serde_json::json!({"type": "gap"}));
    desk.wake.notify_one();
}

async fn follow_process(desk: &Desk, there: &There) {
    // Nothing but a command without API was ever there.
    let mut only_mute = true;
    let mut was_mute = false;
    let mut before = None;
    loop {
        let link = there.look();
        let now = Some(owner(&link));
        desk.learn(|facts| facts.owner = owner(&link));
        // The window reads everything again: what it shows is somebody else's, or nobody answers any more.
        if std::mem::replace(&mut before, now) != now || matches!(link, Link::Up { .. }) {
            missed(desk);
        }
        match &link {
            Link::Up { .. } => {
                only_mute = false;
                if let Err(error) = listen(desk, &link).await {
                    tracing::debug!("the events ended: {error}");
                }
            }
            Link::Mute { .. } => was_mute = true,
            // What kept the app from starting was a command, and it is done. After a daemon that was shown nobody takes its
            // place unasked.
            Link::Gone if was_mute && only_mute => desk.app.request_restart(),
            Link::Gone => {}
        }
        desk.wake.notify_one();
        tokio::time::sleep(AGAIN).await;
    }
}

fn owner(link: &Link) -> Owner {
    match link {
        Link::Up { owner, .. } => Owner::Other { pid: owner.pid },
        Link::Mute { owner } => Owner::Mute { pid: owner.pid },
        Link::Gone => Owner::Gone,
    }
}

/// Reads the event stream until it ends.
async fn listen(desk: &Desk, link: &Link) -> Result<(), reqwest::Error> {
    let Link::Up { way, token, .. } = link else { return Ok(()) };
    let request = way.http.get(format!("{}/events", way.base)).bearer_auth(token);
    let mut chunks = request.send().await?.error_for_status()?.bytes_stream();
    let mut lines = Lines::default();
    while let Some(chunk) = chunks.next().await {
        for data in lines.take(&chunk?) {
            match serde_json::from_str::<EventRecord>(&data) {
                Ok(record) => heard(desk, || record),
                // A gap, or an event that this version does not know.
                Err(_) => missed(desk),
            }
        }
    }
    Ok(())
}

/// The data of server-sent events, of which ours have one line each.
#[derive(Debug, Default)]
struct Lines {
    rest: Vec<u8>,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(bytes);
        let mut data = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            if let Some(text) = line.strip_prefix(b"data:") {
                data.push(String::from_utf8_lossy(text).trim().to_owned());
            }
        }
        if self.rest.len() > LONGEST {
            self.rest.clear();
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_may_come_in_pieces() {
        let mut lines = Lines::default();
        assert_eq!(lines.take(b": hello\nretry: 3000\n\nid: 7\nevent: enabled\nda"), [""; 0]);
        assert_eq!(lines.take(b"ta: {\"seq\":7}\n\ndata:{}\n\n"), ["{\"seq\":7}", "{}"]);
        assert_eq!(lines.take(b""), [""; 0]);
        lines.take(&vec![b'x'; LONGEST + 1]);
        assert!(lines.rest.is_empty(), "what is no event of ours is not kept");
    }
}
