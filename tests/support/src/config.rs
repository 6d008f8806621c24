//! The settings file that a sandbox writes for the program under test.

use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write as _};

/// Settings by their dotted names. Starts with what suits a test: the sandbox's repositories, short waits, no model.
#[derive(Debug, Clone)]
pub struct Config(BTreeMap<String, Value>);

impl Config {
    pub(crate) fn new(base_path: &str) -> Self {
        let empty = Self(BTreeMap::new());
        empty
            .set("repos_base_paths", vec![base_path])
            .set("cycle_interval_seconds", 3600)
            .set("quiet_seconds", 0.2)
            .set("max_wait_seconds", 2.0)
            .set("llm.enabled", false)
            .set("http.enabled", true)
            // Whoever tests on a train gets the same answers.
            .set("power.on_battery", "same")
            .set("power.on_metered", "same")
    }

    /// Sets a key such as `push` or `guards.max_file_mib`.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Takes a key out, so that its default is in force.
    #[must_use]
    pub fn unset(mut self, key: &str) -> Self {
        self.0.remove(key);
        self
    }

    /// As TOML.
    pub fn toml(&self) -> String {
        let mut text = String::new();
        let mut sections: BTreeMap<&str, String> = BTreeMap::new();
        // JSON's texts, numbers, truth values and lists are TOML's as well.
        for (key, value) in &self.0 {
            let _ = match key.split_once('.') {
                None => writeln!(text, "{key} = {value}"),
                Some((section, key)) => writeln!(sections.entry(section).or_default(), "{key} = {value}"),
            };
        }
        for (section, lines) in sections {
            let _ = write!(text, "\n[{section}]\n{lines}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_become_toml() {
        let config = Config::new("/r").unset("quiet_seconds").unset("max_wait_seconds").set("http.port", 82);
        assert_eq!(
            config.toml(),
            "cycle_interval_seconds = 3600\nrepos_base_paths = [\"/r\"]\n\n[http]\nenabled = true\nport = 82\n\n[llm]\nenabled = false\n\n\
             [power]\non_battery = \"same\"\non_metered = \"same\"\n"
        );
    }
}
