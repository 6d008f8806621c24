//! Opens `autocommit.db`, or what can be had instead: a fresh file, or memory.

use crate::{StoreError, error::primary_code, file, table};
use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Longest wait for somebody else's lock on the database.
const BUSY: Duration = Duration::from_secs(5);
/// Longest wait for one of our own connections.
const ACQUIRE: Duration = Duration::from_secs(15);
/// A connection that rested this long is closed, with its thread and cache.
const IDLE: Duration = Duration::from_secs(300);
/// Larger files are opened without `quick_check`, which reads them whole; in bytes.
const CHECKED_UP_TO: u64 = 256 * 1024 * 1024;

/// A database has at least one page; SQLite would take some shorter files for new ones without a word. In bytes.
const SMALLEST: u64 = 512;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why a database file was not taken.
enum Refused {
    /// It is surely not what it should be; the sentence says in what way.
    Damaged(String),
    /// It may be well, but cannot be used now.
    Unusable(String),
}

/// Opens the database of a state folder. A damaged one is set aside, an unusable one is replaced by memory; each comes
/// with a warning for people.
///
/// # Errors
/// Only if not even a database in memory can be had.
pub(crate) async fn open(state_dir: &Path) -> Result<(SqlitePool, Vec<String>), StoreError> {
    let path = state_dir.join("autocommit.db");
    let mut warnings = Vec::new();
    let mut opened = open_file(&path).await;
    if let Err(Refused::Damaged(why)) = &opened {
        let kept = file::aside(&path);
        match set_aside(&path, &kept) {
            Ok(()) => {
                warnings.push(format!(
                    "The history database {why}. It was kept as {} and a new, empty one was begun; commits and pushes \
                     are not affected.",
                    kept.display()
                ));
                opened = open_file(&path).await;
            }
            Err(error) => opened = Err(Refused::Unusable(format!("{why} and cannot be moved ({error})"))),
        }
    }
    match opened {
        Ok(pool) => Ok((pool, warnings)),
        Err(Refused::Damaged(why) | Refused::Unusable(why)) => {
            warnings.push(format!(
                "History is not kept: {} {why}. Commits and pushes go on; what happens now is forgotten when Autocommit \
                 ends.",
                path.display()
            ));
            Ok((in_memory().await?, warnings))
        }
    }
}

async fn open_file(path: &Path) -> Result<SqlitePool, Refused> {
    let size = claim(path)?;
    let options = options().filename(path).journal_mode(SqliteJournalMode::Wal);
    // Without the settings above, which read the file: only a connection that was opened can be closed and waited for,
    // and one that lives on would later delete the `-wal` of the database that takes this one's place.
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .disable_statement_logging()
        .connect()
        .await
        .map_err(|error| Refused::of(&error))?;
    let checked = check(&mut connection, size).await;
    let closed = connection.close().await.map_err(|error| Refused::of(&error));
    checked.and(closed)?;
    Ok(pool(2).idle_timeout(IDLE).connect_lazy_with(options))
}

/// Makes the file, mode 0600 (SQLite gives `-wal` and `-shm` the same), or narrows the mode of the one that is there.
/// Returns its size in bytes.
fn claim(path: &Path) -> Result<u64, Refused> {
    let unusable = |error: io::Error| Refused::Unusable(format!("cannot be written ({error})"));
    match file::private_file().write(true).create_new(true).open(path) {
        Ok(_) => return Ok(0),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(unusable(error)),
    }
    let found = file::private_file().write(true).open(path).map_err(unusable)?;
    let metadata = found.metadata().map_err(unusable)?;
    if metadata.len() < SMALLEST {
        return Err(Refused::Damaged("was cut off".to_owned()));
    }
    #[cfg(unix)]
    if let Err(error) =
        found.set_permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600))
    {
        tracing::warn!(path = %path.display(), %error, "the mode of the database could not be narrowed");
    }
    Ok(metadata.len())
}

