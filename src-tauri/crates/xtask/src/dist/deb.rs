//! The package for Debian, Ubuntu and their kin.

use super::{
    Product,
    stage::{Family, Tree},
    texts::{DESCRIPTION, MAINTAINER, SUMMARY},
};
use crate::process;
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What it needs beside the libraries that its programs link: the oldest git whose `git hook run` it can use.
const GIT: &str = "git (>= 1:2.36)";

/// Makes the package; its path.
pub(super) fn make(product: &Product, out: &Path) -> Result<PathBuf> {
    let top = product.work.join("deb");
    Tree::desktop(product, Family::Debian)?.write(&top)?;
    let architecture = process::output(product.tool("dpkg").arg("--print-architecture"))?;
    let depends = format!("{}, {GIT}", libraries(product, &top)?);
    let control = control(&product.version, &architecture, &depends, installed(&top)?);
    let folder = top.join("DEBIAN");
    fs::create_dir(&folder)?;
    fs::write(folder.join("control"), control)?;
    fs::write(folder.join("md5sums"), md5sums(product, &top)?)?;
    let package = out.join(format!("autocommit_{}_{architecture}.deb", product.version));
    let mut build = product.tool("dpkg-deb");
    build.args(["--root-owner-group", "--build"]).arg(&top).arg(&package);
    process::output(&mut build)?;
    Ok(package)
}

/// The packages, with versions, that hold the libraries both programs link: what dpkg-shlibdeps finds on this machine.
fn libraries(product: &Product, top: &Path) -> Result<String> {
    // It wants to stand in a source package.
    let source = product.work.join("source/debian");
    fs::create_dir_all(&source)?;
    fs::write(source.join("control"), "Source: autocommit\n\nPackage: autocommit\nArchitecture: any\n")?;
    let mut find = product.tool("dpkg-shlibdeps");
    find.current_dir(product.work.join("source")).arg("-O");
    for program in ["autocommit", "autocommit-desktop"] {
        find.arg("-e").arg(top.join("usr/bin").join(program));
    }
    read_libraries(&process::output(&mut find).context("it is in the package dpkg-dev")?)
}

fn read_libraries(printed: &str) -> Result<String> {
    let mut lines = printed.lines().filter_map(|line| line.strip_prefix("shlibs:Depends="));
    Ok(lines.next().context("dpkg-shlibdeps named no libraries")?.trim().to_owned())
}

/// KiB on the disk, as Debian counts: each file rounded up.
fn installed(top: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(top)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        sum += if kind.is_dir() {
            1 + installed(&entry.path())?
        } else {
            entry.metadata()?.len().div_ceil(1024)
        };
    }
    Ok(sum)
}

/// What `dpkg --verify` compares with.
fn md5sums(product: &Product, top: &Path) -> Result<String> {
    let mut find = product.tool("sh");
    find.current_dir(top).args(["-c", "find usr -type f -print0 | sort -z | xargs -0 md5sum"]);
    Ok(format!("{}\n", process::output(&mut find)?))
}

fn control(version: &str, architecture: &str, depends: &str, kib: u64) -> String {
    let description = DESCRIPTION.map(|text| folded(text, 78)).join("\n .\n");
    format!(
        "Package: autocommit
Version: {version}
Section: vcs
Priority: optional
Architecture: {architecture}
Maintainer: {MAINTAINER}
Installed-Size: {kib}
Depends: {depends}
Suggests: git-lfs, gnupg
Description: {summary}
{description}
",
        summary = SUMMARY.to_ascii_lowercase(),
    )
}

/// Lines of at most `width` characters, each with a space in front.
fn folded(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].len() + word.len() + 1 > width {
            lines.push(String::new());
        }
        let line = lines.len() - 1;
        lines[line].push(' ');
        lines[line].push_str(word);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_file_is_one_that_dpkg_reads() {
        let text = control("0.1.0", "amd64", "libc6 (>= 2.36), git (>= 1:2.36)", 17);
        for field in ["Package: autocommit", "Version: 0.1.0", "Installed-Size: 17", "Section: vcs"] {
            assert!(text.lines().any(|line| line == field), "{field}\n{text}");
        }
        let (_, description) = text.split_once("Description: ").unwrap();
        let mut lines = description.lines();
        let summary = lines.next().unwrap();
        assert!(summary.len() < 80 && !summary.ends_with('.'), "{summary}");
        assert!(lines.all(|line| line.starts_with(' ') && line.len() <= 79), "{description}");
        assert!(text.ends_with("act.\n"), "{text}");
    }

    #[test]
    fn what_dpkg_shlibdeps_prints_is_read() {
        let printed = "shlibs:Depends=libc6 (>= 2.36), libgtk-3-0 (>= 3.21.5)\n";
        assert_eq!(read_libraries(printed).unwrap(), "libc6 (>= 2.36), libgtk-3-0 (>= 3.21.5)");
        assert!(read_libraries("").is_err());
    }
}
