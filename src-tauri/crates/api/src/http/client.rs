//! The other end: how a method's request travels over HTTP.

use crate::{Method, Verb};
use serde_json::{Map, Value};

/// A request, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The HTTP method.
    pub verb: Verb,
    /// Path and query, percent-encoded.
    pub path: String,
    /// The JSON body, where there is one.
    pub body: Option<String>,
}

/// Puts the fields of a request where they travel: path, query or body. Fails only for requests that cannot be written
/// as a flat JSON object.
pub fn encode<M: Method>(request: &M::Request) -> Result<Call, serde_json::Error> {
    let mut fields: Map<String, Value> = serde_json::from_value(serde_json::to_value(request)?)?;
    fields.retain(|_, value| !value.is_null());
    let mut path = String::new();
    for (position, part) in M::PATH.split(['{', '}']).enumerate() {
        match position % 2 {
            0 => path.push_str(part),
            _ => path.push_str(&percent(&text(fields.remove(part).unwrap_or_default()))),
        }
    }
    if M::VERB == Verb::Get {
        let pairs =
            fields.into_iter().map(|(name, value)| format!("{}={}", percent(&name), percent(&text(value))));
        let query = pairs.collect::<Vec<_>>().join("&");
        if !query.is_empty() {
            path = format!("{path}?{query}");
        }
        return Ok(Call { verb: M::VERB, path, body: None });
    }
    let body = if fields.is_empty() { None } else { Some(serde_json::to_string(&fields)?) };
    Ok(Call { verb: M::VERB, path, body })
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn percent(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Nothing, methods};

    #[test]
    fn fields_travel_where_they_belong() {
        let call = encode::<methods::UpdateRepo>(&methods::UpdateRepoRequest {
            id: "a/b".into(),
            enabled: Some(false),
            push: None,
        });
        let call = call.unwrap();
        assert_eq!((call.verb, call.path.as_str()), (Verb::Patch, "/repos/a%2Fb"));
        assert_eq!(call.body.as_deref(), Some(r#"{"enabled":false}"#));
        let request =
            methods::HistoryRequest { q: Some("a & b".into()), limit: Some(3), ..Default::default() };
        assert_eq!(encode::<methods::History>(&request).unwrap().path, "/history?q=a%20%26%20b&limit=3");
        let call = encode::<methods::Enable>(&Nothing {}).unwrap();
        assert_eq!(call, Call { verb: Verb::Post, path: "/enable".into(), body: None });
    }
}
