//! One call as the double sees it: which subcommand it is, which rules it meets, what is written down about it.

use super::{LOG, Rule};
use serde::{Deserialize, Serialize};
use std::{
    env,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::Path,
    process,
    time::{SystemTime, UNIX_EPOCH},
};

pub(super) const COUNTER: &str = "fake-git.count.";

/// A line of the log.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Record {
    /// A call began.
    Start { id: String, pid: u32, command: String, args: Vec<String>, cwd: String, at: u64 },
    /// The call of the same id ended.
    End { id: String, at: u64, code: Option<i32> },
}

/// The first argument that is neither an option of git itself nor the value of one.
pub(super) fn subcommand(args: &[String]) -> &str {
    const WITH_VALUE: &[&str] = &[
        "-c",
        "-C",
        "--git-dir",
        "--work-tree",
        "--namespace",
        "--super-prefix",
        "--config-env",
        "--attr-source",
        "--exec-path=",
    ];
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if WITH_VALUE.contains(&arg.as_str()) {
            args.next();
        } else if !arg.starts_with('-') {
            return arg;
        }
    }
    ""
}

/// Whether a rule is about this call, by subcommand and repository.
pub(super) fn meets(rule: &Rule, args: &[String], cwd: &str, git_dir: &str) -> bool {
    let repo = rule.repo.as_str();
    let here = cwd.contains(repo) || git_dir.contains(repo) || args.iter().any(|a| a.contains(repo));
    here && (rule.command == "*" || rule.command == subcommand(args))
}

/// Takes the next number of a rule's calls: 1 for the first of all processes.
pub(super) fn count(folder: &Path, rule: usize) -> u32 {
    (1..)
        .find(|n| {
            let file = folder.join(format!("{}{n}", counter_prefix(rule)));
            // A folder that cannot be written to must not loop for ever: then nothing is counted.
            !matches!(File::create_new(file), Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists)
        })
        .unwrap_or(u32::MAX)
}

pub(super) fn counter_prefix(rule: usize) -> String {
    format!("{COUNTER}{rule}.")
}

/// The log of one call; silent where there is no log file.
pub(super) struct Log {
    file: Option<File>,
    id: String,
}

impl Log {
    /// Opens the log beside the script and writes the beginning of this call.
    pub(super) fn start(folder: &Path, args: &[String], cwd: &str) -> Self {
        let file = fs::metadata(folder.join(LOG))
            .ok()
            .and_then(|_| OpenOptions::new().append(true).open(folder.join(LOG)).ok());
        let (pid, at) = (process::id(), now());
        let mut log = Self { file, id: format!("{pid}-{at}") };
        let (command, args, cwd) = (subcommand(args).to_owned(), args.to_vec(), cwd.to_owned());
        log.write(&Record::Start { id: log.id.clone(), pid, command, args, cwd, at });
        log
    }

    /// Whether anything is written.
    pub(super) fn is_kept(&self) -> bool {
        self.file.is_some()
    }

    /// Writes the end of this call.
    pub(super) fn end(&mut self, code: Option<i32>) {
        self.write(&Record::End { id: self.id.clone(), at: now(), code });
    }

    fn write(&mut self, record: &Record) {
        if let (Some(file), Ok(text)) = (&mut self.file, serde_json::to_string(record)) {
            // One write for a line: calls of other processes come between lines, never into them.
            let _ = file.write_all(format!("{text}\n").as_bytes());
        }
    }
}

/// Nanoseconds since the epoch.
fn now() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The arguments of this process, lossily.
pub(super) fn arguments() -> Vec<String> {
    env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_subcommand_comes_after_the_options() {
        for (args, command) in [
            ("status", "status"),
            ("-c a=b -C /x --no-optional-locks update-ref refs/heads/main", "update-ref"),
            ("--git-dir=/x --work-tree /y push origin", "push"),
            ("--literal-pathspecs --attr-source HEAD diff", "diff"),
            ("--version", ""),
        ] {
            assert_eq!(subcommand(&words(args)), command, "{args}");
        }
    }

    #[test]
    fn rules_meet_by_command_and_repository() {
        let rule = Rule::before("push").repo("/one").hang();
        assert!(meets(&rule, &words("push"), "/repos/one", ""));
        assert!(meets(&rule, &words("--git-dir=/repos/one/.git push"), "/", ""));
        assert!(meets(&rule, &words("push"), "/", "/repos/one/.git"));
        assert!(!meets(&rule, &words("push"), "/repos/two", ""));
        assert!(!meets(&rule, &words("status"), "/repos/one", ""));
        assert!(meets(&Rule::after("*").hang(), &words("status"), "/", ""));
    }

    #[test]
    fn numbers_are_given_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let numbers: Vec<u32> = (0..3).map(|_| count(folder.path(), 0)).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(count(folder.path(), 1), 1);
    }
}
