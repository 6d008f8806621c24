//! A key of the person's for each server, in the system's keyring: the Secret Service of a desktop, the Keychain of
//! macOS, the Credential Manager of Windows.
//!
//! Whoever only looks never has a window opened that asks for the keyring's password, and never waits long: a keyring
//! that is locked, away or silent has no key, and says so. Keys are found by the server they were stored for and by
//! nothing else. No key is ever part of an error.

#[cfg(all(unix, not(target_os = "macos")))]
mod bus;
#[cfg(all(unix, not(target_os = "macos")))]
use bus as system;

#[cfg(target_os = "macos")]
mod keychain;
#[cfg(target_os = "macos")]
use keychain as system;

#[cfg(windows)]
mod credentials;
#[cfg(windows)]
use credentials as system;

#[cfg(any(target_os = "macos", windows))]
mod turn;

use std::{future::Future, time::Duration};
use tokio::time::timeout;

/// The longest that a look takes.
const LOOK: Duration = Duration::from_secs(2);
/// The longest that a change takes: a person may be typing the keyring's password.
const CHANGE: Duration = Duration::from_secs(120);
/// The longest key, in bytes.
const LONGEST: usize = 4096;

/// Why a keyring was of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// Nobody keeps secrets here.
    #[error("There is no system keyring in this session.")]
    Absent,
    /// Its owner has to unlock it.
    #[error("The system keyring is locked.")]
    Locked,
    /// Too slow.
    #[error("The system keyring did not answer in time.")]
    Silent,
    /// The person did not want it.
    #[error("The system keyring was not unlocked.")]
    Dismissed,
    /// Anything else, in the keyring's own short name of it.
    #[error("The system keyring failed ({0}).")]
    Failed(String),
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// Nothing, or blanks only.
    #[error("There was nothing to read.")]
    Empty,
    /// Several lines, blanks, or characters that no HTTP header carries.
    #[error("A key is one word of letters, digits and signs.")]
    Unfit,
}

/// The key in a text: what a person typed or piped, without the line's end.
pub fn key_in(text: &str) -> Result<&str, NoKey> {
    let key = text.trim();
    match key {
        "" => Err(NoKey::Empty),
        _ if key.len() > LONGEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) => Err(NoKey::Unfit),
        _ => Ok(key),
    }
}

/// The key of `server` (a host and a port), where there is one.
pub async fn get(server: &str) -> Result<Option<String>, KeyringError> {
    let key = within(LOOK, system::get(server)).await?;
    // Anybody may have changed it since.
    Ok(key.and_then(|key| key_in(&key).ok().map(str::to_owned)))
}

/// Whether there is a key of `server`. The key itself is not read.
pub async fn has(server: &str) -> Result<bool, KeyringError> {
    within(LOOK, system::has(server)).await
}

/// Stores the key of `server` in place of the one before. The keyring may ask its owner for a password.
pub async fn set(server: &str, key: &str) -> Result<(), KeyringError> {
    within(CHANGE, system::set(server, key)).await
}

/// Takes the key of `server` away; false where there was none. The keyring may ask its owner for a password.
pub async fn remove(server: &str) -> Result<bool, KeyringError> {
    within(CHANGE, system::remove(server)).await
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, KeyringError>>,
) -> Result<T, KeyringError> {
    timeout(limit, work).await.unwrap_or(Err(KeyringError::Silent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_word() {
        assert_eq!(key_in(" sk-abc/123=\r\n"), Ok("sk-abc/123="));
        assert_eq!(key_in(" \n"), Err(NoKey::Empty));
        for unfit in ["two words", "two\nlines", "schlüssel", "a\u{0}b", &"x".repeat(LONGEST + 1)] {
            assert_eq!(key_in(unfit), Err(NoKey::Unfit), "{unfit:?}");
        }
    }
}
