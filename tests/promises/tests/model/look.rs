//! A look at everything from outside: by git, by the bytes of files. It writes nothing.

use crate::world::World;
use autocommit_test_support::Manifest;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::{Path, PathBuf},
};

/// What git would store of a path: its mode and bytes.
pub(crate) type Content = (&'static str, Vec<u8>);

/// The repository with its work trees and its remote at one moment.
pub(crate) struct Seen {
    pub(crate) trees: Vec<TreeSeen>,
    /// Every ref with what it points to.
    pub(crate) refs: BTreeMap<String, String>,
    /// Every file below the shared git folder.
    pub(crate) git_files: Manifest,
    /// Every reflog, by its path in the shared git folder.
    pub(crate) logs: BTreeMap<PathBuf, Vec<u8>>,
    /// `git config --list` of the repository itself.
    pub(crate) config: String,
    /// Branches of the remote, while it is there.
    pub(crate) remote: Option<BTreeMap<String, String>>,
}

/// One work tree at one moment.
pub(crate) struct TreeSeen {
    pub(crate) files: Manifest,
    pub(crate) contents: BTreeMap<Vec<u8>, Content>,
    /// The branch that is checked out.
    pub(crate) branch: Option<String>,
    pub(crate) head: Option<String>,
    /// Every entry of the index by path and stage: flags, mode and object.
    pub(crate) index: BTreeMap<(Vec<u8>, u8), Entry>,
    /// What `git status` says of each path that is not as in HEAD: two letters, `??` for one git does not know.
    pub(crate) status: BTreeMap<Vec<u8>, String>,
    /// What the person has under way.
    pub(crate) operation: Option<&'static str>,
    /// A message is being written.
    pub(crate) editor: bool,
    pub(crate) locked: bool,
}

/// An entry of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The letter of `git ls-files -v`: tells flags.
    pub(crate) tag: String,
    pub(crate) mode: String,
    pub(crate) oid: String,
}

impl TreeSeen {
    /// Nothing keeps Autocommit from working here.
    pub(crate) fn is_ordinary(&self) -> bool {
        let unmerged = self.index.keys().any(|(_, stage)| *stage > 0);
        self.branch.is_some() && self.operation.is_none() && !self.editor && !self.locked && !unmerged
    }
}

impl World {
    /// Looks at everything.
    pub(crate) fn look(&self) -> Seen {
        let common = self.common();
        let git_files = self.sandbox.worktree_manifest(&common);
        let logs = git_files
            .iter()
            .filter(|(path, entry)| is_log(path) && entry.mode & 0o170_000 == 0o100_000)
            .map(|(path, _)| (path.clone(), fs::read(common.join(path)).unwrap_or_default()))
            .collect();
        Seen {
            trees: (0..self.trees.len()).map(|tree| self.look_at(tree)).collect(),
            refs: self.sandbox.refs(self.app()),
            git_files,
            logs,
            config: self.ask(self.app(), &["config", "--local", "--list"]),
            remote: self.remote_is_there().then(|| self.sandbox.refs(&self.bare)),
        }
    }

    fn look_at(&self, tree: usize) -> TreeSeen {
        let path = &self.trees[tree].path;
        let files = self.sandbox.worktree_manifest(path);
        let contents = contents(path, &files);
        let head = self.sandbox.try_git(path, &["rev-parse", "--verify", "--quiet", "HEAD"]);
        TreeSeen {
            contents,
            files,
            branch: self.branch(tree),
            head: (head.code() == Some(0)).then(|| head.stdout.trim_end().to_owned()),
            index: self.index(path),
            status: self.status(path),
            operation: self.operation(tree),
            editor: self.trees[tree].editor.is_some(),
            locked: self.trees[tree].locked,
        }
    }

    fn index(&self, tree: &Path) -> BTreeMap<(Vec<u8>, u8), Entry> {
        let listed = self.bytes(tree, &["ls-files", "-v", "--stage", "-z"]);
        let entry = |record: &[u8]| {
            let tab = record.iter().position(|b| *b == b'\t')?;
            let meta = String::from_utf8_lossy(&record[..tab]).into_owned();
            let mut words = meta.split(' ').map(str::to_owned);
            let (tag, mode, oid) = (words.next()?, words.next()?, words.next()?);
            let stage = words.next()?.parse().ok()?;
            Some(((record[tab + 1..].to_vec(), stage), Entry { tag, mode, oid }))
        };
        listed.split(|b| *b == 0).filter_map(entry).collect()
    }

    pub(crate) fn status(&self, tree: &Path) -> BTreeMap<Vec<u8>, String> {
        let args = ["status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=all"];
        let listed = self.bytes(tree, &args);
        let mut status = BTreeMap::new();
        for record in listed.split(|b| *b == 0).filter(|r| r.len() > 2) {
            let fields = match record[0] {
                b'1' => 8,
                b'u' => 10,
                _ => 1,
            };
            let Some(path) = record.splitn(fields + 1, |b| *b == b' ').nth(fields) else { continue };
            let letters = match record[0] {
                b'?' => "??".to_owned(),
                _ => String::from_utf8_lossy(&record[2..4]).into_owned(),
            };
            // Taken out of the index and still there: two records for one path.
            let both = |known: &mut String| *known = format!("{known}{letters}");
            status.entry(path.to_vec()).and_modify(both).or_insert_with(|| letters.clone());
        }
        status
    }
}

/// A reflog, of the shared git folder or of a linked work tree.
pub(crate) fn is_log(path: &Path) -> bool {
    path.starts_with("logs")
        || (path.starts_with("worktrees") && path.components().any(|c| c.as_os_str() == "logs"))
}

/// Every file and link of a work tree as git would store it, without what belongs to nested repositories' own git folders.
pub(crate) fn contents(top: &Path, files: &Manifest) -> BTreeMap<Vec<u8>, Content> {
    let mut contents = BTreeMap::new();
    for path in files.keys().filter(|p| !p.components().any(|c| c.as_os_str() == ".git")) {
        let full = top.join(path);
        let Ok(meta) = full.symlink_metadata() else { continue };
        let content = if meta.is_symlink() {
            fs::read_link(&full).map(|to| ("120000", to.as_os_str().as_bytes().to_vec()))
        } else if meta.is_file() {
            let mode = if meta.permissions().mode() & 0o100 == 0 { "100644" } else { "100755" };
            fs::read(&full).map(|bytes| (mode, bytes))
        } else {
            continue;
        };
        contents.insert(path.as_os_str().as_bytes().to_vec(), content.expect("a file of the work tree"));
    }
    contents
}
