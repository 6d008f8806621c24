//! `/status`.

use super::CycleSummary;
use autocommit_core::Timestamp;
use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

super::mirror! {
    /// What Autocommit is doing.
    WorkState of engine::WorkState {
        /// The first look at the base paths is not finished.
        Starting,
        /// Waiting for the next cycle.
        Idle,
        /// A cycle is on.
        Running,
        /// Switched off.
        Disabled,
    }
}

/// Autocommit as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, TS)]
pub struct StatusReply {
    /// Whether it may write to repositories.
    pub enabled: bool,
    /// What it is doing.
    pub state: WorkState,
    /// Version of the program.
    pub version: String,
    /// Seconds since it started.
    pub uptime_seconds: u64,
    /// Seconds from the end of one cycle to the start of the next.
    pub cycle_interval_seconds: u64,
    /// When it goes on by itself, while it is paused; its state is `disabled` then.
    #[schema(required)]
    pub paused_until: Option<Timestamp>,
    /// When the next cycle starts, where one is planned.
    #[schema(required)]
    pub next_cycle_at: Option<Timestamp>,
    /// Counts of repositories.
    pub repos: RepoTotals,
    /// Commits in each of the last 24 hours, the oldest hour first; the last one ends now.
    #[ts(as = "Vec<usize>")]
    pub commits_by_hour: [usize; 24],
    /// A host that is pushed to cannot be reached.
    pub offline: bool,
    /// The language model.
    pub llm: Llm,
    /// The cycle that is on.
    #[schema(required)]
    pub current_cycle: Option<CycleSummary>,
    /// The last cycle that ended.
    #[schema(required)]
    pub last_cycle: Option<CycleSummary>,
    /// Trouble that is not a repository's, in sentences; empty when all is well.
    pub warnings: Vec<String>,
}

/// Counts of repositories by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct RepoTotals {
    /// All that were found.
    pub total: usize,
    /// Not opted out.
    pub enabled: usize,
    /// With changes that are not committed.
    pub dirty: usize,
    /// With something held.
    pub held: usize,
    /// Whose own programs nobody has approved.
    pub needs_trust: usize,
    /// Whose last run failed, or that cannot be read.
    pub failing: usize,
    /// With commits that wait for the remote.
    pub unpushed: usize,
    /// Packages in all of them.
    pub packages: usize,
}

/// The language model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, TS)]
pub struct Llm {
    /// `off` where rules write every message; else `unknown` before one was asked, `ready`, `loading`, `unreachable`, or
    /// `resting` after failures.
    pub state: String,
    /// The configured model.
    pub model: String,
    /// The configured server.
    pub base_url: String,
    /// How it is with the model, in one sentence.
    pub message: String,
    /// Seconds that a message takes, as far as is known.
    #[schema(required)]
    pub seconds_per_message: Option<f64>,
}

impl From<engine::Status> for StatusReply {
    fn from(status: engine::Status) -> Self {
        let repos = status.repos;
        Self {
            enabled: status.enabled,
            state: status.state.into(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_seconds: status.uptime.as_secs(),
            cycle_interval_seconds: status.cycle_interval.as_secs(),
            paused_until: status.paused_until,
            next_cycle_at: status.next_cycle_at,
            repos: RepoTotals {
                total: repos.total,
                enabled: repos.enabled,
                dirty: repos.dirty,
                held: repos.held,
                needs_trust: repos.needs_trust,
                failing: repos.failing,
                unpushed: repos.unpushed,
                packages: repos.packages,
            },
            commits_by_hour: status.commits_by_hour,
            offline: status.offline,
            llm: Llm {
                state: status.llm.state.to_owned(),
                model: status.llm.model,
                base_url: autocommit_core::text::without_credentials(&status.llm.base_url),
                message: status.llm.message,
                seconds_per_message: status.llm.per_message.map(|time| time.as_secs_f64()),
            },
            current_cycle: status.current_cycle.map(Into::into),
            last_cycle: status.last_cycle.map(Into::into),
            warnings: status.warnings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_names_that_others_rely_on() {
        let status = engine::Status {
            enabled: true,
            state: engine::WorkState::Idle,
            uptime: Duration::from_millis(61_900),
            cycle_interval: Duration::from_secs(60),
            paused_until: None,
            next_cycle_at: Some(Timestamp::from_second(1_750_000_000).unwrap()),
            repos: engine::RepoTotals {
                total: 3,
                enabled: 2,
                dirty: 1,
                held: 1,
                needs_trust: 1,
                failing: 0,
                unpushed: 0,
                packages: 4,
            },
            commits_by_hour: [0; 24],
            offline: false,
            llm: engine::LlmStatus {
                state: "off",
                message: "Rules write every message.".into(),
                per_message: Some(Duration::from_millis(2500)),
                model: "m".into(),
                base_url: "http://u:secret@127.0.0.1:8000".into(),
            },
            current_cycle: None,
            last_cycle: None,
            warnings: Vec::new(),
        };
        let json = serde_json::to_value(StatusReply::from(status)).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "enabled": true, "state": "idle", "version": env!("CARGO_PKG_VERSION"), "uptime_seconds": 61,
                "cycle_interval_seconds": 60, "paused_until": null, "next_cycle_at": "2025-06-15T15:06:40Z",
                "repos": {"total": 3, "enabled": 2, "dirty": 1, "held": 1, "needs_trust": 1, "failing": 0, "unpushed": 0, "packages": 4},
                "commits_by_hour": vec![0; 24], "offline": false,
                "llm": {"state": "off", "model": "m", "base_url": "http://127.0.0.1:8000",
                    "message": "Rules write every message.", "seconds_per_message": 2.5},
                "current_cycle": null, "last_cycle": null, "warnings": [],
            })
        );
    }
}
