//! Developer commands: `cargo xtask run | test | ui | tidy | bench | eval | torture | mutants | icons | dist |
//! docs`.
//!
//! Prints to the terminal and starts programs, which nothing in the product but the git crate may do.
#![allow(
    clippy::disallowed_methods,
    reason = "xtask is no part of the product: it starts cargo, git and the shell"
)]
#![allow(clippy::print_stdout, reason = "xtask talks to the person at the terminal")]

mod bench;
mod demo;
mod dist;
mod docs;
mod eval;
mod icons;
mod llama;
mod mutants;
mod place;
mod prerequisites;
mod process;
mod programmes;
mod python;
mod run;
mod test;
mod tidy;
mod torture;
mod ui;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Developer commands of Autocommit")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build Autocommit and start it here; with --demo on a throw-away folder of repositories
    Run(run::Options),
    /// Everything that CI runs
    Test(test::Options),
    /// Build the window's files, which the program embeds, where their sources changed
    Ui,
    /// Check the rules of the house: dependencies, invariants, file sizes, names
    Tidy,
    /// Compare Autocommit with a plain shell loop
    Bench(bench::Options),
    /// Measure how good the messages are, on commits of people in clones of open repositories
    Eval(eval::Options),
    /// Run the promise programmes for as long as asked, and leave a report with seeds
    Torture(torture::Options),
    /// Take out one protection after the other and show which test turns red
    Mutants(mutants::Options),
    /// Render every size and format of the icons from their drawings
    Icons(icons::Options),
    /// Make the packages: .deb, .rpm and an archive of the command line
    Dist(dist::Options),
    /// Make the book of docs/ in target/book, and check its links
    Docs,
}

fn main() -> Result<ExitCode> {
    let ok = match Arguments::parse().command {
        Command::Run(options) => run::run(&options)?,
        Command::Test(options) => test::run(&options)?,
        Command::Ui => {
            prerequisites::check(prerequisites::For::Window)?;
            ui::build()?;
            true
        }
        Command::Tidy => tidy::run()?,
        Command::Bench(options) => bench::run(&options)?,
        Command::Eval(options) => eval::run(&options)?,
        Command::Torture(options) => torture::run(&options)?,
        Command::Mutants(options) => mutants::run(&options)?,
        Command::Icons(options) => icons::run(&options)?,
        Command::Dist(options) => dist::run(&options)?,
        Command::Docs => docs::run()?,
    };
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_sound() {
        Arguments::command().debug_assert();
        assert!(Arguments::try_parse_from(["xtask", "run", "--keep"]).is_err(), "only with --demo");
        assert!(
            Arguments::try_parse_from(["xtask", "run", "--demo", "--repos", "5", "--", "--dry-run"]).is_ok()
        );
        assert!(Arguments::try_parse_from(["xtask", "run", "--", "--port", "1"]).is_ok());
        assert!(Arguments::try_parse_from(["xtask", "torture", "--minutes", "0.5", "--only", "zoo"]).is_ok());
        assert!(Arguments::try_parse_from(["xtask", "mutants", "promises"]).is_ok());
        assert!(Arguments::try_parse_from(["xtask", "mutants"]).is_err(), "which");
    }
}
