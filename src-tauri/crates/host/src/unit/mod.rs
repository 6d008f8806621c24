//! Having the system start `autocommit run` when a person logs in, and again after a crash: a user unit of systemd, an agent
//! of launchd, a task of Windows.
//!
//! What is written and which programs are asked are plain values, the same on every system, so that each can be tested on
//! any. Only `ask` starts something.

mod act;
mod ask;
pub mod launchd;
mod mark;
pub mod systemd;
pub mod task;

use act::Before;
pub use act::{Installed, Removed, State, install, look, uninstall};
pub use mark::Standing;

use etcetera::BaseStrategy as _;
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

/// What the system is to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The program, with its full path.
    pub program: PathBuf,
    /// Its arguments, `run` among them.
    pub arguments: Vec<OsString>,
    /// The PATH it gets, so that git, its helpers and hooks are those of the person's terminal.
    pub path: OsString,
}

impl Start {
    /// The program and its arguments as text.
    fn words(&self) -> Result<Vec<String>, UnitError> {
        let mut words = vec![text(self.program.as_os_str())?];
        for argument in &self.arguments {
            words.push(text(argument)?);
        }
        Ok(words)
    }

    /// The folders of the PATH that mean the same wherever the program runs.
    fn path(&self) -> Result<String, UnitError> {
        let folders: Vec<_> =
            std::env::split_paths(&self.path).filter(|folder| folder.is_absolute()).collect();
        let joined = std::env::join_paths(folders).unwrap_or_default();
        text(&joined)
    }
}

/// Text that can stand in a line of a unit.
fn text(word: &std::ffi::OsStr) -> Result<String, UnitError> {
    let found = word.to_str().filter(|word| !word.chars().any(char::is_control));
    found
        .map(str::to_owned)
        .ok_or_else(|| UnitError::Unwritable(word.to_string_lossy().escape_debug().to_string()))
}

/// Who starts programs at login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// A user manager of systemd (Linux).
    Systemd,
    /// macOS.
    Launchd,
    /// The task scheduler of Windows.
    Task,
}

impl System {
    /// The one of this machine.
    pub fn here() -> Self {
        if cfg!(target_os = "macos") {
            Self::Launchd
        } else if cfg!(windows) {
            Self::Task
        } else {
            Self::Systemd
        }
    }

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::Launchd => "launchd",
            Self::Task => "the Windows task scheduler",
        }
    }

    /// The file that it reads.
    pub fn file(self) -> Result<PathBuf, UnitError> {
        let base = etcetera::base_strategy::choose_native_strategy().map_err(|_| UnitError::NoHome)?;
        Ok(match self {
            Self::Systemd => base.config_dir().join("systemd/user").join(systemd::NAME),
            Self::Launchd => base.home_dir().join("Library/LaunchAgents").join(launchd::NAME),
            Self::Task => base.cache_dir().join("autocommit").join(task::NAME),
        })
    }

    /// The text of that file, with the mark that it is ours.
    pub fn text(self, start: &Start) -> Result<String, UnitError> {
        let body = match self {
            Self::Systemd => systemd::unit(start)?,
            Self::Launchd => launchd::agent(start)?,
            Self::Task => task::task(start)?,
        };
        Ok(mark::signed(self, &body))
    }

    /// Asked before anything is written: does it answer at all.
    fn answers(self) -> Call {
        match self {
            Self::Systemd => systemd::answers(),
            Self::Launchd => launchd::answers(),
            Self::Task => task::answers(),
        }
    }

    /// What makes it start the program now and at each login, once the file is there.
    fn switch_on(self, file: &Path, before: Before) -> Vec<Call> {
        match self {
            Self::Systemd => systemd::switch_on(before),
            Self::Launchd => launchd::switch_on(file, before),
            Self::Task => task::switch_on(file, before),
        }
    }

    /// What ends the program and has it not started again, while the file is still there.
    fn switch_off(self) -> Vec<Call> {
        match self {
            Self::Systemd => systemd::switch_off(),
            Self::Launchd => launchd::switch_off(),
            Self::Task => task::switch_off(),
        }
    }

    /// What is to be said once the file is gone.
    fn forget(self) -> Vec<Call> {
        if self == Self::Systemd { systemd::forget() } else { Vec::new() }
    }
}

/// A program of the system's and what it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    program: &'static str,
    arguments: Vec<String>,
    /// Whether the rest is still of use where this fails.
    may_fail: bool,
}

impl Call {
    fn new(program: &'static str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
        Self { program, arguments, may_fail: false }
    }

    fn or_go_on(mut self) -> Self {
        self.may_fail = true;
        self
    }

    /// As a person would type it.
    fn shown(&self) -> String {
        let words = std::iter::once(self.program).chain(self.arguments.iter().map(String::as_str));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// What the system says of the program it is to start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Running {
    /// Its process, while it runs.
    pub pid: Option<u32>,
    /// Whether it runs.
    pub running: bool,
    /// Whether it is started at the next login.
    pub enabled: bool,
    /// How it last ended, where it ended and the system knows.
    pub last_exit: Option<i32>,
}

/// Why the system was not told.
#[derive(Debug, thiserror::Error)]
pub enum UnitError {
    /// No home folder.
    #[error("Your home folder could not be found. Set HOME.")]
    NoHome,
    /// Something that no unit can hold.
    #[error("{0} cannot be written into a unit: it has control characters in it or is not UTF-8.")]
    Unwritable(String),
    /// A file that is not ours stands in the way.
    #[error("There is a {} that Autocommit did not write. It was left alone.", .0.display())]
    Foreign(PathBuf),
    /// A file of ours that somebody changed.
    #[error("{} was changed after Autocommit wrote it. It was left alone.", .0.display())]
    Changed(PathBuf),
    /// The file could not be read or written.
    #[error("{} could not be {what}: {source}.", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried, as in "could not be written".
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The system's own program is not there.
    #[error("There is no {program} on this machine, so {system} cannot be asked.")]
    Missing {
        /// The program.
        program: &'static str,
        /// Whom it speaks to.
        system: &'static str,
    },
    /// The system refused.
    #[error("`{call}` did not work: {said}")]
    Refused {
        /// The call as a person would type it.
        call: String,
        /// What it said, or how it ended.
        said: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn start(program: &str, arguments: &[&str], path: &str) -> Start {
        let arguments = arguments.iter().map(OsString::from).collect();
        Start { program: program.into(), arguments, path: path.into() }
    }

    #[test]
    fn only_folders_that_mean_the_same_everywhere_are_kept() {
        let one = start("/usr/bin/autocommit", &["run"], "/usr/bin:.::bin:/opt/a b");
        assert_eq!(one.path().unwrap(), "/usr/bin:/opt/a b");
    }

    #[test]
    fn what_no_unit_can_hold_is_refused() {
        for bad in ["/a\nExecStartPre=/bin/x", "/a\u{7f}"] {
            for system in [System::Systemd, System::Launchd, System::Task] {
                let error = system.text(&start(bad, &["run"], "/bin")).unwrap_err();
                assert!(matches!(error, UnitError::Unwritable(_)), "{bad:?}");
                assert!(!error.to_string().contains('\n'));
                assert!(system.text(&start("/a", &["run", bad], "/bin")).is_err());
            }
            assert!(System::Systemd.text(&start("/a", &["run"], bad)).is_err());
        }
    }
}
