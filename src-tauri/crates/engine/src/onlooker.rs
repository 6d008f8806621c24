//! What a person decides about single files: approve them, take that back, ignore them. For a process of theirs, beside
//! the one that owns the repositories; no way to it leads through the network.

use crate::{
    Approvable, EngineError, HeldView,
    asked::Asked,
    cycle::{self, unseen},
    handle::RunRequest,
    limits,
    run::Mode,
    shared::Shared,
};
use autocommit_core::{
    cycle::{CycleTrigger, RunReport, RunStatus},
    guards::Finding,
    path::RepoPath,
    repo::Repo,
    settings::Settings,
};
use autocommit_git::{GitError, Ignored, InUse, Unignored, Unlock};
use autocommit_store::{Given, StoreError};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

/// Looks at repositories one by one and keeps what a person decides. Commits nothing and pushes nothing.
#[derive(Clone)]
pub struct Onlooker {
    shared: Arc<Shared>,
}

/// What is held in one repository right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldNow {
    /// What a person may approve; a path that several rules hold is there with each of them.
    pub approvable: Vec<Approvable>,
    /// What nobody can approve.
    pub others: Vec<Finding>,
    /// Why the repository as a whole waits, and what to do, where it does.
    pub reason: Option<(String, String)>,
}

impl HeldNow {
    /// Everything that is held, by path, as [`crate::Engine::held`] shows it.
    pub fn view(&self, repo: &Repo) -> HeldView {
        let approvable = self.approvable.iter().map(|a| a.finding.clone());
        let mut findings: Vec<_> = approvable.chain(self.others.iter().cloned()).collect();
        findings.sort_by(|a, b| (&a.path, a.rule).cmp(&(&b.path, b.rule)));
        // A file in several commits is there once for each content.
        findings.dedup();
        let count = findings.len();
        HeldView { repo: repo.clone(), reason: self.reason.clone(), findings, count }
    }
}

impl Onlooker {
    /// Looks with these settings; the state folder may belong to another process.
    pub async fn open(state_dir: &Path, settings: Settings) -> Result<Self, EngineError> {
        Ok(Self { shared: Arc::new(Shared::beside(state_dir, settings).await?) })
    }

    /// The repository that a path lies in, and the path in it, which is empty for the repository itself. The path need
    /// not exist, and a link at its end is not followed.
    pub async fn place_of(&self, path: &Path) -> Result<(Arc<Repo>, RepoPath), EngineError> {
        let asked = path.to_owned();
        let found = tokio::task::spawn_blocking(move || place_of(&asked)).await.ok().flatten();
        let (repo, path) = found.ok_or_else(|| EngineError::NotARepository(path.to_owned()))?;
        Ok((Arc::new(repo), path))
    }

    /// The repository around the one whose work tree is `repo`, and the place of that in it.
    pub async fn around(&self, repo: &Repo) -> Option<(Arc<Repo>, RepoPath)> {
        let inner = repo.work_tree.clone();
        let found = tokio::task::spawn_blocking(move || {
            let outer = autocommit_watch::find_enclosing(inner.parent()?)?;
            let path = repo_path(inner.strip_prefix(&outer.work_tree).ok()?);
            Some((outer, path))
        });
        let (repo, path) = found.await.ok().flatten()?;
        Some((Arc::new(repo), path))
    }

    /// What is held in a repository: at these paths and below them, or everywhere where none are given.
    pub async fn held(&self, repo: &Arc<Repo>, paths: Vec<RepoPath>) -> Result<HeldNow, EngineError> {
        let asked = Arc::new(Asked::about_paths(paths));
        let report = self.asked(repo, &asked).await?;
        let approvable = asked.found();
        let known =
            |f: &Finding| approvable.iter().any(|a| a.finding.path == f.path && a.finding.rule == f.rule);
        let others = report.held.iter().filter(|f| asked.about(&f.path) && !known(f)).cloned().collect();
        Ok(HeldNow { others, reason: whole(&report), approvable })
    }

    async fn asked(&self, repo: &Arc<Repo>, asked: &Arc<Asked>) -> Result<RunReport, EngineError> {
        self.shared.registry().named((**repo).clone());
        let report = unseen(&self.shared, repo.clone(), Mode::Guards, Some(asked.clone())).await;
        report.ok_or_else(|| EngineError::NotNow("Looking at it went wrong; see the log.".to_owned()))
    }

    /// Keeps approvals, durably.
    pub async fn approve(&self, repo: &Repo, what: &[Approvable]) -> Result<(), EngineError> {
        let new = what.iter().map(Approvable::approval).collect();
        let approvals = self.shared.store.approvals();
        approvals.add(&repo.work_tree, new, crate::events::now()).await.map_err(state)
    }

    /// All approvals, by repository and path.
    pub async fn approvals(&self) -> Result<Vec<Given>, EngineError> {
        self.shared.store.approvals().all().await.map_err(state)
    }

    /// Takes approvals back: of these paths of the repository at `repo`, which need not exist any more.
    pub async fn revoke(&self, repo: &Path, paths: Vec<RepoPath>) -> Result<usize, EngineError> {
        let gone = self.shared.store.approvals().revoke(repo, Some(paths)).await.map_err(state)?;
        Ok(gone.len())
    }

    /// Has git ignore a path of a repository, by its own `info/exclude`.
    pub async fn ignore(&self, repo: &Arc<Repo>, path: &RepoPath) -> Result<Ignored, EngineError> {
        self.may_be_asked(repo).await?;
        autocommit_git::ignore(&self.shared.git, repo, path).await.map_err(excluded)
    }

