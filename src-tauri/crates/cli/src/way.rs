//! The two ways to an answer: the running process, or the state folder itself while nobody owns it. Both call the
//! same methods, so a command does not care which it is.

use crate::{args::Globals, client, client::Client, exit::Failure};
use autocommit_api::{
    Method, Nothing, Scope,
    methods::Repos,
    wire::{ReposReply, Repository},
};
use autocommit_host::{Folders, Host, HostError};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long a short command of somebody else is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);

/// Where answers come from.
pub(crate) enum Way {
    /// A running process.
    Api(Client),
    /// The state folder, locked by us.
    Here(Box<Host>),
}

impl Way {
    /// Finds the running process, or takes its place for the length of this command.
    pub(crate) async fn find(globals: &Globals) -> Result<Self, Failure> {
        let folders = globals.folders()?;
        let give_up = Instant::now() + PATIENCE;
        loop {
            if let Some(client) = running(&folders)? {
                return Ok(Self::Api(client));
            }
            match Box::pin(Host::start(folders.clone(), globals.overrides()?, Duration::ZERO)).await {
                Ok(host) => return Ok(Self::Here(Box::new(host))),
                // Another command, or a daemon whose API is not up yet.
                Err(HostError::Owned(_)) if Instant::now() < give_up => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Calls a method; the reply, and the same as one line of JSON.
    pub(crate) async fn call<M: Method>(
        &self,
        request: M::Request,
    ) -> Result<(M::Response, String), Failure> {
        match self {
            Self::Api(client) => client.call::<M>(&request).await,
            Self::Here(host) => {
                let reply = Box::pin(M::call(&host.context(), request)).await?;
                let text = serde_json::to_string(&reply).map_err(|error| {
                    Failure::attention(format!("The reply could not be written: {error}."))
                })?;
                Ok((reply, text))
            }
        }
    }

    /// All repositories with their state.
    pub(crate) async fn repos(&self) -> Result<(ReposReply, String), Failure> {
        if let Self::Here(host) = self {
            Box::pin(host.engine.look()).await;
        }
        self.call::<Repos>(Nothing {}).await
    }

    /// The repository at or around a path that a person typed.
    pub(crate) async fn repo_at(&self, path: &Path) -> Result<Repository, Failure> {
        let path = absolute(path);
        match self {
            Self::Here(host) => Ok(Box::pin(host.engine.repo_at(&path)).await?.into()),
            Self::Api(_) => {
                let (reply, _) = self.repos().await?;
                innermost(reply.repos, &path).ok_or_else(|| {
                    Failure::usage(format!(
                        "{} is in no repository that Autocommit looks after.",
                        path.display()
                    ))
                    .hint("`autocommit repos` lists them; `autocommit scan` shows what is found.")
                })
            }
        }
    }
}

/// The process that runs and answers, if there is one.
pub(crate) fn running(folders: &Folders) -> Result<Option<Client>, Failure> {
    running_with(folders, Scope::Control)
}

/// The same, with the token of this scope.
pub(crate) fn running_with(folders: &Folders, scope: Scope) -> Result<Option<Client>, Failure> {
    match client::owner(folders)? {
        Some(owner) => Client::new(folders, &owner, scope),
        None => Ok(None),
    }
}

/// The repository with the longest path that contains `path`.
fn innermost(repos: Vec<Repository>, path: &Path) -> Option<Repository> {
    repos
        .into_iter()
        .filter(|repo| path.starts_with(&repo.path))
        .max_by_key(|repo| Path::new(&repo.path).components().count())
}

/// Absolute and without symbolic links, where the path exists.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_api::wire::RepoState;

    #[test]
    fn the_innermost_repository_wins() {
        let repo = |path: &str| Repository {
            id: path.to_owned(),
            path: path.to_owned(),
            name: String::new(),
            branch: None,
            remote: None,
            remote_url: None,
            enabled: true,
            push: true,
            state: RepoState::Clean,
            web_url: None,
            code: None,
            reason: None,
            since: None,
            hint: None,
            ahead: 0,
            dirty_files: 0,
            packages: Vec::new(),
            last_commit_at: None,
            last_push_at: None,
            last_error: None,
        };
        let repos = || vec![repo("/w/a"), repo("/w/a/sub"), repo("/w/ab")];
        let found = |path: &str| innermost(repos(), Path::new(path)).map(|repo| repo.path);
        assert_eq!(found("/w/a/src"), Some("/w/a".into()));
        assert_eq!(found("/w/a/sub/x"), Some("/w/a/sub".into()));
        assert_eq!(found("/w/ab"), Some("/w/ab".into()));
        assert_eq!(found("/w"), None);
    }
}
