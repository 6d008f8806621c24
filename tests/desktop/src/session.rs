//! A desktop session for one test: a display, a bus, a home folder, and nothing of the machine's own session.

use crate::{Program, eventually, program};
use autocommit_test_support::{Sandbox, session_bus};
use rustix::process::{Signal, kill_process};
use std::{
    fs,
    os::unix::{ffi::OsStrExt as _, net::UnixStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// Longest wait for the display and the bus.
const START_LIMIT: Duration = Duration::from_secs(20);

/// Longest wait for what was killed.
const END_LIMIT: Duration = Duration::from_secs(5);

/// One test's session. Everything that was started in it has ended when it is dropped.
#[derive(Debug)]
pub struct Session {
    // Dropped in this order: the programs before the folder that they write to.
    programs: Vec<Program>,
    display: String,
    sandbox: Sandbox,
}

impl Session {
    /// A session with a display and a bus on which nothing is started by asking for it.
    #[track_caller]
    #[expect(clippy::new_without_default, reason = "making a session has effects")]
    pub fn new() -> Self {
        Self::with_services("")
    }

    /// The same, and what the machine's desktop offers is started when it is asked for.
    #[track_caller]
    pub fn with_desktop_services() -> Self {
        Self::with_services("<standard_session_servicedirs/>")
    }

    #[track_caller]
    fn with_services(services: &str) -> Self {
        let sandbox = Sandbox::new();
        let mut session = Self { programs: Vec::new(), display: String::new(), sandbox };
        session.start_bus(services);
        session.start_display();
        session
    }

    #[track_caller]
    fn start_bus(&mut self, services: &str) {
        let socket = self.socket();
        let text = session_bus::configuration(&socket, services);
        let file = self.sandbox.write(self.sandbox.root(), "bus.conf", text);
        self.sandbox.set_env("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", socket.display()));
        let mut command = Program::command(&self.sandbox, Path::new("dbus-daemon"));
        command.args(["--nofork", "--nopidfile"]).arg(format!("--config-file={}", file.display()));
        let mut bus = Program::start(&self.sandbox, "dbus-daemon", command);
        eventually("the bus answers", START_LIMIT, || {
            assert!(bus.ended().is_none(), "the bus ended: {}", bus.printed());
            UnixStream::connect(&socket).map(drop).map_err(|error| error.to_string())
        });
        self.programs.push(bus);
    }

    #[track_caller]
    fn start_display(&mut self) {
        // The server chooses a free number itself and writes it when it takes connections.
        let mut command = Program::command(&self.sandbox, Path::new("Xvfb"));
        command.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset"]);
        let mut server = Program::start(&self.sandbox, "xvfb", command);
        let number = eventually("the display is there", START_LIMIT, || {
            let printed = server.printed();
            assert!(server.ended().is_none(), "Xvfb ended: {printed}");
            let line = printed.lines().find(|line| line.parse::<u16>().is_ok()).map(str::to_owned);
            line.ok_or(printed)
        });
        self.display = format!(":{number}");
        for (name, value) in [
            ("DISPLAY", self.display.as_str()),
            ("XDG_SESSION_TYPE", "x11"),
            ("GDK_BACKEND", "x11"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("NO_AT_BRIDGE", "1"),
        ] {
            self.sandbox.set_env(name, value);
        }
        self.programs.push(server);
    }

    /// The world of files that the session is in.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The display, such as `:99`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The address of the session's bus.
    pub fn bus(&self) -> String {
        format!("unix:path={}", self.socket().display())
    }

    /// Not where it is looked for without being named: what is told of no bus finds none.
    fn socket(&self) -> PathBuf {
        self.sandbox.root().join("bus.socket")
    }

    /// A program in the session's environment, to be handed to [`Session::start`].
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        Program::command(&self.sandbox, program.as_ref())
    }

    /// Starts a program that ends with the value.
    #[track_caller]
    pub fn start(&self, name: &str, command: Command) -> Program {
        Program::start(&self.sandbox, name, command)
    }

    /// Starts a program that ends with the session.
    #[track_caller]
    pub fn keep(&mut self, name: &str, command: Command) {
        let program = Program::start(&self.sandbox, name, command);
        self.programs.push(program);
    }

    /// Makes a repository below a folder of the person's home, and a bare one that it has pushed to; returns both.
    #[track_caller]
    pub fn repo_at_home(&self, folder: &str, name: &str) -> (PathBuf, PathBuf) {
        let place = self.sandbox.home().join(folder).join(name);
        // An absolute path stands for itself.
        let (repo, bare) = (self.sandbox.repo(place.to_str().unwrap()), self.sandbox.bare(name));
        self.sandbox.git(&repo, &["remote", "add", "origin", bare.to_str().unwrap()]);
        self.sandbox.git(&repo, &["push", "--quiet", "--set-upstream", "origin", "main"]);
        (repo, bare)
    }

    /// The processes of the session whose program has this name.
    pub fn processes_named(&self, name: &str) -> Vec<u32> {
        let is = |pid: &u32| {
            fs::read_link(format!("/proc/{pid}/exe"))
                .is_ok_and(|exe| exe.file_name().is_some_and(|n| n == name))
        };
        processes_with(&self.mark()).into_iter().filter(is).collect()
    }

    /// Ends the session's processes whose program has this name: asked first, killed after `limit`.
    pub fn end(&self, name: &str, limit: Duration) {
        let started = Instant::now();
        let mut how = Signal::TERM;
        loop {
            let left = self.processes_named(name);
            if left.is_empty() {
                return;
            }
            let late = started.elapsed() > limit;
            for pid in left.into_iter().filter(|_| late || how == Signal::TERM).filter_map(program::pid) {
                let _ = kill_process(pid, if late { Signal::KILL } else { how });
            }
            how = Signal::KILL;
            if started.elapsed() > limit * 2 {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What only processes of this session have in their environment.
    fn mark(&self) -> Vec<u8> {
        [b"HOME=".as_slice(), self.sandbox.home().as_os_str().as_bytes()].concat()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let mark = self.mark();
        // The newest first: the display and the bus go last.
        while let Some(program) = self.programs.pop() {
            drop(program);
        }
        let started = Instant::now();
        loop {
            let left = processes_with(&mark);
            if left.is_empty() || started.elapsed() > END_LIMIT {
                return;
            }
            for pid in left.into_iter().filter_map(program::pid) {
                let _ = kill_process(pid, Signal::KILL);
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The processes that have this variable in their environment.
pub fn processes_with(variable: &[u8]) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers
        .filter(|number| {
            let environment = fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|one| one == variable)
        })
        .collect()
}
