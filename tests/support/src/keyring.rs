//! A bus as a desktop session has one, with the real GNOME Keyring on it, and a record of what is said there. All of it is
//! in the sandbox and ends with the value.

use crate::{Sandbox, process, programs, session_bus};
use rustix::process::Signal;
use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::{net::UnixStream, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Longest wait for the start of a program.
const LIMIT: Duration = Duration::from_secs(30);

/// The keyring on the bus, and its default collection.
const NAME: &str = "org.freedesktop.secrets";
/// See [`NAME`].
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// The bus, and what runs on it.
#[derive(Debug)]
pub struct Keyring<'a> {
    sandbox: &'a Sandbox,
    daemon: Option<Program>,
    /// Held for their ends only.
    _bus: [Program; 2],
}

/// A program that ends with the value.
#[derive(Debug)]
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // One that was stopped takes no other signal.
        process::signal_group(self.0.id(), Signal::KILL);
        let _ = self.0.wait();
    }
}

impl<'a> Keyring<'a> {
    /// Whether the programs are there; without them a test says that it is left out.
    pub fn is_installed() -> bool {
        let missing = ["dbus-daemon", "dbus-monitor", "gnome-keyring-daemon", "gdbus"]
            .iter()
            .find(|name| programs::on_path(name, &[]).is_none());
        if let Some(name) = missing {
            eprintln!("skipped: {name} is not installed");
        }
        missing.is_none()
    }

    /// A bus without a keyring, which every program of the sandbox uses from now on.
    #[track_caller]
    pub fn bus(sandbox: &'a Sandbox) -> Self {
        let socket = sandbox.root().join("bus.socket");
        let config = sandbox.root().join("bus.conf");
        fs::write(&config, session_bus::configuration(&socket, "")).expect("the bus's settings");
        sandbox.set_env("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", socket.display()));
        let mut command = sandbox.program_command(Path::new("dbus-daemon"));
        command.args(["--nofork", "--nopidfile"]).arg(format!("--config-file={}", config.display()));
        let bus = start(command, sandbox.root().join("bus.log"), &[]);
        eventually("the bus answers", || UnixStream::connect(&socket).is_ok());
        let heard = sandbox.root().join("heard.log");
        let mut command = sandbox.program_command(Path::new("dbus-monitor"));
        command.arg("--session");
        let monitor = start(command, heard.clone(), &[]);
        eventually("the bus is listened to", || {
            fs::read_to_string(&heard).unwrap_or_default().contains("NameLost")
        });
        Self { sandbox, daemon: None, _bus: [monitor, bus] }
    }

    /// The same with a keyring that is unlocked.
    #[track_caller]
    pub fn unlocked(sandbox: &'a Sandbox) -> Self {
        let mut keyring = Self::bus(sandbox);
        keyring.daemon(&["--unlock"], "false");
        keyring
    }

    /// Locks the keyring, as logging in without its password does.
    #[track_caller]
    pub fn lock(&mut self) {
        self.daemon(&[], "true");
    }

    #[track_caller]
    fn daemon(&mut self, arguments: &[&str], locked: &str) {
        self.daemon = None;
        let owner = ["org.freedesktop.DBus.NameHasOwner", NAME];
        eventually("the keyring before is gone", || {
            self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", &owner).contains("false")
        });
        let mut command = self.sandbox.program_command(Path::new("gnome-keyring-daemon"));
        command.args(["--foreground", "--components=secrets"]).args(arguments);
        self.daemon = Some(start(command, self.sandbox.root().join("keyring.log"), b"throw-away"));
        let asked = ["org.freedesktop.DBus.Properties.Get", "org.freedesktop.Secret.Collection", "Locked"];
        eventually("the keyring is there", || self.call(NAME, COLLECTION, &asked).contains(locked));
    }

    /// The keyring takes questions and answers none.
    pub fn hang(&self) {
        let daemon = self.daemon.as_ref().expect("a keyring");
        process::signal_group(daemon.0.id(), Signal::STOP);
    }

    /// What was said on the bus so far.
    pub fn heard(&self) -> String {
        fs::read_to_string(self.sandbox.root().join("heard.log")).unwrap_or_default()
    }

    /// What a method on the bus returns, as text; nothing where it fails.
    fn call(&self, to: &str, object: &str, method: &[&str]) -> String {
        let mut command = self.sandbox.program_command(Path::new("gdbus"));
        command.args(["call", "--session", "--dest", to, "--object-path", object, "--method"]).args(method);
        process::run(command, &[], LIMIT).stdout
    }
}

#[track_caller]
fn start(mut command: Command, log: PathBuf, input: &[u8]) -> Program {
    let log = File::create(log).expect("a log");
    let errors = log.try_clone().expect("a log");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {}: {error}", process::shown(&command)));
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input).expect("its input");
    }
    Program(child)
}

#[track_caller]
fn eventually(what: &str, mut seen: impl FnMut() -> bool) {
    let started = Instant::now();
    while !seen() {
        assert!(started.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        thread::sleep(Duration::from_millis(20));
    }
}
