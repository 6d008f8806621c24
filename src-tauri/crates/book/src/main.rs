//! Makes the book of `docs/` (`cargo xtask docs`) and checks every link in it, and in the texts beside it.
//!
//! A program of its own, so that nobody who only builds Autocommit or starts `cargo xtask` waits for mdBook.
#![allow(clippy::print_stdout, reason = "it talks to the person at the terminal")]

mod links;
mod markdown;

use anyhow::{Context, Result, ensure};
use mdbook_driver::{MDBook, config::Config};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Texts of the repository that are no part of the book and link to others.
const BESIDE: [&str; 5] =
    ["README.md", "PROMISES.md", "src-tauri/ARCHITECTURE.md", "ui/README.md", "tests/promises/README.md"];

fn main() -> Result<ExitCode> {
    // What mdBook finds wrong it only logs.
    tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN).init();
    let mut folders = env::args_os().skip(1).map(PathBuf::from);
    let root = folders.next().context("the top folder of the repository")?;
    let out = std::path::absolute(folders.next().context("the folder to put the book into")?)?;
    build(&root.join("docs"), &out)?;
    let mut broken = links::broken(&out)?;
    for text in BESIDE {
        broken.extend(markdown::broken(&root, Path::new(text))?);
    }
    for page in fs::read_dir(root.join("docs"))? {
        let page = Path::new("docs").join(page?.file_name());
        if page.extension().is_some_and(|ending| ending == "md") {
            broken.extend(markdown::broken(&root, &page)?);
        }
    }
    broken.iter().for_each(|broken| println!("{broken}"));
    println!("The book is in {}; {} broken.", out.display(), links::counted(broken.len()));
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds the book. mdBook empties the folder first, so one with anything else in it is refused.
fn build(docs: &Path, out: &Path) -> Result<()> {
    ensure!(
        out.join("toc.html").is_file() || !out.exists(),
        "{} is there already and holds no book; name another folder",
        out.display()
    );
    let mut config = Config::from_disk(docs.join("book.toml"))?;
    config.build.build_dir = out.to_owned();
    MDBook::load_with_config(docs, config)?.build()
}
