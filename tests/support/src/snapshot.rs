//! Looks at repositories from outside, to be compared before and after.

use crate::Sandbox;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    path::{Path, PathBuf},
};

/// Every path of a work tree with what can be seen of it; `.git` at its top is left out.
pub type Manifest = BTreeMap<PathBuf, Entry>;

/// What can be seen of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// SHA-256 of the content, of the target of a link; empty for folders and special files.
    pub hash: String,
    /// Type and permission bits.
    pub mode: u32,
    /// Last modification, nanoseconds since the epoch.
    pub mtime_ns: i128,
}

impl Sandbox {
    /// Everything in a work tree (or any other folder) but `.git` at its top.
    #[must_use]
    pub fn worktree_manifest(&self, folder: impl AsRef<Path>) -> Manifest {
        let mut manifest = Manifest::new();
        gather(folder.as_ref(), Path::new(""), &mut manifest);
        manifest.remove(Path::new(".git"));
        manifest
    }

    /// Every ref of a repository with the object it points to.
    #[must_use]
    #[track_caller]
    pub fn refs(&self, repo: impl AsRef<Path>) -> BTreeMap<String, String> {
        let text = self.git(repo, &["for-each-ref", "--format=%(refname) %(objectname)"]);
        text.lines().filter_map(|l| l.split_once(' ')).map(|(n, o)| (n.to_owned(), o.to_owned())).collect()
    }

    /// The commit that a branch of a bare repository points to, if it is there.
    #[must_use]
    pub fn remote_tip(&self, bare: impl AsRef<Path>, branch: &str) -> Option<String> {
        self.refs(bare).remove(&format!("refs/heads/{branch}"))
    }

    /// Panics unless `git fsck --full --strict` has nothing to say. Objects that nothing refers to are no damage.
    #[track_caller]
    pub fn fsck(&self, repo: impl AsRef<Path>) {
        let args = ["fsck", "--full", "--strict", "--no-dangling", "--no-progress"];
        let output = self.try_git(repo, &args).ok();
        let said = format!("{}{}", output.stdout, output.stderr);
        let said: Vec<&str> =
            said.lines().filter(|l| !l.starts_with("notice: HEAD points to an unborn branch")).collect();
        assert!(said.is_empty() || said == ["notice: No default references"], "{}", output.shown());
    }
}

fn gather(top: &Path, below: &Path, manifest: &mut Manifest) {
    let folder = top.join(below);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
    for entry in entries {
        let name = entry.unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display())).file_name();
        let (path, full) = (below.join(&name), folder.join(&name));
        let meta =
            fs::symlink_metadata(&full).unwrap_or_else(|e| panic!("cannot look at {}: {e}", full.display()));
        let hash = match meta.file_type() {
            t if t.is_symlink() => hash(fs::read_link(&full).expect("a link").as_os_str().as_bytes()),
            t if t.is_file() => match fs::read(&full) {
                Ok(bytes) => hash(&bytes),
                Err(error) => format!("unreadable: {}", error.kind()),
            },
            _ => String::new(),
        };
        let mtime_ns = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
        manifest.insert(path.clone(), Entry { hash, mode: meta.mode(), mtime_ns });
        if meta.is_dir() && path != Path::new(".git") {
            gather(top, &path, manifest);
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