    /// Takes back what [`Self::ignore`] did to a path.
    pub async fn unignore(&self, repo: &Arc<Repo>, path: &RepoPath) -> Result<Unignored, EngineError> {
        self.may_be_asked(repo).await?;
        autocommit_git::unignore(&self.shared.git, repo, path).await.map_err(excluded)
    }

    /// A repository that may not be looked at is not to be asked anything.
    async fn may_be_asked(&self, repo: &Arc<Repo>) -> Result<(), EngineError> {
        let id = self.shared.registry().named((**repo).clone());
        let look = RunRequest {
            repos: Some(vec![id]),
            look: true,
            quiet: true,
            ..RunRequest::of(CycleTrigger::Manual)
        };
        let cycle = cycle::run(&self.shared, look).await?;
        match cycle.runs.iter().find(|run| run.reason_code.as_deref() == Some("needs_trust")) {
            Some(run) => Err(EngineError::NotNow(run.reason.clone().unwrap_or_default())),
            None => Ok(()),
        }
    }
}

/// Moves the lock files of the repository that `path` lies in out of the way; where somebody may be at work there, only
/// with `decided`. Starts no git and needs no state.
pub async fn unlock(path: &Path, decided: bool) -> Result<(Repo, Unlock), EngineError> {
    let asked = path.to_owned();
    let unlocked = tokio::task::spawn_blocking(move || {
        let repo = autocommit_watch::find_enclosing(&asked.canonicalize().ok()?)?;
        let give_up = Instant::now() + limits::UNLOCK_WAITS;
        loop {
            let came = autocommit_git::unlock(&repo, decided);
            // Whoever only looks, such as the process that owns the repositories, is gone in a moment.
            if !matches!(came, Unlock::InUse(_, InUse::Held(_))) || Instant::now() >= give_up {
                return Some((repo, came));
            }
            std::thread::sleep(limits::UNLOCK_AGAIN);
        }
    });
    unlocked.await.ok().flatten().ok_or_else(|| EngineError::NotARepository(path.to_owned()))
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn state(error: StoreError) -> EngineError {
    EngineError::State(error.to_string())
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn excluded(error: GitError) -> EngineError {
    EngineError::NotNow(format!("{error}."))
}

/// Why a repository as a whole waits.
fn whole(report: &RunReport) -> Option<(String, String)> {
    let waits = matches!(report.status, RunStatus::Held | RunStatus::Failed | RunStatus::Skipped);
    let files = report.reason_code.as_deref() == Some("held");
    (waits && !files)
        .then(|| (report.reason.clone().unwrap_or_default(), report.hint.clone().unwrap_or_default()))
}

fn place_of(path: &Path) -> Option<(Repo, RepoPath)> {
    let folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
    let (Some(parent), Some(name), false) = (path.parent(), path.file_name(), folder) else {
        return inside(&path.canonicalize().ok()?, &[]);
    };
    // What is gone may have taken its folders along.
    let mut names: Vec<OsString> = vec![name.to_owned()];
    let mut place = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let real = loop {
        match place.canonicalize() {
            Ok(real) => break real,
            Err(_) => {
                names.insert(0, place.file_name()?.to_owned());
                place = place.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            }
        }
    };
    inside(&real, &names).or_else(|| inside(&path.canonicalize().ok()?, &[]))
}

fn inside(folder: &Path, names: &[OsString]) -> Option<(Repo, RepoPath)> {
    let repo = autocommit_watch::find_enclosing(folder)?;
    let below = folder.strip_prefix(&repo.work_tree).ok()?;
    let path: PathBuf =
        std::iter::once(below.as_os_str()).chain(names.iter().map(OsString::as_os_str)).collect();
    let path = repo_path(&path);
    Some((repo, path))
}

/// A path inside a work tree in git's own spelling.
fn repo_path(path: &Path) -> RepoPath {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().as_encoded_bytes()).collect();
    RepoPath::new(parts.join(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    #[test]
    fn places() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for repo in ["repo", "repo/sub/inner"] {
            for folder in ["objects", "refs"] {
                fs::create_dir_all(root.join(repo).join(".git").join(folder)).unwrap();
            }
            fs::write(root.join(repo).join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        }
        fs::write(root.join("repo/-n\nx"), "").unwrap();
        fs::create_dir(root.join("repo/real")).unwrap();
        symlink("real", root.join("repo/link")).unwrap();
        symlink(root.join("repo"), root.join("alias")).unwrap();
        let found =
            |path: &str| place_of(&root.join(path)).map(|(repo, path)| (repo.name(), String::from(path)));
        let of = |repo: &str, path: &str| Some((repo.to_owned(), path.to_owned()));
        assert_eq!(found("repo"), of("repo", ""));
        assert_eq!(found("alias"), of("repo", ""), "a link to a repository from outside");
        assert_eq!(found("repo/."), of("repo", ""));
        assert_eq!(found("repo/-n\nx"), of("repo", "-n\nx"));
        assert_eq!(found("alias/gone/deep/file"), of("repo", "gone/deep/file"), "gone with its folders");
        assert_eq!(found("repo/real"), of("repo", "real"));
        assert_eq!(found("repo/link"), of("repo", "link"), "a link is a file of its own");
        assert_eq!(found("repo/sub/../sub/f"), of("repo", "sub/f"));
        assert_eq!(found("repo/sub/inner"), of("inner", ""));
        assert_eq!(found("repo/sub/inner/f"), of("inner", "f"));
        assert_eq!(found("elsewhere"), None);
    }
}
