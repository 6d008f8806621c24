//! Who may ask. Three questions before any route is looked at: is this address really the one that was meant (Host),
//! does the request come from a page of ours or from no page at all (Origin, Sec-Fetch-Site), and is the token there, or
//! the cookie of a browser that was let in.
//!
//! The first stops DNS rebinding, the second every other web page, the third other users and programs of the machine. A
//! browser sends a cookie without being asked, so with one alone whatever may change something must say that it comes from
//! our own page.

use super::{reply, sessions::Sessions};
use crate::{ApiError, Code};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::Response,
};
use std::{net::SocketAddr, sync::Arc, time::Instant};
use subtle::ConstantTimeEq as _;

/// The token, the names this API is called by, and the browsers that were let in. Clones share these.
#[derive(Clone)]
pub struct Access {
    token: String,
    address: SocketAddr,
    hosts: Vec<String>,
    sessions: Arc<Sessions>,
}

impl Access {
    /// Access to the API listening on `address` for those who know `token`.
    pub fn new(token: impl Into<String>, address: SocketAddr) -> Self {
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
        Self { token: token.into(), address, hosts, sessions: Arc::default() }
    }

    /// Where this API listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
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

    /// The token, compared in a time that tells nothing about it.
    pub(super) fn check_token(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let given = only(headers, &header::AUTHORIZATION).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let Some(given) = given else {
            return Err(ApiError::new(Code::Unauthorized, "The request carries no token."));
        };
        let right = !self.token.is_empty() && bool::from(given.as_bytes().ct_eq(self.token.as_bytes()));
        if right { Ok(()) } else { Err(ApiError::new(Code::Unauthorized, "The token is not the right one.")) }
    }

    /// Whether it is a session's cookie that the request comes in with.
    fn by_cookie(&self, headers: &HeaderMap) -> bool {
        !headers.contains_key(header::AUTHORIZATION) && self.sessions.knows(headers, Instant::now())
    }

    /// The token, or without any token a session's cookie; with that alone only what reads, or what comes from our page.
    fn check_entry(&self, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
        if !self.by_cookie(headers) {
            return self.check_token(headers);
        }
        // Whose Origin it is was looked at before.
        if matches!(*method, Method::GET | Method::HEAD) || headers.contains_key(header::ORIGIN) {
            return Ok(());
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

/// A request that a session's cookie let in.
#[derive(Clone)]
pub(super) struct Visit(Arc<(Arc<Sessions>, HeaderMap)>);

impl Visit {
    /// Resolves when the session has ended.
    pub(super) async fn ended(&self) {
        let (sessions, headers) = &*self.0;
        sessions.ended(headers).await;
    }
}

/// Access, and the paths that are open to those without a token.
#[derive(Clone)]
pub(super) struct Door(Arc<(Access, Vec<String>)>);

impl Door {
    pub(super) fn new(access: Access, open: Vec<String>) -> Self {
        Self(Arc::new((access, open)))
    }

    /// The visit that a request belongs to, where it came in with a cookie.
    fn visit(&self, headers: &HeaderMap) -> Option<Visit> {
        let (access, _) = &*self.0;
        let cookies = headers.get_all(header::COOKIE).iter().map(|line| (header::COOKIE, line.clone()));
        access
            .by_cookie(headers)
            .then(|| Visit(Arc::new((access.sessions.clone(), HeaderMap::from_iter(cookies)))))
    }

    fn check(&self, request: &Request) -> Result<(), ApiError> {
        let (access, open) = &*self.0;
        let headers = request.headers();
        access.check_host(request.method(), request.uri(), headers)?;
        access.check_origin(headers)?;
        if open.iter().any(|path| path == request.uri().path()) {
            return Ok(());
        }
        access.check_entry(request.method(), headers)
    }
}

/// Lets a request in or answers it at the door; either way the reply carries the headers that keep it harmless.
pub(super) async fn guard(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let mut response = match door.check(&request) {
        Ok(()) => {
            if let Some(visit) = door.visit(request.headers()) {
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
