//! What can be seen of a case's repositories from outside, before and after: files, and what git itself says.

use crate::case::Kept;
use autocommit_test_support::{Entry, Manifest, Output, Sandbox};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    path::{Path, PathBuf},
};

/// Asks the real git as somebody who trusts every owner, writes nothing and starts nothing.
#[track_caller]
pub(crate) fn ask(sandbox: &Sandbox, dir: &Path, args: &[&str]) -> Output {
    let safe = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "--no-optional-locks"];
    sandbox.try_git(dir, &[&safe, args].concat())
}

/// The same, which must work; what was printed, trimmed at the end.
#[track_caller]
pub(crate) fn tell(sandbox: &Sandbox, dir: &Path, args: &[&str]) -> String {
    ask(sandbox, dir, args).ok().stdout.trim_end().to_owned()
}

/// The entries of an index, or of a tree, by path: flags, mode and object.
pub(crate) type Entries = BTreeMap<Vec<u8>, Vec<String>>;

/// One repository.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Every byte, mode and time of the work tree, without anything of git's.
    pub(crate) tree: Manifest,
    /// What git says; nothing where git must not be asked.
    pub(crate) told: Option<Told>,
    /// The refs of each remote.
    pub(crate) remotes: Vec<BTreeMap<String, String>>,
}

/// What git says of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// `refs/heads/main`; nothing where no branch is checked out.
    pub(crate) branch: Option<String>,
    pub(crate) head: Option<String>,
    pub(crate) refs: BTreeMap<String, String>,
    /// Every reflog, oldest entry first.
    pub(crate) reflogs: BTreeMap<String, Vec<String>>,
    pub(crate) index: Entries,
}

impl Told {
    /// The branch without `refs/heads/`.
    pub(crate) fn short_branch(&self) -> Option<&str> {
        self.branch.as_deref().and_then(|branch| branch.strip_prefix("refs/heads/"))
    }
}

impl Seen {
    /// Looks at a repository. `blind`: at its files only.
    pub(crate) fn of(sandbox: &Sandbox, kept: &Kept, blind: bool) -> Self {
        Self {
            tree: work_tree(sandbox, &kept.work),
            told: (!blind).then(|| told(sandbox, &kept.work)),
            remotes: kept.remotes.iter().map(|bare| remote_refs(sandbox, bare)).collect(),
        }
    }
}

/// The refs of a bare repository; empty where there is none.
fn remote_refs(sandbox: &Sandbox, bare: &Path) -> BTreeMap<String, String> {
    if bare.is_dir() { refs(sandbox, bare) } else { BTreeMap::new() }
}

/// A manifest without anything that belongs to a git folder, of this or of a nested repository.
fn work_tree(sandbox: &Sandbox, work: &Path) -> Manifest {
    if !work.is_dir() {
        return Manifest::new();
    }
    let mut manifest = sandbox.worktree_manifest(work);
    manifest.retain(|path, _| path.components().all(|part| part.as_os_str() != ".git"));
    manifest
}

fn refs(sandbox: &Sandbox, dir: &Path) -> BTreeMap<String, String> {
    let text = tell(sandbox, dir, &["for-each-ref", "--format=%(refname) %(objectname)"]);
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(name, oid)| (name.to_owned(), oid.to_owned())).collect()
}

fn told(sandbox: &Sandbox, work: &Path) -> Told {
    let said = |args: &[&str]| {
        let output = ask(sandbox, work, args);
        output.status.success().then(|| output.stdout.trim_end().to_owned())
    };
    let mut refs = refs(sandbox, work);
    let head = said(&["rev-parse", "--verify", "--quiet", "HEAD"]);
    if let Some(head) = &head {
        refs.insert("HEAD".to_owned(), head.clone());
    }
    Told {
        branch: said(&["symbolic-ref", "--quiet", "HEAD"]),
        reflogs: reflogs(sandbox, work, &refs),
        index: entries(&raw(sandbox, work, &["ls-files", "-s", "-v", "-z"])),
        head,
        refs,
    }
}

fn reflogs(sandbox: &Sandbox, work: &Path, refs: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let folders = git_folders(work);
    let by_file = folders.iter().any(|dir| dir.join("logs").is_dir());
    let mut logs = BTreeMap::new();
    if by_file || !folders.iter().any(|dir| dir.join("reftable").is_dir()) {
        for dir in &folders {
            gather_logs(&dir.join("logs"), "", &mut logs);
        }
        return logs;
    }
    for name in refs.keys() {
        let args = ["reflog", "show", "--format=%H %gn %gs", name];
        let mut lines: Vec<_> = tell(sandbox, work, &args).lines().map(str::to_owned).collect();
        lines.reverse();
        logs.insert(name.clone(), lines);
    }
    logs
}

