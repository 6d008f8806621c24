//! The gate before every git command: what a repository brings of its own, against what the person approved.

mod book;

pub use book::{TrustBook, TrustState, TrustView};

use crate::shared::Shared;
use autocommit_core::{
    repo::Repo,
    settings::Settings,
    trust::{Address, Assessed, Brought, Enrolled, Standing, Trusted},
};
use autocommit_git::{Git, GitError, Inspector};
use autocommit_store::{Place, Trust};
use std::sync::Arc;

/// What the gate says of one repository.
pub(crate) enum Gate {
    /// It may be worked in.
    Open {
        trusted: Trusted,
        /// Its addresses, where they were never seen before.
        newcomer: Option<Newcomer>,
    },
    /// Nobody approved this.
    Asks(Vec<Brought>),
    /// Nobody approved what it brings, and its own configuration opts it out anyway.
    OptedOut,
}

/// A git folder whose addresses are known from now on.
pub(crate) type Newcomer = (Place, Vec<Address>);

/// A repository's files as they are now, beside what is known of it.
pub(crate) struct Facts {
    pub(crate) place: Place,
    pub(crate) assessed: Arc<Assessed>,
    pub(crate) standing: Standing,
    /// Why nothing is known, where `trust.json` cannot be read.
    pub(crate) damage: Option<String>,
}

impl Facts {
    /// Reads the files of `repo` and starts no git in it.
    pub(crate) async fn read(
        (git, inspector, trust): (&Git, &Inspector, &Trust),
        repo: &Repo,
        settings: &Settings,
    ) -> Result<Self, GitError> {
        let place = Place::of(&repo.common_dir).map_err(|_| GitError::Gone)?;
        let assessed = inspector.assess(git, repo, settings).await?;
        let (standing, damage) = match trust.of(&place).await {
            Ok(standing) => (standing, None),
            // Nothing is believed then, not even at first sight.
            Err(error) => {
                let lost = Standing { enrolled: Enrolled::Lost, ..Standing::default() };
                (lost, Some(error.to_string()))
            }
        };
        Ok(Self { place, assessed, standing, damage })
    }

    /// What the gate says.
    pub(crate) fn judged(self, repo: &Repo) -> Gate {
        match self.assessed.judge(&repo.id, &self.standing) {
            Ok(trusted) => {
                let newcomer = self.assessed.enrols(&self.standing);
                let newcomer = newcomer.then(|| (self.place, self.assessed.addresses.clone()));
                Gate::Open { trusted, newcomer }
            }
            Err(_) if self.assessed.opted_out => Gate::OptedOut,
            Err(asks) => Gate::Asks(asks),
        }
    }
}

impl Shared {
    /// Asks for one repository.
    pub(crate) async fn gate(&self, repo: &Repo, settings: &Settings) -> Result<Gate, GitError> {
        let facts = Facts::read((&self.git, &self.inspector, self.store.trust()), repo, settings).await?;
        if let Some(damage) = &facts.damage {
            let words = "So nothing counts as approved; autocommit trust list says what asks.";
            self.warn_about(Some("trust"), format!("{damage}. {words}"));
        }
        Ok(facts.judged(repo))
    }

    /// Whether `trusted` still says what is there: asked again right before anything of the repository's own may run.
    pub(crate) async fn still(
        &self,
        repo: &Repo,
        settings: &Settings,
        trusted: &Trusted,
    ) -> Result<bool, GitError> {
        let gate = self.gate(repo, settings).await?;
        Ok(matches!(gate, Gate::Open { trusted: now, .. } if now == *trusted))
    }

    /// Keeps the addresses that a cycle saw for the first time, all with one write.
    pub(crate) async fn enrol(&self) {
        let new = std::mem::take(&mut *self.newcomers());
        if !new.is_empty() {
            self.kept("where pushes go", self.store.trust().enrol(new).await);
        }
    }
}

/// What asks, line by line, without the values of settings: this is logged, kept and shown to programs.
pub(crate) fn listed(asks: &[Brought]) -> String {
    const LINES: usize = 20;
    let mut lines: Vec<_> = asks.iter().take(LINES).map(Brought::brief).collect();
    if asks.len() > LINES {
        lines.push(format!("and {} more", asks.len() - LINES));
    }
    lines.join("\n")
}
