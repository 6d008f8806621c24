//! A git command that is spoken with: a line of ours, a line of its own, until it is told to end.

use crate::{
    command::Call,
    error::GitError,
    limits::{self, Class},
    process::{Group, Output, is_bus_error, last_words, overwritten},
};
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout},
    task::JoinHandle,
    time::Instant,
};

/// One such command, under its deadline from the start on.
pub(crate) struct Conversation {
    child: Child,
    group: Option<Group>,
    step: &'static str,
    class: Class,
    ours: Option<ChildStdin>,
    theirs: BufReader<ChildStdout>,
    stderr: JoinHandle<Vec<u8>>,
    started: Instant,
    until: Instant,
}

impl Conversation {
    pub(crate) fn start(call: Call<'_>) -> Result<Self, GitError> {
        let (step, class) = (call.step(), call.class_of());
        let (mut child, group, limits) = call.spawn(Stdio::piped())?;
        let broken = || GitError::Start { step, source: std::io::ErrorKind::BrokenPipe.into() };
        let ours = child.stdin.take();
        let theirs = BufReader::new(child.stdout.take().ok_or_else(broken)?);
        let stderr = tokio::spawn(drain(child.stderr.take()));
        let started = Instant::now();
        let until = started + limits.whole;
        Ok(Self { child, group: Some(group), step, class, ours, theirs, stderr, started, until })
    }

    /// Says something; a command that has ended tells why when it is heard.
    pub(crate) async fn say(&mut self, bytes: &[u8]) {
        if let Some(ours) = &mut self.ours {
            let saying = async {
                let _ = ours.write_all(bytes).await;
                let _ = ours.flush().await;
            };
            let _ = tokio::time::timeout_at(self.until, saying).await;
        }
    }

    /// Its next line, without the newline; nothing where it has ended. An error is the deadline: it was ended.
    pub(crate) async fn hear(&mut self) -> Result<Option<String>, GitError> {
        let mut line = Vec::new();
        let mut limited = (&mut self.theirs).take(limits::STDERR_LIMIT as u64);
        match tokio::time::timeout_at(self.until, limited.read_until(b'\n', &mut line)).await {
            Ok(Ok(0) | Err(_)) => Ok(None),
            Ok(Ok(_)) => Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned())),
            Err(_) => Err(self.overran().await),
        }
    }

    /// Lets it go on to its end: what it has not been told to do it does not do.
    pub(crate) async fn end(mut self) -> Result<Output, GitError> {
        self.ours = None;
        let ended = tokio::time::timeout_at(self.until, self.child.wait()).await;
        let status = match ended {
            Ok(Ok(status)) => status,
            Ok(Err(source)) => return Err(GitError::Start { step: self.step, source }),
            Err(_) => return Err(self.overran().await),
        };
        if let Some(group) = &mut self.group {
            group.ended_by_itself();
        }
        self.ended(status.code());
        let stderr = self.words().await;
        Ok(Output {
            code: status.code(),
            cut_short: is_bus_error(status),
            stdout: Vec::new(),
            stderr: overwritten(&stderr),
            truncated: false,
        })
    }

    async fn overran(&mut self) -> GitError {
        self.ended(None);
        if let Some(group) = self.group.take() {
            group.end(&mut self.child, self.class).await;
        }
        let detail = last_words(&[], &self.words().await);
        GitError::TimedOut { step: self.step, detail }
    }

    fn ended(&self, exit: Option<i32>) {
        crate::command::log(self.step, self.started.elapsed(), exit);
    }

    /// What it said on the side. Something that it left running may hold that pipe.
    async fn words(&mut self) -> Vec<u8> {
        let linger = limits::PIPE_LINGER.max(Duration::from_millis(1));
        match tokio::time::timeout(linger, &mut self.stderr).await {
            Ok(words) => words.unwrap_or_default(),
            Err(_) => {
                self.stderr.abort();
                Vec::new()
            }
        }
    }
}

async fn drain(source: Option<ChildStderr>) -> Vec<u8> {
    let mut kept = Vec::new();
    if let Some(mut source) = source {
        let mut limited = (&mut source).take(limits::STDERR_LIMIT as u64);
        let _ = limited.read_to_end(&mut kept).await;
        let _ = tokio::io::copy(&mut source, &mut tokio::io::sink()).await;
    }
    kept
}
