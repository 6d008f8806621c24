//! What the look for secrets costs: of an ordinary commit, of large contents, and at its first use.

use super::{comparison::Bound, measure::median};
use crate::process;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{path::PathBuf, process::Command};

/// How often the program that measures is started: the first use is only once in each.
const ROUNDS: usize = 5;

/// The scanner's costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scan {
    /// Files that the commits changed.
    files: usize,
    /// Seconds for all of them, without the first use.
    files_seconds: f64,
    /// Seconds that the first use in a process takes longer than the next.
    first_use: f64,
    /// Megabytes a second of a large text.
    text_rate: f64,
    /// Megabytes a second of bytes without order.
    binary_rate: f64,
    /// Seconds that the commits took as a whole, of which the look is a part.
    whole: f64,
}

impl Scan {
    /// Measures the release build on the files of commits that took so many seconds as a whole, measured before.
    pub(super) fn measure(files: &[PathBuf], whole: impl IntoIterator<Item = f64>) -> Result<Self> {
        let whole = median(whole);
        let program = process::example("autocommit-secret", "speed")?;
        let mut said = Vec::new();
        for _ in 0..ROUNDS {
            let text = process::output(Command::new(&program).args(files))?;
            said.push(serde_json::from_str::<Value>(&text).with_context(|| text.clone())?);
        }
        // NaN where the program did not tell.
        let middle = |key: &str| median(said.iter().map(|said| said[key].as_f64().unwrap_or(f64::NAN)));
        Ok(Self {
            files: files.len(),
            files_seconds: middle("files_seconds"),
            first_use: middle("first_use_seconds"),
            text_rate: middle("text_mb_per_second"),
            binary_rate: middle("binary_mb_per_second"),
            whole,
        })
    }

    /// What each target is about, its bound, and what was measured.
    fn targets(&self) -> [(&'static str, Bound, f64); 4] {
        let share = (self.files_seconds + self.first_use) / self.whole * 100.0;
        [
            ("percent of the commits' time, first use included", Bound::Below(5.0), share),
            ("MB/s of a large text", Bound::AtLeast(100.0), self.text_rate),
            ("MB/s of large binary data", Bound::AtLeast(100.0), self.binary_rate),
            ("ms for the first use", Bound::Below(50.0), self.first_use * 1e3),
        ]
    }

    /// Prints the rows; false if a target is missed.
    pub(super) fn print(&self) -> bool {
        println!("\nthe look for secrets");
        let each = self.files_seconds / self.files as f64 * 1e6;
        println!("  {} changed files: {:.2} ms, {each:.0} µs each", self.files, self.files_seconds * 1e3);
        for (what, bound, value) in self.targets() {
            println!("  {}", bound.shown(what, value));
        }
        self.targets().iter().all(|(_, bound, value)| bound.met(*value))
    }

    pub(super) fn json(&self) -> Value {
        let targets = self
            .targets()
            .map(|(what, bound, value)| json!({"target": bound.shown(what, value), "met": bound.met(value)}));
        json!({
            "name": "the look for secrets",
            "files": self.files,
            "files_seconds": self.files_seconds,
            "first_use_seconds": self.first_use,
            "text_mb_per_second": self.text_rate,
            "binary_mb_per_second": self.binary_rate,
            "commits_seconds": self.whole,
            "targets": targets,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_can_be_missed() {
        let good = Scan {
            files: 3,
            files_seconds: 0.01,
            first_use: 0.01,
            text_rate: 300.0,
            binary_rate: 400.0,
            whole: 1.0,
        };
        assert!(good.print(), "2 %");
        assert!(!Scan { whole: 0.3, ..good }.print(), "6.7 %");
        assert!(!Scan { text_rate: 99.0, ..good }.print());
        assert!(!Scan { binary_rate: 99.0, ..good }.print());
        assert!(!Scan { whole: f64::NAN, ..good }.print(), "what was not measured meets nothing");
    }
}
