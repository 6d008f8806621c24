//! What a program left behind. Must be looked at: a forgotten assertion is a warning.

use serde_json::Value;
use std::process::ExitStatus;

/// What a program left behind.
#[must_use = "look at the exit code, or call `.ok()`"]
#[derive(Debug, Clone)]
pub struct Output {
    /// What was started, for messages.
    pub command: String,
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output, lossily.
    pub stdout: String,
    /// Standard error, lossily.
    pub stderr: String,
}

impl Output {
    /// The exit code; none after a signal.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Panics with everything there is to see unless the program ended with 0.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.exits(0)
    }

    /// Panics with everything there is to see unless the program ended with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert!(self.code() == Some(code), "expected exit code {code}\n{}", self.shown());
        self
    }

    /// Standard output as JSON; panics where it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("standard output is not JSON: {error}\n{}", self.shown()))
    }

    /// Everything there is to see, for the message of a failed assertion.
    pub fn shown(&self) -> String {
        let Self { command, status, stdout, stderr } = self;
        format!("$ {command}\n{status}\n--- standard output\n{stdout}\n--- standard error\n{stderr}\n---")
    }
}
