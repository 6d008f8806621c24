//! Which files below the git folders may differ afterwards: a short list for each verdict, and nothing beside it.

use crate::{
    case::Verdict,
    judge::{Complaints, Watched},
    seen::{Told, freshened, git_folders},
};
use autocommit_test_support::Entry;
use std::path::{Path, PathBuf};

/// Compares every byte below the case's git folders.
pub(crate) fn judge(watched: &Watched<'_>, found: &mut Complaints) {
    let allowed: Vec<Allowed> = watched
        .case
        .verdicts
        .iter()
        .enumerate()
        .flat_map(|(place, verdict)| allowed(watched, place, verdict))
        .collect();
    let (before, after) = (watched.git_before, watched.git_after);
    let mut strange = Vec::new();
    for path in before.keys().chain(after.keys().filter(|path| !before.contains_key(*path))) {
        let (old, new) = (before.get(path), after.get(path));
        if old == new {
            continue;
        }
        let is_folder = new.or(old).is_some_and(|entry| entry.mode & 0o170_000 == 0o040_000);
        let fine = allowed.iter().any(|rule| match rule {
            Allowed::All(dir) => path.starts_with(dir),
            // A folder's time moves with what is in it.
            Allowed::Exactly(file) => path == file || (is_folder && file.starts_with(path)),
            Allowed::NewBelow(dir) => {
                (path.starts_with(dir) && old.is_none())
                    || (is_folder && (path.starts_with(dir) || dir.starts_with(path)))
            }
            Allowed::Time(dir) => path == dir && is_folder,
            Allowed::Named(dir, start) => {
                path.parent() == Some(dir)
                    && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start))
            }
        });
        let fine = fine || (watched.case.own_store && in_own_store(path, new));
        let touched_only = !allowed.is_empty() && freshened(path, old, new);
        if !fine && !touched_only {
            strange.push(path.display().to_string());
        }
    }
    found.unless(strange.is_empty(), || format!("written below a git folder: {strange:?}"));
}

/// Whether Git LFS keeps this: contents, and the version of its format in the configuration. It does so in every command
/// that looks at a file, `git status` included.
pub(crate) fn in_own_store(path: &Path, new: Option<&Entry>) -> bool {
    let is_folder = new.is_some_and(|entry| entry.mode & 0o170_000 == 0o040_000);
    let in_git = path.components().any(|part| part.as_os_str() == "lfs");
    in_git || path.ends_with(".git/config") || (path.ends_with(".git") && is_folder)
}

enum Allowed {
    All(PathBuf),
    /// A file, and so the times of the folders above it.
    Exactly(PathBuf),
    /// New files only.
    NewBelow(PathBuf),
    /// The time of a folder.
    Time(PathBuf),
    /// Files in a folder whose names begin so.
    Named(PathBuf, &'static str),
}

fn allowed(watched: &Watched<'_>, place: usize, verdict: &Verdict) -> Vec<Allowed> {
    let folders = git_folders(&watched.repos[place].work);
    let (Some(own), Some(common)) = (folders.first(), folders.last()) else { return Vec::new() };
    if !verdict.writes() {
        return Vec::new();
    }
    if matches!(verdict, Verdict::Own) {
        return folders.into_iter().map(Allowed::All).collect();
    }
    // What was staged to be looked at, and a filter's own store.
    let mut list: Vec<_> = ["objects", "lfs"].map(|dir| Allowed::NewBelow(common.join(dir))).into();
    // Private copies of the index come and go.
    list.push(Allowed::Time(own.clone()));
    // A ref that is locked and cannot be moved is left as it was.
    list.extend(["refs/heads", "refs"].map(|dir| Allowed::Time(common.join(dir))));
    let told = watched.before[place].told.as_ref();
    if let Some(branch) = told.and_then(Told::short_branch) {
        if verdict.commits() {
            list.extend([own.join("index"), own.join("logs/HEAD")].map(Allowed::Exactly));
            list.push(Allowed::Named(own.clone(), "sharedindex."));
            list.extend(branch_files(common, &format!("refs/heads/{branch}")));
        }
        for remote in ["origin", "backup", "fork"] {
            list.extend(branch_files(common, &format!("refs/remotes/{remote}/{branch}")));
        }
        // A first push names the upstream.
        if told.is_some_and(|told| !told.refs.contains_key(&format!("refs/remotes/origin/{branch}"))) {
            list.push(Allowed::Exactly(common.join("config")));
        }
    }
    if common.join("reftable").is_dir() {
        list.push(Allowed::All(common.join("reftable")));
    }
    if own != common && own.join("reftable").is_dir() {
        list.push(Allowed::All(own.join("reftable")));
    }
    list
}

fn branch_files(common: &Path, name: &str) -> [Allowed; 2] {
    [common.join(name), common.join("logs").join(name)].map(Allowed::Exactly)
}
