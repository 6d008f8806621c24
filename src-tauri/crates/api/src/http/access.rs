//! Who may ask. Three questions before any route is looked at: is this address really the one that was meant (Host),
//! does the request come from a page of ours or from no page at all (Origin, Sec-Fetch-Site), and is the token there, or
//! the cookie of a browser that was let in.
//!
//! The first stops DNS rebinding, the second every other web page, the third other users and programs of the machine. A
//! browser sends a cookie without being asked, so with one alone whatever may change something must say that it comes from
//! our own page.

use super::{
    pace::Pace,
    reply,
    serve::OwnSocket,
    sessions::Sessions,
    tokens::{Pass, Tokens},
};
use crate::{ApiError, Code, Scope};
use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, Method, Uri, header},
    middleware::Next,
    response::Response,
};
use std::{net::SocketAddr, sync::Arc, time::Instant};

/// The tokens, the names this API is called by, and the browsers that were let in. Clones share these.
#[derive(Clone)]
pub struct Access {
    tokens: Tokens,
    address: SocketAddr,
    hosts: Vec<String>,
    sessions: Arc<Sessions>,
}

impl Access {
    /// Access to the API listening on `address` for those who know one of `tokens`.
    pub fn new(tokens: Tokens, address: SocketAddr) -> Self {
        let port = address.port();
        let mut names = vec!["127.0.0.1".to_owned(), "localhost".to_owned(), "[::1]".to_owned()];
        let own = match address {
            SocketAddr::V4(v4) => v4.ip().to_string(),
            SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
        };
        if !names.contains(&own) {
            names.push(own);
        }
        let mut hosts: Vec<_> = names.iter().map(|name| format!("{name}:{port}")).collect();
        if port == 80 {
            // Browsers leave the scheme's own port out.
            hosts.extend(names);
        }
        Self { tokens, address, hosts, sessions: Arc::default() }
    }

    /// Where this API listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(super) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Exactly one Host that is ours, and no target that says otherwise.
    fn check_host(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
        let refuse = |why: &str| Err(ApiError::new(Code::ForbiddenHost, why));
        let Some(host) = only(headers, &header::HOST) else {
            return refuse("The request must name this address in exactly one Host header.");
        };
        if !self.hosts.iter().any(|ours| ours == host) {
            return refuse("The Host header names another address than this one.");
        }
        let elsewhere = uri.authority().is_some_and(|target| target.as_str() != host)
            || uri.scheme_str().is_some_and(|scheme| scheme != "http");
        if elsewhere || method == Method::CONNECT {
            return refuse("The request line names another address than this one.");
        }
        Ok(())
    }

