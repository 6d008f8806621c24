//! A child process from start to end: its group, its pipes, its deadline.

use crate::{
    error::readable,
    limits::{self, Class, Limits},
    mark::Mark,
};
use autocommit_core::text::without_secrets;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Child,
};

/// What came of a git command that ended by itself.
#[derive(Debug)]
pub(crate) struct Output {
    /// Exit code; none after a signal.
    pub(crate) code: Option<i32>,
    /// It was ended by SIGBUS, which is how git ends when a file that it has mapped gets shorter.
    pub(crate) cut_short: bool,
    /// Standard output, at most the limit.
    pub(crate) stdout: Vec<u8>,
    /// Standard error as text, at most [`limits::STDERR_LIMIT`], without progress lines that were overwritten.
    pub(crate) stderr: String,
    /// Standard output went on beyond the limit.
    pub(crate) truncated: bool,
}

impl Output {
    pub(crate) fn success(&self) -> bool {
        self.code == Some(0)
    }
}

/// Whether a program was ended by SIGBUS.
#[cfg(unix)]
pub(crate) fn is_bus_error(exit: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    exit.signal() == Some(rustix::process::Signal::BUS.as_raw())
}

#[cfg(not(unix))]
pub(crate) fn is_bus_error(_: std::process::ExitStatus) -> bool {
    false
}

/// Puts the child into a process group of its own, so that it can be ended with everything below it. What may ask
/// somebody gets a session of its own too: without a terminal there is nobody to ask. What runs `idly` is as nice as can
/// be, which counts for the disk as well.
#[cfg(unix)]
#[allow(
    unsafe_code,
    reason = "setsid and setpriority between fork and exec; each is one system call and allocates nothing"
)]
pub(crate) fn own_group(command: &mut tokio::process::Command, class: Class, idly: bool) {
    if idly {
        // SAFETY: setpriority is one system call, and the closure does nothing else.
        unsafe {
            command.pre_exec(|| {
                let _ = rustix::process::setpriority_process(None, limits::NICEST);
                Ok(())
            });
        }
    }
    if class == Class::Local {
        command.process_group(0);
        return;
    }
    // SAFETY: setsid is async-signal-safe, and the closure does nothing else.
    unsafe {
        command.pre_exec(|| rustix::process::setsid().map(|_| ()).map_err(std::io::Error::from));
    }
}

#[cfg(not(unix))]
pub(crate) fn own_group(_command: &mut tokio::process::Command, _class: Class, _idly: bool) {}

/// The child's process group, and what left it; ended whole when the call is abandoned.
pub(crate) struct Group {
    mark: Mark,
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
    ended: bool,
}

impl Group {
    /// That of a child that was started with `mark` in its environment.
    pub(crate) fn of(child: &Child, mark: Mark) -> Self {
        #[cfg(unix)]
        let leader = child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?));
        #[cfg(not(unix))]
        let _ = child;
        Self {
            mark,
            #[cfg(unix)]
            leader,
            ended: false,
        }
    }

    /// Nothing is left to end.
    pub(crate) fn ended_by_itself(&mut self) {
        self.ended = true;
    }

    /// TERM, a short wait, KILL; then the leader is reaped. What is not git gets an interrupt first, as from a keyboard:
    /// hooks that set a person's changes aside put them back on it, and do not on TERM.
    pub(crate) async fn end(mut self, child: &mut Child, class: Class) {
        self.ended = true;
        if class == Class::Program {
            self.signal_interrupt();
            let _ = tokio::time::timeout(limits::TIDY_UP, child.wait()).await;
        }
        self.signal_term();
        if tokio::time::timeout(limits::GRACE, child.wait()).await.is_err() {
            tracing::warn!("a git process ignored TERM and was killed");
        }
        // Whatever is left of the group, the leader included.
        self.signal_kill();
        let _ = child.wait().await;
        self.mark.end_all().await;
    }

    #[cfg(unix)]
    fn signal_interrupt(&self) {
        if let Some(leader) = self.leader {
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::INT);
        }
    }

    #[cfg(not(unix))]
    fn signal_interrupt(&self) {}

    #[cfg(unix)]
    fn signal_term(&self) {
        if let Some(leader) = self.leader {
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::TERM);
        }
    }

    #[cfg(unix)]
    fn signal_kill(&self) {
        if let Some(leader) = self.leader {
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }

    #[cfg(not(unix))]
    fn signal_term(&self) {}

    #[cfg(not(unix))]
    fn signal_kill(&self) {}
}

