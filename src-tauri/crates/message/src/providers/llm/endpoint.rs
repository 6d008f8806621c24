//! Where a model is asked, and with whose key.

use autocommit_core::settings;
use std::{fmt, future::Future, pin::Pin};

/// Where a model is asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Address of the server, with or without `/v1`.
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// Sent to this server only.
    pub key: Option<String>,
    /// The host other than this machine that may be asked.
    pub allow_host: Option<String>,
}

impl Endpoint {
    /// The one that the settings name.
    pub fn of(llm: &settings::Llm, key: Option<String>) -> Self {
        let (base_url, model) = (llm.base_url.clone(), llm.llama_model_id.clone());
        Self { base_url, model, key, allow_host: llm.allow_host.clone() }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// A key being looked up; without one, a sentence that says why.
pub type KeyOf<'a> = Pin<Box<dyn Future<Output = Result<String, String>> + Send + 'a>>;

/// Where keys are kept. It is asked for the key of one server, whenever a question to that server needs it: what it gives
/// is not kept here.
pub trait Keys: Send + Sync {
    /// The key of a server, named by host and port.
    fn key<'a>(&'a self, server: &'a str) -> KeyOf<'a>;
}
