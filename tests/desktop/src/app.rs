//! The app under test.

use crate::{Program, Session};
use rustix::process::Signal;
use std::{
    env, fs,
    path::PathBuf,
    process::{Command, ExitStatus},
    time::Duration,
};

/// A running `autocommit-desktop`, ended when dropped.
#[derive(Debug)]
pub struct App {
    program: Program,
}

/// The app under test: `TEST_DESKTOP_BIN`, else the one built beside the test program.
#[track_caller]
pub(crate) fn desktop() -> PathBuf {
    if let Some(path) = env::var_os("TEST_DESKTOP_BIN").map(PathBuf::from) {
        assert!(path.is_file(), "TEST_DESKTOP_BIN names {}, and there is no such file", path.display());
        return path;
    }
    let test = env::current_exe().expect("the path of this test");
    let found =
        test.ancestors().skip(1).take(3).map(|dir| dir.join("autocommit-desktop")).find(|p| p.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "`autocommit-desktop` is not built: run `cargo build -p autocommit-desktop`, or name the file in \
             TEST_DESKTOP_BIN"
        )
    })
}

impl Session {
    /// `autocommit-desktop` in the session's environment, to be changed before it is started.
    #[track_caller]
    pub fn app_command(&self, args: &[&str]) -> Command {
        let mut command = self.command(desktop());
        command.args(args);
        command
    }

    /// Starts the app with the settings file that was written, or with none.
    #[track_caller]
    pub fn app(&self, args: &[&str]) -> App {
        let command = self.app_command(args);
        App { program: self.start("autocommit-desktop", command) }
    }
}

impl Session {
    /// The app under test as it would be installed: in a folder of the session that no build tool made.
    #[track_caller]
    pub fn installed_app(&self, folder: &str) -> PathBuf {
        let folder = self.sandbox().root().join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        let program = folder.join("autocommit-desktop");
        fs::copy(desktop(), &program).expect("a copy of the app");
        program
    }
}

impl App {
    /// The app's process.
    pub fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// Everything it printed so far.
    pub fn printed(&self) -> String {
        self.program.printed()
    }

    /// Whether it runs.
    pub fn runs(&mut self) -> bool {
        self.program.ended().is_none()
    }

    /// Sends SIGTERM, as a logout does.
    pub fn terminate(&self) {
        self.program.signal(Signal::TERM);
    }

    /// Sends SIGHUP, as the end of a terminal or a session does.
    pub fn hang_up(&self) {
        self.program.signal(Signal::HUP);
    }

    /// Waits for its end; panics with what it printed where it goes on for longer than `limit`.
    #[track_caller]
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        self.program.wait(limit)
    }
}
