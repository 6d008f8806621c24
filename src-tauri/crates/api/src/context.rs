//! What the methods stand on: the engine, and what only the program around it knows.

use crate::{ApiError, wire::SettingsReply};
use autocommit_engine::Engine;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// What a method is given. Clones share it.
#[derive(Clone)]
pub struct Context {
    /// The engine.
    pub engine: Engine,
    /// The settings with their layers.
    pub configuration: Arc<dyn Configuration>,
}

/// The settings with their layers and the person's own file, which the program around the engine reads and writes. The
/// calls look at the disk.
pub trait Configuration: Send + Sync {
    /// Every setting in force and where it comes from.
    fn read(&self) -> SettingsReply;

    /// Puts these values into the person's file and in force, all or none of them; `Value::Null` takes a key out. With
    /// `check_only` the reply is what would be and nothing is written. A wrong value is [`crate::Code::WrongSettings`].
    fn change(&self, changes: &BTreeMap<String, Value>, check_only: bool) -> Result<SettingsReply, ApiError>;
}
