//! What a repository brings, read from its files: git is not started, and nothing is waited for.

mod config;
mod hooks;
mod links;
mod look;
mod paths;
mod remotes;

pub(crate) use config::{bytes_path, conditional_hooks, expanded};
pub use look::excerpt;

use crate::{
    command::Git,
    config::{Config, Kept},
    error::GitError,
    inspect::{Inspector, push_addresses, remote_of, rules_of},
};
use autocommit_core::{
    id::RepoId,
    repo::Repo,
    settings::Settings,
    trust::{self, Address, Assessed, Evidence, OURS, PushTo, SeenFile, assess},
};
use look::{Look, Seen};
use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Assessments kept for repositories whose files stay the same.
const KEPT: usize = 20_000;

/// What was assessed lately, kept while the files that were looked at stay the same.
#[derive(Debug, Default)]
pub(crate) struct Assessments(Mutex<HashMap<RepoId, Assessment>>);

#[derive(Debug)]
struct Assessment {
    seen: Arc<Seen>,
    person: Arc<Kept>,
    remote: String,
    assessed: Arc<Assessed>,
}

impl Inspector {
    /// What `repo` brings that asks for trust. Costs a look at a few files where nothing changed.
    ///
    /// # Errors
    /// Where the repository's configuration cannot be read as git would read it.
    pub async fn assess(
        &self,
        git: &Git,
        repo: &Repo,
        settings: &Settings,
    ) -> Result<Arc<Assessed>, GitError> {
        let person = self.person.read(git).await?;
        if let Some(known) = self.assessments.still(repo, &person, settings) {
            return Ok(known);
        }
        let home = git.environment("HOME").map(PathBuf::from);
        let (of, by, rules) = (repo.clone(), person.clone(), settings.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let mut look = Look::new(home);
            let evidence = evidence(&mut look, &of, &by, &rules)?;
            Ok((Arc::new(assess(&evidence)), look.seen()))
        });
        let (assessed, seen) = reading
            .await
            .map_err(|error| GitError::Start { step: "trust", source: std::io::Error::other(error) })??;
        self.assessments.keep(repo, person, settings, &assessed, seen);
        Ok(assessed)
    }
}

impl Assessments {
    fn still(&self, repo: &Repo, person: &Arc<Kept>, settings: &Settings) -> Option<Arc<Assessed>> {
        let seen = {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let known = known.get(&repo.id)?;
            if !Arc::ptr_eq(&known.person, person) || known.remote != settings.git_remote {
                return None;
            }
            (known.seen.clone(), known.assessed.clone())
        };
        seen.0.still().then_some(seen.1)
    }

    fn keep(
        &self,
        repo: &Repo,
        person: Arc<Kept>,
        settings: &Settings,
        assessed: &Arc<Assessed>,
        seen: Option<Seen>,
    ) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() == KEPT {
            known.clear();
        }
        match seen {
            Some(seen) => {
                let (seen, remote) = (Arc::new(seen), settings.git_remote.clone());
                let assessed = assessed.clone();
                known.insert(repo.id.clone(), Assessment { seen, person, remote, assessed });
            }
            None => {
                known.remove(&repo.id);
            }
        }
    }
}

fn evidence(look: &mut Look, repo: &Repo, person: &Kept, rules: &Settings) -> Result<Evidence, GitError> {
    let mut own = config::Settings::default();
    own.read(look, &repo.common_dir.join("config"), ".git/config")?;
    if own.last("extensions.worktreeconfig").is_some() {
        own.read(look, &repo.git_dir.join("config.worktree"), ".git/config.worktree")?;
    }
    let git_dir = &repo.git_dir;
    let before = own.all.len();
    own.all.retain(|s| {
        let named = s.setting.value.as_deref().filter(|_| s.setting.key == "core.worktree");
        !named.is_some_and(|path| is_here(&git_dir.join(bytes_path(path)), &repo.work_tree))
    });
    let named = own.all.len() < before;
    for seen in &mut own.all {
        seen.files = named_files(look, repo, &trust::named(&seen.setting))?;
    }
    let plain: Vec<_> = own.all.iter().map(|s| s.setting.clone()).collect();
    let config = person.with(&plain);
    let (push_to, branch) = push_to(look, repo, &config, rules);
    let links = links::links(look, repo, named, &push_to, branch.as_deref());
    let mut found = Evidence { push_to: Some(push_to), links, ..Evidence::default() };

    let named = own.all.iter().filter(|s| s.setting.key == "core.hookspath").map(|s| s.setting.text());
    let folders = Folders { repo, home: look.home.clone() };
    for (path, label, named) in folders.all(named.collect(), &person.hooks) {
        found.hooks.push(hooks::folder(look, &path, &label, OURS, named.as_deref())?);
    }
    let makers = found.hooks.iter().flat_map(|f| &f.files).map(|f| f.maker);
    for (maker, name) in
        makers.flat_map(|m| m.companions().iter().map(move |n| (m, *n))).collect::<BTreeSet<_>>()
    {
        if let Some(mut file) = look.file(&repo.work_tree.join(name), name.to_owned())? {
            file.maker = maker;
            found.companions.push(file);
        }
    }
    let remotes: BTreeSet<_> =
        ["url", "pushurl"].iter().flat_map(|n| config.subsections("remote", n)).map(|r| r.0).collect();
    for remote in remotes {
        for (written, effective) in push_addresses(&config, remote) {
            found.addresses.push(Address::new(remote, written));
            found.remote_folders.extend(remotes::folder(look, repo, &effective, &person.hooks)?);
        }
    }
    found.addresses.sort();
    found.addresses.dedup();
    found.settings = own.all;
    found.included = own.included;
    Ok(found)
}

