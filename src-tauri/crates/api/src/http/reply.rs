//! Replies: JSON, and the headers that keep every reply harmless in a browser.

use crate::{ApiError, Code, ErrorReply};
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;

/// On every reply, whoever asked: no page of somebody else may frame, sniff or be told of it, and nothing runs in ours
/// that did not come from here.
const HARMLESS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Marks a reply that never changes at its address and holds no data: only that may be kept by a browser.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lasting;

/// Adds the headers that every reply carries.
pub(super) fn harden(response: &mut Response) {
    let lasting = response.extensions().get::<Lasting>().is_some();
    let headers = response.headers_mut();
    for (name, value) in HARMLESS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
}

/// A reply with `value` as JSON.
pub(super) fn json(status: u16, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => respond(status, "application/json", body.into()),
        Err(error) => {
            tracing::error!("a reply could not be written as JSON: {error}");
            let body = r#"{"error":{"code":"internal","message":"The reply could not be written.","hint":"Look at the log, and report what it says."}}"#;
            respond(Code::Internal.http_status(), "application/json", body.into())
        }
    }
}

/// A reply with `error` in the shape that all errors have.
pub(super) fn error(error: &ApiError) -> Response {
    let mut response = json(error.code.http_status(), &ErrorReply { error: error.clone() });
    let asks = match error.code {
        Code::Unauthorized => Some("Bearer realm=\"autocommit\""),
        Code::InsufficientScope => {
            Some("Bearer realm=\"autocommit\", error=\"insufficient_scope\", scope=\"control\"")
        }
        _ => None,
    };
    if let Some(asks) = asks {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(asks));
    }
    if error.code == Code::TooManyRequests {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// A reply of the given type.
pub(super) fn respond(status: u16, content_type: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    response
}
