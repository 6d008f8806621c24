//! `cargo xtask ui`: the files of the window, built from `ui/` by npm, which the program embeds.

use crate::{prerequisites, process::workspace_root};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

/// What the files are made from, below `ui/`. A folder counts with all in it.
const SOURCES: [&str; 7] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
];

/// Builds `ui/dist` unless it is younger than all it is made from.
pub(crate) fn build() -> Result<()> {
    let ui = folder();
    let built = modified(&ui.join("dist/index.html"));
    let newest = SOURCES.iter().filter_map(|name| newest(&ui.join(name))).max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    println!("Building the window's files.");
    install()?;
    npm(&["run", "--silent", "build"])
}

/// Types, unit tests and a new build.
pub(crate) fn test() -> Result<bool> {
    install()?;
    for words in [&["run", "--silent", "check"][..], &["test", "--silent"], &["run", "--silent", "build"]] {
        npm(words)?;
    }
    Ok(true)
}

/// The tests in a real browser, against the program `binary`: whether they passed, and the report that they leave behind,
/// in JSON. Without a browser they are left out, and that is said.
pub(crate) fn browser(binary: &Path) -> Result<(bool, Option<String>)> {
    let Some(chromium) = prerequisites::chromium() else {
        println!("The tests in a browser are left out: there is no Chromium.");
        return Ok((true, None));
    };
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("report.json");
    let mut command = command(&["run", "--silent", "test:browser"]);
    command.env("TEST_BIN", binary).env("TEST_CHROMIUM", chromium).env("TEST_REPORT", &report);
    let ok = command.status().context("cannot start npm")?.success();
    Ok((ok, fs::read_to_string(&report).ok()))
}

fn folder() -> PathBuf {
    workspace_root().join("ui")
}

/// Installs exactly what the lock file names, unless that is there.
pub(crate) fn install() -> Result<()> {
    let ui = folder();
    let there = modified(&ui.join("node_modules/.package-lock.json"));
    if there.is_some() && there >= modified(&ui.join("package-lock.json")) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"])
}

fn npm(words: &[&str]) -> Result<()> {
    if !command(words).status().context("cannot start npm")?.success() {
        bail!("npm {} failed in {}", words.join(" "), folder().display());
    }
    Ok(())
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder()).args(words);
    command
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|m| m.modified()).ok()
}

/// When the youngest file at or below `path` was written; a folder's own time tells of files that are gone.
fn newest(path: &Path) -> Option<SystemTime> {
    let here = modified(path);
    let Ok(entries) = fs::read_dir(path) else { return here };
    entries.flatten().filter_map(|entry| newest(&entry.path())).chain(here).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_youngest_file_counts() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("a")).unwrap();
        let file = dir.path().join("a/b");
        fs::write(&file, "").unwrap();
        let later = SystemTime::now() + Duration::from_secs(100);
        fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
        assert_eq!(newest(dir.path()), modified(&file));
        assert_eq!(newest(&dir.path().join("no")), None);
    }
}
