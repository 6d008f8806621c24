//! How the program ends: its exit codes, which scripts rely on, and the sentences that go with them.

use crate::say;
use autocommit_api::{ApiError, Code};
use autocommit_core::text::escape_controls;
use autocommit_engine::EngineError;
use autocommit_host::HostError;
use std::process::ExitCode;

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All well.
    Well,
    /// Something is held, failed or waits; or Autocommit is switched off.
    Attention,
    /// Bad usage or configuration.
    Usage,
    /// Another process owns the repositories.
    Owned,
    /// A person stopped it.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Attention => 1,
            Self::Usage => 2,
            Self::Owned => 3,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not do its work.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What happened, in a sentence.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: Option<String>,
}

impl Failure {
    /// Bad usage or configuration.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), hint: None }
    }

    /// Something a person should look at.
    pub(crate) fn attention(message: impl Into<String>) -> Self {
        Self { exit: Exit::Attention, message: message.into(), hint: None }
    }

    /// The same with what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Tells it to the person: one line, or two where there is something to do.
    pub(crate) fn say(&self) {
        // They repeat what was typed, and names of others; some have several lines.
        for line in self.message.lines().chain(self.hint.as_deref().unwrap_or_default().lines()) {
            say::note(&escape_controls(line));
        }
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        let exit = if matches!(error, HostError::Owned(_)) { Exit::Owned } else { Exit::Usage };
        match error {
            HostError::Engine(error) => Self { exit, ..ApiError::from(error).into() },
            error => Self { exit, hint: next_step(&error).map(str::to_owned), message: error.to_string() },
        }
    }
}

/// What to do where a process cannot start; nothing where the message says so itself.
fn next_step(error: &HostError) -> Option<&'static str> {
    match error {
        HostError::ConfigUnreadable { .. } => {
            Some("Make it readable for you, or name another file with --config.")
        }
        HostError::State { .. } => Some("Mend that, or name another folder with --state-dir."),
        HostError::NoHome
        | HostError::NoConfigFile(_)
        | HostError::NotAStateFolder(_)
        | HostError::Port { .. } => None,
        // Each line names the file, the key and what would be right.
        HostError::Settings(_) => None,
        // One line: it names the process to ask or to end.
        HostError::Owned(_) | HostError::Engine(_) => None,
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        ApiError::from(error).into()
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let exit = if error.code == Code::UnknownRepo { Exit::Usage } else { Exit::Attention };
        // The API's hints speak to programs; these speak to a person at a terminal.
        let hint = match error.code {
            Code::Disabled => Some("Switch it on with autocommit enable.".to_owned()),
            Code::UnknownRepo => Some("`autocommit repos` lists the repositories it looks after.".to_owned()),
            Code::Unauthorized => {
                Some("Does the running process use another state folder? See --state-dir.".to_owned())
            }
            Code::NotNow => Some("Run autocommit held on it to see what to do.".to_owned()),
            Code::UnknownModel => Some("`autocommit model list` shows which there are.".to_owned()),
            Code::NothingToCommit => None,
            _ => Some(error.hint),
        };
        Self { exit, message: error.message, hint }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::id::RepoId;

    #[test]
    fn exit_codes() {
        let owner = autocommit_host::Owner {
            pid: Some(7),
            port: None,
            bind: None,
            socket: None,
            version: None,
            started_at: None,
        };
        let owned = Failure::from(HostError::Owned(owner));
        assert_eq!(owned.exit.code(), 3);
        assert!(
            owned.message.contains("pid 7") && !owned.message.contains('\n'),
            "one line: {}",
            owned.message
        );
        assert_eq!(owned.hint, None, "one line");
        let taken = HostError::Port {
            address: ([127, 0, 0, 1], 8200).into(),
            holder: Some(autocommit_host::PortHolder { pid: 9, name: "python3".into() }),
            source: std::io::ErrorKind::AddrInUse.into(),
        };
        let taken = Failure::from(taken);
        assert_eq!(taken.exit.code(), 2);
        assert!(taken.message.contains("python3 (pid 9)"), "{}", taken.message);
        assert_eq!(Failure::from(HostError::Engine(EngineError::State("full".into()))).exit.code(), 2);
        assert_eq!(Failure::from(EngineError::Disabled).exit.code(), 1);
        assert_eq!(Failure::from(EngineError::UnknownRepo(RepoId::new("x"))).exit.code(), 2);
        assert_eq!(Failure::from(EngineError::NothingToCommit("x".into())).exit.code(), 1);
    }
}
