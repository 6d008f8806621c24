//! The last finished cycles, each with its runs.

use super::number;
use crate::StoreError;
use autocommit_core::{
    cycle::{CycleSummary, RunReport},
    id::CycleId,
};
use serde::{Deserialize, Serialize};
use sqlx::{SqlitePool, sqlite::SqliteRow};
use std::{path::PathBuf, sync::Arc};

pub(super) const PROBE: &str = "SELECT seq, id, summary, runs, run_count FROM cycle LIMIT 0";

/// Cycles that are kept.
const KEPT: i64 = 200;
/// Runs that are kept over all cycles (about 600 bytes each); the newest cycle is kept whole, whatever its size.
const KEPT_RUNS: i64 = 20_000;

/// The finished cycles.
#[derive(Clone)]
pub struct Cycles(pub(crate) SqlitePool);

/// A report beside its path, which JSON cannot hold where it is not UTF-8.
#[derive(Serialize, Deserialize)]
struct StoredRun {
    #[serde(with = "crate::path")]
    at: PathBuf,
    report: RunReport,
}

/// A cycle and its runs.
type CycleWithRuns = (CycleSummary, Vec<Arc<RunReport>>);

impl Cycles {
    /// Keeps a finished cycle (again: replaces it) and forgets all but the newest 200, or fewer where those had more
    /// than 20 000 runs together.
    pub async fn record(&self, summary: &CycleSummary, runs: &[Arc<RunReport>]) -> Result<(), StoreError> {
        let stored: Vec<_> = runs.iter().map(|run| StoredRun::from(RunReport::clone(run))).collect();
        let (summary_json, runs_json) = (serde_json::to_string(summary)?, serde_json::to_string(&stored)?);
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO cycle (id, summary, runs, run_count) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET
                summary = excluded.summary, runs = excluded.runs, run_count = excluded.run_count",
        )
        .bind(summary.id.as_str())
        .bind(summary_json)
        .bind(runs_json)
        .bind(number(runs.len()))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM cycle WHERE seq IN (
                SELECT seq FROM (
                    SELECT seq, row_number() OVER newer AS place, sum(run_count) OVER newer AS runs
                    FROM cycle WINDOW newer AS (ORDER BY seq DESC))
                WHERE place > ? OR (place > 1 AND runs > ?))",
        )
        .bind(KEPT)
        .bind(KEPT_RUNS)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The newest cycle that can be read.
    pub async fn last(&self) -> Result<Option<CycleSummary>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar("SELECT summary FROM cycle ORDER BY seq DESC LIMIT 10")
            .fetch_all(&self.0)
            .await?;
        let read = |json: &String| summary(json);
        Ok(super::readable(rows.iter().map(read)).into_iter().next())
    }

    /// One cycle with its runs; nothing where it is unknown or forgotten.
    pub async fn get(&self, id: &CycleId) -> Result<Option<CycleWithRuns>, StoreError> {
        let row = sqlx::query("SELECT summary, runs FROM cycle WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.0)
            .await?;
        row.as_ref().map(cycle).transpose()
    }
}

fn cycle(row: &SqliteRow) -> Result<CycleWithRuns, StoreError> {
    use sqlx::Row as _;
    let runs: Vec<StoredRun> =
        serde_json::from_str(row.try_get("runs")?).map_err(|_| StoreError::Unreadable("cycle.runs"))?;
    Ok((summary(row.try_get("summary")?)?, runs.into_iter().map(StoredRun::whole).map(Arc::new).collect()))
}

fn summary(json: &str) -> Result<CycleSummary, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Unreadable("cycle.summary"))
}

impl From<RunReport> for StoredRun {
    fn from(mut report: RunReport) -> Self {
        Self { at: std::mem::take(&mut report.path), report }
    }
}

impl StoredRun {
    fn whole(self) -> RunReport {
        RunReport { path: self.at, ..self.report }
    }
}
