//! `autocommit manual`, for whoever makes packages.

use crate::{
    args::Cli,
    exit::{Exit, Failure},
};
use clap::{Args, CommandFactory as _};
use std::path::PathBuf;

/// Write the manual pages, one for each command, into a folder.
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Manual {
    /// The folder; it must exist.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn run(manual: &Manual) -> Result<Exit, Failure> {
    clap_mangen::generate_to(Cli::command(), &manual.folder).map_err(|error| {
        Failure::usage(format!("The pages cannot be written to {}: {error}.", manual.folder.display()))
    })?;
    Ok(Exit::Well)
}
