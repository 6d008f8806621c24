//! `/status`.

use super::CycleSummary;
use autocommit_core::{Timestamp, power::Pushes};
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
    /// The watching of files.
    #[serde(default)]
    pub watch: Watch,
    /// The supply of power and the connection.
    #[serde(default)]
    pub power: Power,
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

/// The watching of files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Watch {
    /// Whether changes are told at once; without, every repository is looked at in every cycle.
    pub on: bool,
    /// Folders watched now.
    pub folders: usize,
    /// Folders that the system lets one person watch, with all programs; nothing where it does not say.
    #[schema(required)]
    pub limit: Option<usize>,
    /// Repositories that are looked at in every cycle instead.
    pub unwatched: Vec<Unwatched>,
    /// Why nothing is watched though it is switched on, in one sentence; it is tried again in every cycle.
    #[serde(default)]
    #[schema(required)]
    pub error: Option<String>,
    /// The command that lets the system watch more, where that is short.
    #[serde(default)]
    #[schema(required)]
    pub raise: Option<String>,
    /// Questions to git that were spared since the start, as nothing had changed.
    pub spared: u64,
    /// How often git was asked all the same and saw a change: must be 0.
    pub disagreed: u64,
}

/// A repository that cannot be watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Unwatched {
    /// The repository's id.
    pub repo_id: String,
    /// `limit` where the system allows no more watches, `disk` where its disk does not tell every change, `unlisted` where
    /// its files cannot be listed as git would, `slow` where that takes too long, `rules` where it is not known what git
    /// ignores, or `refused`.
    #[serde(default)]
    pub code: String,
    /// Why, as the end of a sentence.
    pub because: String,
}

/// The supply of power and the connection, and what is done less often because of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Power {
    /// Whether the machine runs on its battery; nothing where the system does not say.
    #[schema(required)]
    pub on_battery: Option<bool>,
    /// Whether data costs money on the connection in use; nothing where the system does not say.
    #[schema(required)]
    pub metered: Option<bool>,
    /// Seconds between cycles as things are; nothing where none comes by the clock.
    #[schema(required)]
    pub cycle_seconds: Option<u64>,
    /// Seconds between pushes as things are, 0 where they go at once; nothing where they wait for another supply or
    /// connection.
    #[schema(required)]
    pub push_seconds: Option<u64>,
    /// What is done less often and why, in one sentence; nothing where all is as ever.
    #[schema(required)]
    pub message: Option<String>,
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
            watch: Watch {
                on: status.watch.on,
                spared: status.watch.spared,
                disagreed: status.watch.disagreed,
                folders: status.watch.folders,
                limit: status.watch.limit,
                error: status.watch.error,
                raise: status.watch.raise,
                unwatched: status
                    .watch
                    .unwatched
                    .into_iter()
                    .map(|(id, why)| Unwatched {
                        repo_id: id.to_string(),
                        code: why.code().to_owned(),
                        because: why.because().to_owned(),
                    })
                    .collect(),
            },
            power: status.power.into(),
            current_cycle: status.current_cycle.map(Into::into),
            last_cycle: status.last_cycle.map(Into::into),
            warnings: status.warnings,
        }
    }
}

impl From<engine::PowerStatus> for Power {
    fn from(power: engine::PowerStatus) -> Self {
        let engine::PowerStatus { supply, pace } = power;
        Self {
            on_battery: supply.on_battery,
            metered: supply.metered,
            cycle_seconds: pace.looks.map(|looks| looks.as_secs()),
            push_seconds: match pace.pushes {
                Pushes::AtOnce => Some(0),
                Pushes::Every(every) => Some(every.as_secs()),
                Pushes::Wait => None,
            },
            message: pace.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{
        id::RepoId,
        power::{Supply, pace},
        settings::Settings,
    };
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
            watch: engine::WatchStatus {
                on: true,
                folders: 13,
                limit: Some(100),
                unwatched: vec![(RepoId::new("r"), engine::Unwatched::Disk)],
                error: Some("No.".into()),
                raise: Some("sudo sysctl x=1".into()),
                spared: 5,
                disagreed: 0,
            },
            power: engine::PowerStatus {
                supply: Supply { on_battery: Some(true), metered: None },
                pace: pace(&Settings::default(), Supply { on_battery: Some(true), metered: None }),
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
                "watch": {"on": true, "folders": 13, "limit": 100,
                    "unwatched": [{"repo_id": "r", "code": "disk", "because": "its disk does not tell every change"}],
                    "error": "No.", "raise": "sudo sysctl x=1",
                    "spared": 5, "disagreed": 0},
                "power": {"on_battery": true, "metered": null, "cycle_seconds": 600, "push_seconds": 300,
                    "message": "On battery: looks every 10 minutes, pushes every 5 minutes."},
                "current_cycle": null, "last_cycle": null, "warnings": [],
            })
        );
    }
}
