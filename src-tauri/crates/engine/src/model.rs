//! Whether the language model answers, as a person asks it while they set it up.

use crate::key;
use autocommit_core::settings::{Settings, url_host};
use autocommit_message::server::{self, ServerError};
use std::time::{Duration, Instant};

/// The longest wait for the list of models.
const LONGEST: Duration = Duration::from_secs(5);

/// What was found where the model should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelTest {
    /// The server answers and has the model.
    pub ok: bool,
    /// The models it has.
    pub models: Vec<String>,
    /// Time it took.
    pub elapsed: Duration,
    /// What was found, in one or two sentences.
    pub message: String,
}

/// Asks the server of the settings whether it has the model. Needs no engine.
pub async fn test_model(settings: &Settings) -> ModelTest {
    test(settings, None, None).await
}

/// Asks the server of the settings, or the one at `base_url`, whether it has the model. Only hosts that the settings
/// allow are asked; the API key goes to nobody but the server of the settings.
pub(crate) async fn test(settings: &Settings, base_url: Option<String>, model: Option<String>) -> ModelTest {
    let started = Instant::now();
    let mut wanted = settings.clone();
    let own = base_url.as_ref().is_none_or(|url| *url == settings.llm.base_url);
    wanted.llm.base_url = base_url.unwrap_or(wanted.llm.base_url);
    let model = model.unwrap_or(wanted.llm.llama_model_id.clone());
    let said =
        |models: Vec<String>, ok, message| ModelTest { ok, models, elapsed: started.elapsed(), message };
    if let Some((_, sentence)) = wanted.problems().into_iter().find(|(key, _)| *key == "llm.base_url") {
        return said(Vec::new(), false, format!("The address {}.", sentence.trim_end_matches('.')));
    }
    let url = &wanted.llm.base_url;
    let key = key::in_environment(&wanted.llm).filter(|_| own);
    let patience = LONGEST.min(Duration::from_secs_f64(settings.llm.timeout_seconds));
    let allow_host = wanted.llm.allow_host.as_deref();
    let mut came = server::models(url, key.as_deref(), allow_host, patience).await;
    let mut no_key = None;
    if came == Err(ServerError::Key) && key.is_none() && own {
        match key::in_keyring(&server::of(url).unwrap_or_default()).await {
            Ok(key) => came = server::models(url, Some(&key), allow_host, patience).await,
            Err(sentence) => no_key = Some(sentence),
        }
    }
    match came {
        Err(error) => {
            let host = url_host(url).unwrap_or_default();
            let mut message = format!("The server at {host} was asked. {error}");
            if let Some(sentence) = no_key {
                message = format!("The server at {host} wants an API key. {sentence}");
            }
            said(Vec::new(), false, message)
        }
        Ok(models) if models.contains(&model) => {
            said(models, true, format!("The server answers and has {model}."))
        }
        Ok(models) if models.is_empty() => {
            said(models, false, "The server answers and has no model.".to_owned())
        }
        Ok(models) => {
            let first = models.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            said(models, false, format!("The server answers and has no model named {model}. It has {first}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_host_that_the_settings_do_not_name_is_not_asked() {
        let settings = Settings::default();
        for url in ["http://example.org", "http://localhost.example.org:80", "ftp://127.0.0.1", ""] {
            let came = test(&settings, Some(url.to_owned()), None).await;
            assert!(!came.ok && came.message.starts_with("The address "), "{url}: {came:?}");
        }
    }
}
