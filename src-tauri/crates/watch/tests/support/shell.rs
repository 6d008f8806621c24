//! Shell scripts and git's own verdict in a yard.
#![allow(clippy::unwrap_used, reason = "only tests use this")]
#![allow(dead_code, reason = "each test program uses its part")]

use super::Yard;
use autocommit_core::{path::RepoPath, repo::Repo};
use autocommit_watch::{Capture, Decided, Doubt, Outside, probe};
use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Output, Stdio},
};

/// What the engine asks.
const STATUS: &[&str] = &[
    "--no-optional-locks",
    "status",
    "--porcelain=v2",
    "--branch",
    "--no-renames",
    "--untracked-files=all",
    "--ignore-submodules=dirty",
];

impl Yard {
    /// Runs a script in a folder of the yard.
    pub(crate) fn sh(&self, relative: &str, script: &str) {
        let output = self.run("sh", relative, &["-e", "-c", script], b"");
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// What git says: its words, and whether they say clean.
    pub(crate) fn verdict(&self, relative: &str) -> (String, bool) {
        let output = self.run("git", relative, STATUS, b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let clean = text.lines().all(|line| line.starts_with('#'));
        (text, clean)
    }

    pub(crate) fn repo_at(&self, relative: &str) -> Repo {
        probe(&self.path(relative)).unwrap()
    }

    /// A look that git was asked about where it needs that.
    pub(crate) fn capture(&self, relative: &str, known: Option<&Decided>) -> Result<Capture, Doubt> {
        let mut capture = Capture::take(&self.repo_at(relative), Some(&self.root), known)?;
        while !capture.undecided().is_empty() {
            let ignored = self.ignored(relative, &capture.undecided())?;
            capture.decide(|folder| ignored.contains(folder))?;
        }
        Ok(capture)
    }

    /// The person's files that count for all repositories.
    pub(crate) fn outside(&self) -> Outside {
        let files = [".gitconfig", ".config/git/config", ".config/git/ignore", ".config/git/attributes"];
        Outside::of(files.iter().map(|file| self.path(file)).collect())
    }

    fn ignored(&self, relative: &str, folders: &[RepoPath]) -> Result<BTreeSet<RepoPath>, Doubt> {
        let input: Vec<_> = folders.iter().flat_map(|f| [f.as_bytes(), b"\0"].concat()).collect();
        let output = self.run("git", relative, &["check-ignore", "-z", "--stdin"], &input);
        if output.status.code() > Some(1) {
            return Err(Doubt::Unreadable);
        }
        Ok(output.stdout.split(|b| *b == 0).filter(|p| !p.is_empty()).map(RepoPath::new).collect())
    }

    #[allow(clippy::disallowed_methods, reason = "it plays the person, with the real git")]
    fn run(&self, program: &str, relative: &str, args: &[&str], input: &[u8]) -> Output {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.path(relative)).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", &self.root);
        for (role, value) in [("NAME", "Ada"), ("EMAIL", "ada@example.org")] {
            command.env(format!("GIT_AUTHOR_{role}"), value).env(format!("GIT_COMMITTER_{role}"), value);
        }
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("YARD", &self.root);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }
}

/// Tries until the answer is there, for as long as anybody would wait.
pub(crate) fn poll<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = std::time::Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed().as_secs() < 60, "waited too long for {what}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
