//! `autocommit promises`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
};
use clap::Args;
use serde_json::json;

/// Show what Autocommit promises about your work, the test that shows each promise, and what is not promised.
///
/// The same as PROMISES.md in its sources, as it was when this program was built.
#[derive(Debug, Args)]
pub(crate) struct Promises {}

/// The list; it goes with the program, because most people have no sources at hand.
const TEXT: &str = include_str!("../../../../../PROMISES.md");

pub(crate) fn run(globals: &Globals) -> Result<Exit, Failure> {
    if globals.json {
        say::json(&json!({ "promises": TEXT }));
    } else {
        say::out(TEXT.trim_end());
    }
    Ok(Exit::Well)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_there() {
        assert!(TEXT.starts_with("# Promises") && TEXT.contains("Not promised"));
        assert!(TEXT.lines().filter(|line| line.starts_with('|')).count() > 20);
    }
}
