//! What the tests reported: how many did what, and what each one that failed said.

use anyhow::Result;
use serde::Deserialize;
use std::fmt;

/// As much of what a failed test printed as is repeated at the end, in lines: where a report is cut, its end is kept.
const REPEATED: usize = 12;

/// What all test programs and the browser reported.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    passed: usize,
    failed: usize,
    ignored: usize,
    failures: Vec<Failure>,
    /// Whether the lines that come belong to the last failure.
    within: bool,
}

/// A test that failed.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    name: String,
    said: Vec<String>,
}

/// What the browser's tests leave behind, as far as it is read: suites within suites, a file the outermost.
#[derive(Deserialize)]
struct Report {
    suites: Vec<Suite>,
    #[serde(default)]
    errors: Vec<Said>,
    stats: Stats,
}

#[derive(Deserialize)]
struct Stats {
    expected: usize,
    unexpected: usize,
    flaky: usize,
    skipped: usize,
}

#[derive(Deserialize)]
struct Suite {
    #[serde(default)]
    suites: Vec<Suite>,
    #[serde(default)]
    specs: Vec<Spec>,
}

#[derive(Deserialize)]
struct Spec {
    title: String,
    file: String,
    ok: bool,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    results: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    #[serde(default)]
    errors: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    message: String,
}

impl Outcome {
    /// Adds a line that `cargo test` printed.
    pub(super) fn add_line(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            self.failures.push(Failure { name: name.to_owned(), said: Vec::new() });
            self.within = true;
        } else if line == "failures:" {
            self.within = false;
        } else if let Some((_, counts)) = line.split_once("test result:") {
            self.within = false;
            self.count(counts);
        } else if self.within
            && let Some(failure) = self.failures.last_mut()
        {
            failure.say(line);
        }
    }

    /// Adds what the browser's tests left behind, in JSON.
    ///
    /// # Errors
    /// If it is something else.
    pub(super) fn add_browser(&mut self, report: &str) -> Result<()> {
        let report: Report = serde_json::from_str(report)?;
        self.passed += report.stats.expected;
        self.failed += report.stats.unexpected + report.stats.flaky;
        self.ignored += report.stats.skipped;
        if !report.errors.is_empty() {
            self.failures.push(Failure::new("the browser's tests".to_owned(), &report.errors));
        }
        for suite in report.suites {
            self.add_suite(suite);
        }
        Ok(())
    }

    fn add_suite(&mut self, suite: Suite) {
        for Spec { title, file, ok, tests } in suite.specs {
            if !ok {
                let said: Vec<Said> =
                    tests.into_iter().flat_map(|test| test.results).flat_map(|run| run.errors).collect();
                self.failures.push(Failure::new(format!("{file}: {title}"), &said));
            }
        }
        for inner in suite.suites {
            self.add_suite(inner);
        }
    }

    fn count(&mut self, counts: &str) {
        for count in counts.split(['.', ';']) {
            let mut words = count.split_whitespace();
            let Some(number) = words.next().and_then(|word| word.parse::<usize>().ok()) else { continue };
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                Some("ignored") => self.ignored += number,
                _ => {}
            }
        }
    }

    /// Whether tests ran, and none failed.
    pub(super) fn all_passed(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// `1284 passed, 0 failed, 2 ignored`.
    pub(super) fn counts(&self) -> String {
        format!("{} passed, {} failed, {} ignored", self.passed, self.failed, self.ignored)
    }
}

/// What failed, a test after the other with what it said; nothing if all is well.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Failure { name, said } in &self.failures {
            writeln!(f, "\nfailed: {name}")?;
            for line in said {
                writeln!(f, "    {line}")?;
            }
        }
        Ok(())
    }
}

impl Failure {
    fn new(name: String, said: &[Said]) -> Self {
        let mut failure = Self { name, said: Vec::new() };
        for line in said.iter().flat_map(|said| said.message.lines()) {
            failure.say(line);
        }
        failure
    }

    fn say(&mut self, line: &str) {
        let line = line.trim_end();
        if !line.is_empty() && self.said.len() < REPEATED {
            self.said.push(plain(line));
        }
    }
}

/// Without the colours of a terminal.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut parts = line.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, text)| text));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Outcome {
        let mut outcome = Outcome::default();
        lines.iter().for_each(|line| outcome.add_line(line));
        outcome
    }

    #[test]
    fn results_add_up() {
        let outcome = of(&[
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: \u{1b}[31mFAILED\u{1b}[0m. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "test some::test ... ok",
        ]);
        assert_eq!(outcome, Outcome { passed: 15, failed: 2, ignored: 1, ..Outcome::default() });
    }

    #[test]
    fn what_failed_is_told_with_what_it_said() {
        let outcome = of(&[
            "failures:",
            "",
            "---- tests::one stdout ----",
            "",
            "thread 'tests::one' panicked at src/one.rs:1:1:",
            "left is not right",
            "",
            "---- two stdout ----",
            "two is not three",
            "",
            "failures:",
            "    tests::one",
            "    two",
            "test result: FAILED. 0 passed; 2 failed; 0 ignored",
            "     Running tests/other.rs",
        ]);
        assert_eq!(
            outcome.to_string(),
            "\nfailed: tests::one\n    thread 'tests::one' panicked at src/one.rs:1:1:\n    left is not right\n\
             \nfailed: two\n    two is not three\n"
        );
        assert!(!outcome.all_passed());
    }

    #[test]
    fn what_failed_in_the_browser_is_told_as_well() {
        let mut outcome = Outcome::default();
        let report = r#"{
            "config": {}, "errors": [],
            "stats": {"expected": 3, "unexpected": 1, "flaky": 0, "skipped": 1},
            "suites": [{"title": "views", "specs": [
                {"title": "good", "ok": true, "file": "views.ts", "tests": []}
            ], "suites": [{"title": "inner", "specs": [
                {"title": "bad", "ok": false, "file": "views.ts", "tests": [{"results": [{"errors": [
                    {"message": "\u001b[31mnot seen\u001b[39m\n\n  20 s long"}
                ]}]}]}
            ]}]}]
        }"#;
        outcome.add_browser(report).unwrap();
        assert_eq!(outcome.to_string(), "\nfailed: views.ts: bad\n    not seen\n      20 s long\n");
        assert_eq!(outcome.counts(), "3 passed, 1 failed, 1 ignored");
    }
}
