//! What was done, held and failed: one row for each run that is worth remembering.

use super::{count, name, named, number, oid, time};
use crate::{StoreError, path};
use autocommit_core::{
    Timestamp,
    cycle::RunStatus,
    history::{HistoryEntry, HistoryQuery},
    id::{CycleId, Oid, RepoId, RunId},
};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqlitePool, sqlite::SqliteRow};

pub(super) const PROBE: &str = "SELECT id, run_id, cycle_id, repo_id, repo, branch, commit_oid, subject, body, \
     message_source, message_reason, message_ms, files_changed, insertions, deletions, started_at, committed_at, pushed_at, status, stage, error, \
     hint, request_id FROM history LIMIT 0";

/// Entries of a page where nothing was asked for.
const PAGE: usize = 50;
/// Most entries of a page.
const PAGE_AT_MOST: usize = 500;
/// Characters of a search that SQLite looks at; the rest is compared here.
const PATTERN_AT_MOST: usize = 500;
/// Characters of a part of the index.
const PART: usize = 3;
/// Parts of a search that the index is asked for.
const PARTS_AT_MOST: usize = 32;
/// Digits of a commit's name that are in the index.
const INDEXED_DIGITS: usize = 16;
/// Fewer digits are not taken for the beginning of a commit's name, as git does not either.
const LEAST_DIGITS: usize = 4;
/// Digits of the longest names (SHA-256).
const MOST_DIGITS: usize = 64;

/// The history of runs. Times are kept in milliseconds.
#[derive(Clone)]
pub struct History(pub(crate) SqlitePool);

