//! `autocommit repo enable|disable PATH`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    way::Way,
};
use autocommit_api::methods::{UpdateRepo, UpdateRepoRequest};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Switch one repository on or off.
///
/// The choice is kept in the state folder by path, so it survives a re-clone at the same place.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  autocommit repo disable ~/code/experiments\n  autocommit repo enable .")]
pub(crate) struct Repo {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Look after a repository again.
    Enable {
        /// The repository, or a folder in it.
        path: PathBuf,
    },
    /// Leave a repository alone.
    Disable {
        /// The repository, or a folder in it.
        path: PathBuf,
    },
}

pub(crate) async fn run(globals: &Globals, repo: Repo) -> Result<Exit, Failure> {
    let (path, on) = match &repo.action {
        Action::Enable { path } => (path, true),
        Action::Disable { path } => (path, false),
    };
    let way = Way::find(globals).await?;
    let id = way.repo_at(path).await?.id;
    let request = UpdateRepoRequest { id, enabled: Some(on), push: None };
    let (repo, text) = way.call::<UpdateRepo>(request).await?;
    if globals.json {
        say::reply(&text);
        return Ok(Exit::Well);
    }
    let name = autocommit_core::text::escape_controls(&repo.name);
    match (on, repo.enabled) {
        (true, true) => say::note(&format!("{name} is looked after.")),
        // The repository's own configuration can only tighten, and says no.
        (true, false) => {
            say::note(&format!("{name} stays off."));
            repo.reason.iter().for_each(|reason| say::note(&autocommit_core::text::escape_controls(reason)));
        }
        (false, _) => say::note(&format!("{name} is left alone from now on.")),
    }
    Ok(Exit::Well)
}
