//! Reading a request: path, query and body become the one flat object that a method asks for.

use crate::{ApiError, Code, Verb, method::LARGEST_NUMBER};
use axum::{
    body::Body,
    extract::{RawPathParams, Request},
    http::{HeaderMap, header},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::time::Duration;

/// The largest body in bytes.
const LARGEST_BODY: usize = 64 * 1024;
/// The longest time a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads what is asked. Unknown fields are refused, whether they come in the query or in the body.
pub(super) async fn read<R: DeserializeOwned>(
    verb: Verb,
    params: &RawPathParams,
    request: Request,
) -> Result<R, ApiError> {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    match verb {
        Verb::Get => from_query(params, query),
        Verb::Post | Verb::Patch if query.is_empty() => from_body(params, &parts.headers, body).await,
        Verb::Post | Verb::Patch => Err(bad("This address takes a JSON body and no query.")),
    }
}

fn from_query<R: DeserializeOwned>(params: &RawPathParams, query: &str) -> Result<R, ApiError> {
    let asked: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|error| bad(format!("The query cannot be read: {error}.")))?;
    let path = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let together: Vec<_> = path.chain(asked).collect();
    let encoded = serde_urlencoded::to_string(together).map_err(|error| bad(error.to_string()))?;
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(encoded.as_bytes()));
    serde_path_to_error::deserialize(pairs)
        .map_err(|error| mistake("query", &error.path().to_string(), error.inner()))
}

async fn from_body<R: DeserializeOwned>(
    params: &RawPathParams,
    headers: &HeaderMap,
    body: Body,
) -> Result<R, ApiError> {
    let bytes = match tokio::time::timeout(BODY_TIMEOUT, axum::body::to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(too_large_or_broken(&error)),
        Err(_) => return Err(bad("The body did not arrive in time.")),
    };
    let mut object = if bytes.is_empty() { Map::new() } else { json_object(headers, &bytes)? };
    object.values_mut().for_each(as_integer);
    for (name, value) in params {
        if object.insert(name.to_owned(), Value::String(value.to_owned())).is_some() {
            return Err(bad(format!("`{name}` belongs in the path, not in the body.")));
        }
    }
    serde_path_to_error::deserialize(Value::Object(object))
        .map_err(|error| mistake("body", &error.path().to_string(), error.inner()))
}

/// `60.0` is an integer for JSON, and for the programs that write every number like this.
fn as_integer(value: &mut Value) {
    let whole = value.as_f64().filter(|number| value.is_f64() && number.fract() == 0.0);
    // Beyond this a float says nothing about the last digits.
    if let Some(number) = whole.filter(|number| number.abs() <= LARGEST_NUMBER as f64) {
        *value = (number as i64).into();
    }
}

fn json_object(headers: &HeaderMap, bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).map(str::trim);
    if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        return Err(ApiError::new(
            Code::UnsupportedMediaType,
            "The body is not declared as application/json.",
        ));
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(bad("The body must be a JSON object.")),
        Err(error) => Err(bad(format!("The body is not valid JSON: {error}."))),
    }
}

fn too_large_or_broken(error: &axum::Error) -> ApiError {
    use std::error::Error as _;
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<http_body_util::LengthLimitError>() {
            return ApiError::new(Code::BodyTooLarge, "The body is larger than 64 KiB.");
        }
        cause = inner.source();
    }
    bad("The body did not arrive whole.")
}

fn bad(message: impl Into<String>) -> ApiError {
    ApiError::new(Code::BadRequest, message)
}

/// Names the field, where the mistake is in one.
fn mistake(place: &str, field: &str, error: &impl std::fmt::Display) -> ApiError {
    let error = autocommit_core::text::escape_controls(error.to_string().trim_end_matches('.'));
    let field = autocommit_core::text::escape_controls(field);
    bad(match field.as_str() {
        "" | "." => format!("The {place} is wrong: {error}."),
        field => format!("`{field}` in the {place} is wrong: {error}."),
    })
}
