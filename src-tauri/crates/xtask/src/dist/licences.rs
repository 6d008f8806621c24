//! The licences of what is linked into the programs: their texts have to go with them.

use crate::process::{self, workspace_root};
use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Beginnings of the names of files with a licence in them.
const FILES: [&str; 6] = ["license", "licence", "copying", "copyright", "notice", "unlicense"];

/// Licences of C libraries that a crate brings along, which lie deeper than its own.
const DEEPER: [(&str, &str); 2] = [("libgit2-sys", "libgit2/COPYING"), ("libz-sys", "src/zlib/LICENSE")];

/// A library by name and version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Library {
    name: String,
    version: String,
}

/// What is linked: each library with the short name of its licence, and each text with the libraries it is for.
#[derive(Debug, Default)]
struct Found {
    names: BTreeSet<String>,
    texts: BTreeMap<String, BTreeSet<String>>,
}

impl Found {
    /// Takes a library and the licences in its folder, and in the files named.
    fn add(&mut self, shown: &str, licence: &str, folder: &Path, deeper: &[PathBuf]) -> Result<()> {
        self.names.insert(format!("{shown}: {licence}"));
        let mut files = deeper.to_vec();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
            if entry.file_type()?.is_file() && FILES.iter().any(|begin| name.starts_with(begin)) {
                files.push(entry.path());
            }
        }
        for file in files {
            let bytes = fs::read(&file).with_context(|| file.display().to_string())?;
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim().to_owned();
            self.texts.entry(text).or_default().insert(shown.to_owned());
        }
        Ok(())
    }

    fn written(&self) -> String {
        let mut out = String::from("Autocommit links these libraries. Their licences follow.\n\n");
        for name in &self.names {
            let _ = writeln!(out, "  {name}");
        }
        for (text, of) in &self.texts {
            let of: Vec<_> = of.iter().map(String::as_str).collect();
            let _ = write!(out, "\n{}\n{}\n\n{text}\n", "=".repeat(79), of.join(", "));
        }
        out
    }
}

/// The licences of all libraries that these packages link, and of those in the window's pages, each text once with those
/// it is for.
pub(super) fn of(packages: &[&str]) -> Result<String> {
    let mut found = Found::default();
    crates(packages, &mut found)?;
    pages(&workspace_root().join("ui"), &mut found)?;
    Ok(found.written())
}

fn crates(packages: &[&str], found: &mut Found) -> Result<()> {
    let mut tree = process::cargo();
    tree.args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    for package in packages {
        tree.args(["--package", package]);
    }
    let linked = linked(&process::output(&mut tree)?);
    let metadata = process::output(process::cargo().args(["metadata", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    for package in metadata["packages"].as_array().context("cargo metadata has no packages")? {
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        let library = Library { name: text("name"), version: text("version") };
        // Without a source it is ours.
        if package["source"].is_null() || !linked.contains(&library) {
            continue;
        }
        let manifest = PathBuf::from(text("manifest_path"));
        let folder = manifest.parent().context("a manifest has a folder")?;
        let deeper = DEEPER.iter().filter(|(name, _)| *name == library.name);
        let deeper: Vec<_> = deeper.map(|(_, path)| folder.join(path)).collect();
        found.add(&format!("{} {}", library.name, library.version), &text("license"), folder, &deeper)?;
    }
    Ok(())
}

/// What the window's pages are built from.
fn pages(ui: &Path, found: &mut Found) -> Result<()> {
    let mut list = Command::new("npm");
    list.args(["ls", "--omit=dev", "--all", "--parseable"]).current_dir(ui);
    let printed = process::output(&mut list)?;
    for folder in printed.lines().skip(1).map(Path::new) {
        let package: Value = serde_json::from_str(&fs::read_to_string(folder.join("package.json"))?)?;
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        found.add(&format!("{} {}", text("name"), text("version")), text("license"), folder, &[])?;
    }
    Ok(())
}

/// The libraries in what `cargo tree` printed, as `name v1.2.3` with or without more behind it.
fn linked(printed: &str) -> BTreeSet<Library> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        Some(Library { name, version: words.next()?.strip_prefix('v')?.to_owned() })
    };
    printed.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_tree_prints_is_read() {
        let found =
            linked("autocommit v0.1.0 (/x)\nserde v1.0.2\nserde v1.0.2 (*)\nproc v2.0.0 (proc-macro)\n\n");
        let names: Vec<_> = found.iter().map(|l| format!("{} {}", l.name, l.version)).collect();
        assert_eq!(names, ["autocommit 0.1.0", "proc 2.0.0", "serde 1.0.2"]);
    }

    #[test]
    fn each_text_is_there_once_with_all_it_is_for() {
        let mut found = Found::default();
        crates(&["autocommit"], &mut found).unwrap();
        let text = found.written();
        assert!(text.contains("\n  tokio 1") && text.contains("\n  libgit2-sys "), "{}", &text[..2000]);
        assert!(!text.contains("  autocommit-core"), "ours is not another's");
        assert!(text.contains(", tokio-stream 0.1"), "libraries with the same text share it");
        assert!(text.contains("LINKING EXCEPTION"), "the licence of libgit2 itself");
    }
}
