//! What others can write (names, branches, messages, words of remotes, answers of models) does nothing where it is shown: on a
//! terminal, in the log, to an agent, in a bundle. The list is `tests/support/hostile.json`; the browser's tests use it too.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod agent;
mod answers;
mod shown;

use autocommit_e2e::arg;
use autocommit_test_support::{
    Config, Daemon, Sandbox,
    hostile::{Text, corpus},
};
use std::{ffi::OsStr, path::PathBuf, time::Duration};

const LIMIT: Duration = Duration::from_secs(120);

/// One repository for each text of the list: named, branched and pushed to by others who mean no good, with work to commit,
/// a file that is held, and a remote that refuses every push with its own words.
struct World {
    sandbox: Sandbox,
    repos: Vec<Place>,
}

struct Place {
    repo: PathBuf,
    /// Its branch.
    branch: String,
    /// What its last commit says, and what its remote says.
    text: Text,
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let corpus = corpus();
        let text = sandbox.root().join("text");
        let mut repos = Vec::new();
        for (i, said) in corpus.texts.iter().enumerate() {
            let (made, bare) = sandbox.repo_with_remote(&format!("r{i}"));
            let repo = match corpus.names.get(i) {
                Some(name) => sandbox.repos_dir().join(OsStr::new(&**name)),
                None => made.clone(),
            };
            if repo != made {
                std::fs::rename(made, &repo).unwrap();
            }
            let branch = corpus.branches[i % corpus.branches.len()].to_string();
            sandbox.git(&repo, &["checkout", "--quiet", "-b", &branch]);
            std::fs::write(&text, said.as_bytes()).unwrap();
            sandbox.git(
                &repo,
                &["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--file", arg(&text)],
            );
            sandbox.git(&repo, &["push", "--quiet", "--set-upstream", "origin", &branch]);
            let words = sandbox.root().join(format!("words{i}"));
            std::fs::write(&words, said.as_bytes()).unwrap();
            sandbox.hook(&bare, "pre-receive", &format!("cat '{}' >&2; exit 1", words.display()));
            let name = |n: usize| OsStr::new(&*corpus.names[n % corpus.names.len()]).to_owned();
            sandbox.write(&repo, name(i + 1), "work\n");
            sandbox.write(&repo, name(i + 2), vec![7_u8; (1 << 20) + 1]);
            repos.push(Place { repo, branch, text: said.clone() });
        }
        let paths: Vec<_> = repos.iter().map(|place| arg(&place.repo)).collect();
        let _ = sandbox.autocommit(&[&["trust", "allow", "--"], &paths[..]].concat()).ok();
        Self { sandbox, repos }
    }

    fn config(&self) -> Config {
        let config = self.sandbox.config().set("watch", false).set("quiet_seconds", 0);
        config.set("guards.max_file_mib", 1).set("log_filter", "trace")
    }

    /// A daemon that has looked after all of it once.
    #[track_caller]
    fn daemon(&self) -> Daemon {
        let daemon = self.sandbox.daemon_with(self.config());
        daemon.rested(LIMIT);
        daemon
    }
}
