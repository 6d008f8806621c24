//! What survives a restart: which episodes were told, and which reports wait.

use crate::{Way, WayKept, outbox::Outbox};
use autocommit_panel::Ledger;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// In the state folder.
const FILE: &str = "reports.json";

/// All that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    pub(crate) ledger: Ledger,
    webhook: Outbox,
    command: Outbox,
}

/// What is kept of each way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The webhook's.
    pub webhook: WayKept,
    /// The command's.
    pub command: WayKept,
}

impl State {
    pub(crate) fn outbox(&mut self, way: Way) -> &mut Outbox {
        match way {
            Way::Webhook => &mut self.webhook,
            Way::Command => &mut self.command,
        }
    }
}

/// Where it is.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// A file that is missing or damaged means that nothing was told: at worst something is told twice.
pub(crate) fn read(folder: &Path) -> State {
    std::fs::read(path(folder)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// What waits in a state folder and what went wrong; whoever owns the folder may be changing it.
pub fn kept(folder: &Path) -> Kept {
    let mut state = read(folder);
    let mut of = |way| {
        let outbox = state.outbox(way);
        WayKept { waiting: outbox.len(), trouble: outbox.trouble().map(str::to_owned) }
    };
    Kept { webhook: of(Way::Webhook), command: of(Way::Command) }
}
