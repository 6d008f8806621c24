//! Why something could not be remembered.

use std::{io, path::PathBuf};

/// Why something could not be remembered, or what was remembered could not be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite could not do what it was asked.
    #[error("the history database could not be used: {0}")]
    Database(#[from] sqlx::Error),
    /// What a table holds makes no sense; names the table and column.
    #[error("the history database holds something unreadable in {0}")]
    Unreadable(&'static str),
    /// A file of the state folder could not be read or written.
    #[error("{} could not be used: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of the state folder is not what was written there; the words say in what way.
    #[error("{} could not be read: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// In what way.
        why: String,
    },
    /// Something could not be written as JSON.
    #[error("a record could not be written as JSON: {0}")]
    Encode(#[from] serde_json::Error),
    /// A record is longer than the journal takes; in bytes.
    #[error("a record of {0} bytes is too long for the journal")]
    TooLong(usize),
    /// More approvals at once than are kept at all; the number of those.
    #[error("more than {0} approvals cannot be kept: approve fewer, or raise the limit that holds them")]
    TooManyApprovals(usize),
    /// A name cannot be that of a folder in the journal.
    #[error("{0:?} is not the id of a repository")]
    BadId(String),
    /// The program is ending, and the write was not begun.
    #[error("the program is ending")]
    Ending,
}

impl StoreError {
    /// Whether the same call may work soon, without anybody doing anything: the database was busy.
    pub fn worth_retrying(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut) => true,
            Self::Database(error) => matches!(primary_code(error), Some(5 | 6)),
            _ => false,
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

/// SQLite's primary result code, where the error is SQLite's.
pub(crate) fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Runs blocking file work away from the async threads; it runs to its end even if nobody waits any more.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let run = tracing::Span::current();
    tokio::task::spawn_blocking(move || run.in_scope(work)).await.map_err(|_| StoreError::Ending)?
}
