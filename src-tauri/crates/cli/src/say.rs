//! The only places that print.

use autocommit_core::text::is_unsafe;
use serde::Serialize;
use std::io::{self, Write};

/// A line of output to standard output. A reader that has gone (`| head`) is no mistake.
pub(crate) fn out(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// A value as one line of JSON to standard output.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => reply(&text),
        Err(error) => note(&format!("The reply could not be written as JSON: {error}.")),
    }
}

/// A line of JSON to standard output. What a terminal would obey or not show is written as JSON's escapes: the same values.
pub(crate) fn reply(json: &str) {
    out(&harmless(json));
}

fn harmless(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match is_unsafe(c) {
            true => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")))
            }
            false => safe.push(c),
        }
    }
    safe
}

/// A line for a person to standard error.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn json_is_harmless_and_the_same() {
        let value = serde_json::json!(["a\u{1b}\u{9b}\u{202e}\u{e0041}\n", "Grüße"]);
        let safe = super::harmless(&value.to_string());
        assert!(!safe.contains(autocommit_core::text::is_unsafe) && safe.contains("Grüße"), "{safe}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }
}
