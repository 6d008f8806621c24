//! Stage: puts the allowed paths into a private copy of the index and makes a tree of it. The user's own index is not
//! touched.

use crate::{
    command::{Call, Git},
    error::{Failure, GitError},
    index::{self, Fingerprint, Original},
    inspect::Inspection,
    replacement::{Private, Replacement},
    repo_call,
};
use autocommit_core::{
    guards::Candidate,
    id::{Oid, RunId},
    path::RepoPath,
    repo::Repo,
    snapshot::ChangeKind,
};
use std::{
    collections::BTreeSet,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// A tree made from a private index, with what is needed to bring the user's index along afterwards.
#[derive(Debug)]
pub struct Staged {
    tree: Oid,
    paths: BTreeSet<RepoPath>,
    refused: Vec<RepoPath>,
    private: Private,
    original: Original,
    /// Paths that the user has staged and that stay out of this commit: their index must keep them.
    kept: bool,
    width: usize,
    name: String,
    scratch: Option<PathBuf>,
}

impl Staged {
    /// The tree that would be committed.
    pub fn tree(&self) -> &Oid {
        &self.tree
    }

    /// Paths that git could not stage; they are as in HEAD.
    pub fn refused(&self) -> &[RepoPath] {
        &self.refused
    }

    /// The private index, for hooks.
    pub fn index_file(&self) -> &std::path::Path {
        self.private.path()
    }

    /// Takes paths back out, to what they are in HEAD.
    pub async fn take_out(
        &mut self,
        git: &Git,
        repo: &Repo,
        inspection: &Inspection,
        paths: &[RepoPath],
    ) -> Result<(), GitError> {
        reset(git, repo, &self.private, inspection, paths).await?;
        self.kept |= inspection.snapshot.changes.iter().any(|c| c.staged && paths.contains(&c.path));
        for path in paths {
            self.paths.remove(path);
        }
        self.tree = write_tree(git, repo, &self.private, self.scratch.as_deref()).await?;
        Ok(())
    }

    /// Counts paths in that a hook has staged.
    pub fn take_in(&mut self, paths: impl IntoIterator<Item = RepoPath>) {
        self.paths.extend(paths);
    }

    /// Makes the tree anew after a hook has run; `true` if the hook had changed what is staged.
    pub async fn reread(&mut self, git: &Git, repo: &Repo) -> Result<bool, GitError> {
        let tree = write_tree(git, repo, &self.private, self.scratch.as_deref()).await?;
        Ok(std::mem::replace(&mut self.tree, tree.clone()) != tree)
    }

    /// The index the user shall have after the commit, safe on disk under a private name.
    pub async fn ready(&self, git: &Git, repo: &Repo) -> Result<Replacement, GitError> {
        if !self.kept {
            return self.replacement(repo, self.private.path());
        }
        let merged = self.merged(git, repo, &self.original).await?;
        self.replacement(repo, merged.path())
    }

    fn replacement(&self, repo: &Repo, source: &Path) -> Result<Replacement, GitError> {
        Replacement::write(&index::of(repo), &format!("{}.ready", self.name), source)
    }

    /// Under the lock: makes sure the user's index did not change since it was copied; where it did, only the committed
    /// paths are brought along, and of those only the ones the user has not staged anew.
    pub(crate) async fn adapt(&self, git: &Git, repo: &Repo, ready: &Replacement) -> Result<(), GitError> {
        let now = index::read(repo)?;
        if now.bytes == self.original.bytes {
            return Ok(());
        }
        let merged = self.merged(git, repo, &now).await?;
        ready.refill(merged.path())
    }

    async fn merged(&self, git: &Git, repo: &Repo, now: &Original) -> Result<Private, GitError> {
        let copy = now.copy_to(&repo.git_dir, &format!("{}-merged", self.name))?;
        let before_copy = self.original.copy_to(&repo.git_dir, &format!("{}-before", self.name))?;
        let before = index::entries(git, repo, before_copy.path()).await?;
        let current = index::entries(git, repo, copy.path()).await?;
        let committed = index::entries(git, repo, self.private.path()).await?;
        let wanted: Vec<_> = self
            .paths
            .iter()
            .filter(|path| {
                before.get(*path) == current.get(*path) && current.get(*path) != committed.get(*path)
            })
            .map(|path| (path.clone(), committed.get(path).cloned()))
            .collect();
        index::set(git, repo, copy.path(), &wanted, self.width).await?;
        Ok(copy)
    }
}

/// Stages `allowed` over HEAD in a private index named after `run`, leaving whatever else the user has staged out.
/// With a `scratch` folder index and objects go there, and the repository itself stays untouched.
pub async fn stage(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    allowed: &[Candidate],
    run: &RunId,
    scratch: Option<&Path>,
) -> Result<Staged, GitError> {
    let original = index::read(repo)?;
    if Fingerprint::of(repo) != inspection.index {
        // Somebody staged something since we looked: what we know of it is not what would be committed.
        return Err(GitError::MovedMeanwhile);
    }
    let name = run.as_str().to_owned();
    let private = original.copy_to(scratch.unwrap_or(&repo.git_dir), &name)?;
    let paths: BTreeSet<_> = allowed.iter().map(|c| c.change.path.clone()).collect();
    let others: Vec<_> = inspection
        .snapshot
        .changes
        .iter()
        .filter(|c| c.staged && !paths.contains(&c.path))
        .map(|c| c.path.clone())
        .collect();
    reset(git, repo, &private, inspection, &others).await?;
    // Removals first, so that a file can take the place of a folder and the other way round. They are written outright:
    // asked to look for itself, git would not look behind a symbolic link that took a folder's place.
    // What the person has staged whole is in the copy already, exactly as they staged it: asking git to stage it again
    // would add an ignored file that they took out, or take out one that is not in the work tree by design.
    let open = allowed.iter().filter(|c| c.change.unstaged);
    let (gone, there): (Vec<_>, Vec<_>) = open.partition(|c| c.change.kind == ChangeKind::Deleted);
    let gone: Vec<_> = gone.iter().map(|c| (c.change.path.clone(), None)).collect();
    index::set(git, repo, private.path(), &gone, inspection.oid_width()).await?;
    let there: Vec<_> = there.iter().map(|c| c.change.path.clone()).collect();
    let mut refused = Vec::new();
    let strict = strict_filters(inspection);
    update(git, repo, &private, &there, &mut refused, &strict, scratch).await?;
    reset(git, repo, &private, inspection, &refused).await?;
    let tree = write_tree(git, repo, &private, scratch).await?;
    let paths = paths.into_iter().filter(|p| !refused.contains(p)).collect();
    Ok(Staged {
        tree,
        paths,
        refused,
        private,
        original,
        kept: !others.is_empty(),
        width: inspection.oid_width(),
        name,
        scratch: scratch.map(Path::to_owned),
    })
}

/// `update-index` is all or nothing: on a failure the list is halved until the path that cannot be staged stands alone.
async fn update(
    git: &Git,
    repo: &Repo,
    private: &Private,
    paths: &[RepoPath],
    refused: &mut Vec<RepoPath>,
    strict: &[String],
    scratch: Option<&Path>,
) -> Result<(), GitError> {
    let mut todo = vec![paths.to_vec()];
    while let Some(batch) = todo.pop() {
        if batch.is_empty() {
            continue;
        }
        let stdin = batch.iter().flat_map(|p| [p.as_bytes(), b"\0"].concat()).collect();
        let result =
            index::on(in_scratch(repo_call(git, repo, "stage"), repo, scratch), repo, private.path())
                .args_global(strict)
                .args(["update-index", "--add", "--remove", "-z", "--stdin"])
                .stdin(stdin)
                .check()
                .await;
        match result {
            Ok(_) => {}
            // What concerns the whole repository or disk would fail for every path alike, and an end from outside says
            // nothing about any path.
            Err(
                error @ GitError::Failed {
                    class: Failure::DiskFull | Failure::Unreadable | Failure::Killed,
                    ..
                },
            ) => {
                return Err(error);
            }
            Err(GitError::Failed { detail, .. }) if batch.len() == 1 => {
                tracing::info!(path = %batch[0], %detail, "a path could not be staged");
                refused.extend(batch);
            }
            Err(GitError::Failed { .. }) => {
                let (first, second) = batch.split_at(batch.len() / 2);
                todo.push(second.to_vec());
                todo.push(first.to_vec());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Makes git fail where a configured filter fails. Without `required` it would store the file as it is, in clear text.
fn strict_filters(inspection: &Inspection) -> Vec<String> {
    let names = crate::attributes::drivers(inspection).into_iter().filter(|name| !name.contains('='));
    names.flat_map(|name| ["-c".to_owned(), format!("filter.{name}.required=true")]).collect()
}

/// Makes paths in the private index what they are in HEAD.
async fn reset(
    git: &Git,
    repo: &Repo,
    private: &Private,
    inspection: &Inspection,
    paths: &[RepoPath],
) -> Result<(), GitError> {
    let entries: Vec<_> =
        paths.iter().map(|path| (path.clone(), inspection.heads.get(path).cloned().flatten())).collect();
    index::set(git, repo, private.path(), &entries, inspection.oid_width()).await
}

async fn write_tree(
    git: &Git,
    repo: &Repo,
    private: &Private,
    scratch: Option<&Path>,
) -> Result<Oid, GitError> {
    let call = in_scratch(repo_call(git, repo, "write-tree"), repo, scratch);
    let output = index::on(call, repo, private.path()).arg("write-tree").check().await?;
    Oid::parse(String::from_utf8_lossy(&output.stdout).trim())
        .ok_or(GitError::Unparsable { step: "write-tree" })
}

/// Lets a call put new objects into `scratch` and still find the repository's own.
pub(crate) fn in_scratch<'a>(call: Call<'a>, repo: &Repo, scratch: Option<&Path>) -> Call<'a> {
    match scratch {
        Some(dir) => call
            .env("GIT_OBJECT_DIRECTORY", dir.join("objects"))
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted(&repo.common_dir.join("objects"))),
        None => call,
    }
}

/// A path for a list that is separated by colons: in quotation marks, as git reads them in C style.
fn quoted(path: &Path) -> OsString {
    let mut text = OsString::from("\"");
    let bytes = path.as_os_str().as_encoded_bytes();
    if !bytes.iter().any(|b| matches!(b, b':' | b'"' | b'\\' | b'\n')) {
        return path.as_os_str().to_owned();
    }
    text.push(path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
    text.push("\"");
    text
}
