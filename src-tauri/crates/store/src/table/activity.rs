//! The history counted: by day, by repository, by hour. SQLite counts from two indexes that hold all it needs, and day by
//! day, because it would sort everything once more to group it.

use super::{History, count, number};
use crate::{StoreError, path};
use autocommit_core::{
    activity::{ActiveRepo, Activity, ActivityQuery, Day, REPOS_AT_MOST, percentile, row},
    id::RepoId,
};
use sqlx::Row as _;

/// Of each day, given as pairs of its start and its end: lines added and removed, the time of each commit, the milliseconds
/// of each push.
const BY_DAY: &str = "
    WITH day (n, start, stop) AS (
        SELECT key, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1))
    SELECT (SELECT json_array(ifnull(sum(insertions), 0), ifnull(sum(deletions), 0),
                              ifnull(group_concat(committed_at), ''),
                              ifnull(group_concat(pushed_at - started_at), ''))
            FROM history WHERE committed_at >= start AND committed_at < stop)
    FROM day ORDER BY n";

/// The index is named because SQLite would read the whole table by another.
const BY_REPO: &str = "
    SELECT repo_id, count(*) AS commits, sum(insertions) AS insertions, sum(deletions) AS deletions,
           (SELECT repo FROM history AS newest
            WHERE newest.repo_id = history.repo_id ORDER BY newest.id DESC LIMIT 1) AS repo
    FROM history INDEXED BY history_by_repo
    WHERE committed_at >= ?1 AND committed_at < ?2
    GROUP BY repo_id ORDER BY commits DESC, repo_id LIMIT ?3";

/// What was committed earlier, and when the first commit was.
const BEFORE: &str = "
    SELECT (SELECT count(*) FROM history WHERE committed_at < ?1),
           (SELECT min(committed_at) FROM history WHERE committed_at IS NOT NULL)";

impl History {
    /// What was committed on the days that are asked for.
    pub async fn activity(&self, query: &ActivityQuery) -> Result<Activity, StoreError> {
        let dates = query.dates();
        let pairs: Vec<_> =
            dates.iter().map(|(_, start, stop)| [start.as_millisecond(), stop.as_millisecond()]).collect();
        let [start, _] = pairs.first().copied().unwrap_or_default();
        let [_, end] = pairs.last().copied().unwrap_or_default();
        let pairs = serde_json::to_string(&pairs)?;
        let (days, repos, (before, first)) = tokio::try_join!(
            sqlx::query_scalar::<_, String>(BY_DAY).bind(pairs).fetch_all(&self.0),
            sqlx::query(BY_REPO).bind(start).bind(end).bind(number(REPOS_AT_MOST)).fetch_all(&self.0),
            sqlx::query_as::<_, (i64, Option<i64>)>(BEFORE).bind(start).fetch_one(&self.0),
        )?;
        let mut hours = [[0; 24]; 7];
        let mut counted = Vec::with_capacity(dates.len());
        for ((date, ..), json) in dates.into_iter().zip(days) {
            let (insertions, deletions, at, took): (i64, i64, String, String) =
                serde_json::from_str(&json).map_err(|_| StoreError::Unreadable("history"))?;
            let at = numbers(&at);
            for at in &at {
                let at = super::time(i64::try_from(*at).unwrap_or(i64::MAX), "history.committed_at")?;
                hours[row(date.weekday())][query.hour(at)] += 1;
            }
            let mut took = numbers(&took);
            took.sort_unstable();
            counted.push(Day {
                date,
                commits: at.len(),
                insertions: count(insertions),
                deletions: count(deletions),
                pushed: took.len(),
                p50_ms: percentile(&took, 50),
                p95_ms: percentile(&took, 95),
            });
        }
        let repo = |row: &sqlx::sqlite::SqliteRow| {
            Ok(ActiveRepo {
                repo_id: RepoId::new(row.try_get::<String, _>("repo_id")?),
                repo: path::from_bytes(row.try_get("repo")?),
                commits: count(row.try_get("commits")?),
                insertions: count(row.try_get("insertions")?),
                deletions: count(row.try_get("deletions")?),
            })
        };
        let first = first.map(|at| super::time(at, "history.committed_at")).transpose()?;
        let within: usize = counted.iter().map(|day| day.commits).sum();
        Ok(Activity {
            days: counted,
            repos: super::readable(repos.iter().map(repo)),
            hours,
            total_commits: count(before) + within,
            first_day: first.map(|at| query.zone.to_datetime(at).date()),
        })
    }
}

/// Numbers with commas between them; one below nothing (a clock that was set back) counts as nothing.
fn numbers(text: &str) -> Vec<u64> {
    text.split(',')
        .filter_map(|number| number.parse::<i64>().ok())
        .map(|number| u64::try_from(number).unwrap_or(0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counting_reads_the_indexes_alone() {
        let pool = crate::database::in_memory().await.unwrap();
        for (sql, index) in [(BY_DAY, "history_by_time"), (BY_REPO, "history_by_repo")] {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
                    .bind("[[0, 9]]")
                    .bind(9)
                    .bind(9)
                    .fetch_all(&pool)
                    .await
                    .unwrap();
            let plan: Vec<_> = plan.into_iter().map(|step| step.3).collect();
            assert!(plan.iter().any(|step| step.contains(&format!("COVERING INDEX {index}"))), "{plan:?}");
            assert!(!plan.iter().any(|step| step.contains("FOR GROUP BY")), "{plan:?}");
        }
    }
}
