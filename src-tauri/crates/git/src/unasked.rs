//! What must be known to tell without git that nothing changed: which folders it ignores, and which files of the person's
//! it reads in every repository.

use crate::{
    command::Git,
    error::GitError,
    inspect::Inspector,
    repo_call,
    trust::{bytes_path, expanded},
};
use autocommit_core::{gitconfig, path::RepoPath, repo::Repo, trust::Trusted};
use std::{collections::BTreeSet, path::PathBuf};

/// Files that git reads beside what the configuration names, from the person's configuration folder and the system's.
const BESIDE: [&str; 2] = ["git/ignore", "git/attributes"];
const SYSTEM: [&str; 2] = ["/etc/gitconfig", "/etc/gitattributes"];

/// Those of `folders`, untracked ones of a repository that may be worked in, that git ignores with all that is in them.
///
/// # Errors
/// Where git cannot tell.
pub async fn ignored_folders(
    git: &Git,
    repo: &Repo,
    trusted: &Trusted,
    folders: &[RepoPath],
) -> Result<BTreeSet<RepoPath>, GitError> {
    debug_assert_eq!(trusted.repo(), &repo.id);
    // Git takes them for patterns of paths; after `./` nothing in them has a meaning.
    let stdin = folders.iter().flat_map(|folder| [b"./", folder.as_bytes(), b"\0"].concat()).collect();
    let call = repo_call(git, repo, "ignored").args(["check-ignore", "-z", "--stdin"]).stdin(stdin);
    let output = call.limit(usize::MAX >> 1).run().await?;
    match output.code {
        Some(0 | 1) if !output.truncated => {}
        _ => return Err(GitError::failed("ignored", &output)),
    }
    let paths = output.stdout.split(|b| *b == 0).filter(|path| !path.is_empty());
    Ok(paths.map(|path| RepoPath::new(path.strip_prefix(b"./").unwrap_or(path))).collect())
}

impl Inspector {
    /// The person's own files that change what git says of repositories, whether they are there or not; nothing where
    /// only git can tell which they are.
    ///
    /// # Errors
    /// Where git cannot be asked.
    pub async fn person_files(&self, git: &Git) -> Result<Option<Vec<PathBuf>>, GitError> {
        let person = self.person.read(git).await?;
        let home = git.environment("HOME").map(PathBuf::from);
        let mut files = person.files();
        for file in files.clone() {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            let Ok(settings) = gitconfig::parse(&bytes) else { return Ok(None) };
            let names = ["core.excludesfile", "core.attributesfile"];
            for setting in settings.iter().filter(|s| names.contains(&s.key.as_str())) {
                let named =
                    expanded(&bytes_path(setting.value.as_deref().unwrap_or_default()), home.as_deref());
                // `~ada/`, `%(prefix)/` and what counts from the folder git is in are git's to expand.
                match named.is_absolute() {
                    true => files.push(named),
                    false if named.as_os_str().is_empty() => {}
                    false => return Ok(None),
                }
            }
        }
        let config = git.environment("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let config = config.or_else(|| home.map(|home| home.join(".config")));
        files.extend(config.into_iter().flat_map(|folder| BESIDE.map(|name| folder.join(name))));
        files.extend(SYSTEM.map(PathBuf::from));
        files.extend(git.environment("GIT_CONFIG_SYSTEM").map(PathBuf::from));
        files.sort();
        files.dedup();
        Ok(Some(files))
    }
}
