//! Talks to the process that owns the repositories, over its API.

use crate::exit::Failure;
use autocommit_api::{
    ErrorReply, Method, Verb,
    http::{self, Call},
    wire::LoginLink,
};
use autocommit_host::{Folders, Owner};
use serde::de::DeserializeOwned;
use std::{net::SocketAddr, time::Duration};

/// It is on this machine: what does not answer soon will not answer.
const CONNECT: Duration = Duration::from_secs(2);
/// The longest a reply may take; a message from a slow model takes longest.
const REPLY: Duration = Duration::from_secs(90);

/// A running process.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    token: String,
}

impl Client {
    /// The process that serves its API at `address`.
    pub(crate) fn new(folders: &Folders, address: SocketAddr) -> Result<Self, Failure> {
        let token = autocommit_host::read_token(&folders.state_dir).map_err(|error| {
            let path = folders.state_dir.join("token");
            Failure::attention(format!("The token in {} cannot be read: {error}.", path.display()))
        })?;
        // A proxy would be handed the token.
        let http = autocommit_web::client()
            .connect_timeout(CONNECT)
            .timeout(REPLY)
            .build()
            .map_err(|error| Failure::attention(format!("No HTTP client can be made: {error}.")))?;
        Ok(Self { http, address, token })
    }

    /// Calls a method; the reply, and the same as the text that came.
    pub(crate) async fn call<M: Method>(
        &self,
        request: &M::Request,
    ) -> Result<(M::Response, String), Failure> {
        let call = http::encode::<M>(request).map_err(|error| self.odd(&error))?;
        self.exchange(call).await
    }

    /// A link that lets one browser in; it, and the same as the text that came.
    pub(crate) async fn login_link(&self) -> Result<(LoginLink, String), Failure> {
        self.exchange(Call { verb: Verb::Post, path: "/login-links".to_owned(), body: None }).await
    }

    async fn exchange<T: DeserializeOwned>(&self, call: Call) -> Result<(T, String), Failure> {
        let url = format!("http://{}{}", self.address, call.path);
        let verb = match call.verb {
            Verb::Get => reqwest::Method::GET,
            Verb::Post => reqwest::Method::POST,
            Verb::Patch => reqwest::Method::PATCH,
        };
        let mut sending = self.http.request(verb, url).bearer_auth(&self.token);
        if let Some(body) = call.body {
            sending = sending.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        }
        let reply = sending.send().await.map_err(|error| self.silent(&error))?;
        let well = reply.status().is_success();
        let text = reply.text().await.map_err(|error| self.silent(&error))?;
        if !well {
            let reply: ErrorReply = serde_json::from_str(&text).map_err(|error| self.odd(&error))?;
            return Err(reply.error.into());
        }
        let value = serde_json::from_str(&text).map_err(|error| self.odd(&error))?;
        Ok((value, text))
    }

    fn silent(&self, error: &reqwest::Error) -> Failure {
        tracing::debug!(?error, "no answer");
        let why = if error.is_timeout() { "in time" } else { "at all" };
        Failure::attention(format!(
            "The running Autocommit process did not answer at {} {why}.",
            self.address
        ))
        .hint("Look at its log, or end it and start it again.")
    }

    fn odd(&self, error: &serde_json::Error) -> Failure {
        tracing::debug!(%error, "a reply that does not fit");
        Failure::attention(format!(
            "What answers at {} does not speak this version's language.",
            self.address
        ))
        .hint("If Autocommit was updated, start the running process again.")
    }
}

/// Whoever owns the repositories now.
pub(crate) fn owner(folders: &Folders) -> Result<Option<Owner>, Failure> {
    Owner::of(&folders.state_dir).map_err(|source| {
        Failure::usage(format!("The state folder {} cannot be used: {source}.", folders.state_dir.display()))
    })
}
