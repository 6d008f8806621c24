//! The difference between HEAD and a tree, as a message needs it: the file list whole, the patch cut at a limit.

use crate::{
    command::Git, error::GitError, limits, objects::read_small, repo_call, stage::in_scratch,
    status::HeadEntry,
};
use autocommit_core::{
    draft::{Diff, FileDiff, FileStatus},
    id::Oid,
    path::RepoPath,
    repo::Repo,
};
use std::path::Path;

/// The empty tree, which git knows without storing it: its SHA-1 and its SHA-256 name.
pub(crate) const EMPTY_TREE: [&str; 2] = [
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
];

/// One entry of a tree that differs from the parent's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeChange {
    /// The path.
    pub path: RepoPath,
    /// The parent's mode and object; nothing where it has no such path.
    pub old: HeadEntry,
    /// The tree's mode and object; nothing where the path is gone.
    pub new: HeadEntry,
}

/// What `tree` changes over `parent` (over nothing for a first commit), for a message and, entry by entry, for the
/// guards. `scratch` is the folder it was staged in, if any.
pub async fn diff(
    git: &Git,
    repo: &Repo,
    parent: Option<&Oid>,
    tree: &Oid,
    scratch: Option<&Path>,
) -> Result<(Diff, Vec<TreeChange>), GitError> {
    let empty = EMPTY_TREE[usize::from(tree.as_str().len() == 64)];
    let between = [parent.map_or(empty, Oid::as_str), tree.as_str()];
    let output = in_scratch(repo_call(git, repo, "diff"), repo, scratch)
        .args(LIST)
        .args(["--patch", "--unified=0", "--submodule=short", "--full-index"])
        .args(between)
        .limit(limits::DIFF_LIMIT)
        .run()
        .await?;
    if !output.truncated {
        if !output.success() {
            return Err(GitError::failed("diff", &output));
        }
        return parse(&output.stdout).ok_or(GitError::Unparsable { step: "diff" });
    }
    // Too much: the whole list, and of the patch what was read of it.
    let list = in_scratch(repo_call(git, repo, "diff"), repo, scratch)
        .args(LIST)
        .args(between)
        .limit(limits::STATUS_LIMIT)
        .check()
        .await?;
    let (mut diff, changes) = parse(&list.stdout).ok_or(GitError::Unparsable { step: "diff" })?;
    if list.truncated {
        return Err(GitError::Unparsable { step: "diff" });
    }
    diff.patch = parse(&output.stdout).map(|(begun, _)| begun.patch).unwrap_or_default();
    Ok((diff, changes))
}

/// What the modified files of the same hold after it, up to a limit: what a patch says of a word is certain only where the
/// lines around it are known. Nothing for changes of so many files or lines that no word tells them.
pub async fn content_after(
    git: &Git,
    repo: &Repo,
    scratch: Option<&Path>,
    diff: &Diff,
    changes: &[TreeChange],
) -> Result<Vec<(RepoPath, Vec<u8>)>, GitError> {
    let lines: usize = diff.files.iter().map(|file| file.added + file.removed).sum();
    if diff.files.len() > WHOLE_FILES || lines > WHOLE_LINES {
        return Ok(Vec::new());
    }
    let modified = diff.files.iter().filter(|file| file.status == FileStatus::Modified && !file.binary);
    let (paths, objects): (Vec<_>, Vec<_>) = modified
        .filter_map(|file| {
            let change = changes.iter().find(|change| change.path == file.path)?;
            Some((file.path.clone(), change.new.as_ref()?.1.clone()))
        })
        .unzip();
    let contents = read_small(git, repo, scratch, objects, limits::DIFF_LIMIT).await?;
    let mut room = limits::DIFF_LIMIT;
    let read = paths.into_iter().zip(contents).filter_map(|(path, content)| Some((path, content?)));
    Ok(read
        .take_while(|(_, content)| {
            let fits = content.len() <= room;
            room = room.saturating_sub(content.len());
            fits
        })
        .collect())
}

/// The most files and changed lines of a change whose files are read whole.
const WHOLE_FILES: usize = 20;
const WHOLE_LINES: usize = 1000;

/// The file list: no program of the repository's runs for it, and no configuration hides a submodule from it.
pub(crate) const LIST: [&str; 11] = [
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--numstat",
    "--find-renames",
    "-l400",
    "--ignore-submodules=none",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
];

/// What git prints as the mode of nothing.
const NO_MODE: &str = "000000";

