//! Whether a folder is a work tree, told from the files of its git folder alone: git is not started.
//!
//! Where two work trees would share one git folder, or the git folder says that its work tree is elsewhere, nothing is
//! taken for a repository: committing there would commit the state of another folder.

use crate::{
    listing::GitEntry,
    read::{Links, read_start},
};
use autocommit_core::{
    id::RepoId,
    repo::{Repo, RepoKind},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Longest pointer file (`.git`, `commondir`, `gitdir`) and configuration file read, in bytes.
const POINTER_LIMIT: usize = 16 * 1024;
const CONFIG_LIMIT: usize = 1024 * 1024;

/// The verdict about one folder.
#[derive(Debug)]
pub(crate) enum Probed {
    /// A work tree; `owned` is true if its git folder names this very folder as its work tree.
    Repo { repo: Repo, owned: bool },
    /// Looks like a work tree and must not be treated as one: why, for a person.
    Refused(String),
    /// Not a work tree.
    Nothing,
}

/// The repository whose work tree is exactly `dir`, if there is one.
pub fn probe(dir: &Path) -> Option<Repo> {
    let dir = fs::canonicalize(dir).ok()?;
    match probe_entry(&dir, GitEntry::of(&dir)?) {
        Probed::Repo { repo, .. } => Some(repo),
        Probed::Refused(_) | Probed::Nothing => None,
    }
}

/// The repository whose work tree holds the existing `path`: at the path itself or the nearest folder above.
pub fn find_enclosing(path: &Path) -> Option<Repo> {
    let path = fs::canonicalize(path).ok()?;
    for dir in path.ancestors() {
        let inside_git_dir = dir.file_name().is_some_and(|name| name != ".git") && is_git_dir(dir);
        if let Some(entry) = GitEntry::of(dir) {
            match probe_entry(dir, entry) {
                Probed::Repo { repo, .. } => return Some(repo),
                Probed::Refused(_) => return None,
                Probed::Nothing => {}
            }
        } else if inside_git_dir {
            return None;
        }
    }
    None
}

/// Judges the canonical folder `work_tree`, whose `.git` is `entry`.
pub(crate) fn probe_entry(work_tree: &Path, entry: GitEntry) -> Probed {
    let dot_git = work_tree.join(".git");
    let git_dir = match entry {
        GitEntry::Folder => dot_git,
        GitEntry::Link => match fs::canonicalize(&dot_git) {
            Ok(target) if target.is_dir() => target,
            _ => return Probed::Nothing,
        },
        GitEntry::File => match pointed_git_dir(&dot_git) {
            Some(Ok(target)) => target,
            Some(Err(target)) => {
                let target = target.display();
                return Probed::Refused(format!("Its .git file names {target}, which does not exist."));
            }
            None => return Probed::Nothing,
        },
    };
    match read_pointer(&git_dir.join("commondir")) {
        Some(common) => linked_worktree(work_tree, git_dir, &common),
        None => main_or_submodule(work_tree, git_dir, entry),
    }
}

fn linked_worktree(work_tree: &Path, git_dir: PathBuf, common: &Path) -> Probed {
    let common_dir = match fs::canonicalize(git_dir.join(common)) {
        Ok(dir) if is_git_dir(&dir) && has_head(&git_dir) => dir,
        _ => {
            return Probed::Refused(
                "It is a linked worktree of a repository that does not exist.".to_owned(),
            );
        }
    };
    let named =
        read_pointer(&git_dir.join("gitdir")).and_then(|p| git_dir.join(p).parent().map(Path::to_path_buf));
    let named = named.and_then(|dir| fs::canonicalize(dir).ok());
    let owned = named.as_deref() == Some(work_tree);
    if let Some(other) = named.filter(|_| !owned)
        && matches!(pointed_git_dir(&other.join(".git")), Some(Ok(dir)) if dir == git_dir)
    {
        return Probed::Refused(copy_of(&other));
    }
    Probed::Repo { repo: made(work_tree, git_dir, common_dir, RepoKind::LinkedWorktree), owned }
}

fn main_or_submodule(work_tree: &Path, git_dir: PathBuf, entry: GitEntry) -> Probed {
    if !is_git_dir(&git_dir) {
        return Probed::Nothing;
    }
    let config = read_start(&git_dir.join("config"), CONFIG_LIMIT, Links::Follow);
    let core = config.map(|(bytes, _)| CoreSection::parse(&bytes)).unwrap_or_default();
    if core.bare {
        return Probed::Nothing;
    }
    let mut owned = entry == GitEntry::Folder;
    if let Some(named) = core.worktree {
        owned = fs::canonicalize(git_dir.join(&named)).is_ok_and(|dir| dir == work_tree);
        if !owned {
            let named = named.display();
            return Probed::Refused(format!("Its git configuration says that its work tree is {named}."));
        }
    }
    // git-new-workdir and the like: a git folder of its own whose refs are those of another.
    let refs = git_dir.join("refs");
    let shared = fs::symlink_metadata(&refs).is_ok_and(|meta| meta.is_symlink());
    let common_dir = shared.then(|| fs::canonicalize(&refs).ok()?.parent().map(Path::to_path_buf)).flatten();
    let common_dir = common_dir.unwrap_or_else(|| git_dir.clone());
    let submodule = entry != GitEntry::Folder && below_modules(&git_dir);
    let kind = if submodule { RepoKind::Submodule } else { RepoKind::Main };
    Probed::Repo { repo: made(work_tree, git_dir, common_dir, kind), owned }
}

/// Why a work tree is refused whose git folder belongs to the one at `other`.
pub(crate) fn copy_of(other: &Path) -> String {
    format!("It is a copy of {} and shares its git folder, so nothing is done here.", other.display())
}

fn made(work_tree: &Path, git_dir: PathBuf, common_dir: PathBuf, kind: RepoKind) -> Repo {
    Repo { id: RepoId::of_path(work_tree), work_tree: work_tree.to_path_buf(), git_dir, common_dir, kind }
}

/// Whether `dir` has what git asks of a git folder: HEAD, objects and refs, or reftable in place of refs.
fn is_git_dir(dir: &Path) -> bool {
    has_head(dir)
        && dir.join("objects").is_dir()
        && (dir.join("refs").is_dir() || dir.join("reftable").is_dir())
}

/// HEAD may be a symbolic link that points nowhere: the old way to write an unborn branch.
fn has_head(dir: &Path) -> bool {
    fs::symlink_metadata(dir.join("HEAD")).is_ok_and(|meta| meta.is_file() || meta.is_symlink())
}

/// `.git/modules/…`, also of a superproject that is itself a linked worktree or has its git folder elsewhere.
fn below_modules(git_dir: &Path) -> bool {
    git_dir.ancestors().skip(1).any(|dir| {
        dir.file_name().is_some_and(|name| name == "modules") && dir.parent().is_some_and(has_head)
    })
}

/// The git folder a `.git` file names: canonical, or as written if it does not exist. `None`: not such a file.
fn pointed_git_dir(dot_git: &Path) -> Option<Result<PathBuf, PathBuf>> {
    let (bytes, whole) = read_start(dot_git, POINTER_LIMIT, Links::Follow)?;
    let target = path_of(bytes.strip_prefix(b"gitdir: ").filter(|_| whole)?)?;
    let full = dot_git.parent()?.join(&target);
    Some(fs::canonicalize(full).ok().filter(|dir| has_head(dir)).ok_or(target))
}

fn read_pointer(file: &Path) -> Option<PathBuf> {
    let (bytes, whole) = read_start(file, POINTER_LIMIT, Links::Follow)?;
    path_of(&bytes).filter(|_| whole)
}

fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    let end = bytes.iter().rposition(|b| !matches!(b, b'\n' | b'\r'))? + 1;
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Some(PathBuf::from(std::ffi::OsStr::from_bytes(&bytes[..end])))
    }
    #[cfg(not(unix))]
    {
        std::str::from_utf8(&bytes[..end]).ok().map(PathBuf::from)
    }
}