impl Drop for Group {
    /// A call that is dropped in the middle (the program ends) takes its whole group along.
    fn drop(&mut self) {
        if !self.ended {
            self.signal_term();
        }
    }
}

/// Longest line of a meter, in bytes.
const METER_AT_MOST: usize = 256;

pub(crate) enum Attended {
    Ended(Output),
    Overran { stdout: Vec<u8>, stderr: Vec<u8> },
    Broken(std::io::Error),
}

/// Feeds and reads the child until it ends, overruns its deadline, or stays silent for too long.
pub(crate) async fn attend(child: &mut Child, stdin: Vec<u8>, limit: usize, limits: Limits) -> Attended {
    let Limits { whole, silence, upload } = limits;
    let latest = tokio::time::Instant::now() + upload.unwrap_or(whole);
    let mut headway = Headway::default();
    let mut out = Pipe::new(child.stdout.take(), limit, true);
    let mut err = Pipe::new(child.stderr.take(), limits::STDERR_LIMIT, false);
    let mut feed = child.stdin.take();
    let feeding = async {
        if let Some(mut pipe) = feed.take() {
            // A child that stops reading tells by its exit code; a broken pipe adds nothing.
            let _ = pipe.write_all(&stdin).await;
            let _ = pipe.shutdown().await;
        }
    };
    tokio::pin!(feeding);
    let end = tokio::time::sleep(whole);
    tokio::pin!(end);
    let quiet = tokio::time::sleep(silence.unwrap_or(whole));
    tokio::pin!(quiet);
    let linger = tokio::time::sleep(whole + limits::PIPE_LINGER);
    tokio::pin!(linger);
    let mut fed = false;
    let mut status: Option<std::process::ExitStatus> = None;
    loop {
        if let Some(exit) = status
            && (out.done && err.done)
        {
            let stderr = overwritten(&err.kept);
            return Attended::Ended(Output {
                code: exit.code(),
                cut_short: is_bus_error(exit),
                stdout: out.kept,
                stderr,
                truncated: out.truncated,
            });
        }
        tokio::select! {
            () = &mut feeding, if !fed => fed = true,
            read = out.read(), if !out.done => {
                if let Err(error) = read { return Attended::Broken(error) }
                quiet.as_mut().reset(tokio::time::Instant::now() + silence.unwrap_or(whole));
            }
            read = err.read(), if !err.done => {
                if let Err(error) = read { return Attended::Broken(error) }
                if upload.is_some() && headway.made(&err.fresh) {
                    let longer = tokio::time::Instant::now() + whole;
                    end.as_mut().reset(longer.min(latest));
                }
                quiet.as_mut().reset(tokio::time::Instant::now() + silence.unwrap_or(whole));
            }
            exit = child.wait(), if status.is_none() => match exit {
                Ok(exit) => {
                    status = Some(exit);
                    linger.as_mut().reset(tokio::time::Instant::now() + limits::PIPE_LINGER);
                }
                Err(error) => return Attended::Broken(error),
            },
            () = &mut linger, if status.is_some() => {
                // Something that was left running holds the pipe: what it may still say is not part of the answer.
                out.truncated |= !out.done;
                out.done = true;
                err.done = true;
            }
            () = &mut end, if status.is_none() => return Attended::Overran { stdout: out.kept, stderr: err.kept },
            () = &mut quiet, if status.is_none() => return Attended::Overran { stdout: out.kept, stderr: err.kept },
        }
    }
}

/// A pipe read up to a limit. At the limit it is either closed (the writer gets SIGPIPE) or drained.
struct Pipe<R> {
    source: Option<R>,
    kept: Vec<u8>,
    /// What the last reading brought.
    fresh: Vec<u8>,
    limit: usize,
    close_at_limit: bool,
    truncated: bool,
    done: bool,
}