impl History {
    /// Keeps an entry and returns its number; a run that is already there is replaced and keeps its number.
    pub async fn record(&self, entry: &HistoryEntry) -> Result<i64, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO history (run_id, cycle_id, repo_id, repo, branch, commit_oid, subject, body, message_source,
                message_reason, message_ms, files_changed, insertions, deletions, started_at, committed_at, pushed_at, status, stage, error, hint,
                request_id)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (run_id) DO UPDATE SET
                cycle_id = excluded.cycle_id, repo_id = excluded.repo_id, repo = excluded.repo,
                branch = excluded.branch, commit_oid = excluded.commit_oid, subject = excluded.subject,
                body = excluded.body, message_source = excluded.message_source,
                message_reason = excluded.message_reason, message_ms = excluded.message_ms,
                files_changed = excluded.files_changed, insertions = excluded.insertions,
                deletions = excluded.deletions, started_at = excluded.started_at,
                committed_at = excluded.committed_at, pushed_at = excluded.pushed_at, status = excluded.status,
                stage = excluded.stage, error = excluded.error, hint = excluded.hint, request_id = excluded.request_id
             RETURNING id",
        )
        .bind(entry.run_id.as_str())
        .bind(entry.cycle_id.as_str())
        .bind(entry.repo_id.as_str())
        .bind(path::to_bytes(&entry.repo))
        .bind(entry.branch.as_deref())
        .bind(entry.commit.as_ref().map(Oid::as_str))
        .bind(entry.subject.as_deref())
        .bind(entry.body.as_deref())
        .bind(entry.message_source.and_then(name))
        .bind(entry.message_reason.as_deref())
        .bind(entry.message_ms.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX)))
        .bind(number(entry.files_changed))
        .bind(number(entry.insertions))
        .bind(number(entry.deletions))
        .bind(entry.started_at.as_millisecond())
        .bind(entry.committed_at.map(Timestamp::as_millisecond))
        .bind(entry.pushed_at.map(Timestamp::as_millisecond))
        .bind(entry.status.code())
        .bind(entry.stage.code())
        .bind(entry.error.as_deref())
        .bind(entry.hint.as_deref())
        .bind(entry.request_id.as_deref())
        .fetch_one(&self.0)
        .await?;
        Ok(id)
    }

    /// Keeps a failed or held entry, unless the newest one of its repository has the same status, error and hint: then
    /// nothing is written and that one's number is returned. A repository that fails every minute makes one row.
    pub async fn record_episode(&self, entry: &HistoryEntry) -> Result<i64, StoreError> {
        if entry.commit.is_none() && matches!(entry.status, RunStatus::Failed | RunStatus::Held) {
            let same = sqlx::query_scalar(
                "SELECT id FROM history
                 WHERE id = (SELECT max(id) FROM history WHERE repo_id = ?)
                   AND status = ? AND error IS ? AND hint IS ? AND commit_oid IS NULL",
            )
            .bind(entry.repo_id.as_str())
            .bind(entry.status.code())
            .bind(entry.error.as_deref())
            .bind(entry.hint.as_deref())
            .fetch_optional(&self.0)
            .await?;
            if let Some(id) = same {
                return Ok(id);
            }
        }
        self.record(entry).await
    }

    /// Notes that the remote was seen to have these commits, and returns how many entries that changed.
    pub async fn mark_pushed(
        &self,
        repo: &RepoId,
        commits: &[Oid],
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        if commits.is_empty() {
            return Ok(0);
        }
        let mut changed = 0;
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        for commit in commits {
            let done = sqlx::query(
                "UPDATE history SET status = 'pushed', stage = 'push', pushed_at = ?, error = NULL, hint = NULL
                 WHERE repo_id = ? AND commit_oid = ? AND pushed_at IS NULL AND status <> 'pushed'",
            )
            .bind(at.as_millisecond())
            .bind(repo.as_str())
            .bind(commit.as_str())
            .execute(&mut *transaction)
            .await?;
            changed += done.rows_affected();
        }
        transaction.commit().await?;
        Ok(changed)
    }

    /// Puts another commit, with a person's message, in the place of one; whether there is such an entry.
    pub async fn reword(
        &self,
        repo: &RepoId,
        (old, new): (&Oid, &Oid),
        subject: &str,
        body: &str,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE history SET commit_oid = ?, subject = ?, body = ?, message_source = 'person',
                message_reason = 'You wrote it afterwards.', message_ms = NULL
             WHERE repo_id = ? AND commit_oid = ? AND pushed_at IS NULL",
        )
        .bind(new.as_str())
        .bind(subject)
        .bind(Some(body).filter(|body| !body.is_empty()))
        .bind(repo.as_str())
        .bind(old.as_str())
        .execute(&self.0)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Entries whose commit the remote was not yet seen to have, oldest first.
    pub async fn unpushed(&self, repo: &RepoId) -> Result<Vec<HistoryEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM history
             WHERE repo_id = ? AND commit_oid IS NOT NULL AND pushed_at IS NULL AND status <> 'pushed' ORDER BY id",
        )
        .bind(repo.as_str())
        .fetch_all(&self.0)
        .await?;
        Ok(super::readable(rows.iter().map(entry)))
    }

    /// The newest commits that were made in a repository.
    pub async fn commits_in(&self, repo: &RepoId, limit: usize) -> Result<Vec<Oid>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT commit_oid FROM history WHERE repo_id = ? AND commit_oid IS NOT NULL ORDER BY id DESC LIMIT ?",
        )
        .bind(repo.as_str())
        .bind(number(limit))
        .fetch_all(&self.0)
        .await?;
        Ok(super::readable(rows.iter().map(|id| oid(id, "history.commit_oid"))))
    }

    /// When commits were made since `since`, oldest first.
    pub async fn committed_since(&self, since: Timestamp) -> Result<Vec<Timestamp>, StoreError> {
        let rows: Vec<i64> = sqlx::query_scalar(
            "SELECT committed_at FROM history WHERE committed_at >= ? AND commit_oid IS NOT NULL ORDER BY committed_at",
        )
        .bind(since.as_millisecond())
        .fetch_all(&self.0)
        .await?;
        Ok(super::readable(rows.into_iter().map(|at| time(at, "history.committed_at"))))
    }

    /// One entry, by its number.
    pub async fn get(&self, id: i64) -> Result<Option<HistoryEntry>, StoreError> {
        let row = sqlx::query("SELECT * FROM history WHERE id = ?").bind(id).fetch_optional(&self.0).await?;
        row.as_ref().map(entry).transpose()
    }

    /// Entries newest first, and the number to ask for older ones with (as `before`) where there are any.
    /// A limit of 0 means 50; others are clamped to 1..=500.
    pub async fn query(&self, query: &HistoryQuery) -> Result<(Vec<HistoryEntry>, Option<i64>), StoreError> {
        let limit = if query.limit == 0 { PAGE } else { query.limit.min(PAGE_AT_MOST) };
        let wanted = query.q.as_deref().map(lower).filter(|text| !text.is_empty());
        let mut before = query.before.unwrap_or(i64::MAX);
        let mut entries: Vec<HistoryEntry> = Vec::new();
        loop {
            let rows = self.older(query, wanted.as_deref(), before, limit + 1).await?;
            for row in &rows {
                before = row.try_get("id")?;
                let found = match entry(row) {
                    Ok(found) => found,
                    Err(error) => {
                        tracing::warn!(%error, id = before, "an entry of the history is left out");
                        continue;
                    }
                };
                if !wanted.as_deref().is_none_or(|text| contains(&found, text)) {
                    continue;
                }
                if entries.len() == limit {
                    let next = entries.last().map(|last| last.id);
                    return Ok((entries, next));
                }
                entries.push(found);
            }
            if rows.len() <= limit {
                return Ok((entries, None));
            }
        }
    }

    async fn older(
        &self,
        query: &HistoryQuery,
        text: Option<&str>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        // The index is gone through backwards and only as far as the page needs.
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT history.* FROM ");
        match text.and_then(parts) {
            None => sql.push("history WHERE id < "),
            Some(parts) => sql
                .push("history_text CROSS JOIN history ON id = history_text.rowid WHERE history_text MATCH ")
                .push_bind(parts)
                .push(" AND history_text.rowid < "),
        };
        sql.push_bind(before);
        if let Some(repo) = &query.repo {
            sql.push(" AND repo_id = ").push_bind(repo.as_str().to_owned());
        }
        if let Some(status) = query.status {
            sql.push(" AND status = ").push_bind(status.code());
        }
        if let Some(source) = query.source {
            sql.push(" AND message_source = ").push_bind(source.code());
        }
        if let Some(request) = &query.request_id {
            sql.push(" AND request_id = ").push_bind(request.clone());
        }
        if let Some(since) = query.since {
            sql.push(" AND started_at >= ").push_bind(since.as_millisecond());
        }
        if let Some(until) = query.until {
            sql.push(" AND started_at < ").push_bind(until.as_millisecond());
        }
        if let Some(text) = text {
            let pattern = pattern(text);
            sql.push(" AND (");
            for (n, column) in
                ["subject", "body", "CAST(repo AS TEXT)", "branch", "error"].into_iter().enumerate()
            {
                sql.push(if n == 0 { "" } else { " OR " });
                sql.push(column).push(" LIKE ").push_bind(pattern.clone()).push(r" ESCAPE '\'");
            }
            if names_a_commit(text) {
                sql.push(" OR commit_oid LIKE ").push_bind(format!("{text}%"));
            }
            sql.push(")");
        }
        let newest = if text.and_then(parts).is_some() { "history_text.rowid" } else { "id" };
        sql.push(format!(" ORDER BY {newest} DESC LIMIT ")).push_bind(number(limit));
        Ok(sql.build().fetch_all(&self.0).await?)
    }
}