    /// No page, or one of ours.
    fn check_origin(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let refuse =
            || Err(ApiError::new(Code::ForbiddenOrigin, "The request comes from another page than ours."));
        if headers.contains_key(header::ORIGIN) {
            let host = only(headers, &header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
            if !host.is_some_and(|host| self.hosts.iter().any(|ours| ours == host)) {
                return refuse();
            }
        }
        if headers.contains_key("sec-fetch-site") {
            let site = only(headers, &header::HeaderName::from_static("sec-fetch-site"));
            // `none`: a person typed the address or opened a bookmark.
            if !matches!(site, Some("same-origin" | "none")) {
                return refuse();
            }
        }
        Ok(())
    }

    /// What the request's token is good for.
    fn check_token(&self, headers: &HeaderMap) -> Result<Pass, ApiError> {
        let given = only(headers, &header::AUTHORIZATION).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let Some(given) = given else {
            return Err(ApiError::new(Code::Unauthorized, "The request carries no token."));
        };
        let wrong = || ApiError::new(Code::Unauthorized, "The token is not the right one.");
        self.tokens.pass(given).ok_or_else(wrong)
    }

    /// Whether it is a session's cookie that the request comes in with.
    fn by_cookie(&self, headers: &HeaderMap) -> bool {
        !headers.contains_key(header::AUTHORIZATION) && self.sessions.knows(headers, Instant::now())
    }

    /// A token, or without any token a session's cookie; with that alone only what reads, or what comes from our page.
    fn check_entry(&self, method: &Method, headers: &HeaderMap) -> Result<Visit, ApiError> {
        if !self.by_cookie(headers) {
            return Ok(Visit::Token(self.tokens.clone(), self.check_token(headers)?));
        }
        // Whose Origin it is was looked at before.
        if matches!(*method, Method::GET | Method::HEAD) || headers.contains_key(header::ORIGIN) {
            let cookies = headers.get_all(header::COOKIE).iter().map(|line| (header::COOKIE, line.clone()));
            return Ok(Visit::Session(self.sessions.clone(), Arc::new(cookies.collect())));
        }
        Err(ApiError::new(Code::ForbiddenOrigin, "The request does not say that it comes from our own page."))
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

/// The value of a header that is there exactly once and is plain text.
fn only<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Over the socket: a program of this user's, and nothing that a browser was made to send.
fn check_own_socket(headers: &HeaderMap) -> Result<(), ApiError> {
    if only(headers, &header::HOST) != Some("localhost") {
        return Err(ApiError::new(Code::ForbiddenHost, "Over the socket the Host is localhost."));
    }
    if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
        return Err(ApiError::new(Code::ForbiddenOrigin, "No page comes over the socket."));
    }
    Ok(())
}

/// How a request was let in. Whatever needs a scope refuses a request without one of these.
#[derive(Clone)]
pub(super) enum Visit {
    /// With a token.
    Token(Tokens, Pass),
    /// With a session's cookie, which is good for what the control token is good for; and the cookies.
    Session(Arc<Sessions>, Arc<HeaderMap>),
    /// It never left this process.
    Within,
}

impl Visit {
    /// Resolves when what let it in counts no more.
    pub(super) async fn ended(&self) {
        match self {
            Self::Token(tokens, pass) => tokens.replaced(*pass).await,
            Self::Session(sessions, cookies) => sessions.ended(cookies).await,
            Self::Within => std::future::pending().await,
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Self::Token(_, pass) => pass.scope,
            Self::Session(..) | Self::Within => Scope::Control,
        }
    }
}

/// Whether who was let in may do what needs `scope`.
pub(super) fn may(extensions: &Extensions, scope: Option<Scope>) -> Result<(), ApiError> {
    match (scope, extensions.get::<Visit>()) {
        (None, _) => Ok(()),
        (Some(scope), Some(visit)) if visit.scope() >= scope => Ok(()),
        (Some(_), Some(_)) => {
            Err(ApiError::new(Code::InsufficientScope, "The token that was sent may only read."))
        }
        (Some(_), None) => Err(ApiError::new(Code::Unauthorized, "The request carries no token.")),
    }
}

/// Whether who was let in has the control token itself, and not only what somebody with it was given.
pub(super) fn only_by_token(extensions: &Extensions) -> Result<(), ApiError> {
    match extensions.get::<Visit>() {
        Some(Visit::Token(..)) => may(extensions, Some(Scope::Control)),
        _ => Err(ApiError::new(Code::Unauthorized, "The request carries no token.")),
    }
}

/// Requests with a wrong token, or with none, that are answered at once, and a second. A page that opens without being let
/// in asks a few dozen times.
const STRANGERS: (u32, u32) = (100, 10);
/// The same for requests that may change something.
const CHANGES: (u32, u32) = (100, 20);

/// Access, the paths that are open to those without a token, and how often it may be knocked at.
#[derive(Clone)]
pub(super) struct Door(Arc<Inner>);

struct Inner {
    access: Access,
    open: Vec<String>,
    strangers: Pace,
    changes: Pace,
}

impl Door {
    pub(super) fn new(access: Access, open: Vec<String>) -> Self {
        let (strangers, changes) = (Pace::new(STRANGERS.0, STRANGERS.1), Pace::new(CHANGES.0, CHANGES.1));
        Self(Arc::new(Inner { access, open, strangers, changes }))
    }

    /// The check, and whether it was asked too often.
    fn let_in(&self, request: &Request) -> Result<Option<Visit>, ApiError> {
        let now = Instant::now();
        let often = |what| Err(ApiError::new(Code::TooManyRequests, what));
        match self.check(request) {
            Err(error) if error.code == Code::Unauthorized && !self.0.strangers.one_more(now) => {
                often("Too many requests came with a wrong token or none.")
            }
            Ok(Some(_))
                if !matches!(*request.method(), Method::GET | Method::HEAD)
                    && !self.0.changes.one_more(now) =>
            {
                often("Too many changes were asked for within a moment.")
            }
            checked => checked,
        }
    }

    fn check(&self, request: &Request) -> Result<Option<Visit>, ApiError> {
        let Inner { access, open, .. } = &*self.0;
        let headers = request.headers();
        if request.extensions().get::<OwnSocket>().is_some() {
            check_own_socket(headers)?;
        } else {
            access.check_host(request.method(), request.uri(), headers)?;
            access.check_origin(headers)?;
        }
        if open.iter().any(|path| path == request.uri().path()) {
            return Ok(None);
        }
        access.check_entry(request.method(), headers).map(Some)
    }
}

/// Lets a request in or answers it at the door; either way the reply carries the headers that keep it harmless.
pub(super) async fn guard(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let mut response = match door.let_in(&request) {
        Ok(visit) => {
            if let Some(visit) = visit {
                request.extensions_mut().insert(visit);
            }
            next.run(request).await
        }
        Err(error) => {
            tracing::debug!(code = ?error.code, "refused at the door");
            reply::error(&error)
        }
    };
    reply::harden(&mut response);
    response
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "login_tests.rs"]
mod login_tests;