/// The files of the work tree or the git folder that these words name.
fn named_files(look: &mut Look, repo: &Repo, words: &[String]) -> Result<Vec<SeenFile>, GitError> {
    let mut files: Vec<SeenFile> = Vec::new();
    for word in words {
        let path = repo.work_tree.join(expanded(Path::new(word), look.home.as_deref()));
        let inside = [&repo.work_tree, &repo.git_dir, &repo.common_dir].into_iter().any(|folder| {
            path.starts_with(folder) || path.canonicalize().is_ok_and(|real| real.starts_with(folder))
        });
        if inside && !files.iter().any(|known| known.path == path) {
            files.extend(look.file(&path, word.clone())?);
        }
    }
    Ok(files)
}

fn is_here(path: &Path, work_tree: &Path) -> bool {
    path.canonicalize().is_ok_and(|path| path == work_tree)
}

/// Where the next push may go, as far as files tell, and the branch it is of.
fn push_to(look: &mut Look, repo: &Repo, config: &Config, settings: &Settings) -> (PushTo, Option<String>) {
    let head = repo.git_dir.join("HEAD");
    let link = head.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    let Ok(Some(text)) = look.bytes(&head, 4096) else { return (PushTo::Any, None) };
    let text = String::from_utf8_lossy(&text);
    match text.trim_ascii_end().strip_prefix("ref: refs/heads/") {
        _ if link => (PushTo::Any, None),
        // Reftable keeps HEAD elsewhere.
        Some(".invalid") => (PushTo::Any, None),
        Some(branch) => {
            let rules = rules_of(config);
            let remote = remote_of(config, settings, rules.remote.as_deref(), branch).to_owned();
            (PushTo::Remote(remote), Some(branch.to_owned()))
        }
        None => (PushTo::Nowhere, None),
    }
}

/// The folders of hooks that git may use in one repository.
struct Folders<'a> {
    repo: &'a Repo,
    home: Option<PathBuf>,
}

type Named = (PathBuf, String, Option<String>);

impl Folders<'_> {
    /// Path, label, and the setting's value where the repository itself names it. A folder that the person's own
    /// configuration names is theirs, unless it lies in the repository. The one in the git folder counts unless the
    /// repository names another: a person's own hooks often call it.
    fn all(&self, own: Vec<String>, person: &[String]) -> Vec<Named> {
        let mut all = Vec::new();
        if own.is_empty() {
            all.push((self.repo.common_dir.join("hooks"), ".git/hooks".to_owned(), None));
        }
        for value in person {
            let path = self.place(value);
            let inside =
                [&self.repo.work_tree, &self.repo.git_dir, &self.repo.common_dir].into_iter().any(|folder| {
                    path.starts_with(folder) || path.canonicalize().is_ok_and(|p| p.starts_with(folder))
                });
            if inside && own.is_empty() {
                all.push((path, value.clone(), None));
            }
        }
        for value in own.into_iter().filter(|value| value != "/dev/null") {
            all.push((self.place(&value), value.trim_end_matches('/').to_owned(), Some(value)));
        }
        all
    }

    fn place(&self, value: &str) -> PathBuf {
        self.repo.work_tree.join(expanded(Path::new(value), self.home.as_deref()))
    }
}

#[cfg(test)]
mod tests;
