//! What the supervisor asks its server.

use crate::server::Endpoint;
use reqwest::Client;
use std::time::Duration;

/// Whether a server sleeps: it has let go of the model and takes it up again when asked. Asking this does not wake it.
pub(crate) async fn is_asleep(endpoint: &Endpoint, patience: Duration) -> bool {
    let Ok(client) = client(patience) else { return false };
    let asked = client.get(format!("{}/props", endpoint.base_url)).bearer_auth(&endpoint.key).send().await;
    let Ok(answer) = asked else { return false };
    answer.json::<serde_json::Value>().await.is_ok_and(|props| props["is_sleeping"] == true)
}

/// Two chances: a machine that was asleep itself is slow at first.
pub(crate) async fn is_alive(endpoint: &Endpoint, patience: Duration) -> bool {
    let Ok(client) = client(patience) else { return false };
    for _ in 0..2 {
        let answer = client.get(format!("{}/health", endpoint.base_url)).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return true;
        }
    }
    false
}

pub(crate) fn client(patience: Duration) -> reqwest::Result<Client> {
    autocommit_web::client().timeout(patience).build()
}
