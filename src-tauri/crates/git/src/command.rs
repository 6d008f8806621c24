//! The only place that starts a program (invariant A2): one sealed environment, a deadline, a process group.

use crate::{
    environment,
    error::GitError,
    limits::{self, Class, Limits},
    mark::Mark,
    process::{Attended, Group, Output, attend, last_words, own_group},
    ssh::Connections,
};
use autocommit_core::settings::Deadlines;
use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};
use tokio::{process::Child, sync::watch};

/// The oldest git that has `git hook run` (2.36, April 2022), which runs hooks as git itself would.
pub const OLDEST: (u32, u32) = (2, 36);

/// The installed git, and how to call it.
#[derive(Debug, Clone)]
pub struct Git(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    program: PathBuf,
    version: (u32, u32),
    version_text: String,
    environment: BTreeMap<OsString, OsString>,
    deadlines: RwLock<Deadlines>,
    /// The program was told to end.
    ending: watch::Sender<bool>,
    connections: Connections,
}

impl Git {
    /// Finds git on PATH and asks for its version.
    pub async fn find(deadlines: Deadlines) -> Result<Self, GitError> {
        let environment = environment::sealed(|name| std::env::var_os(name));
        let path = environment.get(OsStr::new("PATH")).cloned().unwrap_or_default();
        let name = if cfg!(windows) { "git.exe" } else { "git" };
        let program = std::env::split_paths(&path)
            .map(|dir| dir.join(name))
            .find(|p| p.is_file())
            .ok_or(GitError::NotInstalled)?;
        let deadlines = RwLock::new(deadlines);
        let mut inner = Inner {
            program,
            version: (0, 0),
            version_text: String::new(),
            environment,
            deadlines,
            ending: watch::Sender::new(false),
            connections: Connections::default(),
        };
        let output = Git(Arc::new(Inner {
            program: inner.program.clone(),
            version: (0, 0),
            version_text: String::new(),
            environment: inner.environment.clone(),
            deadlines: RwLock::new(Deadlines::default()),
            ending: watch::Sender::new(false),
            connections: Connections::default(),
        }))
        .call("version")
        .arg("version")
        .run()
        .await?;
        inner.version_text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        inner.version = parse_version(&inner.version_text).ok_or(GitError::NotInstalled)?;
        if inner.version < OLDEST {
            return Err(GitError::TooOld { found: inner.version_text });
        }
        Ok(Self(Arc::new(inner)))
    }

    /// What `git version` printed.
    pub fn version_text(&self) -> &str {
        &self.0.version_text
    }

    /// Puts other deadlines in force for the calls to come.
    pub fn set_deadlines(&self, deadlines: Deadlines) {
        *self.0.deadlines.write().unwrap_or_else(std::sync::PoisonError::into_inner) = deadlines;
    }

    /// Gives the calls under way, and those to come, only moments: the program is about to end.
    pub fn end_soon(&self) {
        self.0.ending.send_replace(true);
    }

    /// Comes a moment after [`Git::end_soon`], or never.
    async fn told_to_end(&self, class: Class) {
        let mut ending = self.0.ending.subscribe();
        if ending.wait_for(|ending| *ending).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(limits::at_end(class)).await;
    }

    /// A call outside any repository.
    pub(crate) fn call(&self, step: &'static str) -> Call<'_> {
        Call {
            git: self,
            program: None,
            mark: Mark::new(),
            within: None,
            idly: false,
            give_way: None,
            step,
            class: Class::Local,
            hooks: false,
            own_locale: false,
            desktop: false,
            global: Vec::new(),
            args: Vec::new(),
            environment: Vec::new(),
            directory: None,
            stdin: Vec::new(),
            limit: limits::ANSWER_LIMIT,
        }
    }

    /// The program was told to end.
    pub(crate) fn is_ending(&self) -> bool {
        *self.0.ending.borrow()
    }

    pub(crate) fn connections(&self) -> &Connections {
        &self.0.connections
    }

    pub(crate) fn environment(&self, name: &str) -> Option<&OsString> {
        self.0.environment.get(OsStr::new(name))
    }
}

/// One git command being put together.
pub(crate) struct Call<'a> {
    git: &'a Git,
    /// Another program than git.
    program: Option<PathBuf>,
    mark: Mark,
    within: Option<Duration>,
    idly: bool,
    give_way: Option<watch::Receiver<bool>>,
    step: &'static str,
    class: Class,
    hooks: bool,
    own_locale: bool,
    desktop: bool,
    global: Vec<OsString>,
    args: Vec<OsString>,
    environment: Vec<(&'static str, OsString)>,
    directory: Option<PathBuf>,
    stdin: Vec<u8>,
    limit: usize,
}

impl<'a> Call<'a> {
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// An argument before the subcommand.
    pub(crate) fn global(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.global.push(arg.as_ref().to_owned());
        self
    }

