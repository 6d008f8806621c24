//! `/repos`, and what discovery finds.

use super::{Entry, shown};
use autocommit_core::{
    Timestamp, phase, repo,
    text::{escape_controls, without_credentials},
    web::repository_page,
};
use autocommit_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

super::mirror! {
    /// The state of a repository.
    RepoState of phase::RepoState {
        /// Nothing to commit, nothing to push.
        Clean,
        /// Changes wait for the next run.
        Dirty,
        /// Changes wait until writing stops.
        Settling,
        /// A run is on.
        Running,
        /// Commits wait for the remote.
        Unpushed,
        /// A person must act before it goes on.
        Held,
        /// The last run failed.
        Failing,
        /// A person switched it off, or the settings leave it out.
        OptedOut,
        /// It cannot be read, or is gone.
        Unavailable,
        /// It brings programs that nobody has approved.
        NeedsTrust,
    }
}

/// All repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ReposReply {
    /// The repositories, by path.
    pub repos: Vec<Repository>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Repository {
    /// Its id, made from its path.
    pub id: String,
    /// Its work tree.
    pub path: String,
    /// Its name, for people.
    pub name: String,
    /// The branch that is checked out.
    #[schema(required)]
    pub branch: Option<String>,
    /// The remote it pushes to.
    #[schema(required)]
    pub remote: Option<String>,
    /// The remote's address, without credentials.
    #[schema(required)]
    pub remote_url: Option<String>,
    /// Not opted out.
    pub enabled: bool,
    /// Its commits are pushed.
    pub push: bool,
    /// Its state.
    pub state: RepoState,
    /// The page of the remote, where its host is known to have one.
    #[schema(required)]
    pub web_url: Option<String>,
    /// Why it is in this state, as a stable name. New names may appear.
    #[schema(required)]
    pub code: Option<String>,
    /// Why it is in this state, in one sentence.
    #[schema(required)]
    pub reason: Option<String>,
    /// Since when the running process has seen it in this state for this reason.
    #[schema(required)]
    pub since: Option<Timestamp>,
    /// What a person can do.
    #[schema(required)]
    pub hint: Option<String>,
    /// Commits that wait for the remote.
    pub ahead: usize,
    /// Paths that differ from the last commit.
    pub dirty_files: usize,
    /// Packages in it.
    pub packages: Vec<Package>,
    /// When Autocommit last committed here.
    #[schema(required)]
    pub last_commit_at: Option<Timestamp>,
    /// When a push last arrived.
    #[schema(required)]
    pub last_push_at: Option<Timestamp>,
    /// What the last failure said.
    #[schema(required)]
    pub last_error: Option<String>,
}

/// One repository, and what was done in it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct RepositoryDetail {
    /// The repository.
    #[serde(flatten)]
    pub repository: Repository,
    /// Its newest entries of the history, newest first.
    pub recent: Vec<Entry>,
}

/// A package inside a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Package {
    /// `cargo`, `npm`, `python`, `go` and so on.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Folder of its manifest, relative to the work tree; `.` at its top.
    pub path: String,
}

/// What discovery finds, without touching anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct ScanReply {
    /// The repositories, by path.
    pub repos: Vec<Scanned>,
}

/// One repository as discovery finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct Scanned {
    /// Its id, made from its path.
    pub id: String,
    /// Its work tree.
    pub path: String,
    /// Its name, for people.
    pub name: String,
    /// Not opted out.
    pub enabled: bool,
    /// Packages in it.
    pub packages: Vec<Package>,
}

impl From<repo::Package> for Package {
    fn from(package: repo::Package) -> Self {
        Self { kind: package.kind, name: escape_controls(&package.name), path: package.path }
    }
}

impl From<engine::RepoView> for Repository {
    fn from(view: engine::RepoView) -> Self {
        let remote_url = view.remote_url.as_deref().map(without_credentials);
        Self {
            id: view.repo.id.to_string(),
            path: shown(&view.repo.work_tree),
            name: view.repo.name(),
            branch: view.branch,
            remote: view.remote,
            web_url: remote_url.as_deref().and_then(repository_page),
            remote_url,
            enabled: view.enabled,
            push: view.push,
            state: view.state.into(),
            code: view.reason_code,
            reason: view.reason,
            since: view.since,
            hint: view.hint,
            ahead: view.ahead,
            dirty_files: view.dirty_files,
            packages: view.packages.into_iter().map(Into::into).collect(),
            last_commit_at: view.last_commit_at,
            last_push_at: view.last_push_at,
            last_error: view.last_error,
        }
    }
}

impl FromIterator<engine::RepoView> for ReposReply {
    fn from_iter<I: IntoIterator<Item = engine::RepoView>>(views: I) -> Self {
        Self { repos: views.into_iter().map(Into::into).collect() }
    }
}

impl FromIterator<engine::ScannedRepo> for ScanReply {
    fn from_iter<I: IntoIterator<Item = engine::ScannedRepo>>(found: I) -> Self {
        let scanned = |found: engine::ScannedRepo| Scanned {
            id: found.repo.id.to_string(),
            path: shown(&found.repo.work_tree),
            name: found.repo.name(),
            enabled: found.enabled,
            packages: found.packages.into_iter().map(Into::into).collect(),
        };
        Self { repos: found.into_iter().map(scanned).collect() }
    }
}

impl From<ReposReply> for ScanReply {
    fn from(reply: ReposReply) -> Self {
        let scanned = |repo: Repository| Scanned {
            id: repo.id,
            path: repo.path,
            name: repo.name,
            enabled: repo.enabled,
            packages: repo.packages,
        };
        Self { repos: reply.repos.into_iter().map(scanned).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{
        id::RepoId,
        repo::{Repo, RepoKind},
    };
    use std::path::Path;

    fn view(path: &Path) -> engine::RepoView {
        engine::RepoView {
            repo: Repo {
                id: RepoId::of_path(path),
                work_tree: path.to_owned(),
                git_dir: path.join(".git"),
                common_dir: path.join(".git"),
                kind: RepoKind::Main,
            },
            packages: vec![repo::Package { kind: "cargo".into(), name: "a".into(), path: ".".into() }],
            branch: Some("main".into()),
            remote: Some("origin".into()),
            remote_url: Some("https://u:p@github.com/ada/a.git".into()),
            enabled: true,
            push: true,
            state: phase::RepoState::OptedOut,
            reason_code: Some("opted_out".into()),
            reason: None,
            since: None,
            hint: None,
            ahead: 2,
            dirty_files: 1,
            last_commit_at: None,
            last_push_at: None,
            last_error: None,
        }
    }

    #[test]
    fn the_names_that_others_rely_on() {
        let json = serde_json::to_value(ReposReply::from_iter([view(Path::new("/w/a"))])).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"repos": [{
                "id": RepoId::of_path(Path::new("/w/a")).as_str(), "path": "/w/a", "name": "a", "branch": "main",
                "remote": "origin", "remote_url": "https://github.com/ada/a.git", "web_url": "https://github.com/ada/a", "enabled": true, "push": true,
                "state": "opted_out", "code": "opted_out", "reason": null, "since": null, "hint": null, "ahead": 2, "dirty_files": 1,
                "packages": [{"kind": "cargo", "name": "a", "path": "."}],
                "last_commit_at": null, "last_push_at": null, "last_error": null,
            }]})
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf8_is_shown_all_the_same() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/w/\xff"));
        assert_eq!(Repository::from(view(path)).path, "/w/\u{fffd}");
    }
}
