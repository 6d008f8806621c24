//! `/events`: the numbered log of what happened.

use super::{CycleSummary, RepoState, Run, shown};
use autocommit_core::{Timestamp, history};
use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use utoipa::ToSchema;

super::mirror! {
    /// The named stages of a run.
    Stage of history::Stage {
        /// Waiting until writing stops.
        Settle,
        /// Reading.
        Inspect,
        /// Deciding.
        Plan,
        /// Writing the message.
        Draft,
        /// Writing the commit.
        Commit,
        /// Sending it to the remote.
        Push,
    }
}

/// An event with its number and time: the data of one server-sent event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct EventRecord {
    /// Growing by one within one run of the program; also the event's `id`.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Something that happened; `type` is also the name of the server-sent event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The base paths were searched.
    ScanFinished {
        /// Repositories found.
        repos: usize,
        /// Packages found in them.
        packages: usize,
    },
    /// A cycle began.
    CycleStarted {
        /// The cycle.
        cycle: CycleSummary,
    },
    /// A repository went to its next stage.
    StageEntered {
        /// The repository.
        repo_id: String,
        /// The cycle.
        cycle_id: String,
        /// The stage.
        stage: Stage,
    },
    /// A run ended.
    RunFinished {
        /// The cycle.
        cycle_id: String,
        /// The state the repository shows now.
        state: RepoState,
        /// What came of it.
        run: Box<Run>,
    },
    /// A cycle ended.
    CycleFinished {
        /// The cycle.
        cycle: CycleSummary,
    },
    /// A person changed the rules of one repository.
    RulesChanged {
        /// The repository.
        repo_id: String,
        /// Not opted out.
        enabled: bool,
    },
    /// Autocommit was switched on.
    Enabled,
    /// Autocommit was switched off.
    Disabled,
    /// Autocommit writes nothing for a while.
    Paused {
        /// When it goes on by itself.
        until: Timestamp,
    },
    /// The settings were read again.
    SettingsReloaded,
    /// The machine was plugged in or unplugged, or the cost of its connection changed.
    PowerChanged,
    /// A survey has looked at another repository.
    SurveyProgress {
        /// Repositories looked at.
        done: usize,
        /// Repositories to look at.
        total: usize,
        /// The one that was looked at last.
        path: String,
    },
    /// More of a model is here, or its download has ended.
    ModelProgress {
        /// The model.
        name: String,
        /// Bytes that are here.
        bytes: u64,
        /// Bytes of the whole.
        total: u64,
    },
    /// Something that is nobody's repository went wrong.
    Warning {
        /// One sentence.
        message: String,
    },
}

/// Data of the event `gap`: events in between are no longer kept, so read `/status` and `/repos` again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Gap {
    /// Number of the last event that was delivered.
    pub after: u64,
    /// Number of the next event that is still kept.
    pub next: u64,
}

impl From<engine::EventRecord> for EventRecord {
    fn from(record: engine::EventRecord) -> Self {
        Self { seq: record.seq, at: record.at, event: record.event.into() }
    }
}

impl From<engine::Event> for Event {
    fn from(event: engine::Event) -> Self {
        use engine::Event as E;
        match event {
            E::ScanFinished { repos, packages } => Self::ScanFinished { repos, packages },
            E::CycleStarted { cycle } => Self::CycleStarted { cycle: cycle.into() },
            E::StageEntered { repo_id, cycle_id, stage } => Self::StageEntered {
                repo_id: repo_id.to_string(),
                cycle_id: cycle_id.to_string(),
                stage: stage.into(),
            },
            E::RunFinished { cycle_id, state, run } => Self::RunFinished {
                cycle_id: cycle_id.to_string(),
                state: state.into(),
                run: Box::new(Arc::unwrap_or_clone(run).into()),
            },
            E::CycleFinished { cycle } => Self::CycleFinished { cycle: cycle.into() },
            E::RulesChanged { repo_id, enabled } => {
                Self::RulesChanged { repo_id: repo_id.to_string(), enabled }
            }
            E::Enabled => Self::Enabled,
            E::Disabled => Self::Disabled,
            E::Paused { until } => Self::Paused { until },
            E::SettingsReloaded => Self::SettingsReloaded,
            E::PowerChanged => Self::PowerChanged,
            E::SurveyProgress { done, total, path } => {
                Self::SurveyProgress { done, total, path: shown(&path) }
            }
            E::ModelProgress { name, bytes, total } => Self::ModelProgress { name, bytes, total },
            E::Warning { message } => Self::Warning { message },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::id::{CycleId, RepoId};

    #[test]
    fn the_type_is_the_name_of_the_event() {
        let events = [
            engine::Event::ScanFinished { repos: 1, packages: 2 },
            engine::Event::StageEntered {
                repo_id: RepoId::new("r"),
                cycle_id: CycleId::new("c"),
                stage: history::Stage::Commit,
            },
            engine::Event::Enabled,
            engine::Event::Warning { message: "W.".into() },
        ];
        for event in events {
            let name = event.name();
            let at = Timestamp::from_second(0).unwrap();
            let record = EventRecord::from(engine::EventRecord { seq: 3, at, event });
            let json = serde_json::to_value(&record).unwrap();
            assert_eq!((json["type"].as_str(), json["seq"].as_u64()), (Some(name), Some(3)), "{json}");
            assert_eq!(
                serde_json::from_value::<EventRecord>(json).unwrap(),
                record,
                "clients can read it back"
            );
        }
    }
}
