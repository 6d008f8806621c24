//! The repository's and the person's own hooks around a commit, run by git itself and under a deadline.

use crate::{
    command::Git,
    config::Config,
    error::{GitError, readable},
    inspect::Inspection,
    limits::Class,
    person_call,
};
use autocommit_core::repo::Repo;
use std::path::{Path, PathBuf};

/// The hooks that `git commit` runs, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitHook {
    /// Looks at what is staged; may change it.
    PreCommit,
    /// May change the message.
    PrepareCommitMsg,
    /// Looks at the message; may change it.
    CommitMsg,
    /// Told afterwards; cannot refuse.
    PostCommit,
}

impl CommitHook {
    /// Its file name.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::CommitMsg => "commit-msg",
            Self::PostCommit => "post-commit",
        }
    }
}

/// What came of a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookOutcome {
    /// There is none, or it agreed.
    Passed,
    /// It refused, and said this.
    Refused(String),
    /// It did not end in time, and was stopped; its last words.
    TimedOut(String),
}

/// Whether any of the hooks that can refuse or change a commit is there.
pub fn has_commit_hooks(repo: &Repo, inspection: &Inspection) -> bool {
    [CommitHook::PreCommit, CommitHook::PrepareCommitMsg, CommitHook::CommitMsg]
        .iter()
        .any(|hook| exists(repo, &inspection.config, *hook))
}

/// Whether there is such a hook.
pub fn has_hook(repo: &Repo, inspection: &Inspection, hook: CommitHook) -> bool {
    exists(repo, &inspection.config, hook)
}

/// Runs one hook with `index` as the index (the person's own where none is given) and, for the message hooks, the file
/// that holds the message.
pub async fn run_hook(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    hook: CommitHook,
    index: Option<&Path>,
    message: Option<&Path>,
) -> Result<HookOutcome, GitError> {
    if !exists(repo, &inspection.config, hook) {
        return Ok(HookOutcome::Passed);
    }
    let mut call = person_call(git, repo, hook.name())
        .class(Class::Program)
        .own_locale()
        .env("GIT_EDITOR", ":")
        .args(["hook", "run", "--ignore-missing", hook.name()]);
    if let Some(index) = index {
        call = call.env("GIT_INDEX_FILE", index);
    }
    if let Some(message) = message {
        call = call.arg("--").arg(message);
        if hook == CommitHook::PrepareCommitMsg {
            call = call.arg("message");
        }
    }
    match call.run().await {
        Ok(output) if output.success() => Ok(HookOutcome::Passed),
        // Git sends what a hook prints to stderr.
        Ok(output) => Ok(HookOutcome::Refused(readable(&output.stderr))),
        Err(GitError::TimedOut { detail, .. }) => Ok(HookOutcome::TimedOut(detail)),
        Err(error) => Err(error),
    }
}

/// Whether a push would upload the content of Git LFS files: that is done by a `pre-push` hook, here the effective one or,
/// in husky's layout, the one it calls.
pub fn uploads_lfs(repo: &Repo, inspection: &Inspection) -> bool {
    let folder = folder(&inspection.config, repo);
    let called = folder.parent().filter(|_| folder.ends_with("_")).map(|above| above.join("pre-push"));
    let speaks_of_lfs = |file: PathBuf| {
        let text = std::fs::read(file).unwrap_or_default();
        text.windows(3).any(|w| w == b"lfs")
    };
    executable(&folder.join("pre-push"))
        && [Some(folder.join("pre-push")), called].into_iter().flatten().any(speaks_of_lfs)
}

/// Whether git runs a hook in a push.
pub(crate) fn runs_in_a_push(repo: &Repo, config: &Config) -> bool {
    ["pre-push", "reference-transaction"].iter().any(|name| exists_as(repo, config, name))
}

fn exists(repo: &Repo, config: &Config, hook: CommitHook) -> bool {
    exists_as(repo, config, hook.name())
}

/// Whether there is a hook of this name.
pub(crate) fn exists_as(repo: &Repo, config: &Config, name: &str) -> bool {
    // Newer versions of git also take hooks from the configuration.
    let configured = config.subsections("hook", "event").iter().any(|(_, event, _)| *event == name);
    configured || executable(&folder(config, repo).join(name))
}

/// The hooks folder in force.
fn folder(config: &Config, repo: &Repo) -> PathBuf {
    let Some(path) = config.get("core.hookspath") else { return repo.common_dir.join("hooks") };
    let home = path.strip_prefix("~/").zip(std::env::var_os("HOME"));
    let path = home.map_or_else(|| PathBuf::from(path), |(rest, home)| Path::new(&home).join(rest));
    repo.work_tree.join(path)
}

#[cfg(unix)]
fn executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn executable(path: &Path) -> bool {
    path.is_file()
}
