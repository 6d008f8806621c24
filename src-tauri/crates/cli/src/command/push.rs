//! `autocommit push`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
};
use autocommit_core::cycle::CycleTrigger;
use autocommit_engine::RunRequest;
use clap::Args;
use std::path::PathBuf;

/// Push what is committed and not pushed yet; commit nothing.
///
/// Tries again what a remote refused before.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  autocommit push\n  autocommit push ~/code/web-app\n\nExit codes: as autocommit once."
)]
pub(crate) struct Push {
    /// Only these repositories; none: all.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(crate) async fn run(globals: &Globals, push: Push) -> Result<Exit, Failure> {
    let request = RunRequest { push_only: true, ..RunRequest::of(CycleTrigger::Push) };
    Box::pin(super::once::cycle(globals, Vec::new(), &push.paths, request)).await
}
