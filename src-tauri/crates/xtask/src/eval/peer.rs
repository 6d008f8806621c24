//! What another program writes for the same changes with the same model: aicommits, from npm, in a scratch repository with
//! the change staged.

use super::{
    arms::Answer,
    case::Case,
    corpus,
    model::{self, Kept},
};
use crate::process;
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// What the other program is asked for.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Peer {
    /// The program, such as node_modules/.bin/aicommits
    program: PathBuf,
    /// A folder of clones: owner/name, owner+name/repo or name in it
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
    /// A server of this machine that speaks the OpenAI API
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8000")]
    server: String,
    /// The model's name there
    #[arg(long, value_name = "NAME", default_value = "qwen2.5-coder-1.5b-instruct")]
    model: String,
    /// Most changes of each repository
    #[arg(long, value_name = "N", default_value_t = 10)]
    each: usize,
    /// The file of answers, for `eval messages --answers`; what is in it is not asked again
    #[arg(long, value_name = "FILE", default_value = "bench-results/messages/peer.jsonl")]
    out: PathBuf,
}

impl Peer {
    /// Has every change described that is not in the file yet.
    pub(super) fn run(&self) -> Result<()> {
        let scratch = tempfile::tempdir()?;
        let server = format!("{}/v1", self.server.trim_end_matches('/').trim_end_matches("/v1"));
        // Its own limit of ten seconds would measure this machine.
        let settings = format!(
            "provider=custom\nOPENAI_API_KEY=none\nOPENAI_BASE_URL={server}\nOPENAI_MODEL={}\ntimeout=900000\n",
            self.model
        );
        fs::write(scratch.path().join(".aicommits"), settings)?;
        fs::create_dir_all(self.out.parent().context("a file in a folder is needed")?)?;
        let known = if self.out.exists() { model::read(&self.out)? } else { Vec::new() };
        for listed in corpus::parse(corpus::OPEN)? {
            let found = corpus::clone(&listed.repository, &BTreeMap::new(), Some(&self.corpus));
            let Some(clone) = found else { continue };
            for commit in listed.commits.iter().take(self.each) {
                if known.iter().any(|kept| kept.repository == listed.repository && kept.commit == *commit) {
                    continue;
                }
                let answer = self.ask(scratch.path(), &clone, &listed.repository, commit)?;
                println!("{} {commit}: {}", listed.repository, answer.subject);
                model::keep(&self.out, &Kept::of_another("peer", &listed.repository, commit, answer))?;
            }
        }
        Ok(())
    }

    fn ask(&self, scratch: &Path, clone: &Path, repository: &str, commit: &str) -> Result<Answer> {
        let work = scratch.join(repository);
        let sealed = |command: &mut Command| {
            command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
            command.env("HOME", scratch).env("GIT_CONFIG_NOSYSTEM", "1").env("NO_COLOR", "1");
            command.stdin(Stdio::null());
        };
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            sealed(command.arg("-C").arg(&work).args(arguments));
            process::output(&mut command)
        };
        if !work.exists() {
            fs::create_dir_all(&work)?;
            git(&["init", "--quiet"])?;
            let objects = fs::canonicalize(clone.join("objects"))
                .or_else(|_| fs::canonicalize(clone.join(".git/objects")))?;
            fs::write(work.join(".git/objects/info/alternates"), format!("{}\n", objects.display()))?;
        }
        git(&["update-ref", "--no-deref", "HEAD", &format!("{commit}^")])?;
        git(&["read-tree", commit])?;
        // The style that a person would choose here.
        let conventional = Case::of(clone, repository, commit)?.conventional;
        let mut command = Command::new(fs::canonicalize(&self.program)?);
        command.args(["--yes", "--no-verify", "--type", if conventional { "conventional" } else { "plain" }]);
        sealed(command.current_dir(&work));
        let start = Instant::now();
        let output = command.output().with_context(|| process::shown(&command))?;
        let millis = start.elapsed().as_secs_f64() * 1e3;
        // Without a terminal it prints the message and commits nothing.
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let failed =
            (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned());
        let (subject, body) = said.split_once('\n').unwrap_or((&said, ""));
        let (subject, body) = (subject.to_owned(), body.trim().to_owned());
        Ok(Answer { subject, body, millis, sent: None, written: None, fell_back: failed })
    }
}
