//! The person's own program: given the report on standard input, in a process group of its own, and never for long. No
//! shell reads its words, and it is started in the state folder.

use crate::{Report, report::harmless, webhook::expanded};
use autocommit_core::settings::{ENV_CALL, ENV_REPORT, Reports};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

/// Between the word to end and the end.
const GRACE: Duration = Duration::from_secs(2);
/// The longest wait for output after the end: somebody else may hold it.
const LINGER: Duration = Duration::from_millis(500);
/// Bytes of its output that are kept.
const KEPT: usize = 2048;

/// Starts it and waits for its end; what came of it as a sentence. What it printed is in the log alone.
pub(crate) async fn run(reports: &Reports, report: &Report, folder: &Path) -> Result<String, String> {
    let Some(program) = program(reports) else { return Err("No command is named.".to_owned()) };
    let who = format!("The command {}", program.display());
    let mut child = start(&program, reports, report, folder)
        .map_err(|error| format!("{who} cannot be started: {error}."))?;
    let mut group = Group::of(&child);
    let input = child.stdin.take();
    let feed = async {
        if let Some(mut input) = input {
            // A program that reads nothing is free to.
            let _ = input.write_all(report.json().as_bytes()).await;
            let _ = input.shutdown().await;
        }
    };
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let talk = async { tokio::join!(feed, said(out), said(err)) };
    tokio::pin!(talk);
    let mut words = None;
    let whole = timeout(reports.command_time(), async {
        loop {
            tokio::select! {
                ended = child.wait() => break ended,
                talked = &mut talk, if words.is_none() => words = Some(talked),
            }
        }
    })
    .await;
    if whole.is_err() {
        group.ask();
        let _ = timeout(GRACE, child.wait()).await;
    }
    // Whatever is left of the group ends with it.
    group.kill();
    let _ = timeout(GRACE, child.wait()).await;
    if words.is_none() {
        words = timeout(LINGER, talk).await.ok();
    }
    let words = words.map(|((), out, err)| harmless(format!("{out} {err}").trim())).unwrap_or_default();
    let result = match whole {
        Ok(Ok(status)) if status.success() => Ok(format!("{who} took it.")),
        Ok(Ok(status)) => Err(match status.code() {
            Some(code) => format!("{who} ended with code {code}."),
            None => format!("{who} was ended from outside."),
        }),
        Ok(Err(error)) => Err(format!("{who} was lost: {error}.")),
        Err(_) => Err(format!("{who} did not end within {} seconds and was ended.", reports.command_seconds)),
    };
    match &result {
        Ok(_) => tracing::debug!("the command for reports said: {words}"),
        Err(_) => tracing::info!("the command for reports said: {words}"),
    }
    result
}

/// The program that the settings name.
pub(crate) fn program(reports: &Reports) -> Option<PathBuf> {
    reports.command.first().map(|program| expanded(program))
}

#[allow(
    clippy::disallowed_methods,
    reason = "starts the program of the person's own configuration, which is no git"
)]
fn start(program: &Path, reports: &Reports, report: &Report, folder: &Path) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.args(&reports.command[1..]).current_dir(folder).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Which repository git works in is told by such variables, and this one works in none.
    let gits = std::env::vars_os().map(|(name, _)| name);
    for name in gits.filter(|name| name.as_encoded_bytes().starts_with(b"GIT_")) {
        command.env_remove(name);
    }
    command.env_remove(ENV_CALL);
    for (name, value) in [
        ("EVENT", report.event.code()),
        ("KEY", &report.key),
        ("TITLE", &report.title),
        ("TEXT", &report.text),
    ] {
        command.env(format!("{ENV_REPORT}{name}"), value);
    }
    #[cfg(unix)]
    command.process_group(0);
    command.spawn()
}

/// The beginning of what it prints; the rest is read and forgotten.
async fn said(from: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut from) = from else { return String::new() };
    let (mut kept, mut piece) = (Vec::new(), [0; 1024]);
    while let Ok(n @ 1..) = from.read(&mut piece).await {
        let room = KEPT - kept.len();
        kept.extend_from_slice(&piece[..n.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// The program's process group; ended when its call is abandoned.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        Self { leader: child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?)) }
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Self {
        Self {}
    }

    fn ask(&self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::TERM);
    }

    /// Once: afterwards the number may be another's.
    fn kill(&mut self) {
        #[cfg(unix)]
        {
            self.signal(rustix::process::Signal::KILL);
            self.leader = None;
        }
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(leader) = self.leader {
            let _ = rustix::process::kill_process_group(leader, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
