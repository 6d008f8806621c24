//! What `doctor` asks of git and of the remotes. Needs no state folder and writes to no repository.

use crate::{
    EngineError,
    folders::walk,
    trust::{Facts, Gate},
};
use autocommit_core::{push::PushOutcome, settings::Settings, snapshot::Destination};
use autocommit_git::{Git, GitError, Inspector};
use autocommit_store::Trust;
use std::{collections::BTreeSet, path::Path};

/// Hosts that are asked at the most.
const HOSTS: usize = 20;

/// Git, as commits will use it.
#[derive(Debug)]
pub struct GitFacts {
    /// What `git version` printed.
    pub version: String,
    /// Name and address that commits would carry, or why there are none.
    pub identity: Result<String, String>,
    /// Nothing where no signing is asked for; else whether it works.
    pub signing: Option<Result<(), String>>,
}

/// One host that repositories push to.
#[derive(Debug)]
pub struct RemoteFact {
    /// The host; `local` for folders on this machine.
    pub host: String,
    /// The repository that was asked for it.
    pub repo: String,
    /// Whether it answers and lets us in.
    pub outcome: PushOutcome,
}

/// Asks git. `scratch` is a folder that is made for a moment, to try signing in.
pub async fn git_facts(settings: &Settings, scratch: &Path) -> Result<GitFacts, EngineError> {
    let failed = |error: GitError| EngineError::Git(error.to_string());
    let git = Git::find(settings.deadlines.clone()).await.map_err(failed)?;
    let identity = autocommit_git::identity(&git, None).await.map_err(|error| error.detail());
    let signing = autocommit_git::signing(&git, scratch).await;
    let _ = std::fs::remove_dir_all(scratch);
    Ok(GitFacts { version: git.version_text().to_owned(), identity, signing: signing.map_err(failed)? })
}

/// Asks each host that some repository pushes to, through one of its repositories that may be worked in.
pub async fn remote_facts(settings: &Settings, state_dir: &Path) -> Result<Vec<RemoteFact>, EngineError> {
    let git =
        Git::find(settings.deadlines.clone()).await.map_err(|error| EngineError::Git(error.to_string()))?;
    let (inspector, trust) = (Inspector::default(), Trust::at(state_dir));
    let mut asked = BTreeSet::new();
    let mut facts = Vec::new();
    let (discovery, _) = walk(settings);
    for found in discovery.repos {
        // A repository that cannot be read, or that asks for trust, says so in its own state.
        let read = Facts::read((&git, &inspector, &trust), &found.repo, settings).await;
        let Ok(Gate::Open { trusted, .. }) = read.map(|facts| facts.judged(&found.repo)) else { continue };
        let Ok(inspection) = inspector.inspect(&git, &found.repo, trusted, settings).await else { continue };
        let Destination::Remote(target) = &inspection.snapshot.destination else { continue };
        let host = target.host();
        if asked.len() == HOSTS || !asked.insert(host.clone()) {
            continue;
        }
        if let Ok(outcome) = autocommit_git::reach(&git, &found.repo, &inspection, target).await {
            facts.push(RemoteFact { host, repo: found.repo.name(), outcome });
        }
    }
    Ok(facts)
}
