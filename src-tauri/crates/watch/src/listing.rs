//! One folder read once: its sub-folders, its manifests, and the marks of a repository. No file is examined further.

use crate::packages::Manifest;
use std::{ffi::OsString, fs, io, path::Path};

/// What `.git` is, by `readdir` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GitEntry {
    Folder,
    File,
    Link,
}

impl GitEntry {
    /// What `<dir>/.git` is; `None` if there is none, or something that git would not use.
    pub(crate) fn of(dir: &Path) -> Option<Self> {
        Self::from_type(fs::symlink_metadata(dir.join(".git")).ok()?.file_type())
    }

    fn from_type(kind: fs::FileType) -> Option<Self> {
        if kind.is_dir() {
            Some(Self::Folder)
        } else if kind.is_file() {
            Some(Self::File)
        } else {
            kind.is_symlink().then_some(Self::Link)
        }
    }
}

/// The names in one folder that discovery cares for.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) git: Option<GitEntry>,
    pub(crate) folders: Vec<OsString>,
    pub(crate) manifests: Vec<(Manifest, OsString)>,
    /// Directory entries read.
    pub(crate) entries: usize,
    /// True: the limit was reached and the rest not read.
    pub(crate) cut: bool,
    has_head: bool,
}

impl Listing {
    /// Reads `dir`, at most `limit` entries of it.
    pub(crate) fn read(dir: &Path, limit: usize) -> io::Result<Self> {
        let mut listing = Self::default();
        for entry in fs::read_dir(dir)? {
            if listing.entries >= limit {
                listing.cut = true;
                listing.git = GitEntry::of(dir);
                break;
            }
            let entry = entry?;
            listing.entries += 1;
            let (name, kind) = (entry.file_name(), entry.file_type());
            let Ok(kind) = kind else { continue };
            if name == ".git" {
                listing.git = GitEntry::from_type(kind);
            } else if kind.is_dir() {
                listing.folders.push(name);
            } else if name == "HEAD" {
                listing.has_head = true;
            } else if kind.is_file()
                && let Some(manifest) = Manifest::of(&name)
            {
                listing.manifests.push((manifest, name));
            }
        }
        Ok(listing)
    }

    /// Whether the folder itself is a git folder: a bare repository, or somebody's `.git` under another name.
    pub(crate) fn is_git_dir(&self) -> bool {
        let has = |wanted: &str| self.folders.iter().any(|name| name == wanted);
        self.has_head && self.git.is_none() && has("objects") && (has("refs") || has("reftable"))
    }
}
