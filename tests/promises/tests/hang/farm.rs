//! The farm: one sandbox full of repositories that hang, each with what must be said of it, and good ones beside them.

use autocommit_promises::processes;
use autocommit_test_support::{Manifest, Sandbox, servers::Misbehaving};
use serde_json::Value;
use std::{
    any::Any,
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

/// What `sleep`s of hooks that end by themselves last: nobody has to end those.
const LEFT_BEHIND: &str = "sleep 6001";

/// What must be true and be said of a repository in the end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expect {
    /// The commit stays here, for one of these classes of a push.
    Push(&'static [&'static str]),
    /// Nothing is committed, for a reason with these words.
    Reason(&'static str),
    /// It is committed and pushed.
    Arrives,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) expect: Expect,
    /// Something is asleep for it until a deadline comes.
    pub(crate) hangs: bool,
}

impl Case {
    pub(crate) fn new(name: &'static str, expect: Expect) -> Self {
        Self { name, expect, hangs: false }
    }
}

pub(crate) struct Farm {
    pub(crate) sandbox: Sandbox,
    pub(crate) cases: Vec<Case>,
    /// Processes of the farm itself.
    pub(crate) known: BTreeSet<u32>,
    good: Vec<(PathBuf, PathBuf)>,
    manifests: Vec<(PathBuf, Manifest)>,
    servers: Vec<Box<dyn Any>>,
    eavesdroppers: Vec<(&'static str, Misbehaving)>,
    settings: String,
}

impl Farm {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        Self {
            sandbox,
            cases: Vec::new(),
            known: BTreeSet::new(),
            good: Vec::new(),
            manifests: Vec::new(),
            servers: Vec::new(),
            eavesdroppers: Vec::new(),
            settings: String::new(),
        }
    }

    /// A repository whose remote is at `url`.
    pub(crate) fn remote(&mut self, name: &'static str, url: &str, expect: Expect) {
        self.remote_case(Case::new(name, expect), url);
    }

    pub(crate) fn remote_case(&mut self, case: Case, url: &str) {
        self.remote_kept(case);
        let repo = self.repo(case.name);
        self.sandbox.git(repo, &["remote", "set-url", "origin", url]);
    }

