//! `/activity`.

use super::shown;
use autocommit_core::activity;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// How much was committed when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ActivityReply {
    /// Every day that was asked for, oldest first, today being the last.
    pub days: Vec<ActivityDay>,
    /// The repositories with the most commits on these days, at most 12.
    pub repos: Vec<ActivityRepo>,
    /// Commits on these days: seven weekdays, Monday first, of 24 hours each.
    pub hours: Vec<Vec<usize>>,
    /// Commits of the whole history.
    pub total_commits: usize,
    /// The day of the first commit of the whole history, such as `2026-03-01`.
    #[schema(required)]
    pub first_day: Option<String>,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ActivityDay {
    /// Which, such as `2026-03-01`.
    pub date: String,
    /// Commits made.
    pub commits: usize,
    /// Lines added by them.
    pub insertions: usize,
    /// Lines removed by them.
    pub deletions: usize,
    /// How many of them the remote was seen to have.
    pub pushed: usize,
    /// Milliseconds from the start of the run until the remote had it: half of them took no longer.
    #[schema(required)]
    pub p50_ms: Option<u64>,
    /// The same: 95 of 100 took no longer.
    #[schema(required)]
    pub p95_ms: Option<u64>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ActivityRepo {
    /// The repository's id.
    pub repo_id: String,
    /// Its work tree.
    pub repo: String,
    /// Its short name.
    pub name: String,
    /// Commits made on these days.
    pub commits: usize,
    /// Lines added by them.
    pub insertions: usize,
    /// Lines removed by them.
    pub deletions: usize,
}

impl From<activity::Activity> for ActivityReply {
    fn from(activity: activity::Activity) -> Self {
        Self {
            days: activity.days.into_iter().map(Into::into).collect(),
            repos: activity.repos.into_iter().map(Into::into).collect(),
            hours: activity.hours.iter().map(|day| day.to_vec()).collect(),
            total_commits: activity.total_commits,
            first_day: activity.first_day.map(|day| day.to_string()),
        }
    }
}

impl From<activity::Day> for ActivityDay {
    fn from(day: activity::Day) -> Self {
        Self {
            date: day.date.to_string(),
            commits: day.commits,
            insertions: day.insertions,
            deletions: day.deletions,
            pushed: day.pushed,
            p50_ms: day.p50_ms,
            p95_ms: day.p95_ms,
        }
    }
}

impl From<activity::ActiveRepo> for ActivityRepo {
    fn from(active: activity::ActiveRepo) -> Self {
        let name = active.repo.file_name().unwrap_or(active.repo.as_os_str());
        Self {
            repo_id: active.repo_id.to_string(),
            name: shown(name.as_ref()),
            repo: shown(&active.repo),
            commits: active.commits,
            insertions: active.insertions,
            deletions: active.deletions,
        }
    }
}
