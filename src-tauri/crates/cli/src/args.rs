//! The words of the command line.

use crate::{command, exit::Failure};
use autocommit_host::{Folders, Override};
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use std::path::PathBuf;

/// Watches git repositories, commits settled work and pushes it at once.
///
/// Autocommit looks after every git repository below the folders you name in its configuration file. `autocommit run`
/// keeps doing so; `autocommit once` does it one time. No work is touched before you have named a folder.
#[derive(Debug, Parser)]
#[command(
    name = "autocommit",
    version,
    propagate_version = false,
    arg_required_else_help = true,
    after_help = "Examples:\n  \
        autocommit config init          write a configuration file to edit\n  \
        autocommit scan                 see which repositories would be looked after\n  \
        autocommit once --dry-run       see what would be committed, with messages\n  \
        autocommit run                  look after them from now on\n\n\
        The settings: autocommit config --help, and autocommit.toml(5).\n\n\
        Exit codes: 0 all well, 1 something is held, failed or waits, 2 usage or configuration,\n\
        3 another process owns the repositories.",
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Globals {
    /// The configuration file [also: AUTOCOMMIT_CONFIG].
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder for state, token and history [also: AUTOCOMMIT_STATE_DIR].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
    /// Print JSON, for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Override one setting, such as `llm.enabled=false` [also: AUTOCOMMIT_LLM__ENABLED=false].
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

impl Cli {
    /// The words with what is told of the settings behind the help of `config`; only who asks for that has it made.
    pub(crate) fn told() -> clap::Command {
        let settings = |config: clap::Command| config.after_long_help(command::manual::settings::help());
        Self::command().mut_subcommand("config", |config| config.defer(settings))
    }
}

impl Globals {
    /// The folders of the program.
    pub(crate) fn folders(&self) -> Result<Folders, Failure> {
        Ok(Folders::find(self.config.clone(), self.state_dir.clone())?)
    }

    /// What `--set` says.
    pub(crate) fn overrides(&self) -> Result<Vec<Override>, Failure> {
        let one = |text: &String| match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => {
                Ok(Override { flag: "--set".to_owned(), key: key.trim().to_owned(), value: value.to_owned() })
            }
            _ => Err(Failure::usage(format!(
                "--set needs KEY=VALUE, such as quiet_seconds=5; it got {text:?}."
            ))),
        };
        self.set.iter().map(one).collect()
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(command::run::Run),
    Once(command::once::Once),
    Push(command::push::Push),
    Status(command::status::Status),
    Open(command::open::Open),
    Repos(command::repos::Repos),
    Held(command::held::Held),
    Approve(command::approve::Approve),
    Ignore(command::ignore::Ignore),
    History(command::history::History),
    Trigger(command::trigger::Trigger),
    Reword(command::reword::Reword),
    Enable(command::switch::Enable),
    Disable(command::switch::Disable),
    Repo(command::repo::Repo),
    Trust(command::trust::Trust),
    Unlock(command::unlock::Unlock),
    Scan(command::scan::Scan),
    Message(command::message::Message),
    Model(command::model::Model),
    Config(command::config::Config),
    Doctor(command::doctor::Doctor),
    Report(command::report::Report),
    Logs(command::logs::Logs),
    Token(command::token::Token),
    Mcp(command::mcp::Mcp),
    Service(command::unit::Unit),
    Promises(command::promises::Promises),
    Completions(command::completions::Completions),
    Manual(command::manual::Manual),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_fit_together() {
        Cli::told().debug_assert();
    }

    #[test]
    fn what_scripts_write() {
        for line in [
            "run",
            "once",
            "once --dry-run --no-llm --settle a b",
            "--json once --dry-run",
            "push .",
            "unlock . --move-aside --json",
            "status --json",
            "open",
            "open --print",
            "repos --json --state-dir /s",
            "held",
            "held . --json",
            "approve a b",
            "approve . --rule mass_deletion",
            "approve --list",
            "approve --list . --json",
            "approve --revoke a",
            "ignore a b --json",
            "ignore --undo a",
            "history -n 3 --repo . --status failed --since 2h --json",
            "history --since 2025-01-31T12:00:00Z",
            "trigger a b",
            "trigger -m x a",
            "trigger --hint x",
            "reword -m x a",
            "history --source llm",
            "message --explain a",
            "message --rules --json",
            "enable",
            "disable",
            "repo enable a",
            "repo disable a",
            "trust list --json",
            "trust show .",
            "trust allow a b",
            "trust allow --kind husky --kind git-lfs",
            "trust revoke a",
            "scan --json",
            "message",
            "message a --json",
            "model list --json",
            "model pull",
            "model pull small --yes --no-use",
            "model use small",
            "model remove small",
            "model status",
            "model logs -f -n 20",
            "model import a.gguf",
            "config check",
            "config show --json --config c.toml",
            "config path",
            "config init --force",
            "doctor --json",
            "promises",
            "completions bash",
            "manual /tmp",
            "service install",
            "service install --print --program /usr/bin/autocommit --json",
            "service uninstall",
            "service status --json",
            "token show",
            "token show --scope control --json",
            "token rotate --scope read",
            "token rotate",
            "logs -f -n 20",
            "logs --json",
            "doctor --bundle report.txt",
            "report test --json",
            "mcp",
            "--set quiet_seconds=5 --set llm.enabled=false once",
        ] {
            let words = std::iter::once("autocommit").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
        for line in [
            "",
            "nonsense",
            "once --nope",
            "repo",
            "repo enable",
            "trust allow",
            "trust allow --kind nonsense",
            "trust allow --kind husky a",
            "trust revoke",
            "approve",
            "approve --revoke",
            "approve --revoke --list a",
            "approve a --rule still_being_written",
            "ignore",
            "history --since yesterday",
            "history -n x",
            "trigger -m x --hint y a",
            "reword a",
            "history --status unchanged",
            "model",
            "model use",
            "model import",
            "config",
            "completions nosh",
            "service",
            "service start",
            "report",
            "report now",
            "token",
            "token show --scope write",
        ] {
            let words = std::iter::once("autocommit").chain(line.split(' ').filter(|word| !word.is_empty()));
            let error = Cli::try_parse_from(words).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn every_command_explains_itself() {
        for command in Cli::command().get_subcommands() {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(about.len() > 15, "{}: {about:?}", command.get_name());
        }
    }

    #[test]
    fn overrides() {
        let globals =
            |set: &str| Globals { config: None, state_dir: None, json: false, set: vec![set.into()] };
        let found = globals("llm.base_url=http://127.0.0.1:1/?a=b").overrides().unwrap();
        assert_eq!(
            (found[0].key.as_str(), found[0].value.as_str()),
            ("llm.base_url", "http://127.0.0.1:1/?a=b")
        );
        for bad in ["quiet_seconds", "=5"] {
            assert_eq!(globals(bad).overrides().unwrap_err().exit.code(), 2, "{bad}");
        }
    }
}
