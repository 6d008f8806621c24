//! The numbered event log: what happened, in order, for everyone who watches.

use autocommit_core::{
    Timestamp,
    cycle::{CycleSummary, RunReport},
    history::Stage,
    id::{CycleId, RepoId},
    phase::RepoState,
};
use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::sync::broadcast;

/// Events kept for those who come back with the number of the last one they saw.
const KEPT: usize = 1024;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// Discovery walked the base paths.
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
        repo_id: RepoId,
        /// The cycle.
        cycle_id: CycleId,
        /// The stage.
        stage: Stage,
    },
    /// A run ended.
    RunFinished {
        /// The cycle.
        cycle_id: CycleId,
        /// The state the repository shows now.
        state: RepoState,
        /// What came of it.
        run: Arc<RunReport>,
    },
    /// A cycle ended.
    CycleFinished {
        /// The cycle.
        cycle: CycleSummary,
    },
    /// A person opted a repository in or out, or changed its rules.
    RulesChanged {
        /// The repository.
        repo_id: RepoId,
        /// Whether it is looked after.
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
        path: PathBuf,
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

impl Event {
    /// Stable name of the event's type, as in JSON and in the event stream.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ScanFinished { .. } => "scan_finished",
            Self::CycleStarted { .. } => "cycle_started",
            Self::StageEntered { .. } => "stage_entered",
            Self::RunFinished { .. } => "run_finished",
            Self::CycleFinished { .. } => "cycle_finished",
            Self::RulesChanged { .. } => "rules_changed",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Paused { .. } => "paused",
            Self::SettingsReloaded => "settings_reloaded",
            Self::PowerChanged => "power_changed",
            Self::SurveyProgress { .. } => "survey_progress",
            Self::ModelProgress { .. } => "model_progress",
            Self::Warning { .. } => "warning",
        }
    }
}

/// An event with its number and time.
#[derive(Debug, Clone)]
pub struct EventRecord {
    /// Growing by one within one run of the program, and from one run to the next.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// The last events, and a live feed of new ones. Each event is kept once, however many listen and however far behind they are.
#[derive(Debug)]
pub struct EventLog {
    /// Number of the event before the first: the start in milliseconds, so that numbers also grow across restarts.
    start: u64,
    kept: Mutex<VecDeque<Arc<EventRecord>>>,
    feed: broadcast::Sender<Arc<EventRecord>>,
}

impl Default for EventLog {
    fn default() -> Self {
        let start = u64::try_from(now().as_millisecond()).unwrap_or(0);
        Self { start, kept: Mutex::default(), feed: broadcast::channel(KEPT).0 }
    }
}

impl EventLog {
    /// Appends an event and tells everyone who listens.
    pub fn append(&self, event: Event) {
        let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let seq = kept.back().map_or(self.start, |last| last.seq) + 1;
        let record = Arc::new(EventRecord { seq, at: now(), event });
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Arc::clone(&record));
        // Sent under the lock so that a listener sees the numbers in order; nobody listening is fine.
        let _ = self.feed.send(record);
    }

    /// The kept events after number `seq`, and a feed of all later ones, without a gap between them.
    pub fn since(&self, seq: u64) -> (Vec<Arc<EventRecord>>, broadcast::Receiver<Arc<EventRecord>>) {
        let kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (kept.iter().filter(|r| r.seq > seq).cloned().collect(), self.feed.subscribe())
    }

    /// The number before the first event of this run of the program.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Number of the newest event.
    pub fn newest(&self) -> u64 {
        let kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.back().map_or(self.start, |r| r.seq)
    }
}

/// The current time, to the millisecond, which is all that is shown and stored.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_far_behind_costs_no_copies() {
        let log = EventLog::default();
        log.append(Event::Enabled);
        let (one, _live) = log.since(0);
        let (other, _live) = log.since(0);
        assert!(Arc::ptr_eq(&one[0], &other[0]));
    }

    #[test]
    fn numbers_have_no_gap_between_kept_and_live() {
        let log = EventLog::default();
        log.append(Event::Enabled);
        log.append(Event::Disabled);
        let first = log.start + 1;
        let (kept, mut live) = log.since(first);
        assert_eq!(kept.iter().map(|r| r.seq).collect::<Vec<_>>(), [first + 1]);
        log.append(Event::Enabled);
        assert_eq!(live.try_recv().unwrap().seq, first + 2);
    }

    #[test]
    fn old_events_are_dropped() {
        let log = EventLog::default();
        for _ in 0..KEPT + 10 {
            log.append(Event::Enabled);
        }
        let (kept, _) = log.since(0);
        assert_eq!((kept.len(), kept[0].seq), (KEPT, log.start + 11));
    }
}
