//! Carries out what the ledger says: shows, replaces and withdraws notifications, and knows whether that worked.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux::Desktop;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
use other::Desktop;

use crate::{desk::Desk, open, window};
use autocommit_panel::{Bubble, Button, Ledger, Notice};
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::{mpsc, oneshot};

/// Orders that wait; who sends more waits too.
const WAITING: usize = 4;
/// What was told, in the state folder.
const FILE: &str = "notices.json";

/// Takes orders.
pub(crate) struct Sender(mpsc::Sender<Order>);

pub(crate) type Receiver = mpsc::Receiver<Order>;

pub(crate) enum Order {
    /// Carry these out; then this is what was told, and these are all that should be on show.
    Tell { ledger: Ledger, notices: Vec<Notice>, standing: Vec<Bubble> },
    /// Say when everything before is done.
    Flush(oneshot::Sender<()>),
}

/// What survives a restart.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    ledger: Ledger,
    on_show: OnShow,
}

/// Which notifications the desktop still shows, in its own numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OnShow {
    /// The program that shows them: numbers mean nothing to another one.
    server: String,
    ids: std::collections::BTreeMap<String, u32>,
}

/// What a person did with a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    bubble: Bubble,
    retry: bool,
    /// The desktop's leave to take the focus.
    token: Option<String>,
}

pub(crate) fn channel() -> (Sender, Receiver) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Sender(sender), receiver)
}

impl Sender {
    pub(crate) async fn tell(&self, ledger: Ledger, notices: Vec<Notice>, standing: Vec<Bubble>) {
        let _ = self.0.send(Order::Tell { ledger, notices, standing }).await;
    }

    /// Returns when everything before is carried out.
    pub(crate) async fn flush(&self) {
        let (done, waiting) = oneshot::channel();
        if self.0.send(Order::Flush(done)).await.is_ok() {
            let _ = waiting.await;
        }
    }
}

/// What was told before this start.
pub(crate) fn kept(desk: &Desk) -> Ledger {
    read(desk).ledger
}

/// Carries out orders and obeys answers until nobody orders any more.
pub(crate) async fn run(desk: Arc<Desk>, mut orders: Receiver) {
    let Kept { mut ledger, on_show } = read(&desk);
    let mut desktop = Desktop::new(&desk, on_show);
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Tell { ledger: told, notices, standing }) => {
                    let delivery = desktop.tell(notices, standing).await;
                    desk.learn(|facts| facts.delivery = delivery.unwrap_or(facts.delivery));
                    ledger = told;
                    write(&desk, &Kept { ledger: ledger.clone(), on_show: desktop.on_show() });
                }
                Some(Order::Flush(done)) => {
                    let _ = done.send(());
                }
                None => return,
            },
            word = desktop.next() => {
                let before = desktop.on_show();
                let (delivery, answer) = desktop.heard(word).await;
                desk.learn(|facts| facts.delivery = delivery.unwrap_or(facts.delivery));
                // What a person closed stays closed after a restart.
                if desktop.on_show() != before {
                    write(&desk, &Kept { ledger: ledger.clone(), on_show: desktop.on_show() });
                }
                if let Some(answer) = answer {
                    obey(&desk, answer);
                }
            }
        }
    }
}

fn obey(desk: &Arc<Desk>, answer: Answer) {
    let retry = answer.bubble.buttons.iter().find_map(|button| match button {
        Button::Retry(repos) if answer.retry => Some(repos.clone()),
        _ => None,
    });
    match retry {
        Some(repos) => open::trigger(desk, Some(repos)),
        None => window::show_with(&desk.app, Some(answer.bubble.route), answer.token),
    }
}

fn file(desk: &Desk) -> PathBuf {
    desk.source.folders().state_dir.join(FILE)
}

/// A file that is missing or damaged means that nothing was told: at worst something is told twice.
fn read(desk: &Desk) -> Kept {
    std::fs::read(file(desk)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

fn write(desk: &Desk, kept: &Kept) {
    let path = file(desk);
    let written = serde_json::to_vec(kept)
        .map_err(std::io::Error::other)
        .and_then(|text| autocommit_host::replace_file(&path, &text));
    if let Err(error) = written {
        tracing::warn!("{} could not be written: {error}", path.display());
    }
}