fn gather_logs(dir: &Path, below: &str, logs: &mut BTreeMap<String, Vec<String>>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            gather_logs(&entry.path(), &format!("{name}/"), logs);
        } else {
            let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap_or_default()).into_owned();
            logs.insert(name, text.lines().map(str::to_owned).collect());
        }
    }
}

/// Git's bytes: paths need not be text.
#[track_caller]
pub(crate) fn raw(sandbox: &Sandbox, dir: &Path, args: &[&str]) -> Vec<u8> {
    let mut command = sandbox.git_command(dir);
    command.args(["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "--no-optional-locks"]).args(args);
    let output = command.env("GIT_NO_REPLACE_OBJECTS", "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?} in {}: {said}", dir.display());
    output.stdout
}

/// Reads `what TAB path NUL …`.
pub(crate) fn entries(bytes: &[u8]) -> Entries {
    let mut entries = Entries::new();
    for record in bytes.split(|b| *b == 0).filter(|record| !record.is_empty()) {
        let tab = record.iter().position(|b| *b == b'\t').unwrap();
        let what = String::from_utf8_lossy(&record[..tab]).into_owned();
        entries.entry(record[tab + 1..].to_vec()).or_default().push(what);
    }
    entries
}

/// The git folder of a work tree and the one it shares, told from files alone.
pub(crate) fn git_folders(work: &Path) -> Vec<PathBuf> {
    let dot_git = work.join(".git");
    let Ok(meta) = fs::metadata(&dot_git) else { return Vec::new() };
    let own = if meta.is_file() {
        let text = fs::read(&dot_git).unwrap_or_default();
        let Some(target) = text.strip_prefix(b"gitdir: ") else { return Vec::new() };
        work.join(std::ffi::OsStr::from_bytes(target.trim_ascii_end()))
    } else {
        dot_git
    };
    let Some(own) = fs::canonicalize(own).ok().filter(|own| own.is_dir()) else { return Vec::new() };
    // What git-new-workdir makes shares by links.
    let linked = fs::symlink_metadata(own.join("refs")).is_ok_and(|meta| meta.is_symlink());
    if let Some(refs) = linked.then(|| fs::canonicalize(own.join("refs")).ok()).flatten() {
        return vec![own, refs.parent().unwrap().to_owned()];
    }
    let shared = fs::metadata(own.join("commondir")).is_ok_and(|meta| meta.is_file());
    let shared = shared.then(|| fs::read_to_string(own.join("commondir")).unwrap_or_default());
    let shared = shared.and_then(|text| fs::canonicalize(own.join(text.trim_end())).ok());
    std::iter::once(own).chain(shared).collect()
}

/// Every byte below the git folders of a case, by full path; a git folder inside another's is part of that.
pub(crate) fn below_git(sandbox: &Sandbox, repos: &[Kept]) -> BTreeMap<PathBuf, Entry> {
    let folders: BTreeSet<_> = repos.iter().flat_map(|kept| git_folders(&kept.work)).collect();
    let mut all = BTreeMap::new();
    for dir in &folders {
        if folders.iter().any(|other| other != dir && dir.starts_with(other)) {
            continue;
        }
        all.extend(sandbox.worktree_manifest(dir).into_iter().map(|(path, entry)| (dir.join(path), entry)));
        let meta = fs::symlink_metadata(dir).unwrap();
        let mtime_ns = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
        all.insert(dir.clone(), Entry { hash: String::new(), mode: meta.mode(), mtime_ns });
    }
    all
}

/// Whether only the time of an object or a shared index moved: git itself does that when it meets one that it needs, so
/// that no garbage collection takes it.
pub(crate) fn freshened(path: &Path, old: Option<&Entry>, new: Option<&Entry>) -> bool {
    let shared = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sharedindex."));
    let object = path.components().any(|part| part.as_os_str() == "objects");
    let same = old.zip(new).is_some_and(|(a, b)| a.hash == b.hash && a.mode == b.mode);
    let file = new.is_some_and(|entry| entry.mode & 0o170_000 == 0o100_000);
    (shared || object) && same && file
}
