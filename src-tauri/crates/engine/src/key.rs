//! The API key of the model's server: from the variable that the settings name, else from the system's keyring, where it
//! belongs to one server. Nobody looks before that server wants a key, and nobody keeps what was found.

use autocommit_core::settings::{Llm, Settings};
use autocommit_keyring::KeyringError;
pub use autocommit_keyring::key_in;
use autocommit_message::{
    providers::llm::{KeyOf, Keys},
    server,
};

/// Where the key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// The environment variable that the settings name.
    Environment,
    /// The system's keyring.
    Keyring,
    /// There is none.
    None,
    /// The keyring could not be looked into: if there is one in it, it is not used.
    Unknown,
}

/// How it is with the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// Where it comes from.
    pub source: KeySource,
    /// The server that it belongs to, as host and port; nothing where the address of the settings is not asked.
    pub server: Option<String>,
    /// The same in a sentence or two.
    pub message: String,
}

/// Why the key was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nobody would be sent it.
    #[error(
        "The address of the model's server in the settings is none that is asked, so no key belongs to it."
    )]
    NoServer,
    /// The keyring did not do it.
    #[error("{0}")]
    Keyring(#[from] KeyringError),
}

/// The key in the environment.
pub(crate) fn in_environment(llm: &Llm) -> Option<String> {
    let name = llm.api_key_env.as_ref()?;
    std::env::var(name).ok().filter(|key| !key.is_empty())
}

/// The system's keyring, for the questions to a model.
pub(crate) struct SystemKeyring;

impl Keys for SystemKeyring {
    fn key<'a>(&'a self, server: &'a str) -> KeyOf<'a> {
        Box::pin(in_keyring(server))
    }
}

/// The key of a server in the keyring; a sentence where there is none.
pub(crate) async fn in_keyring(server: &str) -> Result<String, String> {
    match autocommit_keyring::get(server).await {
        Ok(Some(key)) => Ok(key),
        Ok(None) => Err(format!(
            "There is none for {server} in the system keyring; autocommit model key set puts it there."
        )),
        Err(error) => Err(error.to_string()),
    }
}

/// How it is with the key of these settings. The keyring is asked whether it has one; the key is not read.
pub async fn key_state(settings: &Settings) -> KeyState {
    let llm = &settings.llm;
    let server = server::name(&llm.base_url, llm.allow_host.as_deref());
    let told = |source, message: String| KeyState { source, server: server.clone(), message };
    let Some(name) = &server else {
        return told(KeySource::None, "The address of the model's server is none that is asked.".to_owned());
    };
    if in_environment(llm).is_some() {
        let variable = llm.api_key_env.as_deref().unwrap_or_default();
        return told(
            KeySource::Environment,
            format!("The API key comes from the environment variable {variable}."),
        );
    }
    match autocommit_keyring::has(name).await {
        Ok(true) => told(KeySource::Keyring, format!("The API key for {name} is in the system keyring.")),
        Ok(false) | Err(KeyringError::Absent) => {
            told(KeySource::None, format!("There is no API key for {name}."))
        }
        Err(error) => told(KeySource::Unknown, format!("{error} An API key in it is not used.")),
    }
}

/// Stores the key of the server that the settings name in the system's keyring, which may ask its owner for a password.
/// Returns the server.
pub async fn set_key(settings: &Settings, key: &str) -> Result<String, KeyError> {
    let llm = &settings.llm;
    let server = server::name(&llm.base_url, llm.allow_host.as_deref()).ok_or(KeyError::NoServer)?;
    autocommit_keyring::set(&server, key).await?;
    Ok(server)
}

/// Takes the key of the server at `base_url` out of the system's keyring. Returns the server, and whether there was one.
pub async fn remove_key(base_url: &str) -> Result<(String, bool), KeyError> {
    let server = server::of(base_url).ok_or(KeyError::NoServer)?;
    let was_there = autocommit_keyring::remove(&server).await?;
    Ok((server, was_there))
}
