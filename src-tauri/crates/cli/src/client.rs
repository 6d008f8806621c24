//! Talks to the process that owns the repositories, over its API.

use crate::exit::Failure;
use autocommit_api::{
    ErrorReply, Method, Scope, Verb,
    http::{self, Call},
    methods::{Cycle, CycleRequest},
    wire::{CycleReply, LoginLink, RotateToken, TokenRotated},
};
use autocommit_host::{Folders, Owner};
use serde::de::DeserializeOwned;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// It is on this machine: what does not answer soon will not answer.
const CONNECT: Duration = Duration::from_secs(2);
/// The longest a reply may take; a message from a slow model takes longest.
const REPLY: Duration = Duration::from_secs(90);
/// Time between two looks whether a cycle is over.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A running process.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// The socket first, where there is one, then the port.
    ways: Vec<(reqwest::Client, String)>,
    token: String,
}

impl Client {
    /// The process that owns the repositories, if it serves its API.
    pub(crate) fn new(folders: &Folders, owner: &Owner, scope: Scope) -> Result<Option<Self>, Failure> {
        let Some(address) = owner.api() else { return Ok(None) };
        let token = autocommit_host::read_token(&folders.state_dir, scope).map_err(|error| {
            let path = autocommit_host::token_path(&folders.state_dir, scope);
            Failure::attention(format!("The token in {} cannot be read: {error}.", path.display()))
        })?;
        let mut ways = Vec::new();
        if let Some(socket) = owner.socket.as_deref().filter(|socket| socket.exists()) {
            ways.extend(by_socket(socket)?.map(|http| (http, "http://localhost".to_owned())));
        }
        ways.push((built(autocommit_web::client())?, format!("http://{address}")));
        Ok(Some(Self { ways, token }))
    }

    /// Calls a method; the reply, and the same as the text that came.
    pub(crate) async fn call<M: Method>(
        &self,
        request: &M::Request,
    ) -> Result<(M::Response, String), Failure> {
        let call = http::encode::<M>(request).map_err(|error| self.odd(&error))?;
        self.exchange(call).await
    }

    /// What came of a cycle, once it is over, and the same as the text that came; what is known of it where it goes on longer
    /// than `patience`. Without one it is waited for as long as it takes.
    pub(crate) async fn ended(
        &self,
        id: &str,
        patience: Option<Duration>,
    ) -> Result<(CycleReply, String), Failure> {
        let asked = Instant::now();
        loop {
            let found = self.call::<Cycle>(&CycleRequest { id: id.to_owned() }).await?;
            let enough = patience.is_some_and(|patience| asked.elapsed() >= patience);
            if found.0.finished_at.is_some() || enough {
                return Ok(found);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// A link that lets one browser in; it, and the same as the text that came.
    pub(crate) async fn login_link(&self) -> Result<(LoginLink, String), Failure> {
        self.exchange(Call { verb: Verb::Post, path: "/login-links".to_owned(), body: None }).await
    }

    /// Replaces a token; what came of it, and the same as the text that came.
    pub(crate) async fn rotate_token(&self, scope: Scope) -> Result<(TokenRotated, String), Failure> {
        let body = serde_json::to_string(&RotateToken { scope }).map_err(|error| self.odd(&error))?;
        self.exchange(Call { verb: Verb::Post, path: "/tokens/rotate".to_owned(), body: Some(body) }).await
    }

    async fn exchange<T: DeserializeOwned>(&self, call: Call) -> Result<(T, String), Failure> {
        let verb = match call.verb {
            Verb::Get => reqwest::Method::GET,
            Verb::Post => reqwest::Method::POST,
            Verb::Patch => reqwest::Method::PATCH,
        };
        let mut ways = self.ways.iter().peekable();
        let reply = loop {
            let Some((http, base)) = ways.next() else { return Err(self.silent(None)) };
            let mut sending =
                http.request(verb.clone(), format!("{base}{}", call.path)).bearer_auth(&self.token);
            if let Some(body) = &call.body {
                sending =
                    sending.header(reqwest::header::CONTENT_TYPE, "application/json").body(body.clone());
            }
            match sending.send().await {
                Ok(reply) => break reply,
                // Nothing was sent yet.
                Err(error) if error.is_connect() && ways.peek().is_some() => {
                    tracing::debug!(?error, "the socket leads nowhere");
                }
                Err(error) => return Err(self.silent(Some(&error))),
            }
        };
        let well = reply.status().is_success();
        let text = reply.text().await.map_err(|error| self.silent(Some(&error)))?;
        if !well {
            let reply: ErrorReply = serde_json::from_str(&text).map_err(|error| self.odd(&error))?;
            return Err(reply.error.into());
        }
        let value = serde_json::from_str(&text).map_err(|error| self.odd(&error))?;
        Ok((value, text))
    }

    /// Where it is said to be.
    fn place(&self) -> &str {
        self.ways.last().map_or("", |(_, base)| base)
    }

    fn silent(&self, error: Option<&reqwest::Error>) -> Failure {
        tracing::debug!(?error, "no answer");
        let why = if error.is_some_and(reqwest::Error::is_timeout) { "in time" } else { "at all" };
        Failure::attention(format!(
            "The running Autocommit process did not answer at {} {why}.",
            self.place()
        ))
        .hint("Look at its log, or end it and start it again.")
    }

    fn odd(&self, error: &serde_json::Error) -> Failure {
        tracing::debug!(%error, "a reply that does not fit");
        Failure::attention(format!(
            "What answers at {} does not speak this version's language.",
            self.place()
        ))
        .hint("If Autocommit was updated, start the running process again.")
    }
}

fn built(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Failure> {
    builder
        .connect_timeout(CONNECT)
        .timeout(REPLY)
        .build()
        .map_err(|error| Failure::attention(format!("No HTTP client can be made: {error}.")))
}

#[cfg(unix)]
fn by_socket(socket: &Path) -> Result<Option<reqwest::Client>, Failure> {
    built(autocommit_web::client().unix_socket(socket)).map(Some)
}

#[cfg(not(unix))]
fn by_socket(_: &Path) -> Result<Option<reqwest::Client>, Failure> {
    Ok(None)
}

/// Whoever owns the repositories now.
pub(crate) fn owner(folders: &Folders) -> Result<Option<Owner>, Failure> {
    Owner::of(&folders.state_dir).map_err(|source| {
        Failure::usage(format!("The state folder {} cannot be used: {source}.", folders.state_dir.display()))
    })
}
