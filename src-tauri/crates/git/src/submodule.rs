//! What can be said of a pointer to another repository's commit, by reading alone.

use autocommit_core::{id::Oid, path::RepoPath, repo::Repo};

/// Paths that `.gitmodules` of the work tree lists.
pub fn listed_submodules(repo: &Repo) -> Vec<RepoPath> {
    let file = repo.work_tree.join(".gitmodules");
    let entries = crate::config::plain_entries(&file).unwrap_or_default();
    let paths =
        entries.into_iter().filter(|(key, _)| key.starts_with("submodule.") && key.ends_with(".path"));
    paths.map(|(_, path)| RepoPath::new(path.trim_end_matches('/').as_bytes())).collect()
}

/// Whether a remote of the repository at `path` was seen to have `commit`. What cannot be read counts as not seen.
pub fn is_published(repo: &Repo, path: &RepoPath, commit: &Oid) -> bool {
    let read = || -> Result<bool, git2::Error> {
        let submodule = git2::Repository::open(crate::files::on_disk(repo, path))?;
        let wanted = git2::Oid::from_str(commit.as_str())?;
        let mut walk = submodule.revwalk()?;
        walk.push(wanted)?;
        walk.hide_glob("refs/remotes/*")?;
        Ok(walk.next().is_none())
    };
    read().unwrap_or(false)
}