/// What `[core]` of a git folder's own configuration says about its work tree.
#[derive(Debug, Default, PartialEq, Eq)]
struct CoreSection {
    bare: bool,
    worktree: Option<PathBuf>,
}

impl CoreSection {
    fn parse(config: &[u8]) -> Self {
        let mut core = Self::default();
        let mut in_core = false;
        for line in config.split(|b| *b == b'\n') {
            let mut line = line.trim_ascii();
            if let Some(rest) = line.strip_prefix(b"[")
                && let Some(end) = rest.iter().position(|b| *b == b']')
            {
                in_core = rest[..end].trim_ascii().eq_ignore_ascii_case(b"core");
                line = rest[end + 1..].trim_ascii();
            }
            if !in_core || line.is_empty() {
                continue;
            }
            let split = line.iter().position(|b| *b == b'=');
            let (key, value) =
                split.map_or((line, None), |at| (&line[..at], Some(unquoted(&line[at + 1..]))));
            if key.trim_ascii().eq_ignore_ascii_case(b"bare") {
                let text = value.map(|v| v.to_ascii_lowercase());
                core.bare = text.is_none_or(|v| matches!(v.as_slice(), b"true" | b"yes" | b"on" | b"1"));
            } else if key.trim_ascii().eq_ignore_ascii_case(b"worktree") {
                core.worktree = value.and_then(|v| path_of(&v));
            }
        }
        core
    }
}

/// A value of git's configuration without quotes, escapes and comment.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let (mut out, mut quoted) = (Vec::new(), false);
    let mut bytes = value.trim_ascii().iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' => out.extend(bytes.next()),
            b'#' | b';' if !quoted => break,
            _ => out.push(byte),
        }
    }
    if quoted { out } else { out.trim_ascii_end().to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_section() {
        let parse = |text: &str| CoreSection::parse(text.as_bytes());
        let at = |path: &str| Some(PathBuf::from(path));
        assert_eq!(parse("[core]\n\tbare = false\n"), CoreSection::default());
        assert!(parse("[Core]\n\tBARE = yes\n").bare);
        assert!(parse("[core] bare\n").bare);
        assert!(!parse("[core \"x\"]\n\tbare = true\n[other]\nbare = true\n").bare);
        assert_eq!(parse("[core]\nworktree = ../../../a b ; note\n").worktree, at("../../../a b"));
        assert_eq!(parse("[core]\nworktree = \"/x # y\\\\z\"\n").worktree, at("/x # y\\z"));
    }
}
