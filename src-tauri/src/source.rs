//! Where answers come from: the engine in this process, or the process that owns the repositories.

use autocommit_api::{
    Method, Nothing, Scope, Verb,
    http::{self, Call},
    methods,
    wire::{HeldReply, ReposReply, StatusReply},
};
use autocommit_core::settings::Settings;
use autocommit_host::{Folders, Host, Owner, Source as Layers};
use axum::{Router, body::Body};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tower::ServiceExt as _;

/// It is on this machine: what does not answer soon will not answer.
const CONNECT: Duration = Duration::from_secs(2);
/// The longest that a reply may take; a message from a slow model takes longest.
const REPLY: Duration = Duration::from_secs(90);
/// The largest reply in bytes: a year's history in many repositories.
const LARGEST: usize = 64 << 20;

/// A reply: the HTTP status and the JSON body.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// Who answers.
pub(crate) enum Source {
    /// The engine in this process.
    Here(Here),
    /// Another process.
    There(Box<There>),
}

/// The engine in this process, asked in the same way as over HTTP.
pub(crate) struct Here {
    pub(crate) host: Arc<Host>,
    router: Router,
}

/// The process that owns the repositories, as far as it is known.
pub(crate) struct There {
    pub(crate) folders: Folders,
    /// For its port.
    http: reqwest::Client,
    link: RwLock<Link>,
}

/// What is known of that process.
#[derive(Debug, Clone)]
pub(crate) enum Link {
    /// It serves its API.
    Up { owner: Owner, way: Way, token: String },
    /// It runs and has no API.
    Mute { owner: Owner },
    /// There is none, or it does not answer.
    Gone,
}

/// How that process is asked: by its socket where somebody listens there, else by its port.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// With its connections.
    pub(crate) http: reqwest::Client,
    /// What every address begins with.
    pub(crate) base: String,
}

/// Everything that tray and notifications are made from.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: StatusReply,
    pub(crate) repos: ReposReply,
    pub(crate) held: HeldReply,
}

impl Source {
    pub(crate) fn here(host: Arc<Host>) -> Self {
        let router = host.router();
        Self::Here(Here { host, router })
    }

    pub(crate) fn there(folders: Folders) -> Result<Self, String> {
        let http = client().build().map_err(|error| format!("No HTTP client can be made: {error}."))?;
        Ok(Self::There(Box::new(There { folders, http, link: RwLock::new(Link::Gone) })))
    }

    /// Asks as over HTTP. An error is a sentence: nobody answered.
    pub(crate) async fn request(
        &self,
        verb: Verb,
        path: &str,
        body: Option<String>,
    ) -> Result<Reply, String> {
        match self {
            Self::Here(here) => Box::pin(here.request(verb, path, body)).await,
            Self::There(there) => there.request(verb, path, body).await,
        }
    }

    /// Calls a method; an error is a sentence. Here nothing is written down and read again on the way.
    pub(crate) async fn call<M: Method>(&self, request: M::Request) -> Result<M::Response, String> {
        if let Self::Here(here) = self {
            let called = Box::pin(M::call(&here.host.context(), request)).await;
            return called.map_err(|error| error.message);
        }
        let odd = |_| "The running Autocommit process speaks another version's language.".to_owned();
        let Call { verb, path, body } = http::encode::<M>(&request).map_err(odd)?;
        let reply = self.request(verb, &path, body).await?;
        if reply.status >= 400 {
            let message = reply.body.pointer("/error/message").and_then(Value::as_str);
            return Err(message.unwrap_or("Autocommit refused it.").to_owned());
        }
        serde_json::from_value(reply.body).map_err(odd)
    }

    /// Status, repositories and what is held.
    pub(crate) async fn seen(&self) -> Result<Seen, String> {
        Ok(Seen {
            status: self.call::<methods::Status>(Nothing {}).await?,
            repos: self.call::<methods::Repos>(Nothing {}).await?,
            held: self.call::<methods::Held>(Nothing {}).await?,
        })
    }

    /// The settings: those in force here, those of the same files there.
    pub(crate) fn settings(&self) -> Result<Settings, String> {
        match self {
            Self::Here(here) => Ok((*here.host.engine.settings()).clone()),
            Self::There(there) => {
                let layers = Layers::new(there.folders.clone(), Vec::new());
                layers.load().map(|(_, settings)| settings).map_err(|error| error.to_string())
            }
        }
    }

    pub(crate) fn folders(&self) -> &Folders {
        match self {
            Self::Here(here) => &here.host.folders,
            Self::There(there) => &there.folders,
        }
    }
}

impl Here {
    async fn request(&self, verb: Verb, path: &str, body: Option<String>) -> Result<Reply, String> {
        let mut request = axum::http::Request::builder().method(name(verb)).uri(path);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let request = request
            .body(Body::from(body.unwrap_or_default()))
            .map_err(|_| "That is no address of Autocommit.".to_owned())?;
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status().as_u16();
        let bytes = http_body_util::Limited::new(response.into_body(), LARGEST).collect().await;
        let bytes = bytes.map_err(|error| format!("The reply could not be read: {error}."))?.to_bytes();
        Ok(Reply { status, body: read(&bytes) })
    }
}

impl There {
    /// Looks for the process that owns the repositories now.
    pub(crate) fn look(&self) -> Link {
        let link = match Owner::of(&self.folders.state_dir) {
            Ok(Some(owner)) => {
                match (owner.api(), autocommit_host::read_token(&self.folders.state_dir, Scope::Control)) {
                    (Some(address), Ok(token)) => {
                        let way = by_socket(&owner).unwrap_or_else(|| Way {
                            http: self.http.clone(),
                            base: format!("http://{address}"),
                        });
                        Link::Up { owner, way, token }
                    }
                    _ => Link::Mute { owner },
                }
            }
            Ok(None) | Err(_) => Link::Gone,
        };
        *self.link.write().unwrap_or_else(PoisonError::into_inner) = link.clone();
        link
    }

    /// What was found at the last look.
    pub(crate) fn link(&self) -> Link {
        self.link.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn request(&self, verb: Verb, path: &str, body: Option<String>) -> Result<Reply, String> {
        let Link::Up { way, token, .. } = self.link() else {
            return Err("The Autocommit process that was shown has ended.".to_owned());
        };
        let silent = |_| "The running Autocommit process does not answer.".to_owned();
        let method = name(verb).parse().map_err(|_| "Autocommit knows no such request.".to_owned())?;
        let url = format!("{}{path}", way.base);
        let mut sending = way.http.request(method, url).bearer_auth(&token).timeout(REPLY);
        if let Some(body) = body {
            sending = sending.header("content-type", "application/json").body(body);
        }
        let reply = sending.send().await.map_err(silent)?;
        let status = reply.status().as_u16();
        let bytes = reply.bytes().await.map_err(silent)?;
        Ok(Reply { status, body: read(&bytes) })
    }
}

/// A proxy would be handed the token.
fn client() -> reqwest::ClientBuilder {
    autocommit_web::client().connect_timeout(CONNECT)
}

/// Out of reach of other users and of browsers. It may be left over from a process that was killed.
#[cfg(unix)]
fn by_socket(owner: &Owner) -> Option<Way> {
    let socket = owner.socket.as_deref()?;
    std::os::unix::net::UnixStream::connect(socket).ok()?;
    let http = client().unix_socket(socket).build().ok()?;
    Some(Way { http, base: "http://localhost".to_owned() })
}

#[cfg(not(unix))]
fn by_socket(_: &Owner) -> Option<Way> {
    None
}

fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or(Value::Null)
}

fn name(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Patch => "PATCH",
    }
}
