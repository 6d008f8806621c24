//! Follows the program under test and every process below it at the level of system calls, and strikes at chosen ones.
//!
//! Every call that changes a file of the sandbox is an [`Event`] with a name that is the same in every run: who (the
//! program, or the n-th `git update-index`), which call, which path, and how often before. A [`Strike`] at such a name kills
//! somebody or lets the call fail. strace counts calls for each thread alone, so that "the n-th fsync" of a program with many
//! threads is another one each time; that is why this is here.
//!
//! It works on Linux on x86-64, where the system lets a process trace its children; elsewhere [`Trace::available`] says why not.

mod calls;
mod names;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod registers;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod start;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod tracer;

use crate::Sandbox;
use std::{ffi::OsStr, fmt, process::Command, str::FromStr};

/// The name of one system call in one run: the same in every run of the same thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// `program`, `git update-index`, `git update-index 2` for its second call, `server receive-pack`.
    pub role: String,
    /// The call, such as `rename`; `start` and `end` of a program are places too.
    pub call: &'static str,
    /// What it acts on, below the sandbox, with random parts as `*`; `from -> to` where there are two.
    pub path: String,
    /// How often that role has made that call on that path, this time included.
    pub nth: usize,
}

impl Place {
    /// Whether the program itself makes the call.
    pub fn is_program(&self) -> bool {
        self.role == "program"
    }

    /// Whether a process of the remote's side makes it.
    pub fn is_server(&self) -> bool {
        self.role.starts_with("server ")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}|{}", self.role, self.call, self.path, self.nth)
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not role|call|path|number");
        let fields: Vec<&str> = text.split('|').collect();
        let [role, call, path, nth] = fields[..] else { return Err(wrong()) };
        let call = calls::NAMES.iter().find(|known| **known == call).ok_or_else(wrong)?;
        Ok(Self {
            role: role.to_owned(),
            call,
            path: path.to_owned(),
            nth: nth.parse().map_err(|_| wrong())?,
        })
    }
}

/// One call that changed a file of the sandbox, or tried to.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its name.
    pub place: Place,
    /// What the system answered: negative is an error number.
    pub answer: i64,
}

/// Before the call does anything, or after it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// Before.
    Before,
    /// After a write of half of what was to be written; only for writes.
    Torn,
    /// After.
    After,
}

/// Who is killed, with SIGKILL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Victims {
    /// The program alone; a git that it started goes on.
    Program,
    /// The process that makes the call, alone.
    Caller,
    /// The program and every process below it, but for the remote's side.
    Everything,
}

/// What happens at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Somebody is killed.
    Kill(When, Victims),
    /// The call fails with this error number; `lasting`: and so does every later call of its kind in the same folder tree
    /// (repository, state folder or remote).
    Fail {
        /// As in `errno.h`.
        error: i32,
        /// Whether it stays broken.
        lasting: bool,
    },
}

/// One disturbance of one run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Strike {
    /// Where.
    pub place: Place,
    /// What.
    pub act: Act,
}

/// What was seen of a run.
#[derive(Debug)]
pub struct Trace {
    /// The calls, in the order in which they ended.
    pub events: Vec<Event>,
    /// The program's exit code; none if it was killed.
    pub code: Option<i32>,
    /// Whether the strike took place.
    pub struck: bool,
    /// What the program printed.
    pub stdout: String,
    /// What the program and git printed as errors.
    pub stderr: String,
}

impl Trace {
    /// Why runs cannot be traced on this machine, if so.
    pub fn available() -> Result<(), String> {
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        return start::available();
        #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
        return Err("system calls are traced on Linux on x86-64 only".to_owned());
    }
}

impl Sandbox {
    /// Runs `autocommit` to its end, and every git that outlives it, with a strike or undisturbed.
    ///
    /// # Panics
    /// Where tracing is not available, or the run takes longer than two minutes.
    #[track_caller]
    pub fn trace<S: AsRef<OsStr>>(&self, args: &[S], strike: Option<&Strike>) -> Trace {
        if !self.config_file().exists() {
            self.write_config(&self.config().set("http.enabled", false));
        }
        let mut command = self.autocommit_command();
        command.args(args);
        self.trace_command(&command, strike)
    }

    /// The same with any program, such as git as a person uses it.
    ///
    /// # Panics
    /// As [`Sandbox::trace`].
    #[track_caller]
    pub fn trace_command(&self, command: &Command, strike: Option<&Strike>) -> Trace {
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        return start::run(&self.root(), command, strike);
        #[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
        panic!("{command:?} with {strike:?}: {:?}", Trace::available());
    }
}
