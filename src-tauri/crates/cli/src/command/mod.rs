//! The commands, one file each.

pub(crate) mod approve;
mod bundle;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod held;
pub(crate) mod history;
pub(crate) mod ignore;
pub(crate) mod logs;
pub(crate) mod manual;
pub(crate) mod mcp;
pub(crate) mod message;
pub(crate) mod model;
pub(crate) mod once;
pub(crate) mod open;
mod places;
pub(crate) mod promises;
pub(crate) mod push;
pub(crate) mod repo;
pub(crate) mod report;
pub(crate) mod repos;
pub(crate) mod reword;
pub(crate) mod run;
pub(crate) mod scan;
mod signals;
pub(crate) mod status;
pub(crate) mod switch;
pub(crate) mod token;
pub(crate) mod trigger;
pub(crate) mod trust;
pub(crate) mod unit;
pub(crate) mod unlock;

use crate::{
    args::{Cli, Command},
    exit::{Exit, Failure},
};

/// Runs the command that was asked for.
pub(crate) async fn run(cli: Cli) -> Result<Exit, Failure> {
    let globals = &cli.globals;
    if !matches!(cli.command, Command::Run(_)) {
        autocommit_host::log::init("error");
    }
    match cli.command {
        Command::Run(_) => run::run(globals).await,
        Command::Once(once) => once::run(globals, once).await,
        Command::Push(push) => push::run(globals, push).await,
        Command::Status(_) => status::run(globals).await,
        Command::Open(open) => open::run(globals, &open).await,
        Command::Repos(_) => repos::run(globals).await,
        Command::Held(held) => held::run(globals, held).await,
        Command::Approve(approve) => approve::run(globals, approve).await,
        Command::Ignore(ignore) => ignore::run(globals, ignore).await,
        Command::History(history) => history::run(globals, history).await,
        Command::Trigger(trigger) => trigger::run(globals, trigger).await,
        Command::Reword(reword) => reword::run(globals, reword).await,
        Command::Enable(_) => switch::run(globals, true).await,
        Command::Disable(_) => switch::run(globals, false).await,
        Command::Repo(repo) => repo::run(globals, repo).await,
        Command::Trust(trust) => trust::run(globals, trust).await,
        Command::Unlock(unlock) => unlock::run(globals, unlock).await,
        Command::Scan(_) => scan::run(globals).await,
        Command::Message(message) => message::run(globals, message).await,
        Command::Model(model) => Box::pin(model::run(globals, model)).await,
        Command::Config(config) => config::run(globals, &config),
        Command::Doctor(doctor) => doctor::run(globals, &doctor).await,
        Command::Report(report) => report::run(globals, &report).await,
        Command::Mcp(_) => mcp::run(globals).await,
        Command::Logs(logs) => logs::run(globals, &logs).await,
        Command::Token(token) => token::run(globals, token).await,
        Command::Service(unit) => unit::run(globals, unit).await,
        Command::Promises(_) => promises::run(globals),
        Command::Completions(completions) => completions::run(&completions),
        Command::Manual(manual) => manual::run(&manual),
    }
}

/// What to tell a person who has named no folder yet.
fn no_base_paths(globals: &crate::args::Globals) -> Result<Failure, Failure> {
    let file = globals.folders()?.config_file;
    let (what, hint) = if file.exists() {
        ("No folder is named yet, so there is nothing to look after.", "Name folders as repos_base_paths in")
    } else {
        (
            "No folder is named yet, so there is nothing to look after.",
            "Run autocommit config init, then name folders as repos_base_paths in",
        )
    };
    Ok(Failure::usage(what).hint(format!("{hint} {}", file.display())))
}
