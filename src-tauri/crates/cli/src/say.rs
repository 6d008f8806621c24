//! The only places that print.

use serde::Serialize;
use std::io::{self, Write};

/// A line of output to standard output. A reader that has gone (`| head`) is no mistake.
pub(crate) fn out(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// A value as one line of JSON to standard output.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => out(&text),
        Err(error) => note(&format!("The reply could not be written as JSON: {error}.")),
    }
}

/// A line for a person to standard error.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
