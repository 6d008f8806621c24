//! The tables, one file each, with verbs of the domain. To add one: its file here, one migration, one probe below.

mod activity;
mod cycle;
mod history;
mod push;

pub use cycle::Cycles;
pub use history::History;
pub use push::{Arrival, PushFailure, PushKey, PushMemory, Pushes};

use crate::StoreError;
use autocommit_core::{Timestamp, id::Oid};
use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer as _, value::Error},
};

/// Statements that fail where a table or a column is missing, and read nothing.
pub(crate) const PROBES: [&str; 4] =
    [history::PROBE, "SELECT rowid FROM history_text LIMIT 0", cycle::PROBE, push::PROBE];

/// Milliseconds back to a time.
fn time(milliseconds: i64, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::Unreadable(column))
}

fn oid(text: &str, column: &'static str) -> Result<Oid, StoreError> {
    Oid::parse(text).ok_or(StoreError::Unreadable(column))
}

/// One of a closed list of names, as serde spells them.
fn named<T: DeserializeOwned>(name: &str, column: &'static str) -> Result<T, StoreError> {
    let name: serde::de::value::StrDeserializer<'_, Error> = name.into_deserializer();
    T::deserialize(name).map_err(|_| StoreError::Unreadable(column))
}

/// The name that [`named`] reads.
fn name(value: impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// Leaves out, and logs, rows that cannot be read: one flipped bit must not hide all the others.
fn readable<T>(rows: impl IntoIterator<Item = Result<T, StoreError>>) -> Vec<T> {
    rows.into_iter()
        .filter_map(|row| row.inspect_err(|error| tracing::warn!(%error, "a row is left out")).ok())
        .collect()
}
