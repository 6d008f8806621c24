//! The files of a package, where they go, and with which rights.

use super::{Product, texts};
use crate::process::{self, workspace_root};
use anyhow::{Context, Result};
use std::{
    fs,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where the families of distributions differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Debian,
    Rpm,
}

impl Family {
    fn zsh(self) -> &'static str {
        match self {
            Self::Debian => "usr/share/zsh/vendor-completions/_autocommit",
            Self::Rpm => "usr/share/zsh/site-functions/_autocommit",
        }
    }

    /// Where the licences are looked for.
    fn documents(self) -> &'static str {
        match self {
            Self::Debian => "usr/share/doc/autocommit",
            Self::Rpm => "usr/share/licenses/autocommit",
        }
    }
}

/// A file of a package.
#[derive(Debug)]
pub(super) struct Entry {
    /// From the top, without a slash in front.
    pub(super) path: String,
    mode: u32,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(Vec<u8>),
    Copy(PathBuf),
}

/// The files of a package, in the order of their paths.
#[derive(Debug, Default)]
pub(super) struct Tree(Vec<Entry>);

impl Tree {
    /// Everything that is installed on a desktop of that family.
    pub(super) fn desktop(product: &Product, family: Family) -> Result<Self> {
        let icons = workspace_root().join("icons");
        let mut tree = Self::default();
        tree.program("usr/bin/autocommit", &product.autocommit);
        tree.program(
            "usr/bin/autocommit-desktop",
            product.desktop.as_deref().context("the desktop program")?,
        );
        for (name, page) in &product.made.pages {
            let section = name.rsplit('.').next().unwrap_or_default();
            tree.text(&format!("usr/share/man/man{section}/{name}.gz"), gzip(page)?);
        }
        let page = gzip(texts::desktop_page(product.time).as_bytes())?;
        tree.text("usr/share/man/man1/autocommit-desktop.1.gz", page);
        tree.text("usr/share/bash-completion/completions/autocommit", product.made.bash.as_str());
        tree.text(family.zsh(), product.made.zsh.as_str());
        tree.text("usr/share/fish/vendor_completions.d/autocommit.fish", product.made.fish.as_str());
        tree.text(&format!("usr/share/applications/{}.desktop", texts::NAME), texts::desktop_entry());
        let metainfo = texts::metainfo(&product.version, product.time)?;
        tree.text(&format!("usr/share/metainfo/{}.metainfo.xml", texts::APP_ID), metainfo);
        for (size, file) in texts::ICONS {
            let path = format!("usr/share/icons/hicolor/{size}/apps/{}", texts::NAME);
            let end = file.rsplit('.').next().unwrap_or_default();
            tree.copy(&format!("{path}.{end}"), &icons.join(file));
        }
        let documents = family.documents();
        match family {
            Family::Debian => {
                tree.text(&format!("{documents}/copyright"), texts::copyright(&product.licence()?));
            }
            Family::Rpm => tree.text(&format!("{documents}/LICENSE"), product.licence()?),
        }
        tree.text(&format!("{documents}/third-party-licenses.txt.gz"), gzip(product.licences.as_bytes())?);
        tree.0.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    pub(super) fn program(&mut self, path: &str, file: &Path) {
        self.0.push(Entry { path: path.to_owned(), mode: 0o755, content: Content::Copy(file.to_owned()) });
    }

    pub(super) fn copy(&mut self, path: &str, file: &Path) {
        self.0.push(Entry { path: path.to_owned(), mode: 0o644, content: Content::Copy(file.to_owned()) });
    }

    pub(super) fn text(&mut self, path: &str, text: impl Into<Vec<u8>>) {
        self.0.push(Entry { path: path.to_owned(), mode: 0o644, content: Content::Text(text.into()) });
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// Writes all of it below `top`; folders get the mode that packages have.
    pub(super) fn write(&self, top: &Path) -> Result<()> {
        for entry in &self.0 {
            let path = top.join(&entry.path);
            let folder = path.parent().context("a file has a folder")?;
            fs::create_dir_all(folder)?;
            for folder in folder.ancestors().take_while(|folder| folder.starts_with(top)) {
                fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
            }
            match &entry.content {
                Content::Copy(from) => {
                    fs::copy(from, &path).with_context(|| from.display().to_string())?;
                }
                Content::Text(bytes) => {
                    let mut options = fs::OpenOptions::new();
                    options.write(true).create_new(true).mode(entry.mode).open(&path)?.write_all(bytes)?;
                }
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(entry.mode))?;
        }
        Ok(())
    }
}

/// As manual pages are packed: without a name or a time, so that the same page gives the same bytes.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut command = Command::new("gzip");
    command.args(["-9", "--no-name"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {}", process::shown(&command)))?;
    let mut input = child.stdin.take().context("a pipe was asked for")?;
    let bytes = bytes.to_vec();
    let feed = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output()?;
    feed.join().map_err(|_| anyhow::anyhow!("gzip was not fed"))??;
    anyhow::ensure!(output.status.success(), "gzip: {}", output.status);
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_have_the_rights_of_packages() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().join("top");
        let mut tree = Tree::default();
        let source = folder.path().join("secretive");
        fs::write(&source, "x").unwrap();
        fs::set_permissions(&source, fs::Permissions::from_mode(0o600)).unwrap();
        tree.program("usr/bin/a", &source);
        tree.copy("usr/share/a", &source);
        tree.text("usr/share/doc/a/b", "text");
        tree.write(&top).unwrap();
        let mode = |path: &str| fs::metadata(top.join(path)).unwrap().permissions().mode() & 0o7777;
        for (path, expected) in [
            ("", 0o755),
            ("usr/bin/a", 0o755),
            ("usr/share/a", 0o644),
            ("usr/share/doc/a/b", 0o644),
            ("usr/share/doc", 0o755),
        ] {
            assert_eq!(mode(path), expected, "{path}");
        }
    }

    #[test]
    fn the_same_bytes_are_packed_the_same() {
        let page = b"page".repeat(1000);
        assert_eq!(gzip(&page).unwrap(), gzip(&page).unwrap());
        assert_eq!(gzip(&page).unwrap()[4..8], [0; 4], "no time in it");
    }
}
