//! `POST /login-links`, `GET /login` and `POST /logout`: how a person's browser gets in without ever seeing the token.
//!
//! Whoever has the control token asks for a link; the browser that opens it first gets a cookie, which counts like the token. No
//! method of the list: methods know nothing of how somebody got in.

use super::{
    Access, access,
    peer::Peer,
    reply, request,
    sessions::{COOKIE, LINK_LASTS, SESSION_LASTS},
};
use crate::{
    ApiError, Code, Nothing, Scope, Verb,
    wire::{LoginLink, LogoutReply},
};
use autocommit_core::Timestamp;
use axum::{
    Router,
    extract::{RawPathParams, Request},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
    routing::{get, post},
};
use std::time::Instant;

/// The one path that a browser opens before it is in.
pub(super) const OPEN: &str = "/login";
/// What somebody sees whose link is no good.
const STALE: &str = include_str!("stale.html");

/// The three routes.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(access: &Access) -> Router<S> {
    let (links, login, logout) = (access.clone(), access.clone(), access.clone());
    Router::new()
        .route(
            "/login-links",
            post(async move |params: RawPathParams, request: Request| link(&links, &params, request).await),
        )
        .route(OPEN, get(async move |request: Request| enter(&login, &request)).head(only_looked_at))
        .route(
            "/logout",
            post(async move |params: RawPathParams, request: Request| leave(&logout, &params, request).await),
        )
}

async fn link(access: &Access, params: &RawPathParams, request: Request) -> Response {
    // A session cannot let others in, nor itself for longer.
    let asked = match access::only_by_token(request.extensions()) {
        Ok(()) => request::read::<Nothing>(Verb::Post, params, request).await,
        Err(error) => Err(error),
    };
    answer(asked.map(|Nothing {}| {
        let code = access.sessions().link(Instant::now());
        LoginLink {
            url: format!("http://{}{OPEN}?code={code}", access.address()),
            expires_at: Timestamp::now() + LINK_LASTS,
        }
    }))
}

fn enter(access: &Access, request: &Request) -> Response {
    if request.extensions().get::<Peer>().is_some_and(|peer| !peer.is_same_user()) {
        tracing::warn!("a login link was opened by another user of this machine, or by nobody that is known");
        return reply::error(&ApiError::new(
            Code::Unauthorized,
            "Only a browser of the user that Autocommit runs as is let in.",
        ));
    }
    let query = request.uri().query().unwrap_or_default();
    let code = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
    let session = code.and_then(|(_, code)| access.sessions().begin(&code, Instant::now()));
    let Some(session) = session else {
        tracing::warn!("a login link was opened that is used up, too old, or none of ours");
        return reply::respond(401, "text/html; charset=utf-8", STALE.into());
    };
    let mut response = reply::respond(303, "text/plain; charset=utf-8", "".into());
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_static("/"));
    set_cookie(headers, &session, SESSION_LASTS.as_secs());
    response
}

/// A look at a link, as programs take that show what is behind one, must not use it up.
async fn only_looked_at() -> Response {
    reply::error(&ApiError::new(Code::MethodNotAllowed, "This address does not know this method."))
}

async fn leave(access: &Access, params: &RawPathParams, request: Request) -> Response {
    if let Err(error) = access::may(request.extensions(), Some(Scope::Control)) {
        return reply::error(&error);
    }
    let headers = request.headers().clone();
    let asked = request::read::<Nothing>(Verb::Post, params, request).await;
    let mut response = answer(
        asked.map(|Nothing {}| LogoutReply { ended: access.sessions().end(&headers, Instant::now()) }),
    );
    set_cookie(response.headers_mut(), "", 0);
    response
}

fn answer(result: Result<impl serde::Serialize, ApiError>) -> Response {
    match result {
        Ok(answer) => reply::json(200, &answer),
        Err(error) => reply::error(&error),
    }
}

/// Out of reach of scripts, and never sent where another site leads here.
fn set_cookie(headers: &mut HeaderMap, value: &str, seconds: u64) {
    let cookie = format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.insert(header::SET_COOKIE, cookie);
    }
}