/// Lower case, one character after the other, so that a part of a text becomes a part of the lower text.
fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether the entry contains `text`, which is lower case.
fn contains(entry: &HistoryEntry, text: &str) -> bool {
    let path = entry.repo.to_string_lossy();
    if names_a_commit(text) && entry.commit.as_ref().is_some_and(|commit| commit.as_str().starts_with(text)) {
        return true;
    }
    [
        entry.subject.as_deref(),
        entry.body.as_deref(),
        Some(&*path),
        entry.branch.as_deref(),
        entry.error.as_deref(),
    ]
    .into_iter()
    .flatten()
    .any(|field| lower(field).contains(text))
}

/// Whether `text`, which is lower case, can be the beginning of a commit's name.
fn names_a_commit(text: &str) -> bool {
    (LEAST_DIGITS..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A `LIKE` pattern that lets through at least what contains `text`: SQLite folds the case of ASCII only and stops at
/// NUL, so that everything else stands for anything here and is compared afterwards.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars().take(PATTERN_AT_MOST) {
        match character {
            '%' | '_' | '\\' => pattern.extend(['\\', character]),
            ' '..='~' => pattern.push(character),
            _ => pattern.push('%'),
        }
    }
    pattern.push('%');
    pattern
}

/// What the index of three characters in a row is asked: it lets through at least what contains `text`, as [`pattern`] does.
/// Nothing where there are no three that it can tell.
fn parts(text: &str) -> Option<String> {
    // Of a commit's name the first digits are in it.
    let known = if names_a_commit(text) { &text[..text.len().min(INDEXED_DIGITS)] } else { text };
    let runs = known.split(|c| !matches!(c, ' '..='~')).filter(|run| run.len() >= PART);
    let parts = runs.flat_map(|run| {
        let last = run.len() - PART;
        let at = (0..last).step_by(PART).chain([last]);
        at.map(move |at| format!("\"{}\"", run[at..at + PART].replace('"', "\"\"")))
    });
    let parts: Vec<_> = parts.take(PARTS_AT_MOST).collect();
    (!parts.is_empty()).then(|| parts.join(" AND "))
}

fn entry(row: &SqliteRow) -> Result<HistoryEntry, StoreError> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let maybe = |column: &str| row.try_get::<Option<String>, _>(column);
    let moment =
        |column: &'static str| row.try_get::<Option<i64>, _>(column)?.map(|at| time(at, column)).transpose();
    Ok(HistoryEntry {
        id: row.try_get("id")?,
        run_id: RunId::new(text("run_id")?),
        cycle_id: CycleId::new(text("cycle_id")?),
        repo_id: RepoId::new(text("repo_id")?),
        repo: path::from_bytes(row.try_get("repo")?),
        branch: maybe("branch")?,
        commit: maybe("commit_oid")?.map(|id| oid(&id, "history.commit_oid")).transpose()?,
        subject: maybe("subject")?,
        body: maybe("body")?,
        message_source: maybe("message_source")?
            .map(|source| named(&source, "history.message_source"))
            .transpose()?,
        message_reason: maybe("message_reason")?,
        message_ms: row.try_get::<Option<i64>, _>("message_ms")?.and_then(|ms| u64::try_from(ms).ok()),
        files_changed: count(row.try_get("files_changed")?),
        insertions: count(row.try_get("insertions")?),
        deletions: count(row.try_get("deletions")?),
        started_at: moment("started_at")?.ok_or(StoreError::Unreadable("history.started_at"))?,
        committed_at: moment("committed_at")?,
        pushed_at: moment("pushed_at")?,
        status: named(&text("status")?, "history.status")?,
        stage: named(&text("stage")?, "history.stage")?,
        error: maybe("error")?,
        hint: maybe("hint")?,
        request_id: maybe("request_id")?,
    })
}
