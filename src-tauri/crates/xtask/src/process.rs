//! Starting programs, and where the workspace is.

use anyhow::{Context, Result, bail};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The top folder of the workspace.
pub(crate) fn workspace_root() -> PathBuf {
    // Cargo tells a program it runs where its package is: right also where checkouts share one target folder.
    let told = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = told.as_deref().unwrap_or(Path::new(env!("CARGO_MANIFEST_DIR")));
    here.ancestors().nth(3).unwrap_or(here).to_path_buf()
}

/// The cargo that started this program, at the top of the workspace.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace_root());
    command
}

/// What a program prints, without the last line end; an error with its messages if it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {shown}"))?;
    if !output.status.success() {
        bail!("{shown}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// A program and its arguments as one line.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// The full path of the binary `given`, or of a new release build of `package`, whose program has its name.
pub(crate) fn binary(given: Option<&Path>, package: &str) -> Result<PathBuf> {
    given.map_or_else(
        || build_release(package),
        |path| std::fs::canonicalize(path).with_context(|| path.display().to_string()),
    )
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let metadata = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let target = metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
    Ok(target.into())
}

/// A new release build of the example `name` of `package`.
pub(crate) fn example(package: &str, name: &str) -> Result<PathBuf> {
    output(cargo().args(["build", "--release", "--quiet", "-p", package, "--example", name]))?;
    let file = Path::new("release/examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    Ok(target_folder()?.join(file))
}

/// The program of this name on PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn build_release(package: &str) -> Result<PathBuf> {
    let status = cargo().args(["build", "--release", "-p", package]).status()?;
    if !status.success() {
        bail!("the release build failed");
    }
    let binary = target_folder()?.join("release").join(format!("{package}{}", std::env::consts::EXE_SUFFIX));
    if !binary.is_file() {
        bail!("{} was not built", binary.display());
    }
    Ok(binary)
}