    /// A repository whose remote is a folder that works.
    pub(crate) fn remote_kept(&mut self, case: Case) {
        let (repo, _) = self.sandbox.repo_with_remote(case.name);
        // Larger than what a socket swallows without being read.
        let bytes: Vec<u8> =
            (0..600_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        self.sandbox.write(&repo, "large.bin", bytes);
        self.sandbox.write(&repo, "work.txt", format!("{}\n", case.name));
        self.cases.push(case);
    }

    pub(crate) fn good(&mut self, number: usize) {
        for i in 0..number {
            let pair = self.sandbox.repo_with_remote(&format!("good-{i:02}"));
            self.sandbox.write(&pair.0, "work.txt", format!("{i}\n"));
            self.good.push(pair);
        }
    }

    pub(crate) fn repo(&self, name: &str) -> PathBuf {
        self.sandbox.repos_dir().join(name)
    }

    /// Keeps a server until the end.
    pub(crate) fn keep(&mut self, server: impl Any) {
        self.servers.push(Box::new(server));
    }

    /// A server that a case may lead to, and that no credentials must reach.
    pub(crate) fn must_not_learn(&mut self, case: &'static str, server: Misbehaving) {
        self.eavesdroppers.push((case, server));
    }

    /// Lines of the person's own git configuration, in force once everything is planted.
    pub(crate) fn person(&mut self, lines: &str) {
        self.settings += lines;
        self.settings += "\n";
    }

    /// A program of the person's own.
    pub(crate) fn program(&self, name: &str, script: &str) -> PathBuf {
        program(&self.sandbox, name, script)
    }

    /// Everything is planted: from here on only looked at.
    pub(crate) fn ready(&mut self) {
        self.sandbox.add_git_config(&self.settings);
        let all = self.cases.iter().map(|c| self.repo(c.name)).chain(self.good.iter().map(|g| g.0.clone()));
        self.manifests = all
            .map(|repo| {
                let seen = self.sandbox.worktree_manifest(&repo);
                (repo, seen)
            })
            .collect();
    }

    pub(crate) fn start(&self, args: &[&str]) -> Child {
        let log = fs::File::create(self.sandbox.root().join("printed")).expect("a log file");
        let mut command = self.sandbox.autocommit_command();
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        command.spawn().expect("the program starts")
    }

    pub(crate) fn printed(&self) -> String {
        fs::read_to_string(self.sandbox.root().join("printed")).unwrap_or_default()
    }

    /// How many good ones are not at their remotes after this long at the most.
    pub(crate) fn good_ones_late(&self, limit: Duration) -> Vec<String> {
        let started = Instant::now();
        loop {
            let late: Vec<_> = self.good.iter().filter(|pair| !self.arrived(&pair.0, &pair.1)).collect();
            if late.is_empty() || started.elapsed() > limit {
                return late.iter().map(|pair| name_of(&pair.0)).collect();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn arrived(&self, repo: &Path, bare: &Path) -> bool {
        let tip = self.sandbox.git(repo, &["rev-parse", "main"]);
        self.commits(repo) == 2 && self.sandbox.remote_tip(bare, "main") == Some(tip)
    }

    fn commits(&self, repo: &Path) -> usize {
        self.sandbox.git(repo, &["rev-list", "--count", "main"]).parse().expect("a number")
    }

    /// What `once` left running, once that which is ending has ended.
    pub(crate) fn survivors(&self) -> Vec<String> {
        survivors_of(&self.known)
    }

    /// What hooks that ended by themselves left running.
    pub(crate) fn left_behind(&self) -> usize {
        let left: Vec<_> = processes::strangers(&self.known);
        for process in &left {
            processes::kill(process);
        }
        left.len()
    }

    /// One case against its run of the cycle and against git.
    pub(crate) fn verdict(&self, case: &Case, runs: &[Value]) -> Result<(), String> {
        let run = runs.iter().find(|run| run["name"] == case.name).ok_or("no run reports it")?;
        let (repo, bare) =
            (self.repo(case.name), self.sandbox.remotes_dir().join(format!("{}.git", case.name)));
        let shown = format!("{run:#}");
        match case.expect {
            Expect::Arrives => {
                ensure(self.arrived(&repo, &bare), || format!("it is not at its remote: {shown}"))?;
                return self.untouched(&repo);
            }
            Expect::Push(classes) => {
                let class = run["push"].as_str().unwrap_or("none");
                ensure(classes.contains(&class), || format!("push is {class}, not {classes:?}: {shown}"))?;
                ensure(self.commits(&repo) == 2, || format!("it is not committed: {shown}"))?;
            }
            Expect::Reason(words) => {
                let told = run["reason"].as_str().unwrap_or_default();
                ensure(told.contains(words), || format!("the reason does not say {words:?}: {shown}"))?;
                ensure(self.commits(&repo) == 1, || format!("it is committed all the same: {shown}"))?;
            }
        }
        for word in ["reason", "hint"] {
            let told = run[word].as_str().unwrap_or_default();
            ensure(told.ends_with('.') && told.len() > 10, || format!("no {word}: {shown}"))?;
        }
        let tip = self.sandbox.remote_tip(&bare, "main");
        let base = self.sandbox.git(&repo, &["rev-list", "--max-parents=0", "main"]);
        ensure(tip == Some(base), || "the remote in the folder moved".to_owned())?;
        for (_, server) in self.eavesdroppers.iter().filter(|(name, _)| *name == case.name) {
            ensure(!server.requests().is_empty(), || "nobody was sent on: the case is void".to_owned())?;
            let learnt: Vec<_> = server.requests().into_iter().filter_map(|r| r.authorization).collect();
            ensure(learnt.is_empty(), || format!("credentials reached another host: {learnt:?}"))?;
        }
        self.untouched(&repo)
    }

    /// No lock, no leftover, no damage, and the work tree as it was.
    fn untouched(&self, repo: &Path) -> Result<(), String> {
        let left = leftovers(&repo.join(".git"));
        ensure(left.is_empty(), || format!("left over: {left:?}"))?;
        let fsck = self.sandbox.try_git(repo, &["fsck", "--strict", "--no-dangling", "--no-progress"]);
        ensure(fsck.code() == Some(0), || fsck.shown())?;
        let before = self.manifests.iter().find(|(known, _)| known == repo).map(|(_, seen)| seen);
        ensure(before == Some(&self.sandbox.worktree_manifest(repo)), || "the work tree changed".to_owned())
    }
}

/// What is left running of everything that a test started, once that which is ending has ended. It is ended.
pub(crate) fn survivors_of(known: &BTreeSet<u32>) -> Vec<String> {
    let left = processes::survivors_but(known, |process| process.command == LEFT_BEHIND);
    for process in &left {
        processes::kill(process);
    }
    left.iter().map(|process| format!("{} ({})", process.command, process.pid)).collect()
}

/// Writes a program into the sandbox.
pub(crate) fn program(sandbox: &Sandbox, name: &str, script: &str) -> PathBuf {
    let file = sandbox.write(sandbox.root().join("programs"), name, format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("an executable program");
    file
}

/// Locks and files of ours below a git folder.
fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else if name.ends_with(".lock") || name.starts_with("autocommit-") {
                found.push(entry.path());
            }
        }
    }
    found
}

pub(crate) fn ensure(fine: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if fine { Ok(()) } else { Err(otherwise()) }
}

fn name_of(repo: &Path) -> String {
    repo.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
