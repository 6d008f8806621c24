//! What goes over the wire: exact sets of keys, the program's own description of its replies, and raw requests.

use serde_json::Value;
use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

/// Panics unless the object has exactly these keys, written as words.
#[track_caller]
pub fn assert_keys(object: &Value, expected: &str) {
    let found: BTreeSet<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    let expected: BTreeSet<&str> = expected.split_whitespace().collect();
    assert_eq!(found, expected, "{object:#}");
}

/// Sends these bytes to a port of this machine and returns everything that comes back.
#[track_caller]
pub fn raw(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    String::from_utf8_lossy(&reply).into_owned()
}

/// The description at `/openapi.json`.
pub struct Documented(pub Value);

impl Documented {
    /// Panics unless the body is what the description promises for this reply: every key described, none missing.
    #[track_caller]
    pub fn check(&self, verb: &str, path: &str, status: u16, body: &Value) {
        let place = format!("{verb} {path} {status}");
        let status = status.to_string();
        let schema =
            &self.0["paths"][path][verb]["responses"][&status]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{place} is not described");
        if let Err(what) = self.matches(schema, body, "") {
            panic!("{place}: {what}\n{body:#}");
        }
    }

    fn matches(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let found = self.0.pointer(reference.trim_start_matches('#'));
            return self.matches(found.ok_or(format!("{reference} is nowhere"))?, value, at);
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[choice].as_array() {
                let mut last = Ok(());
                for one in choices {
                    last = self.matches(one, value, at);
                    if last.is_ok() {
                        break;
                    }
                }
                return last;
            }
        }
        if let Some(values) = schema["enum"].as_array()
            && !values.contains(value)
        {
            return Err(format!("{at} is {value}, not one of {values:?}"));
        }
        if !kind_fits(&schema["type"], value) {
            return Err(format!("{at} is {value}, not {}", schema["type"]));
        }
        if let Some(items) = value.as_array() {
            for (i, item) in items.iter().enumerate() {
                self.matches(&schema["items"], item, &format!("{at}[{i}]"))?;
            }
        }
        let Some(object) = value.as_object() else { return Ok(()) };
        let (mut properties, mut required) = (serde_json::Map::new(), BTreeSet::new());
        self.members(schema, &mut properties, &mut required);
        for (key, value) in object {
            let schema = properties.get(key).ok_or(format!("{at}.{key} is not described"))?;
            self.matches(schema, value, &format!("{at}.{key}"))?;
        }
        match required.iter().find(|key| !object.contains_key(*key)) {
            Some(key) => Err(format!("{at}.{key} is described as always there")),
            None => Ok(()),
        }
    }

    /// Properties and required keys, through `allOf`.
    fn members(
        &self,
        schema: &Value,
        properties: &mut serde_json::Map<String, Value>,
        required: &mut BTreeSet<String>,
    ) {
        if let Some(found) = schema["$ref"].as_str().and_then(|r| self.0.pointer(r.trim_start_matches('#'))) {
            self.members(found, properties, required);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.members(part, properties, required);
        }
        properties.extend(schema["properties"].as_object().cloned().unwrap_or_default());
        required.extend(
            schema["required"].as_array().into_iter().flatten().filter_map(|k| Some(k.as_str()?.into())),
        );
    }
}

fn kind_fits(kind: &Value, value: &Value) -> bool {
    let fits = |kind: &Value| match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        _ => false,
    };
    match kind {
        Value::Null => true,
        Value::Array(kinds) => kinds.iter().any(fits),
        one => fits(one),
    }
}
