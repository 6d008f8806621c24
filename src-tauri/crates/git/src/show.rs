//! What a commit changed against its first parent, to be shown to a person.

use crate::{
    command::{Call, Git},
    diff::{EMPTY_TREE, LIST, TreeChange, parse},
    error::GitError,
    limits, original_call,
};
use autocommit_core::{
    draft::{FileDiff, FileStatus},
    id::Oid,
    patch::{Change, ChangedFile, CommitDiff},
    repo::Repo,
    trust::Trusted,
};

/// Larger files are not compared line by line: nobody reads that, and git would hold both sides in memory.
const COMPARED_UP_TO: &str = "core.bigFileThreshold=16m";

/// What `commit` changed, or nothing where the repository has no such commit any more. No program of the repository's or
/// of its configuration runs for it. Git is ended when it has printed more than is shown.
pub async fn show(
    git: &Git,
    repo: &Repo,
    _trusted: &Trusted,
    commit: &Oid,
) -> Result<Option<CommitDiff>, GitError> {
    let Some(between) = between(git, repo, commit).await? else { return Ok(None) };
    let call = |args: &[&str]| -> Call<'_> {
        original_call(git, repo, "show")
            .args_global(["-c", COMPARED_UP_TO, "-c", "diff.suppressBlankEmpty=false"])
            .args(args)
            .args(&between)
    };
    let list = call(&LIST).check().await?;
    if list.truncated {
        return Err(GitError::Unparsable { step: "show" });
    }
    let (diff, changes) = parse(&list.stdout).ok_or(GitError::Unparsable { step: "show" })?;
    let files = files(diff.files, &changes);
    // Without NUL at the end of names: git quotes them then, so that none can pass for a line of the patch.
    let mut patch: Vec<_> =
        LIST.into_iter().filter(|arg| !matches!(*arg, "-z" | "--raw" | "--numstat")).collect();
    patch.extend(["--patch", "--unified=3", "--submodule=short"]);
    let patch = call(&patch).limit(limits::PATCH_LIMIT).run().await?;
    if !patch.truncated && !patch.success() {
        return Err(GitError::failed("show", &patch));
    }
    Ok(Some(CommitDiff::new(files, &patch.stdout, !patch.truncated)))
}

/// The first parent, or the empty tree, and the commit; nothing where it is not there.
async fn between(git: &Git, repo: &Repo, commit: &Oid) -> Result<Option<[String; 2]>, GitError> {
    // Asked in this way, git says of what is missing that it is, and does not fail.
    let kind = original_call(git, repo, "show")
        .args(["cat-file", "--batch-check=%(objecttype)"])
        .stdin(format!("{commit}\n").into_bytes())
        .check()
        .await?;
    if kind.stdout.trim_ascii() != b"commit" {
        return Ok(None);
    }
    let parents = original_call(git, repo, "show")
        .args(["rev-list", "--parents", "--max-count=1", commit.as_str()])
        .check()
        .await?;
    let line = String::from_utf8_lossy(&parents.stdout).into_owned();
    let empty = EMPTY_TREE[usize::from(commit.as_str().len() == 64)];
    let parent = line.split_whitespace().nth(1).unwrap_or(empty);
    Ok(Some([parent.to_owned(), commit.to_string()]))
}

/// The files as they are shown. `changes` has one entry for each, and two for one that was renamed.
fn files(list: Vec<FileDiff>, changes: &[TreeChange]) -> Vec<ChangedFile> {
    let mut changes = changes.iter();
    list.into_iter()
        .map(|file| {
            let side = changes.next();
            let (change, old_path) = match file.status {
                FileStatus::Renamed { from } => {
                    changes.next();
                    (Change::Renamed, Some(from))
                }
                FileStatus::Added => (Change::Added, None),
                FileStatus::Deleted => (Change::Deleted, None),
                FileStatus::TypeChanged => (Change::TypeChanged, None),
                FileStatus::Modified | FileStatus::ModeChanged { .. } => (Change::Modified, None),
                FileStatus::Submodule => match side.map(|side| (&side.old, &side.new)) {
                    Some((None, _)) => (Change::Added, None),
                    Some((_, None)) => (Change::Deleted, None),
                    Some((Some((old, _)), Some((new, _)))) if old != new => (Change::TypeChanged, None),
                    _ => (Change::Modified, None),
                },
            };
            ChangedFile {
                path: file.path,
                old_path,
                change,
                insertions: file.added,
                deletions: file.removed,
                binary: file.binary,
                patch: String::new(),
                truncated: false,
            }
        })
        .collect()
}
