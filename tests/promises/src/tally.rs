//! What a programme tried and what failed, kept as a file so that the test command can print all of it together.

use serde::{Deserialize, Serialize};

/// The figures of one programme.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The programme.
    pub name: String,
    /// The seed its random choices started from.
    pub seed: u64,
    /// Figures in the order they were first counted: what, and how many.
    pub counts: Vec<(String, u64)>,
    /// What failed, one sentence each, with what is needed to repeat it.
    pub failures: Vec<String>,
}

impl Tally {
    /// Begins the tally of a programme.
    pub fn new(name: &str, seed: u64) -> Self {
        Self { name: name.to_owned(), seed, ..Self::default() }
    }

    /// Counts `n` more of `what` (a plural noun: `cases`, `kills`, `bad inputs`).
    pub fn count(&mut self, what: &str, n: u64) {
        match self.counts.iter_mut().find(|(known, _)| known == what) {
            Some((_, count)) => *count += n,
            None => self.counts.push((what.to_owned(), n)),
        }
    }

    /// Notes a failure; the programme goes on.
    pub fn fail(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        eprintln!("{}: FAILED: {sentence}", self.name);
        self.failures.push(sentence);
    }

    /// Keeps the figures in `target/promises/<name>.json`, prints them, and panics if anything failed.
    #[track_caller]
    pub fn end(self) {
        let test = std::env::current_exe().unwrap();
        // target/debug/deps/test-1234: beside debug.
        self.end_in(&test.ancestors().nth(3).map(|target| target.join("promises")).unwrap());
    }

    #[track_caller]
    fn end_in(self, dir: &std::path::Path) {
        std::fs::create_dir_all(dir).unwrap();
        let file = dir.join(format!("{}.json", self.name));
        std::fs::write(file, serde_json::to_vec_pretty(&self).unwrap()).unwrap();
        println!("{}", self.line());
        assert!(self.failures.is_empty(), "{}:\n{}", self.line(), self.failures.join("\n"));
    }

    /// `zoo: 78 cases, 12 bad inputs, 0 failed (seed 1)`.
    pub fn line(&self) -> String {
        let counts: Vec<_> = self.counts.iter().map(|(what, n)| format!("{n} {what}")).collect();
        format!("{}: {}, {} failed (seed {})", self.name, counts.join(", "), self.failures.len(), self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_add_up_and_failures_show() {
        let mut tally = Tally::new("self-test", 7);
        tally.count("cases", 2);
        tally.count("kills", 1);
        tally.count("cases", 3);
        assert_eq!(tally.line(), "self-test: 5 cases, 1 kills, 0 failed (seed 7)");
        tally.fail("case 3: lost a byte");
        let dir = std::env::temp_dir().join(format!("autocommit-tally-{}", std::process::id()));
        assert!(std::panic::catch_unwind(|| tally.end_in(&dir)).is_err(), "a failure is never swallowed");
        let kept: Tally =
            serde_json::from_slice(&std::fs::read(dir.join("self-test.json")).unwrap()).unwrap();
        assert_eq!(kept.failures, ["case 3: lost a byte"]);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
