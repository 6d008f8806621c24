//! Makes the book of `docs/` (`cargo xtask docs`) and checks every link in it, and in the texts beside it.
//!
//! A program of its own, so that nobody who only builds Autocommit or starts `cargo xtask` waits for mdBook.
#![allow(clippy::print_stdout, reason = "it talks to the person at the terminal")]

mod links;
mod markdown;

use anyhow::{Context, Result};
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
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3).context("the top of the workspace")?;
    let out: PathBuf = env::args_os().nth(1).context("the folder to put the book into")?.into();
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

/// Builds the book anew: a page that is gone is gone there too.
fn build(docs: &Path, out: &Path) -> Result<()> {
    if out.join("index.html").is_file() {
        fs::remove_dir_all(out)?;
    }
    let mut config = Config::from_disk(docs.join("book.toml"))?;
    config.build.build_dir = out.to_owned();
    MDBook::load_with_config(docs, config)?.build()
}
