//! Pushes to one host share an ssh connection, where the person's own settings leave room for it; and nothing of it is left.
#![allow(clippy::unwrap_used, reason = "a test")]

mod broken;
mod left_alone;
mod shared;

use autocommit_e2e::{arg, head};
use autocommit_test_support::{
    Sandbox,
    servers::{Login, SshRemote},
};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Longest wait for what should come in a moment.
const SOON: Duration = Duration::from_secs(60);

/// A person whose plain `ssh` reaches a real server by the name `host`.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: SshRemote,
}

impl World {
    /// Nothing, with the reason on standard error, where this machine has no `sshd`.
    pub(crate) fn new(server_settings: &str) -> Option<Self> {
        let sandbox = Sandbox::new();
        let server = SshRemote::start_with(&sandbox, "ssh", Login::Key, server_settings)?;
        let world = Self { sandbox, server };
        world.ssh_settings(&world.server.host_entry("host", true));
        // ssh looks for its settings where the system's list of users says; this one looks in the sandbox, and notes its words.
        let real = world.sandbox.run(world.sandbox.root(), "sh", &["-c", "command -v ssh"]).ok().stdout;
        let script = format!(
            "#!/bin/sh\necho \"$*\" >> {log}\nexec {real} -F {settings} \"$@\"\n",
            log = arg(&world.log()),
            real = real.trim(),
            settings = arg(&world.settings_file()),
        );
        let ssh = world.sandbox.write(world.sandbox.bin_dir(), "ssh", script);
        let _ = world.sandbox.run(world.sandbox.root(), "chmod", &["+x", arg(&ssh)]).ok();
        Some(world)
    }

    fn settings_file(&self) -> PathBuf {
        self.sandbox.home().join(".ssh/config")
    }

    fn log(&self) -> PathBuf {
        self.sandbox.root().join("ssh-calls")
    }

    /// Replaces the person's ssh settings.
    pub(crate) fn ssh_settings(&self, text: &str) {
        let file = self.settings_file();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// The words of every call of ssh so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// A clean repository that pushes to the server, and its remote.
    pub(crate) fn repo(&self, name: &str) -> (PathBuf, PathBuf) {
        let (repo, bare) = self.sandbox.repo_with_remote(name);
        self.sandbox.git(&repo, &["remote", "set-url", "origin", &format!("ssh://host{}", bare.display())]);
        (repo, bare)
    }

    /// Some repositories that have something to push.
    pub(crate) fn dirty(&self, count: usize) -> Vec<(PathBuf, PathBuf)> {
        let made = (0..count).map(|i| self.repo(&format!("app{i}"))).collect::<Vec<_>>();
        made.iter().for_each(|(repo, _)| drop(self.sandbox.write(repo, "work.txt", "1\n")));
        made
    }

    /// By git alone: the remote has what the repository has, and that is one commit more than before.
    pub(crate) fn has_arrived(&self, (repo, bare): &(PathBuf, PathBuf), commits: usize) -> bool {
        // In this order: the commit comes before the push.
        autocommit_e2e::commits(&self.sandbox, repo) == commits
            && self.sandbox.remote_tip(bare, "main") == Some(head(&self.sandbox, repo))
    }

    #[track_caller]
    pub(crate) fn until(&self, what: &str, done: impl Fn() -> bool) {
        let started = Instant::now();
        while !done() {
            assert!(started.elapsed() < SOON, "waited in vain for {what}\n{:#?}", self.calls());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The processes that hold a shared connection.
    pub(crate) fn holders(&self) -> Vec<u32> {
        let root = self.sandbox.root();
        let holds = |process: &Path| {
            let line = std::fs::read(process.join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains(arg(&root)) && line.contains("ControlMaster=yes")
        };
        let all = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
        all.filter(|process| holds(process))
            .filter_map(|process| process.file_name()?.to_str()?.parse().ok())
            .collect()
    }

    /// The sockets of shared connections.
    pub(crate) fn sockets(&self) -> usize {
        let folder = self.sandbox.root().join("run/autocommit");
        let names = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.filter(|name| name.to_string_lossy().len() == 48).count()
    }

    /// Nobody holds a connection any more, and no socket is left.
    #[track_caller]
    pub(crate) fn nothing_is_left(&self) {
        self.until("the end of all shared connections", || self.holders().is_empty());
        assert_eq!(self.sockets(), 0, "a socket is left");
    }

    pub(crate) fn signal(&self, signal: &str, process: u32) {
        let _ = self.sandbox.run(self.sandbox.root(), "kill", &[signal, &process.to_string()]).ok();
    }
}
