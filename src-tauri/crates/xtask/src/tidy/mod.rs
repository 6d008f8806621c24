//! The rules of the house, checked from `cargo metadata` and from the source text: arrows, invariants A1 to A3, file
//! sizes, names. Each rule is a function over plain data, with a test that feeds it something bad.

mod arrows;
mod blank;
mod crates;
mod source;
mod style;

use crate::process;
use anyhow::{Context, Result};
use crates::Crate;
use std::{fs, path::Path};

/// What a rule has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Breaks a rule.
    Broken(String),
    /// Allowed, and worth a look.
    Noted(String),
}

/// Checks the workspace and prints what is wrong; false if a rule is broken.
pub(crate) fn run() -> Result<bool> {
    let findings = check()?;
    let broken = findings.iter().filter(|finding| matches!(finding, Finding::Broken(_))).count();
    for finding in &findings {
        match finding {
            Finding::Broken(text) => println!("broken: {text}"),
            Finding::Noted(text) => println!("note:   {text}"),
        }
    }
    println!("tidy: {broken} broken, {} noted", findings.len() - broken);
    Ok(broken == 0)
}

fn check() -> Result<Vec<Finding>> {
    let root = process::workspace_root();
    let metadata =
        process::output(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let crates = Crate::from_metadata(&metadata)?;
    let mut findings: Vec<_> = arrows::check(&crates).into_iter().map(Finding::Broken).collect();
    for one in &crates {
        let folder = one.manifest.parent().context("a manifest has a folder")?;
        let mut files = Vec::new();
        // The desktop crate sits above the others: `crates/` below it is theirs.
        rust_files(folder, &mut |path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let shown = path.strip_prefix(&root).unwrap_or(path).display().to_string();
            let relative = path.strip_prefix(folder).unwrap_or(path).display().to_string();
            files.push(source::File::new(&shown, &relative, &text));
        })?;
        for file in &files {
            findings.extend(source::check(&one.name, file).into_iter().map(Finding::Broken));
            findings.extend(style::check(file));
        }
    }
    Ok(findings)
}

/// Calls `each` for every Rust file of the package in `folder`, in the order of their names.
fn rust_files(folder: &Path, each: &mut impl FnMut(&Path)) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        let other_package = path.join("Cargo.toml").exists() || path.ends_with("src-tauri/crates");
        if kind.is_dir() && !other_package && entry.file_name() != "target" {
            rust_files(&path, each)?;
        } else if kind.is_file() && path.extension().is_some_and(|e| e == "rs") {
            each(&path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let findings = check().unwrap();
        let broken: Vec<_> = findings.iter().filter(|f| matches!(f, Finding::Broken(_))).collect();
        assert!(broken.is_empty(), "{broken:#?}");
    }

    #[test]
    fn it_reads_the_files_it_claims_to_read() {
        let mut seen = Vec::new();
        rust_files(&process::workspace_root().join("src-tauri/crates/core"), &mut |p| {
            seen.push(p.to_path_buf());
        })
        .unwrap();
        assert!(seen.iter().any(|path| path.ends_with("core/src/guards/mod.rs")), "{seen:?}");
    }
}
