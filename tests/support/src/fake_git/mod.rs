//! A double of git: a real program that stands before the real one in PATH, does what its script says at chosen calls
//! and otherwise passes everything through.
//!
//! The program under test clears git's environment, so nothing is told by variables: the script (`fake-git.script`),
//! the counters of its rules and the log (`fake-git.log`) are files beside the name it was started by.

mod call;
mod player;

pub use player::play;

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

pub(crate) const SCRIPT: &str = "fake-git.script";
pub(crate) const LOG: &str = "fake-git.log";

/// One line of a script: what to do at which call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The subcommand, such as `update-ref`; `*` for every one.
    #[serde(rename = "match")]
    command: String,
    /// Part of the current folder, of GIT_DIR, or of any argument; empty for every repository.
    #[serde(default)]
    repo: String,
    #[serde(default)]
    when: When,
    /// At which matching call of all processes, counted from 1; 0 for every one.
    #[serde(default = "first")]
    nth: u32,
    #[serde(rename = "do")]
    action: Action,
}

/// On which side of the real git a rule acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum When {
    /// Before it starts.
    #[default]
    Before,
    /// After it ended; its exit code is passed on.
    After,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Action {
    /// SIGKILL to whoever started this git.
    KillParent,
    /// Ends with this code and text instead of git's own.
    Exit {
        /// The exit code.
        code: u8,
        /// What is printed on standard error.
        stderr: String,
    },
    /// Does not end by itself (for 10 minutes).
    Hang,
    /// Waits, then goes on.
    Sleep {
        /// How long.
        milliseconds: u64,
    },
    /// Runs another program to its end, then goes on.
    Run {
        /// The program and its arguments.
        argv: Vec<String>,
    },
}

fn first() -> u32 {
    1
}

impl Rule {
    /// Acts before the real git runs such a command (`commit-tree`; `*` for every one).
    pub fn before(command: &str) -> RuleMoment {
        RuleMoment::new(command, When::Before)
    }

    /// Acts after the real git ran such a command.
    pub fn after(command: &str) -> RuleMoment {
        RuleMoment::new(command, When::After)
    }
}

/// A rule that does not say yet what to do.
#[derive(Debug, Clone)]
#[must_use = "say what to do"]
pub struct RuleMoment(Rule);

impl RuleMoment {
    fn new(command: &str, when: When) -> Self {
        Self(Rule { command: command.to_owned(), repo: String::new(), when, nth: 1, action: Action::Hang })
    }

    /// At the nth such call instead of the first; 0 for every one.
    pub fn nth(mut self, nth: u32) -> Self {
        self.0.nth = nth;
        self
    }

    /// Only where the current folder, GIT_DIR or an argument contains this.
    pub fn repo(mut self, part: &str) -> Self {
        part.clone_into(&mut self.0.repo);
        self
    }

    /// SIGKILL to the process that called git.
    pub fn kill_parent(self) -> Rule {
        self.act(Action::KillParent)
    }

    /// Ends with this code and text; before the command, git does not run at all.
    pub fn exit(self, code: u8, stderr: &str) -> Rule {
        self.act(Action::Exit { code, stderr: stderr.to_owned() })
    }

    /// Never answers (until it is killed, at most 10 minutes).
    pub fn hang(self) -> Rule {
        self.act(Action::Hang)
    }

    /// Waits, then goes on.
    pub fn sleep(self, time: Duration) -> Rule {
        self.act(Action::Sleep { milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX) })
    }

    /// Runs a program to its end in the same folder, then goes on.
    pub fn run(self, argv: &[&str]) -> Rule {
        self.act(Action::Run { argv: argv.iter().map(|a| (*a).to_owned()).collect() })
    }

    fn act(self, action: Action) -> Rule {
        Rule { action, ..self.0 }
    }
}

/// One call that the double saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Every argument, lossily.
    pub args: Vec<String>,
    /// The subcommand, empty where there is none.
    pub command: String,
    /// The current folder.
    pub cwd: PathBuf,
    /// Process of the double.
    pub pid: u32,
    /// When it started, since the epoch.
    pub started: Duration,
    /// When it ended, since the epoch; nothing where it was killed or still runs.
    pub ended: Option<Duration>,
    /// Its exit code; nothing where it has none.
    pub code: Option<i32>,
}

/// The double as it is installed in a folder of a PATH.
#[derive(Debug, Clone)]
pub struct FakeGit {
    folder: PathBuf,
}

impl FakeGit {
    /// Puts the double into `folder` under the name `git`, with an empty script and a log.
    #[track_caller]
    pub(crate) fn install(folder: &Path, program: &Path) -> Self {
        let fake = Self { folder: folder.to_owned() };
        let name = folder.join("git");
        if !name.exists() {
            std::os::unix::fs::symlink(program, &name).expect("the double under the name of git");
        }
        fs::write(folder.join(LOG), "").expect("the double's log");
        fake.script(&[]);
        fake
    }

    /// Makes these the rules from now on; calls are counted from zero again.
    #[track_caller]
    pub fn script(&self, rules: &[Rule]) {
        let lines: String =
            rules.iter().map(|rule| serde_json::to_string(rule).expect("a rule as JSON") + "\n").collect();
        let new = self.folder.join("fake-git.script.new");
        fs::write(&new, lines).expect("the double's script");
        fs::rename(&new, self.folder.join(SCRIPT)).expect("the double's script");
        for entry in fs::read_dir(&self.folder).expect("the double's folder").flatten() {
            if entry.file_name().to_string_lossy().starts_with(call::COUNTER) {
                fs::remove_file(entry.path()).expect("a counter");
            }
        }
    }

    /// How often a rule's call was seen since the script was set, by its place in the script.
    pub fn seen(&self, rule: usize) -> usize {
        let prefix = call::counter_prefix(rule);
        let entries = fs::read_dir(&self.folder).expect("the double's folder").flatten();
        entries.filter(|e| e.file_name().to_string_lossy().starts_with(&prefix)).count()
    }

    /// Every call so far, in the order in which they started.
    pub fn calls(&self) -> Vec<Call> {
        let text = fs::read_to_string(self.folder.join(LOG)).unwrap_or_default();
        let mut calls: Vec<Call> = Vec::new();
        let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
        for record in text.lines().filter_map(|line| serde_json::from_str(line).ok()) {
            match record {
                call::Record::Start { id, pid, command, args, cwd, at } => {
                    by_id.insert(id, calls.len());
                    let started = Duration::from_nanos(at);
                    calls.push(Call {
                        args,
                        command,
                        cwd: cwd.into(),
                        pid,
                        started,
                        ended: None,
                        code: None,
                    });
                }
                call::Record::End { id, at, code } => {
                    if let Some(call) = by_id.get(&id).and_then(|i| calls.get_mut(*i)) {
                        call.ended = Some(Duration::from_nanos(at));
                        call.code = code;
                    }
                }
            }
        }
        calls
    }

    /// The subcommands of all calls so far.
    pub fn commands(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call.command).collect()
    }
}