/// `:modes oids status NUL path NUL [path NUL]…`, then `added TAB removed TAB path NUL…`, then NUL and the patch.
pub(crate) fn parse(bytes: &[u8]) -> Option<(Diff, Vec<TreeChange>)> {
    let mut rest = bytes;
    let mut diff = Diff::default();
    let mut changes = Vec::new();
    while let Some(header) = rest.strip_prefix(b":") {
        let (fields, tail) = cut(header)?;
        let fields = String::from_utf8_lossy(fields).into_owned();
        let mut words = fields.split(' ');
        let (old_mode, new_mode) = (words.next()?, words.next()?);
        let (old_oid, new_oid) = (words.next()?, words.next()?);
        let letter = words.next()?.bytes().next()?;
        let (first, tail) = cut(tail)?;
        let (path, from, tail) = match letter {
            b'R' | b'C' => {
                let (second, tail) = cut(tail)?;
                (second, Some(RepoPath::new(first)), tail)
            }
            _ => (first, None, tail),
        };
        let (old, new) = (entry(old_mode, old_oid)?, entry(new_mode, new_oid)?);
        let path = RepoPath::new(path);
        match &from {
            Some(from) if letter == b'R' => {
                changes.push(TreeChange { path: from.clone(), old, new: None });
                changes.push(TreeChange { path: path.clone(), old: None, new });
            }
            _ => changes.push(TreeChange { path: path.clone(), old, new }),
        }
        let status = match (letter, from) {
            _ if new_mode == "160000" || (letter == b'D' && old_mode == "160000") => FileStatus::Submodule,
            (b'A' | b'C', _) => FileStatus::Added,
            (b'D', _) => FileStatus::Deleted,
            (b'R', Some(from)) => FileStatus::Renamed { from },
            (b'T', _) => FileStatus::TypeChanged,
            _ if old_oid == new_oid && old_mode != new_mode => {
                FileStatus::ModeChanged { executable: new_mode.ends_with("755") }
            }
            _ => FileStatus::Modified,
        };
        diff.files.push(FileDiff { path, status, added: 0, removed: 0, binary: false });
        rest = tail;
    }
    // Counts come in the same order as the files.
    for file in &mut diff.files {
        let Some((added, removed, tail)) = counts(rest, matches!(file.status, FileStatus::Renamed { .. }))
        else {
            break;
        };
        file.binary = added.is_none();
        file.added = added.unwrap_or(0);
        file.removed = removed.unwrap_or(0);
        rest = tail;
    }
    diff.patch = rest.strip_prefix(b"\0").unwrap_or_default().to_vec();
    Some((diff, changes))
}

/// A mode and an object as git prints them; nothing within for what is not there.
fn entry(mode: &str, oid: &str) -> Option<HeadEntry> {
    match mode {
        NO_MODE => Some(None),
        _ => Oid::parse(oid).map(|oid| Some((mode.to_owned(), oid))),
    }
}

type Counts<'a> = (Option<usize>, Option<usize>, &'a [u8]);

fn counts(bytes: &[u8], renamed: bool) -> Option<Counts<'_>> {
    let (record, mut tail) = cut(bytes)?;
    let mut fields = record.splitn(3, |b| *b == b'\t').map(String::from_utf8_lossy);
    let (added, removed) = (fields.next()?.parse().ok(), fields.next()?.parse().ok());
    if renamed {
        tail = cut(cut(tail)?.1)?.1;
    }
    Some((added, removed, tail))
}

fn cut(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|b| *b == 0)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_entries() {
        let (a, b, z) = ("1".repeat(40), "2".repeat(40), "0".repeat(40));
        let text = format!(
            ":100644 100644 {a} {b} M\0a\tb\0:000000 100644 {z} {b} A\0bin\0:100644 100755 {a} {a} M\0run.sh\0\
             :100644 100644 {a} {a} R100\0old\0new\0:100644 000000 {a} {z} D\0gone\0:160000 160000 {a} {b} M\0sub\0\
             3\t1\ta\tb\0-\t-\tbin\x000\t0\trun.sh\x000\t0\t\0old\0new\x000\t7\tgone\x001\t1\tsub\0\0diff --git a/a b/a\n"
        );
        let (diff, changes) = parse(text.as_bytes()).unwrap();
        let seen: Vec<_> =
            diff.files.iter().map(|f| (f.path.shown(), f.added, f.removed, f.binary)).collect();
        assert_eq!(seen[0], ("a\\tb".to_owned(), 3, 1, false));
        assert_eq!(seen[1], ("bin".to_owned(), 0, 0, true));
        assert_eq!(diff.files[2].status, FileStatus::ModeChanged { executable: true });
        assert_eq!(diff.files[3].status, FileStatus::Renamed { from: "old".into() });
        assert_eq!(seen[4], ("gone".to_owned(), 0, 7, false));
        assert_eq!(diff.files[5].status, FileStatus::Submodule);
        assert_eq!(diff.patch, b"diff --git a/a b/a\n");
        let sides: Vec<_> =
            changes.iter().map(|c| (c.path.shown(), c.old.is_some(), c.new.is_some())).collect();
        assert_eq!(sides[1], ("bin".to_owned(), false, true));
        assert_eq!(sides[3..5], [("old".to_owned(), true, false), ("new".to_owned(), false, true)]);
        assert_eq!(sides[5], ("gone".to_owned(), true, false));
        assert_eq!(changes[6].new.as_ref().unwrap().0, "160000");
        assert_eq!(parse(b"").unwrap(), (Diff::default(), Vec::new()), "no difference");
    }
}
