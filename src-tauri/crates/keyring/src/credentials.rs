//! The Credential Manager of Windows. It is open whenever its owner is logged in, and asks nobody.

use crate::KeyringError;
use keyring_core::{Entry, Error, api::CredentialStoreApi as _};
use windows_native_keyring_store::Store;

/// What tells our entries from those of others.
const OURS: &str = "Autocommit: key of a model server";

pub(crate) async fn get(server: &str) -> Result<Option<String>, KeyringError> {
    aside(server, |entry| entry.get_password()).await
}

pub(crate) async fn has(server: &str) -> Result<bool, KeyringError> {
    Ok(aside(server, |entry| entry.get_attributes()).await?.is_some())
}

pub(crate) async fn set(server: &str, key: &str) -> Result<(), KeyringError> {
    let key = key.to_owned();
    aside(server, move |entry| entry.set_password(&key)).await.map(drop)
}

pub(crate) async fn remove(server: &str) -> Result<bool, KeyringError> {
    Ok(aside(server, |entry| entry.delete_credential()).await?.is_some())
}

/// On a thread of its own: the Credential Manager is asked by calls that wait.
async fn aside<T: Send + 'static>(
    server: &str,
    work: impl FnOnce(Entry) -> Result<T, Error> + Send + 'static,
) -> Result<Option<T>, KeyringError> {
    let server = server.to_owned();
    let done = crate::turn::aside(move || work(Store::new()?.build(OURS, &server, None)?)).await?;
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Error::NoEntry) => Ok(None),
        Err(Error::NoStorageAccess(_)) => Err(KeyringError::Locked),
        // The error itself may hold what was read.
        Err(_) => Err(KeyringError::Failed("the Credential Manager refused".to_owned())),
    }
}
