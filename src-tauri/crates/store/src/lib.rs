//! What is remembered: the history, cycles and pushes in SQLite, what the person wants in a small file, and the
//! append-only journal that recovery reads after a crash.
//!
//! It knows no git and no engine, decides nothing, and never stands in the way: a damaged database is set aside, an
//! unwritable one is replaced by memory. Only a "no" of the person is stronger than that: what cannot be read of
//! [`Wanted`] means off, and what cannot be read of [`Approvals`] and [`Trust`] is not
//! approved. No credentials are stored. One process
//! owns a state folder, the caller has locked it; only approvals and trust are given by others too.

mod allowed;
mod approvals;
mod database;
mod document;
mod error;
mod file;
mod journal;
mod path;
mod table;
mod trust;
mod wanted;

pub use approvals::{Approvals, Given};
pub use error::StoreError;
pub use journal::{
    Appended, Durability, Entry, Intent, Journal, LockFile, Object, Open, OpenPush, Pushing, Record, Records,
    Recovery, RunEnd, Unfinished,
};
pub use table::{Arrival, Cycles, History, PushFailure, PushKey, PushMemory, Pushes};
pub use trust::{Approve, Place, Trust};
pub use wanted::Wanted;

use sqlx::SqlitePool;
use std::path::Path;

/// Everything of a state folder but the journal. Clones share it.
#[derive(Clone)]
pub struct Store {
    pool: SqlitePool,
    history: History,
    cycles: Cycles,
    pushes: Pushes,
    wanted: Wanted,
    approvals: Approvals,
    trust: Trust,
}

impl Store {
    /// Opens `autocommit.db` and `wanted.json` of a state folder, makes what is missing, and returns warnings for
    /// people: whole sentences about what was damaged and what became of it.
    ///
    /// # Errors
    /// Only if not even a database in memory can be had.
    pub async fn open(state_dir: &Path) -> Result<(Self, Vec<String>), StoreError> {
        if let Err(error) = file::private_dir(state_dir) {
            tracing::warn!(path = %state_dir.display(), %error, "the state folder could not be made");
        }
        let (wanted, mut warnings) = Wanted::open(state_dir).await;
        let (pool, more) = Box::pin(database::open(state_dir)).await?;
        warnings.extend(more);
        Ok((Self::of(pool, wanted, state_dir), warnings))
    }

    /// For a process that only looks, beside the one that owns the state folder: approvals are those of the folder, a
    /// history is in memory, and everything is switched off.
    ///
    /// # Errors
    /// Only if not even a database in memory can be had.
    pub async fn beside(state_dir: &Path) -> Result<Self, StoreError> {
        let pool = database::in_memory().await?;
        Ok(Self::of(pool, Wanted::off(state_dir), state_dir))
    }

    fn of(pool: SqlitePool, wanted: Wanted, state_dir: &Path) -> Self {
        Self {
            history: History(pool.clone()),
            cycles: Cycles(pool.clone()),
            pushes: Pushes(pool.clone()),
            wanted,
            approvals: Approvals::at(state_dir),
            trust: Trust::at(state_dir),
            pool,
        }
    }

    /// What was done, held and failed.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The finished cycles.
    pub fn cycles(&self) -> &Cycles {
        &self.cycles
    }

    /// The places that are pushed to.
    pub fn pushes(&self) -> &Pushes {
        &self.pushes
    }

    /// What the person wants.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// What the person approved although a guard would hold it.
    pub fn approvals(&self) -> &Approvals {
        &self.approvals
    }

    /// What of the repositories' own programs the person approved, and where their pushes went.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Ends the running statements and closes the database; every later call fails.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
