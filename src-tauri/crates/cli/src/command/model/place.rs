//! Where the model is looked after: in the running process, or here while nobody runs. A download needs no lock of the
//! repositories, so a daemon can be started while it goes on.

use crate::{args::Globals, client::Client, exit::Failure, way};
use autocommit_api::{
    ApiError, Nothing,
    methods::{CancelModel, Model, ModelKey, ModelLogs, ModelLogsRequest, ModelName, PullModel, RemoveModel},
    wire::{ModelKeyReply, ModelLogsReply, ModelReply},
};
use autocommit_core::settings::Settings;
use autocommit_engine::Managed;
use autocommit_host::Source;
use std::path::Path;

/// One of the two.
pub(super) enum Place {
    Api(Client),
    Here { managed: Managed, settings: Box<Settings> },
}

impl Place {
    pub(super) fn find(globals: &Globals) -> Result<Self, Failure> {
        let folders = globals.folders()?;
        if let Some(client) = way::running(&folders)? {
            return Ok(Self::Api(client));
        }
        let (_, settings) = Source::new(folders.clone(), globals.overrides()?).load()?;
        Ok(Self::Here { managed: Managed::open(&folders.state_dir), settings: Box::new(settings) })
    }

    pub(super) async fn view(&self) -> Result<ModelReply, Failure> {
        match self {
            Self::Api(client) => Self::look(client).await,
            Self::Here { managed, settings } => Ok(managed.view(settings).await.into()),
        }
    }

    /// Where the key comes from: to the process that asks the server, whose environment may be another one.
    pub(super) async fn key(&self) -> Result<ModelKeyReply, Failure> {
        match self {
            Self::Api(client) => Ok(client.call::<ModelKey>(&Nothing {}).await?.0),
            Self::Here { settings, .. } => Ok(autocommit_engine::key_state(settings).await.into()),
        }
    }

    /// How it is in the running process.
    pub(super) async fn look(client: &Client) -> Result<ModelReply, Failure> {
        Ok(client.call::<Model>(&Nothing {}).await?.0)
    }

    /// Begins to fetch a model in the running process.
    pub(super) async fn pull(client: &Client, name: &str) -> Result<ModelReply, Failure> {
        Ok(client.call::<PullModel>(&ModelName { name: name.to_owned() }).await?.0)
    }

    /// Stops fetching it there.
    pub(super) async fn cancel(client: &Client, name: &str) -> Result<ModelReply, Failure> {
        Ok(client.call::<CancelModel>(&ModelName { name: name.to_owned() }).await?.0)
    }

    pub(super) async fn remove(&self, name: &str) -> Result<ModelReply, Failure> {
        match self {
            Self::Api(client) => {
                Ok(client.call::<RemoveModel>(&ModelName { name: name.to_owned() }).await?.0)
            }
            Self::Here { managed, .. } => {
                managed.remove(name).await.map_err(ApiError::from)?;
                self.view().await
            }
        }
    }

    pub(super) async fn logs(&self, after: u64, lines: usize) -> Result<ModelLogsReply, Failure> {
        match self {
            Self::Api(client) => {
                let request = ModelLogsRequest { lines: Some(lines), after: Some(after) };
                Ok(client.call::<ModelLogs>(&request).await?.0)
            }
            Self::Here { .. } => {
                Err(Failure::attention("Autocommit is not running, so no server of a model is either.")
                    .hint("Start it with autocommit run."))
            }
        }
    }

    /// Brings a file in; always by this process, which was given its path by the person.
    pub(super) async fn import(&self, globals: &Globals, file: &Path) -> Result<String, Failure> {
        let folders = globals.folders()?;
        folders.prepare_state_dir()?;
        let managed = Managed::open(&folders.state_dir);
        managed.import(file).await.map_err(|error| Failure::attention(error.to_string()))
    }
}
