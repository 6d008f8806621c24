//! Names that differ by case only, where the file system takes them for one.

use crate::{command::Git, error::GitError, inspect::Inspection, limits, repo_call};
use autocommit_core::{path::RepoPath, repo::Repo};
use std::collections::{BTreeSet, HashMap};

/// Those of the new paths for which git tracks another path that differs by case only. Asks git only where the
/// repository is on a file system that folds case (`core.ignoreCase`).
pub async fn case_twins(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    new: &[RepoPath],
) -> Result<BTreeSet<RepoPath>, GitError> {
    if new.is_empty() || inspection.config.boolean("core.ignorecase") != Some(true) {
        return Ok(BTreeSet::new());
    }
    let listed =
        repo_call(git, repo, "twins").args(["ls-files", "-z"]).limit(limits::STATUS_LIMIT).check().await?;
    // How often each name occurs but for case, tracked and new together.
    let mut seen: HashMap<String, BTreeSet<&[u8]>> = HashMap::new();
    let tracked = listed.stdout.split(|b| *b == 0).filter(|path| !path.is_empty());
    for path in tracked.chain(new.iter().map(RepoPath::as_bytes)) {
        seen.entry(fold(path)).or_default().insert(path);
    }
    let twin = |path: &&RepoPath| seen.get(&fold(path.as_bytes())).is_some_and(|names| names.len() > 1);
    Ok(new.iter().filter(twin).cloned().collect())
}

fn fold(path: &[u8]) -> String {
    String::from_utf8_lossy(path).to_lowercase()
}
