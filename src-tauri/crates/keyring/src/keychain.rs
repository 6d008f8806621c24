//! The Keychain of macOS.

use crate::KeyringError;
use security_framework::{
    base::Error,
    os::macos::keychain::SecKeychain,
    passwords::{PasswordOptions, delete_generic_password, generic_password, set_generic_password},
};

/// What tells our entries from those of others.
const OURS: &str = "Autocommit: key of a model server";
/// `errSecItemNotFound`.
const NONE: i32 = -25300;
/// `errSecInteractionNotAllowed`: it would have asked its owner.
const LOCKED: i32 = -25308;
/// `errSecUserCanceled`.
const DISMISSED: i32 = -128;

pub(crate) async fn get(server: &str) -> Result<Option<String>, KeyringError> {
    let server = server.to_owned();
    aside(move || {
        let _nobody_is_asked = SecKeychain::disable_user_interaction()?;
        generic_password(PasswordOptions::new_generic_password(OURS, &server))
    })
    .await
    .map(|key| key.and_then(|key| String::from_utf8(key).ok()))
}

pub(crate) async fn has(server: &str) -> Result<bool, KeyringError> {
    // There is no question about an entry that is allowed where its content is not.
    Ok(get(server).await?.is_some())
}

pub(crate) async fn set(server: &str, key: &str) -> Result<(), KeyringError> {
    let (server, key) = (server.to_owned(), key.to_owned());
    aside(move || set_generic_password(OURS, &server, key.as_bytes())).await.map(drop)
}

pub(crate) async fn remove(server: &str) -> Result<bool, KeyringError> {
    let server = server.to_owned();
    Ok(aside(move || delete_generic_password(OURS, &server)).await?.is_some())
}

/// On a thread of its own: the Keychain is asked by calls that wait.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<Option<T>, KeyringError> {
    match crate::turn::aside(work).await? {
        Ok(done) => Ok(Some(done)),
        Err(error) => match error.code() {
            NONE => Ok(None),
            LOCKED => Err(KeyringError::Locked),
            DISMISSED => Err(KeyringError::Dismissed),
            code => Err(KeyringError::Failed(code.to_string())),
        },
    }
}
