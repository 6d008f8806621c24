//! `autocommit enable` and `autocommit disable`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    way::Way,
};
use autocommit_api::{Nothing, methods};
use clap::Args;

/// Switch Autocommit on.
///
/// Survives a restart. One repository alone is switched with `autocommit repo enable PATH`.
#[derive(Debug, Args)]
pub(crate) struct Enable {}

/// Switch Autocommit off: nothing is written to any repository.
///
/// A running write finishes, nothing new starts. Survives a restart, and holds for `once`, `push` and `trigger` too.
#[derive(Debug, Args)]
pub(crate) struct Disable {}

pub(crate) async fn run(globals: &Globals, on: bool) -> Result<Exit, Failure> {
    let way = Way::find(globals).await?;
    let (_, text) = match on {
        true => way.call::<methods::Enable>(Nothing {}).await?,
        false => way.call::<methods::Disable>(Nothing {}).await?,
    };
    match (globals.json, on) {
        (true, _) => say::reply(&text),
        (false, true) => say::note("Autocommit is switched on."),
        (false, false) => {
            say::note("Autocommit is switched off. Nothing is written until you run autocommit enable.");
        }
    }
    Ok(Exit::Well)
}
