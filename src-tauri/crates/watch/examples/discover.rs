//! Searches a folder for repositories as the engine does, for `cargo xtask bench`: `discover FOLDER` prints how many there are.
#![allow(clippy::print_stdout, reason = "it is a program")]

use autocommit_core::settings::Settings;
use autocommit_watch::{Limits, discover};
use std::{env, path::PathBuf};

fn main() {
    let folders: Vec<_> = env::args_os().skip(1).map(PathBuf::from).collect();
    println!("{}", discover(&folders, &Limits::from(&Settings::default())).repos.len());
}
