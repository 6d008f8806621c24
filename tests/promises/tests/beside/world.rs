//! The repository with its linked work tree, and the person's commands in it.

use autocommit_test_support::{Config, Daemon, Sandbox};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// A lock that is there for so long is never let go.
const STUCK: Duration = Duration::from_secs(30);

/// What a command of the person's waited for.
pub(crate) struct Wait {
    pub(crate) command: String,
    pub(crate) lock: PathBuf,
    pub(crate) waited: Duration,
}

/// A repository with two work trees and its remote.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) app: PathBuf,
    pub(crate) side: PathBuf,
    pub(crate) bare: PathBuf,
    /// Where git tells of every process of its own.
    pub(crate) traces: PathBuf,
    /// Every content that the person gave to a file.
    pub(crate) contents: BTreeSet<(String, Vec<u8>)>,
    /// Subjects of the person's commits.
    pub(crate) messages: Vec<String>,
    /// Commits that the person saw as HEAD.
    pub(crate) heads: BTreeSet<String>,
    pub(crate) waits: Vec<Wait>,
    pub(crate) failures: Vec<String>,
    pub(crate) commands: u64,
    /// The longest time that a command took which only looks.
    pub(crate) slowest_look: Duration,
    number: u32,
}

impl World {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::new();
        let (app, bare) = sandbox.repo_with_remote("app");
        for name in ["a.md", "b.md", "c.md", "d.md"] {
            sandbox.write(&app, name, format!("# {name}\n"));
        }
        sandbox.commit(&app, "files");
        sandbox.git(&app, &["push", "--quiet"]);
        let side = sandbox.repos_dir().join("side");
        sandbox.git(&app, &["worktree", "add", "--quiet", "-b", "side", side.to_str().unwrap()]);
        let traces = sandbox.root().join("traces");
        fs::create_dir(&traces).unwrap();
        // The person's commits are of 2024: cleaning would call their traces old.
        sandbox.add_git_config(&format!(
            "[trace2]\n\teventTarget = {}\n[gc]\n\treflogExpire = never\n\treflogExpireUnreachable = never",
            traces.display()
        ));
        Self {
            sandbox,
            app,
            side,
            bare,
            traces,
            contents: BTreeSet::new(),
            messages: Vec::new(),
            heads: BTreeSet::new(),
            waits: Vec::new(),
            failures: Vec::new(),
            commands: 0,
            slowest_look: Duration::ZERO,
            number: 0,
        }
    }

    /// The daemon, which never waits for quiet.
    pub(crate) fn daemon(&self) -> Daemon {
        self.sandbox.daemon_with(self.config())
    }

    pub(crate) fn config(&self) -> Config {
        self.sandbox.config().set("quiet_seconds", 0).set("cycle_interval_seconds", 1).set("watch", false)
    }

    /// Where the number of cycles so far is.
    pub(crate) fn cycles(&self) -> PathBuf {
        self.sandbox.root().join("cycles")
    }

    /// Files that programs of the person's write without a pause, in the linked work tree.
    pub(crate) fn logs(&self) -> [PathBuf; 2] {
        ["out-0.log", "out-1.log"].map(|name| self.side.join(name))
    }

    /// A number that was not there before.
    pub(crate) fn next(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    /// A subject that was not there before.
    pub(crate) fn message(&mut self) -> String {
        let message = format!("person-{:05}", self.next());
        self.messages.push(message.clone());
        message
    }

    /// Gives a file of the main work tree content that was not there before, as an editor does: beside it, and renamed.
    pub(crate) fn edit(&mut self, name: &str) -> Vec<u8> {
        self.edit_in(&self.app.clone(), name)
    }

    pub(crate) fn edit_in(&mut self, tree: &Path, name: &str) -> Vec<u8> {
        let content = format!("{:06} {name}\n", self.next()).repeat(60).into_bytes();
        self.contents.insert((name.to_owned(), content.clone()));
        let beside = self.sandbox.root().join("tmp/edited");
        fs::write(&beside, &content).unwrap();
        fs::rename(&beside, tree.join(name)).unwrap();
        content
    }

    /// A command of the person's in the main work tree, which must succeed.
    pub(crate) fn git(&mut self, args: &[&str]) -> String {
        self.git_in(&self.app.clone(), args, "true")
    }

    /// The same in any work tree, with an editor. Where it meets a lock, the person waits for its end and tries again.
    pub(crate) fn git_in(&mut self, tree: &Path, args: &[&str], editor: &str) -> String {
        let shown = format!("git {}", args.join(" "));
        loop {
            self.commands += 1;
            let started = Instant::now();
            let mut command = self.sandbox.git_command(tree);
            command.args(args).env("GIT_EDITOR", editor);
            let output = self.sandbox.output_of(command);
            if matches!(args[0], "status" | "rev-parse" | "diff") {
                self.slowest_look = self.slowest_look.max(started.elapsed());
            }
            if output.code() == Some(0) {
                if let Some(head) = output.stdout.lines().next().filter(|_| args == ["rev-parse", "HEAD"]) {
                    self.heads.insert(head.to_owned());
                }
                return output.stdout;
            }
            let of_index = || {
                // All that git stash says of a lock.
                let silent = output.stderr.contains("could not write index");
                silent.then(|| self.app.join(".git/index.lock"))
            };
            let Some(lock) = lock_in(&output.stderr).or_else(of_index) else {
                self.failures.push(output.shown());
                return output.stdout;
            };
            let waited = self.wait_for_the_end_of(&lock);
            if waited > STUCK {
                self.failures.push(format!("{} is never let go: {}", lock.display(), output.shown()));
                return output.stdout;
            }
            self.waits.push(Wait { command: shown.clone(), lock, waited });
            // What git has begun and could not end it goes on with; it was stopped in the middle all the same.
            if self.app.join(".git/rebase-merge").exists() {
                self.failures.push(format!("stopped in the middle: {}", output.shown()));
                let _ = self.sandbox.try_git(tree, &["rebase", "--continue"]);
                return output.stdout;
            }
        }
    }

    fn wait_for_the_end_of(&self, lock: &Path) -> Duration {
        let started = Instant::now();
        while lock.exists() && started.elapsed() <= STUCK {
            thread::sleep(Duration::from_millis(1));
        }
        started.elapsed()
    }

    /// Whether everything in the main work tree is committed.
    pub(crate) fn is_clean(&self) -> bool {
        self.sandbox.git(&self.app, &["--no-optional-locks", "status", "--porcelain"]).is_empty()
    }

    /// What the person sees as HEAD.
    pub(crate) fn head(&mut self) {
        self.git(&["rev-parse", "HEAD"]);
    }
}

/// The lock that git names as the reason of a failure.
fn lock_in(stderr: &str) -> Option<PathBuf> {
    let exists = stderr.lines().find(|line| line.contains(".lock'") && line.contains("File exists"))?;
    let end = exists.find(".lock'")? + ".lock".len();
    let begin = exists[..end].rfind('\'')? + 1;
    Some(PathBuf::from(&exists[begin..end]))
}

#[test]
fn the_lock_is_read_from_what_git_says() {
    let said = "fatal: Unable to create '/r/.git/index.lock': File exists.\n\nAnother git process seems";
    assert_eq!(lock_in(said), Some("/r/.git/index.lock".into()));
    let said = "error: cannot lock ref 'HEAD': Unable to create '/r/.git/HEAD.lock': File exists.\n";
    assert_eq!(lock_in(said), Some("/r/.git/HEAD.lock".into()));
    assert_eq!(lock_in("fatal: cannot lock ref 'HEAD': is at 1 but expected 2\n"), None);
}
