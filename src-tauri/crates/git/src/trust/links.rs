//! Whether a git folder leads elsewhere: what git writes there would be written to somebody else's files.

use super::look::Look;
use autocommit_core::{
    repo::{Repo, RepoKind},
    trust::{PushTo, SeenLink},
};
use std::path::{Component, Path, PathBuf};

/// What git writes to by name, in the git folder itself.
const OWN: &[&str] = &["HEAD", "ORIG_HEAD", "index", "logs", "logs/HEAD"];
/// The same in the folder that worktrees share. Git follows a link at any of them.
const SHARED: &[&str] =
    &["HEAD", "config", "info", "info/exclude", "logs", "logs/HEAD", "objects", "packed-refs", "refs"];

/// Every place at which `repo` leads elsewhere. `named`: its configuration names this very work tree.
pub(super) fn links(
    look: &mut Look,
    repo: &Repo,
    named: bool,
    to: &PushTo,
    branch: Option<&str>,
) -> Vec<SeenLink> {
    let mut found = Vec::new();
    found.extend(folder_of_another(repo, named));
    let mut places: Vec<_> = OWN.iter().map(|name| repo.git_dir.join(name)).collect();
    places.extend(SHARED.iter().map(|name| repo.common_dir.join(name)));
    let mut refs = Vec::new();
    if let Some(branch) = branch {
        refs.push(format!("refs/heads/{branch}"));
        if let PushTo::Remote(remote) = to {
            refs.push(format!("refs/remotes/{remote}/{branch}"));
        }
    }
    for name in refs.iter().flat_map(|name| [name.clone(), format!("logs/{name}")]) {
        let mut path = repo.common_dir.clone();
        places.extend(Path::new(&name).components().map(|part| {
            path.push(part);
            path.clone()
        }));
    }
    places.sort();
    places.dedup();
    for place in places {
        let Some(target) = look.link(&place) else { continue };
        if !stays_inside(&place, &target, &[&repo.git_dir, &repo.common_dir]) {
            let place = place
                .strip_prefix(&repo.common_dir)
                .or_else(|_| place.strip_prefix(&repo.git_dir))
                .map_or_else(|_| place.display().to_string(), |inside| format!(".git/{}", inside.display()));
            found.push(SeenLink { place, target: target.display().to_string() });
        }
    }
    found
}

/// The git folder belongs to another work tree, or shares the refs of another repository.
fn folder_of_another(repo: &Repo, named: bool) -> Option<SeenLink> {
    let link = |target: &Path| SeenLink { place: ".git".to_owned(), target: target.display().to_string() };
    if repo.kind == RepoKind::LinkedWorktree {
        return None;
    }
    if repo.common_dir != repo.git_dir {
        return Some(link(&repo.common_dir));
    }
    let inside = repo.git_dir.parent() == Some(&repo.work_tree);
    let of_a_work_tree = repo.git_dir.file_name().is_some_and(|name| name == ".git");
    (!inside && of_a_work_tree && !named).then(|| link(&repo.git_dir))
}

/// Whether a link at `place` leads to one of these folders, or below; also where nothing is there yet.
fn stays_inside(place: &Path, target: &Path, folders: &[&PathBuf]) -> bool {
    let Some(parent) = place.parent() else { return false };
    let full = parent.join(target);
    let climbs = target.components().any(|part| matches!(part, Component::ParentDir | Component::RootDir));
    match full.canonicalize() {
        Ok(real) => {
            folders.iter().any(|folder| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder)))
        }
        Err(_) => {
            !climbs && parent.canonicalize().is_ok_and(|real| folders.iter().any(|f| real.starts_with(f)))
        }
    }
}
