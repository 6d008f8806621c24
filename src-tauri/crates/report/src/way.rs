//! The two ways a report can go, and how to try them.

use crate::{Report, command, webhook};
use autocommit_core::settings::Reports;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A way that a report can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The person's webhook.
    Webhook,
    /// The person's command.
    Command,
}

/// What is kept of one way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WayKept {
    /// Reports that wait.
    pub waiting: usize,
    /// Why the last delivery failed, as a sentence.
    pub trouble: Option<String>,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Which way.
    pub way: Way,
    /// Whether it arrived.
    pub ok: bool,
    /// What came of it.
    pub message: String,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Webhook, Self::Command];

    /// Whether the settings want reports to go this way.
    pub fn on(self, reports: &Reports) -> bool {
        match self {
            Self::Webhook => reports.webhook_url.is_some(),
            Self::Command => !reports.command.is_empty(),
        }
    }

    /// What warnings about it are about.
    pub(crate) fn topic(self) -> &'static str {
        match self {
            Self::Webhook => "reports_webhook",
            Self::Command => "reports_command",
        }
    }

    /// Brings a report there; what came of it as a sentence.
    pub(crate) async fn deliver(
        self,
        reports: &Reports,
        report: &Report,
        folder: &Path,
    ) -> Result<String, String> {
        match self {
            Self::Webhook => webhook::post(reports, report).await,
            Self::Command => command::run(reports, report, folder).await,
        }
    }
}

/// Sends a report that is marked as a test every way that the settings name. The command is started in `folder`.
pub async fn test(reports: &Reports, folder: &Path) -> Vec<Tried> {
    let report = Report::test(Timestamp::now());
    let mut tried = Vec::new();
    for way in Way::ALL.into_iter().filter(|way| way.on(reports)) {
        let delivered = Box::pin(way.deliver(reports, &report, folder)).await;
        let (ok, message) = (delivered.is_ok(), delivered.unwrap_or_else(|why| why));
        tried.push(Tried { way, ok, message });
    }
    tried
}