    /// Arguments before the subcommand.
    pub(crate) fn args_global<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.global.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name, value.as_ref().to_owned()));
        self
    }

    pub(crate) fn directory(mut self, directory: &Path) -> Self {
        self.directory = Some(directory.to_owned());
        self
    }

    pub(crate) fn stdin(mut self, bytes: Vec<u8>) -> Self {
        self.stdin = bytes;
        self
    }

    pub(crate) fn class(mut self, class: Class) -> Self {
        self.class = class;
        self
    }

    /// Has another program run in git's place, with the same environment and without git's settings.
    pub(crate) fn program(mut self, program: PathBuf) -> Self {
        self.program = Some(program);
        self
    }

    /// Has what is started carry this mark.
    pub(crate) fn mark(mut self, mark: Mark) -> Self {
        self.mark = mark;
        self
    }

    /// Gives it this deadline, in place of that of its class.
    pub(crate) fn within(mut self, deadline: Duration) -> Self {
        self.within = Some(deadline);
        self
    }

    /// Gives it what of the processor and the disk nobody else wants.
    pub(crate) fn idly(mut self) -> Self {
        self.idly = true;
        self
    }

    /// Ends it as if its time were over, once `give_way` says so.
    pub(crate) fn until(mut self, give_way: watch::Receiver<bool>) -> Self {
        self.give_way = Some(give_way);
        self
    }

    /// Lets the hooks of the person and the repository run.
    pub(crate) fn with_hooks(mut self) -> Self {
        self.hooks = true;
        self
    }

    /// Lets programs of the person's (hooks, credential helpers) reach those of their desktop, such as a keyring.
    pub(crate) fn with_desktop(mut self) -> Self {
        self.desktop = true;
        self
    }

    /// Leaves the person's locale to a program that is not git, so that it reads and writes text as they do.
    pub(crate) fn own_locale(mut self) -> Self {
        self.own_locale = true;
        self
    }

    pub(crate) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Runs it; a non-zero exit is an error, classified from what git said.
    pub(crate) async fn check(self) -> Result<Output, GitError> {
        let step = self.step;
        let output = self.run().await?;
        if output.success() { Ok(output) } else { Err(GitError::failed(step, &output)) }
    }

    pub(crate) fn step(&self) -> &'static str {
        self.step
    }

    pub(crate) fn class_of(&self) -> Class {
        self.class
    }

    /// Starts it; its deadline and longest silence come along.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that starts git")]
    pub(crate) fn spawn(self, stdin: Stdio) -> Result<(Child, Group, Limits), GitError> {
        let program = self.program.as_ref().unwrap_or(&self.git.0.program);
        let mut command = tokio::process::Command::new(program);
        command.env_clear().envs(&self.git.0.environment).envs(self.environment);
        if self.program.is_none() {
            command.args(environment::overrides(self.hooks));
        }
        command
            .args(&self.global)
            .args(&self.args)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if !self.desktop {
            // What git says to a desktop's programs (a keyring, a window for a passphrase) goes through this.
            command.env_remove("DBUS_SESSION_BUS_ADDRESS");
        }
        if !self.hooks {
            command.envs(environment::NO_HOOKS.iter().copied());
        }
        if !self.own_locale {
            // What git says is read in English.
            command.env("LC_ALL", "C");
        }
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        let (name, value) = self.mark.variable();
        command.env(name, value);
        own_group(&mut command, self.class, self.idly);
        let child = command.spawn().map_err(|source| GitError::Start { step: self.step, source })?;
        let group = Group::of(&child, self.mark);
        let deadlines = self.git.0.deadlines.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let limits = match self.within {
            Some(whole) => Limits { whole, silence: None, upload: None },
            None => limits::deadline(self.class, &deadlines),
        };
        Ok((child, group, limits))
    }

    /// Runs it to its end, whatever its exit code.
    pub(crate) async fn run(mut self) -> Result<Output, GitError> {
        let started = Instant::now();
        let (git, step, class, limit) = (self.git, self.step, self.class, self.limit);
        let stdin = std::mem::take(&mut self.stdin);
        let give_way = self.give_way.take();
        let pipe = if stdin.is_empty() { Stdio::null() } else { Stdio::piped() };
        let (mut child, mut guard, limits) = self.spawn(pipe)?;
        let result = tokio::select! {
            result = Box::pin(attend(&mut child, stdin, limit, limits)) => result,
            () = told(give_way) => Attended::Overran { stdout: Vec::new(), stderr: Vec::new() },
            () = git.told_to_end(class) => Attended::Overran { stdout: Vec::new(), stderr: Vec::new() },
        };
        let output = match result {
            Attended::Ended(output) => {
                guard.ended_by_itself();
                Ok(output)
            }
            Attended::Overran { stdout, stderr } => {
                guard.end(&mut child, class).await;
                Err(GitError::TimedOut { step, detail: last_words(&stdout, &stderr) })
            }
            Attended::Broken(source) => {
                guard.end(&mut child, class).await;
                Err(GitError::Start { step, source })
            }
        };
        log(step, started.elapsed(), output.as_ref().ok().and_then(|output| output.code));
        output
    }
}

/// Every git process ends with a line in the log.
pub(crate) fn log(step: &str, took: Duration, exit: Option<i32>) {
    tracing::debug!(step, elapsed_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), ?exit, "git");
}

/// Comes when `give_way` says so, or never.
async fn told(give_way: Option<watch::Receiver<bool>>) {
    if let Some(mut give_way) = give_way
        && give_way.wait_for(|told| *told).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// `git version 2.39.5 (Apple Git-154)` → `(2, 39)`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix("git version ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests;
