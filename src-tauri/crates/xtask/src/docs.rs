//! `cargo xtask docs`: the book of `docs/`, by a program of its own that holds mdBook.

use crate::process;
use anyhow::Result;
use std::process::Command;

/// Builds that program and has it make the book; false if a link is broken.
pub(crate) fn run() -> Result<bool> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--quiet", "--package", "autocommit-book", "--"]);
    made_by(cargo)
}

/// The same with the program that is built already.
pub(crate) fn test() -> Result<bool> {
    made_by(Command::new(process::target_folder()?.join("debug/autocommit-book")))
}

fn made_by(mut program: Command) -> Result<bool> {
    program.arg(process::workspace_root()).arg(process::target_folder()?.join("book"));
    Ok(program.status()?.success())
}
