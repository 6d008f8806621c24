//! The keyring of a desktop, over the session's bus (freedesktop.org's Secret Service: GNOME Keyring, KWallet, KeePassXC).
//!
//! Only the default collection is looked into, and only where it is unlocked: a search over all of them has some keyrings
//! ask for their password.

use crate::KeyringError;
use secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use std::collections::HashMap;
use zbus::DBusError as _;

/// What tells our entries from those of others.
const SCHEMA: (&str, &str) = ("xdg:schema", "dev.autocommit.ModelKey");
/// The attribute that says whose key it is.
const SERVER: &str = "server";

pub(crate) async fn get(server: &str) -> Result<Option<String>, KeyringError> {
    let keyring = open().await?;
    let collection = unlocked(&keyring).await?;
    match entry(&collection, server).await? {
        Some(item) => Ok(String::from_utf8(item.get_secret().await.map_err(why)?).ok()),
        None => Ok(None),
    }
}

pub(crate) async fn has(server: &str) -> Result<bool, KeyringError> {
    let keyring = open().await?;
    let collection = unlocked(&keyring).await?;
    Ok(entry(&collection, server).await?.is_some())
}

pub(crate) async fn set(server: &str, key: &str) -> Result<(), KeyringError> {
    let keyring = open().await?;
    let collection = unlocking(&keyring).await?;
    let label = format!("Autocommit: key of the model server {server}");
    let made = collection.create_item(&label, attributes(server), key.as_bytes(), true, "text/plain").await;
    made.map(drop).map_err(why)
}

pub(crate) async fn remove(server: &str) -> Result<bool, KeyringError> {
    let keyring = open().await?;
    let collection = unlocking(&keyring).await?;
    let mut any = false;
    while let Some(item) = entry(&collection, server).await? {
        item.delete().await.map_err(why)?;
        any = true;
    }
    Ok(any)
}

fn attributes(server: &str) -> HashMap<&str, &str> {
    HashMap::from([SCHEMA, (SERVER, server)])
}

async fn open() -> Result<SecretService<'static>, KeyringError> {
    // Agreed upon by both sides, so that who listens on the bus sees no key.
    SecretService::connect(EncryptionType::Dh).await.map_err(why)
}

async fn default<'a>(keyring: &'a SecretService<'_>) -> Result<Collection<'a>, KeyringError> {
    match keyring.get_default_collection().await {
        Err(Error::NoResult) => Err(KeyringError::Absent),
        collection => collection.map_err(why),
    }
}

/// The default collection, if it is open.
async fn unlocked<'a>(keyring: &'a SecretService<'_>) -> Result<Collection<'a>, KeyringError> {
    let collection = default(keyring).await?;
    collection.ensure_unlocked().await.map_err(why)?;
    Ok(collection)
}

/// The default collection, opened by its owner where it is not open.
async fn unlocking<'a>(keyring: &'a SecretService<'_>) -> Result<Collection<'a>, KeyringError> {
    let collection = default(keyring).await?;
    if collection.is_locked().await.map_err(why)? {
        collection.unlock().await.map_err(why)?;
    }
    Ok(collection)
}

/// The entry of one server.
async fn entry<'a>(collection: &'a Collection<'_>, server: &str) -> Result<Option<Item<'a>>, KeyringError> {
    let found = collection.search_items(attributes(server)).await.map_err(why)?;
    let Some(item) = found.into_iter().next() else { return Ok(None) };
    item.ensure_unlocked().await.map_err(why)?;
    Ok(Some(item))
}

/// The words of another program stay out of what we say: only the bus's own name of the error is told.
#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn why(error: Error) -> KeyringError {
    let name = match &error {
        Error::Unavailable => return KeyringError::Absent,
        Error::Locked => return KeyringError::Locked,
        Error::Prompt | Error::PromptDisconnected => return KeyringError::Dismissed,
        Error::Zbus(zbus::Error::MethodError(name, ..)) => name.to_string(),
        Error::Zbus(zbus::Error::FDO(error)) => error.name().to_string(),
        Error::ZbusFdo(error) => error.name().to_string(),
        // No bus, or one that was there once: its socket is still in the folder.
        Error::Zbus(zbus::Error::Connection(..)) => return KeyringError::Absent,
        _ => "the conversation broke off".to_owned(),
    };
    match name.as_str() {
        // Nobody has the name, and nobody can be started who would take it.
        "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner" => {
            KeyringError::Absent
        }
        "org.freedesktop.Secret.Error.IsLocked" => KeyringError::Locked,
        _ => KeyringError::Failed(name),
    }
}
