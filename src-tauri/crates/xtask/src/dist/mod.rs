//! `cargo xtask dist`: the packages for Linux, from binaries that are there or a release build.
//!
//! One tree of files is staged here for each family of distributions and handed to that family's own tool (`dpkg-deb`,
//! `rpmbuild`, `tar`). They need no network, know their own format best, and are on every machine that makes packages. What
//! goes in is plain data with tests; the times in the packages are the commit's, so that the same sources give the same bytes.

mod clean_root;
mod deb;
mod licences;
mod rpm;
mod stage;
mod tarball;
mod texts;

use crate::{prerequisites, process, ui};
use anyhow::{Context, Result, bail};
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Which packages are made.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The folder with the programs `autocommit` and `autocommit-desktop`. Default: a release build of both
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
    /// Where the packages go. Default: target/dist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only the archive with the command line, which needs no webview
    #[arg(long)]
    headless: bool,
    /// Install the .deb in a clean Debian below target/, start it, remove it, and look what is left (as root)
    #[arg(long = "try", conflicts_with = "headless")]
    try_out: bool,
}

/// What all packages are made of.
struct Product {
    version: String,
    /// Seconds since 1970 of the commit that is packaged.
    time: i64,
    /// As in `x86_64`.
    machine: &'static str,
    /// The command line and, unless only that is wanted, the desktop program.
    autocommit: PathBuf,
    desktop: Option<PathBuf>,
    /// Manual pages, completions and the unit, made by the program itself.
    made: Made,
    /// The licences of what is linked in.
    licences: String,
    work: PathBuf,
}

/// What `autocommit` says of itself.
struct Made {
    pages: Vec<(String, Vec<u8>)>,
    bash: String,
    zsh: String,
    fish: String,
    unit: String,
}

/// Makes the packages; with `--try` false if the clean system was not left as it was.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let target = process::target_folder()?;
    let out = options.out.clone().unwrap_or_else(|| target.join("dist"));
    fs::create_dir_all(&out)?;
    let work = tempfile::Builder::new().prefix("dist-").tempdir_in(&target)?;
    let product = Product::gather(options, work.path())?;

    let mut packages = vec![tarball::make(&product, &out)?];
    let mut deb = None;
    if product.desktop.is_some() {
        deb = Some(deb::make(&product, &out)?);
        packages.extend(deb.clone());
        packages.push(rpm::make(&product, &out)?);
    }
    fs::write(out.join("SHA256SUMS"), sums(&packages)?)?;
    for package in &packages {
        let size = fs::metadata(package)?.len();
        println!("{:>6.1} MiB  {}", size as f64 / f64::from(1 << 20), package.display());
    }
    println!("            {}", out.join("SHA256SUMS").display());
    match deb {
        Some(deb) if options.try_out => clean_root::try_out(&deb),
        _ => Ok(true),
    }
}

impl Product {
    fn gather(options: &Options, work: &Path) -> Result<Self> {
        let folder = match &options.binaries {
            Some(folder) => fs::canonicalize(folder).with_context(|| folder.display().to_string())?,
            None => build(options.headless)?,
        };
        let program = |name: &str| {
            let path = folder.join(name);
            if path.is_file() { Ok(path) } else { bail!("there is no {name} in {}", folder.display()) }
        };
        // The licences of what the window is built from are read there.
        ui::install()?;
        let autocommit = program("autocommit")?;
        let desktop = if options.headless { None } else { Some(program("autocommit-desktop")?) };
        let packages: &[&str] =
            if options.headless { &["autocommit"] } else { &["autocommit", "autocommit-desktop"] };
        Ok(Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: commit_time()?,
            machine: std::env::consts::ARCH,
            made: Made::by(&autocommit, work)?,
            licences: licences::of(packages)?,
            autocommit,
            desktop,
            work: work.to_owned(),
        })
    }

    /// A program that is told the time of the commit, so that it writes no other.
    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("SOURCE_DATE_EPOCH", self.time.to_string()).env("LC_ALL", "C").current_dir(&self.work);
        command
    }

    /// The licence of Autocommit itself.
    fn licence(&self) -> Result<String> {
        Ok(fs::read_to_string(process::workspace_root().join("LICENSE"))?)
    }
}

impl Made {
    fn by(autocommit: &Path, work: &Path) -> Result<Self> {
        let ask = |arguments: &[&str]| {
            // Nothing of whoever makes the package gets into it.
            let mut command = Command::new(autocommit);
            command.env_clear().env("HOME", "/nonexistent").env("PATH", texts::PATH).args(arguments);
            process::output(&mut command).map(|text| format!("{text}\n"))
        };
        let folder = work.join("pages");
        fs::create_dir(&folder)?;
        ask(&["manual", folder.to_str().context("a path that is text")?])?;
        let mut pages = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            pages.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
        }
        pages.sort();
        Ok(Self {
            pages,
            bash: ask(&["completions", "bash"])?,
            zsh: ask(&["completions", "zsh"])?,
            fish: ask(&["completions", "fish"])?,
            unit: ask(&["service", "install", "--print", "--program", "/usr/local/bin/autocommit"])?,
        })
    }
}

/// A release build; the folder with the programs.
fn build(headless: bool) -> Result<PathBuf> {
    prerequisites::check(if headless { prerequisites::For::Window } else { prerequisites::For::Desktop })?;
    ui::build()?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--release", "-p", "autocommit"]);
    if !headless {
        cargo.args(["-p", "autocommit-desktop"]);
    }
    if !cargo.status()?.success() {
        bail!("the release build failed");
    }
    Ok(process::target_folder()?.join("release"))
}

fn commit_time() -> Result<i64> {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"]).current_dir(process::workspace_root());
    process::output(&mut git)?.parse().context("git log gives no time")
}

/// One line for each file, as `sha256sum --check` reads them.
fn sums(files: &[PathBuf]) -> Result<String> {
    let mut lines = Vec::new();
    for file in files {
        let sum: String = Sha256::digest(fs::read(file)?).iter().map(|byte| format!("{byte:02x}")).collect();
        let name = file.file_name().context("a package has a name")?.to_string_lossy().into_owned();
        lines.push(format!("{sum}  {name}\n"));
    }
    lines.sort_by(|a, b| a[66..].cmp(&b[66..]));
    Ok(lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_what_sha256sum_reads() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let text = sums(&[file("b", "bytes"), file("a", "")]).unwrap();
        assert!(
            text.starts_with("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n"),
            "{text}"
        );
        fs::write(folder.path().join("SHA256SUMS"), text).unwrap();
        let mut check = Command::new("sha256sum");
        check.args(["--check", "--strict", "SHA256SUMS"]).current_dir(folder.path());
        assert_eq!(process::output(&mut check).unwrap(), "a: OK\nb: OK");
    }
}
