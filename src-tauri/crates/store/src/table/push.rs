//! What is known of each place that is pushed to: what arrived there last, and what it refused since.

use super::{count, named, oid, time};
use crate::StoreError;
use autocommit_core::{
    Timestamp,
    id::{Oid, RepoId, hex},
    push::PushClass,
};
use sha2::{Digest as _, Sha256};
use sqlx::{Row as _, SqlitePool, sqlite::SqliteRow};

pub(super) const PROBE: &str = "SELECT repo_id, remote, url_sha256, branch, arrived_oid, arrived_at, class, tip_oid, \
     detail, failures, failed_at, next_try_at FROM push LIMIT 0";

/// A place that is pushed to. Holds no address: that may contain a password.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PushKey {
    repo: RepoId,
    remote: String,
    url_sha256: String,
    branch: String,
}

/// What is known of one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushMemory {
    /// What the remote was last seen to have.
    pub arrived: Option<Arrival>,
    /// What went wrong since.
    pub failure: Option<PushFailure>,
}

/// A commit that the remote was seen to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The commit.
    pub oid: Oid,
    /// When it was seen.
    pub at: Timestamp,
}

/// Pushes that failed since the last one that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushFailure {
    /// The class of the last one.
    pub class: PushClass,
    /// The commit that was refused.
    pub tip: Oid,
    /// What git and the remote said, without credentials.
    pub detail: String,
    /// How many failed in a row, at least 1.
    pub failures: usize,
    /// When the last one failed.
    pub at: Timestamp,
    /// When it is tried again by itself; nothing: not before something changed.
    pub next_try_at: Option<Timestamp>,
}

/// The places that are pushed to.
#[derive(Clone)]
pub struct Pushes(pub(crate) SqlitePool);

impl PushKey {
    /// The place that `branch` of `repo` goes to; of `url` only the SHA-256 is kept. Where git was given an address
    /// instead of a remote's name, that is not kept either.
    pub fn new(repo: &RepoId, remote: &str, url: &str, branch: &str) -> Self {
        let is_address = remote == url || remote.contains([':', '@']);
        Self {
            repo: repo.clone(),
            remote: if is_address { "(address)" } else { remote }.to_owned(),
            url_sha256: hex(&Sha256::digest(url.as_bytes())),
            branch: branch.to_owned(),
        }
    }

    /// The repository.
    pub fn repo(&self) -> &RepoId {
        &self.repo
    }

    /// The remote's name.
    pub fn remote(&self) -> &str {
        &self.remote
    }

    /// The branch on the remote.
    pub fn branch(&self) -> &str {
        &self.branch
    }
}

impl Pushes {
    /// What is known of one place; nothing where nothing was ever pushed there.
    pub async fn get(&self, key: &PushKey) -> Result<Option<PushMemory>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM push WHERE repo_id = ? AND remote = ? AND url_sha256 = ? AND branch = ?",
        )
        .bind(key.repo.as_str())
        .bind(&key.remote)
        .bind(&key.url_sha256)
        .bind(&key.branch)
        .fetch_optional(&self.0)
        .await?;
        row.as_ref().map(memory).transpose()
    }

    /// What is known of all places, by repository.
    pub async fn all(&self) -> Result<Vec<(PushKey, PushMemory)>, StoreError> {
        let rows = sqlx::query("SELECT * FROM push ORDER BY repo_id, remote, url_sha256, branch")
            .fetch_all(&self.0)
            .await?;
        Ok(super::readable(rows.iter().map(|row| Ok((key(row)?, memory(row)?)))))
    }

    /// Notes that the remote was seen to have `oid`; what failed before is over.
    pub async fn arrived(&self, key: &PushKey, oid: &Oid, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO push (repo_id, remote, url_sha256, branch, arrived_oid, arrived_at)
             VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET arrived_oid = excluded.arrived_oid, arrived_at = excluded.arrived_at,
                class = NULL, tip_oid = NULL, detail = NULL, failures = 0, failed_at = NULL, next_try_at = NULL",
        )
        .bind(key.repo.as_str())
        .bind(&key.remote)
        .bind(&key.url_sha256)
        .bind(&key.branch)
        .bind(oid.as_str())
        .bind(at.as_millisecond())
        .execute(&self.0)
        .await?;
        Ok(())
    }

    /// Notes that `tip` did not get there, and returns how many pushes failed in a row. `detail` must hold no
    /// credentials.
    pub async fn failed(
        &self,
        key: &PushKey,
        class: PushClass,
        tip: &Oid,
        detail: &str,
        at: Timestamp,
        next_try_at: Option<Timestamp>,
    ) -> Result<usize, StoreError> {
        let failures = sqlx::query_scalar(
            "INSERT INTO push (repo_id, remote, url_sha256, branch, class, tip_oid, detail, failures, failed_at,
                next_try_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
             ON CONFLICT DO UPDATE SET class = excluded.class, tip_oid = excluded.tip_oid, detail = excluded.detail,
                failures = push.failures + 1, failed_at = excluded.failed_at, next_try_at = excluded.next_try_at
             RETURNING failures",
        )
        .bind(key.repo.as_str())
        .bind(&key.remote)
        .bind(&key.url_sha256)
        .bind(&key.branch)
        .bind(class.code())
        .bind(tip.as_str())
        .bind(detail)
        .bind(at.as_millisecond())
        .bind(next_try_at.map(Timestamp::as_millisecond))
        .fetch_one(&self.0)
        .await?;
        Ok(count(failures))
    }
}

fn key(row: &SqliteRow) -> Result<PushKey, StoreError> {
    Ok(PushKey {
        repo: RepoId::new(row.try_get::<String, _>("repo_id")?),
        remote: row.try_get("remote")?,
        url_sha256: row.try_get("url_sha256")?,
        branch: row.try_get("branch")?,
    })
}

fn memory(row: &SqliteRow) -> Result<PushMemory, StoreError> {
    let commit = |column: &'static str| {
        row.try_get::<Option<String>, _>(column)?.map(|text| oid(&text, column)).transpose()
    };
    let moment =
        |column: &'static str| row.try_get::<Option<i64>, _>(column)?.map(|at| time(at, column)).transpose();
    let arrived = match (commit("arrived_oid")?, moment("arrived_at")?) {
        (Some(oid), Some(at)) => Some(Arrival { oid, at }),
        _ => None,
    };
    let failure = match row.try_get::<Option<String>, _>("class")? {
        None => None,
        Some(class) => Some(PushFailure {
            class: named(&class, "push.class")?,
            tip: commit("tip_oid")?.ok_or(StoreError::Unreadable("push.tip_oid"))?,
            detail: row.try_get::<Option<String>, _>("detail")?.unwrap_or_default(),
            failures: count(row.try_get("failures")?).max(1),
            at: moment("failed_at")?.ok_or(StoreError::Unreadable("push.failed_at"))?,
            next_try_at: moment("next_try_at")?,
        }),
    };
    Ok(PushMemory { arrived, failure })
}
