//! Child processes of tests: each has a deadline and its own process group, and none outlives its test.

use crate::Output;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::{
    io::{Read, Write as _},
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long what a program started may hold its output open after its end.
const LINGER: Duration = Duration::from_secs(3);

/// Runs a program to its end, at most `limit`; panics with what it printed when the time is up.
#[track_caller]
pub(crate) fn run(mut command: Command, stdin: &[u8], limit: Duration) -> Output {
    let shown = shown(&command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start `{shown}`: {error}"));
    let (stdout, stderr) = (gathered(child.stdout.take()), gathered(child.stderr.take()));
    let (mut pipe, text) = (child.stdin.take(), stdin.to_vec());
    // A program that does not read its input is no failure of the test.
    let writer = thread::spawn(move || pipe.take().is_some_and(|mut pipe| pipe.write_all(&text).is_ok()));
    let ended = wait(&mut child, limit);
    if ended.is_none() {
        signal_group(child.id(), Signal::KILL);
        child.wait().ok();
    }
    // Something it left running in the background may hold the pipes open; then its group still exists.
    let patience = Instant::now();
    while !(stdout.is_finished() && stderr.is_finished()) {
        if patience.elapsed() > LINGER {
            signal_group(child.id(), Signal::KILL);
            break;
        }
        thread::sleep(Duration::from_millis(1));
    }
    let _ = writer.join();
    let (stdout, stderr) = (text_of(stdout), text_of(stderr));
    match ended {
        Some(status) => Output { command: shown, status, stdout, stderr },
        None => panic!("`{shown}` was still running after {limit:?}\n{stdout}\n{stderr}"),
    }
}

/// Waits for the end of a child, at most `limit`.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        let waited = started.elapsed();
        if waited >= limit {
            return None;
        }
        thread::sleep((waited / 8).clamp(Duration::from_millis(1), Duration::from_millis(20)));
    }
}

/// Sends a signal to a process that this test started.
pub(crate) fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Sends a signal to the process group that a child of this test leads.
pub(crate) fn signal_group(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, signal);
    }
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|w| w.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn gathered(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn text_of(reader: thread::JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
}