impl<R: AsyncRead + Unpin> Pipe<R> {
    async fn read(&mut self) -> std::io::Result<()> {
        let Some(source) = &mut self.source else {
            self.done = true;
            return Ok(());
        };
        self.kept.reserve(16 << 10);
        let before = self.kept.len();
        let n = source.read_buf(&mut self.kept).await?;
        self.fresh.clear();
        self.fresh.extend_from_slice(&self.kept[before..]);
        if self.kept.len() > self.limit {
            self.kept.truncate(self.limit);
            self.truncated = true;
        }
        if n == 0 || (self.truncated && self.close_at_limit) {
            self.source = None;
            self.done = true;
        }
        Ok(())
    }
}

impl<R> Pipe<R> {
    fn new(source: Option<R>, limit: usize, close_at_limit: bool) -> Self {
        Self {
            source,
            kept: Vec::new(),
            fresh: Vec::new(),
            limit,
            close_at_limit,
            truncated: false,
            done: false,
        }
    }
}

/// The upload's meter, as `--progress` shows it: how many objects and bytes have gone so far.
#[derive(Default)]
struct Headway {
    /// The line so far.
    line: Vec<u8>,
    /// What the meter said last.
    said: Vec<u8>,
}

impl Headway {
    /// Whether more has gone than before. Words of the remote's begin with `remote: ` and count for nothing.
    fn made(&mut self, fresh: &[u8]) -> bool {
        let mut made = false;
        for byte in fresh {
            if !matches!(byte, b'\r' | b'\n') {
                if self.line.len() < METER_AT_MOST {
                    self.line.push(*byte);
                }
                continue;
            }
            if self.line.starts_with(b"Writing objects: ") {
                // The pace behind the bar changes also where nothing moves.
                let counts = self.line.split(|b| *b == b'|').next().unwrap_or_default();
                if counts != self.said.as_slice() {
                    made = true;
                    self.said = counts.to_vec();
                }
            }
            self.line.clear();
        }
        made
    }
}

/// Text as a terminal would show it: of a line with carriage returns only the last part (progress meters).
pub(crate) fn overwritten(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .lines()
        .map(|line| line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The last lines of what was said, as they may be stored and shown.
pub(crate) fn last_words(stdout: &[u8], stderr: &[u8]) -> String {
    let text = overwritten(if stderr.is_empty() { stdout } else { stderr });
    // Before it is cut: the last lines of a key alone are not known to be one.
    let text = without_secrets(&text);
    let lines: Vec<_> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    readable(&lines[lines.len().saturating_sub(5)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headway_is_more_objects_or_more_bytes() {
        let mut headway = Headway::default();
        let mut made = |text: &str| headway.made(text.as_bytes());
        assert!(!made("Enumerating objects: 5, done.\nCounting objects: 100% (5/5)\r"));
        assert!(!made("Writing objects:  33% (1/3)"), "a line is read when it is whole");
        assert!(made("\r"));
        assert!(!made("Writing objects:  33% (1/3)\r"));
        assert!(made("Writing objects:  33% (1/3), 1.00 MiB | 2.00 MiB/s\r"));
        assert!(!made("Writing objects:  33% (1/3), 1.00 MiB | 9.00 KiB/s\r"), "the pace is no headway");
        assert!(made("Writing objects:  33% (1/3), 1.01 MiB | 9.00 KiB/s\r"));
        assert!(!made("remote: Writing objects:  66% (2/3)\rremote: x\n"), "nor are the remote's words");
        assert!(!made(&"x".repeat(10_000)));
    }

    #[test]
    fn the_last_lines_of_a_key_are_not_kept() {
        let line = "q8Zt4LmXv2RkW9sBn7YhJc3PdF6gTe5QaUoKx1M0\n".repeat(9);
        let said = format!("no\n{}BEGIN RSA PRIVATE KEY{0}\n{line}", "-".repeat(5));
        assert!(!last_words(b"", said.as_bytes()).contains("q8Zt"));
    }

    #[test]
    fn progress_is_folded() {
        assert_eq!(overwritten(b"a: 1%\ra: 50%\ra: 100%, done.\nb\r\n"), "a: 100%, done.\nb");
    }
}
