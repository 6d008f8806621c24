//! A program that a session started: it has a log, and does not outlive the session, nor the thread that started it.

use autocommit_test_support::Sandbox;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::{
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Longest wait between SIGTERM and SIGKILL when a program is dropped.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// A running program, ended when dropped.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Program {
    /// A program in the sandbox's environment that gets SIGKILL when the thread that starts it ends, however it ends.
    pub(crate) fn command(sandbox: &Sandbox, program: &Path) -> Command {
        let mut command = sandbox.program_command(Path::new("setpriv"));
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command
    }

    /// Starts a command of [`Program::command`], with its output in a log of the sandbox.
    #[track_caller]
    pub(crate) fn start(sandbox: &Sandbox, name: &str, mut command: Command) -> Self {
        let number = fs::read_dir(sandbox.root()).map_or(0, Iterator::count);
        let log = sandbox.root().join(format!("{name}-{number}.log"));
        let file = File::create(&log).expect("a log file");
        command.stdin(Stdio::null()).process_group(0);
        command.stdout(file.try_clone().expect("a log file")).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        Self { name: name.to_owned(), child, log }
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it printed so far, on both streams.
    pub fn printed(&self) -> String {
        fs::read(&self.log)
            .map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Sends a signal to the program alone.
    pub fn signal(&self, signal: Signal) {
        if let Some(pid) = pid(self.child.id()) {
            let _ = kill_process(pid, signal);
        }
    }

    /// Waits for its end; panics with its log where it goes on for longer than `limit`.
    #[track_caller]
    pub fn wait(&mut self, limit: Duration) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(
                started.elapsed() < limit,
                "{} still runs after {limit:?}\n{}",
                self.name,
                self.printed()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.signal(Signal::TERM);
            let started = Instant::now();
            while self.ended().is_none() && started.elapsed() < STOP_LIMIT {
                thread::sleep(Duration::from_millis(10));
            }
        }
        if let Some(group) = pid(self.child.id()) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
        if thread::panicking() {
            let printed = self.printed();
            if !printed.is_empty() {
                eprintln!("--- {} printed\n{printed}---", self.name);
            }
        }
    }
}

/// A process id as the system's calls take it.
pub(crate) fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}
