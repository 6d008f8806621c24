//! What a person is asked about trust, and their answers. Only for somebody at this machine: [`crate::Engine`], which the
//! API holds, has no part in it (never-list 29).

use super::{Facts, Gate};
use crate::{EngineError, folders::walk};
use autocommit_core::{
    Timestamp,
    repo::Repo,
    settings::Settings,
    trust::{Address, Brought, Fingerprint},
};
use autocommit_git::{Git, GitError, Inspector};
use autocommit_store::{Approve, Place, Trust};
use std::path::{Path, PathBuf};

/// Reads what repositories bring, and keeps what a person says to it. Starts no git in any of them.
pub struct TrustBook {
    git: Git,
    inspector: Inspector,
    trust: Trust,
    settings: Settings,
}

/// What one repository brings, and whether it was approved.
#[derive(Debug)]
pub struct TrustView {
    /// The repository.
    pub repo: Repo,
    /// What the gate says of it.
    pub state: TrustState,
    /// What nobody approved yet.
    pub asks: Vec<Brought>,
    /// Everything that it brings, approved or not.
    pub brought: Vec<Brought>,
    /// Over all of that; nothing where nothing asks but an address.
    pub fingerprint: Option<Fingerprint>,
    known: Option<(Place, Vec<Address>)>,
}

/// What the gate says of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustState {
    /// It brings nothing that asks.
    Inert,
    /// Exactly this was approved.
    Approved,
    /// It is not touched until somebody approves it.
    Asks,
    /// It asks, and its own configuration opts it out.
    OptedOut,
    /// Its files cannot be read; the sentence says why.
    Unreadable(String),
}

impl TrustState {
    /// Stable name, as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inert => "inert",
            Self::Approved => "approved",
            Self::Asks => "asks",
            Self::OptedOut => "opted_out",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

impl TrustBook {
    /// Of a state folder, which need not exist.
    pub async fn open(settings: Settings, state_dir: &Path) -> Result<Self, EngineError> {
        let git = Git::find(settings.deadlines.clone()).await;
        let git = git.map_err(|error| EngineError::Git(error.to_string()))?;
        Ok(Self { git, inspector: Inspector::default(), trust: Trust::at(state_dir), settings })
    }

    /// Every repository below the base paths, by path.
    pub async fn all(&self) -> Vec<TrustView> {
        let settings = self.settings.clone();
        let walked = tokio::task::spawn_blocking(move || walk(&settings)).await;
        let repos = walked.map(|(discovery, _)| discovery.repos).unwrap_or_default();
        let mut views = Vec::with_capacity(repos.len());
        for found in repos {
            views.push(self.view(found.repo).await);
        }
        views.sort_by(|a, b| a.repo.work_tree.cmp(&b.repo.work_tree));
        views
    }

    /// The repository at or around `path`.
    pub async fn at(&self, path: &Path) -> Result<TrustView, EngineError> {
        let asked = path.to_owned();
        let found = tokio::task::spawn_blocking(move || autocommit_watch::find_enclosing(&asked)).await;
        let repo = found.ok().flatten().ok_or_else(|| EngineError::NotARepository(path.to_owned()))?;
        Ok(self.view(repo).await)
    }

    /// Keeps a person's approval of exactly what these views show. Other views than those that ask are left out.
    pub async fn allow(&self, views: &[&TrustView]) -> Result<(), EngineError> {
        let approve = |view: &&TrustView| {
            let (place, addresses) = view.known.clone().filter(|_| !view.asks.is_empty())?;
            Some(Approve { place, fingerprint: view.fingerprint.clone(), addresses })
        };
        let approvals = views.iter().filter_map(approve).collect();
        let kept = self.trust.allow(approvals, Timestamp::now()).await;
        kept.map_err(|error| EngineError::State(error.to_string()))
    }

    /// Takes back all that was approved of these; returns the work trees where there was something.
    pub async fn revoke(&self, views: &[&TrustView]) -> Result<Vec<PathBuf>, EngineError> {
        let mut gone = Vec::new();
        for view in views {
            let Some((place, _)) = &view.known else { continue };
            let taken = self.trust.revoke(place).await;
            if taken.map_err(|error| EngineError::State(error.to_string()))? {
                gone.push(view.repo.work_tree.clone());
            }
        }
        Ok(gone)
    }

    async fn view(&self, repo: Repo) -> TrustView {
        let read = Facts::read((&self.git, &self.inspector, &self.trust), &repo, &self.settings).await;
        let facts = match read {
            Ok(facts) => facts,
            Err(error) => {
                let state = TrustState::Unreadable(why(&error, &repo));
                return TrustView {
                    repo,
                    state,
                    asks: Vec::new(),
                    brought: Vec::new(),
                    fingerprint: None,
                    known: None,
                };
            }
        };
        let (brought, fingerprint) = (facts.assessed.brought.clone(), facts.assessed.fingerprint.clone());
        let known = Some((facts.place.clone(), facts.assessed.addresses.clone()));
        let (state, asks) = match facts.judged(&repo) {
            Gate::Open { .. } if fingerprint.is_none() => (TrustState::Inert, Vec::new()),
            Gate::Open { .. } => (TrustState::Approved, Vec::new()),
            Gate::Asks(asks) => (TrustState::Asks, asks),
            Gate::OptedOut => (TrustState::OptedOut, brought.clone()),
        };
        TrustView { repo, state, asks, brought, fingerprint, known }
    }
}

fn why(error: &GitError, repo: &Repo) -> String {
    format!("{} {}", error.reason().sentence(&repo.name()), error.detail()).trim().to_owned()
}