async fn check(connection: &mut SqliteConnection, size: u64) -> Result<(), Refused> {
    if (1..=CHECKED_UP_TO).contains(&size) {
        let answer: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| Refused::of(&error))?;
        if answer.contains("history_text") {
            // It is looked at after everything else, which is well then.
            renew_search(connection).await.map_err(|error| Refused::of(&error))?;
        } else if answer != "ok" {
            return Err(Refused::Damaged(format!("was damaged ({})", answer.replace('\n', " "))));
        }
    }
    sqlx::query("PRAGMA journal_mode = WAL")
        .execute(&mut *connection)
        .await
        .map_err(|error| Refused::of(&error))?;
    MIGRATIONS.run(&mut *connection).await.map_err(|error| Refused::of_migration(&error))?;
    // Tables that lack a column, or a file that cannot be written, show themselves here and not in the middle of a run.
    // (`BEGIN IMMEDIATE` would not do: SQLite quietly begins a reading transaction where it cannot write.)
    for sql in table::PROBES.into_iter().chain(["DELETE FROM cycle WHERE seq = 0"]) {
        sqlx::query(sql).execute(&mut *connection).await.map_err(|error| Refused::of(&error))?;
    }
    Ok(())
}

/// What the index of the history's words is filled with, in the migration's own words.
const SEARCH: &str = include_str!("../migrations/0007_search.sql");

/// Makes the index of the history's words anew: it holds nothing that the history has not.
async fn renew_search(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let (_, fill) = SEARCH.rsplit_once("-- What there was before.").unwrap_or_default();
    let mut changing = connection.begin().await?;
    sqlx::query("INSERT INTO history_text (history_text) VALUES ('delete-all')")
        .execute(&mut *changing)
        .await?;
    sqlx::query(fill).execute(&mut *changing).await?;
    changing.commit().await?;
    tracing::warn!("the index for searching the history was damaged, and was made anew");
    Ok(())
}

impl Refused {
    fn of(error: &sqlx::Error) -> Self {
        let plain_readonly =
            error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "8");
        match (primary_code(error), error) {
            // The system lets us write, so that it is the header which does not.
            _ if plain_readonly => Self::Damaged(format!("was damaged or is of a newer format ({error})")),
            // SQLITE_ERROR (the tables are not ours), CORRUPT, MISMATCH, FORMAT, NOTADB
            (Some(1 | 11 | 20 | 24 | 26), _)
            | (None, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound) => {
                Self::Damaged(format!("was damaged ({error})"))
            }
            _ => Self::Unusable(format!("cannot be used ({error})")),
        }
    }

    fn of_migration(error: &MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::of(error),
            MigrateError::VersionMissing(_) => {
                Self::Damaged("was made by a newer version of Autocommit".to_owned())
            }
            error => Self::Damaged(format!("was damaged ({error})")),
        }
    }
}

/// Moves the database with its `-wal` and `-shm`. The database goes first: SQLite throws away the others beside a
/// missing one, and never the other way round.
fn set_aside(path: &Path, kept: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        match fs::rename(file::with_suffix(path, suffix), file::with_suffix(kept, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    path.parent().map_or(Ok(()), file::sync_dir)
}

/// The connection must never be closed: the database lives and dies with it.
pub(crate) async fn in_memory() -> Result<SqlitePool, StoreError> {
    let options = options().filename(PathBuf::from(":memory:")).in_memory(true);
    let pool = pool(1).min_connections(1).idle_timeout(None).connect_with(options).await?;
    MIGRATIONS.run(&pool).await.map_err(|error| StoreError::Database(error.into()))?;
    Ok(pool)
}

fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .statement_cache_capacity(24)
        .pragma("cache_size", "-256") // KiB, of each connection
        .pragma("cell_size_check", "ON") // finds damage earlier
        .pragma("trusted_schema", "OFF")
        .pragma("wal_autocheckpoint", "256") // pages of 4 KiB
        .pragma("journal_size_limit", "1048576")
        .disable_statement_logging()
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .max_lifetime(None)
        .test_before_acquire(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_file_is_set_up_for_durability_and_little_memory() {
        let dir = tempfile::tempdir().unwrap();
        let (pool, warnings) = open(dir.path()).await.unwrap();
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(pool.options().get_max_connections(), 2);
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&pool).await.unwrap();
        assert_eq!(mode, "wal");
        for (pragma, expected) in [
            ("PRAGMA synchronous", 2),
            ("PRAGMA foreign_keys", 1),
            ("PRAGMA cache_size", -256),
            ("PRAGMA busy_timeout", 5000),
        ] {
            let value: i64 = sqlx::query_scalar(pragma).fetch_one(&pool).await.unwrap();
            assert_eq!(value, expected, "{pragma}");
        }
    }
}
