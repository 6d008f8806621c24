//! Folders on this machine that are pushed to: git starts its receiving side there as us, with the hooks and the
//! configuration of that folder.

use super::{
    config::{self, bytes_path, expanded},
    hooks, is_here,
    look::Look,
};
use crate::error::GitError;
use autocommit_core::{
    repo::Repo,
    trust::{self, RECEIVING, RemoteFolder},
};
use std::path::{Path, PathBuf};

/// What the folder brings that `address` names; nothing where it names none, or nothing is there yet.
pub(super) fn folder(
    look: &mut Look,
    repo: &Repo,
    address: &str,
    person_hooks: &[String],
) -> Result<Option<RemoteFolder>, GitError> {
    let Some(written) = trust::folder(address) else { return Ok(None) };
    let named = repo.work_tree.join(expanded(Path::new(&written), look.home.as_deref()));
    let Some(git_dir) = candidates(&named).into_iter().find(|dir| is_git_dir(look, dir)) else {
        return Ok(None);
    };
    let shown = git_dir.display();
    let mut settings = config::Settings::default();
    settings.read(look, &git_dir.join("config"), &format!("{shown}/config"))?;
    let work_tree = git_dir.parent().unwrap_or(&git_dir);
    settings.all.retain(|s| {
        let elsewhere = s.setting.value.as_deref().filter(|_| s.setting.key == "core.worktree");
        !elsewhere.is_some_and(|path| is_here(&git_dir.join(bytes_path(path)), work_tree))
    });
    let own = settings.all.iter().filter(|s| s.setting.key == "core.hookspath").map(|s| s.setting.text());
    let own: Vec<_> = own.filter(|value| value != "/dev/null").collect();
    let mut found = RemoteFolder::default();
    // The receiving side runs in the git folder.
    let usual = (git_dir.join("hooks"), format!("{shown}/hooks"), None);
    let relative =
        person_hooks.iter().filter(|value| !Path::new(value).has_root() && !value.starts_with('~'));
    let theirs = relative.map(|value| (git_dir.join(value), format!("{shown}/{value}"), None));
    let named = own.iter().map(|value| {
        let path = git_dir.join(expanded(Path::new(value), look.home.as_deref()));
        (path.clone(), path.display().to_string(), Some(value.clone()))
    });
    for (path, label, value) in std::iter::once(usual).chain(theirs).chain(named).collect::<Vec<_>>() {
        found.hooks.push(hooks::folder(look, &path, &label, RECEIVING, value.as_deref())?);
    }
    found.settings = settings.all;
    found.included = settings.included;
    Ok(Some(found))
}

/// Where git looks for a repository at a path, in its order.
fn candidates(path: &Path) -> Vec<PathBuf> {
    let suffixed = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let all = [path.join(".git"), path.to_owned(), suffixed(".git").join(".git"), suffixed(".git")];
    all.into_iter().map(|dir| pointed(&dir).unwrap_or(dir)).collect()
}

/// The git folder that a `.git` file names.
fn pointed(file: &Path) -> Option<PathBuf> {
    let meta = file.metadata().ok().filter(|meta| meta.is_file() && meta.len() < 4096)?;
    let text = meta.is_file().then(|| std::fs::read(file).ok()).flatten()?;
    let target = text.strip_prefix(b"gitdir: ")?;
    Some(file.parent()?.join(bytes_path(target.trim_ascii_end())))
}

fn is_git_dir(look: &mut Look, dir: &Path) -> bool {
    let head = look.at(&dir.join("HEAD")).is_some() || dir.join("HEAD").symlink_metadata().is_ok();
    head && dir.join("objects").is_dir()
}
