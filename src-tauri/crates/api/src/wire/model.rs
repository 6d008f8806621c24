//! `/model`: the model that Autocommit runs itself.

use super::shown;
use crate::{ApiError, Code};
use autocommit_core::text::escape_controls;
use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

super::mirror! {
    /// How the server of the model is.
    ModelServerState of engine::ServerState {
        /// Not run: nobody asked for it, or no message was due yet.
        Off,
        /// Another server answers at the address of the settings, and is asked instead.
        Elsewhere,
        /// There is no `llama-server` on this machine.
        NoProgram,
        /// The model is not here.
        NoModel,
        /// The model is being loaded.
        Starting,
        /// It answers.
        Ready,
        /// It has let go of the model and takes it up again when asked.
        Asleep,
        /// It ended by itself too often, or never answered.
        Failed,
    }
}

super::mirror! {
    /// How a model is here.
    ModelPresence of engine::Presence {
        /// Not at all.
        Absent,
        /// A part of it.
        Partial,
        /// A part, and more arrives.
        Pulling,
        /// Whole.
        Installed,
        /// There is a file, and it is not the model.
        Broken,
    }
}

super::mirror! {
    /// Where the API key of the model's server comes from.
    ModelKeySource of engine::KeySource {
        /// The environment variable that the settings name.
        Environment,
        /// The system's keyring.
        Keyring,
        /// There is none.
        None,
        /// The keyring could not be looked into: if there is one in it, it is not used.
        Unknown,
    }
}

/// How it is with the API key of the model's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ModelKeyReply {
    /// Where it comes from.
    pub source: ModelKeySource,
    /// The server that it belongs to, as host and port.
    pub server: Option<String>,
    /// The same in a sentence or two.
    pub message: String,
}

impl From<engine::KeyState> for ModelKeyReply {
    fn from(state: engine::KeyState) -> Self {
        Self { source: state.source.into(), server: state.server, message: escape_controls(&state.message) }
    }
}

/// The server of the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ModelServer {
    /// How it is.
    pub state: ModelServerState,
    /// The same in a sentence or two.
    pub message: String,
    /// The program that is or would be run.
    pub program: Option<String>,
    /// Its process, while it runs.
    pub pid: Option<u32>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ManagedModel {
    /// Its name.
    pub name: String,
    /// Its name for people, a colon, and whom it suits.
    pub title: String,
    /// Bytes of the whole file.
    pub size_bytes: u64,
    /// Its licence; `unknown` for a file that a person brought in.
    pub licence: String,
    /// The publisher's page about it; empty for a file that a person brought in.
    pub source_url: String,
    /// How it is here.
    pub state: ModelPresence,
    /// Bytes that are here.
    pub downloaded_bytes: u64,
    /// It is the one that writes messages.
    pub in_use: bool,
    /// Why its last download failed.
    pub error: Option<String>,
}

/// All about the model that Autocommit runs itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ModelReply {
    /// Whether one is to be run (the setting `llm.managed`).
    pub managed: bool,
    /// The name of the one that is to be run.
    pub in_use: Option<String>,
    /// Its server.
    pub server: ModelServer,
    /// All models: first those that can be fetched, then those that a person brought in.
    pub models: Vec<ManagedModel>,
}

/// What the server of the model said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ModelLogsReply {
    /// Its lines, the newest last.
    pub lines: Vec<String>,
    /// The number of the last line: ask for what comes `after` it.
    pub last: u64,
}

impl From<engine::ManagedView> for ModelReply {
    fn from(view: engine::ManagedView) -> Self {
        let server = ModelServer {
            state: view.server.state.into(),
            message: escape_controls(&view.server.message),
            program: view.server.program.map(|program| shown(&program)),
            pid: view.server.pid,
        };
        Self {
            managed: view.managed,
            in_use: view.in_use,
            server,
            models: view.models.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<engine::ManagedModel> for ManagedModel {
    fn from(managed: engine::ManagedModel) -> Self {
        let model = managed.model;
        Self {
            name: model.name,
            title: model.title,
            size_bytes: model.size,
            licence: model.licence.unwrap_or_else(|| "unknown".to_owned()),
            source_url: model.page.unwrap_or_default(),
            state: model.presence.into(),
            downloaded_bytes: model.here,
            in_use: managed.in_use,
            error: managed.error,
        }
    }
}

impl From<engine::ManagedError> for ApiError {
    fn from(error: engine::ManagedError) -> Self {
        let message = escape_controls(&error.to_string());
        match error {
            engine::ManagedError::Unknown(_) => Self::new(Code::UnknownModel, message),
            engine::ManagedError::NotNow(_) => {
                Self { hint: "Look at /model for how it is.".to_owned(), ..Self::new(Code::NotNow, message) }
            }
        }
    }
}
