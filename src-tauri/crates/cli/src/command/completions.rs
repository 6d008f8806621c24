//! `autocommit completions`.

use crate::{
    args::Cli,
    exit::{Exit, Failure},
    say,
};
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit completions bash > ~/.local/share/bash-completion/completions/autocommit\n  \
    autocommit completions zsh > ~/.zfunc/_autocommit\n  \
    autocommit completions fish > ~/.config/fish/completions/autocommit.fish")]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

pub(crate) fn run(completions: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut Cli::command(), "autocommit", &mut script);
    say::out(String::from_utf8_lossy(&script).trim_end());
    Ok(Exit::Well)
}
