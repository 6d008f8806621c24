//! Reads `git status --porcelain=v2 --branch -z`: the one authority on what differs from HEAD.

use crate::{command::Git, error::GitError, limits, repo_call};
use autocommit_core::{
    id::Oid,
    path::RepoPath,
    repo::Repo,
    snapshot::{Change, ChangeKind, Head},
};
use std::collections::BTreeMap;

/// What a path was in HEAD: its mode and object id; nothing where it was not.
pub type HeadEntry = Option<(String, Oid)>;

/// The parsed answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) head: Head,
    pub(crate) upstream: Option<Upstream>,
    pub(crate) changes: Vec<Change>,
    /// HEAD's entry of every changed path that git tracks: what "not part of this commit" means for it.
    pub(crate) heads: BTreeMap<RepoPath, HeadEntry>,
}

/// The configured upstream, as far as git knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upstream {
    /// `origin/main`.
    pub(crate) name: String,
    /// Commits ahead and behind; nothing while the tracking ref does not exist.
    pub(crate) ahead_behind: Option<(usize, usize)>,
}

/// Asks git. Takes no optional lock and writes nothing. Without `untracked`, new files are not looked for.
pub(crate) async fn status(git: &Git, repo: &Repo, untracked: bool) -> Result<Status, GitError> {
    let output = repo_call(git, repo, "status")
        .global("--no-optional-locks")
        .args(["status", "--porcelain=v2", "--branch", "-z", "--no-renames"])
        .arg(if untracked { "--untracked-files=all" } else { "--untracked-files=no" })
        // Uncommitted work inside a submodule can never be committed from outside: it is the submodule's own.
        .arg("--ignore-submodules=dirty")
        .limit(limits::STATUS_LIMIT)
        .check()
        .await?;
    if output.truncated {
        return Err(GitError::Unparsable { step: "status" });
    }
    parse(&output.stdout).ok_or(GitError::Unparsable { step: "status" })
}

/// The changes in an answer of `git status --porcelain=v2 --branch -z`; nothing where it is none. What this takes is
/// measured.
pub fn changes_told(answer: &[u8]) -> Option<Vec<Change>> {
    parse(answer).map(|status| status.changes)
}

fn parse(bytes: &[u8]) -> Option<Status> {
    let mut oid = None;
    let mut branch = None;
    let mut upstream: Option<Upstream> = None;
    let mut changes = Vec::new();
    let mut heads = BTreeMap::new();
    for record in bytes.split(|b| *b == 0).filter(|r| !r.is_empty()) {
        let (kind, rest) = record.split_at_checked(2)?;
        match kind {
            b"# " => {
                let line = String::from_utf8_lossy(rest);
                let (key, value) = line.split_once(' ')?;
                match key {
                    "branch.oid" => oid = Oid::parse(value),
                    "branch.head" => branch = Some(value.to_owned()),
                    "branch.upstream" => {
                        upstream = Some(Upstream { name: value.to_owned(), ahead_behind: None })
                    }
                    "branch.ab" => {
                        let (ahead, behind) = value.split_once(' ')?;
                        let pair =
                            (ahead.strip_prefix('+')?.parse().ok()?, behind.strip_prefix('-')?.parse().ok()?);
                        upstream.as_mut()?.ahead_behind = Some(pair);
                    }
                    _ => {}
                }
            }
            b"1 " => {
                let (change, head) = ordinary(rest)?;
                heads.insert(change.path.clone(), head);
                changes.push(change);
            }
            b"u " => changes.push(Change {
                path: RepoPath::new(rest.splitn(10, |b| *b == b' ').nth(9)?),
                kind: ChangeKind::Unmerged,
                staged: true,
                unstaged: true,
                submodule: false,
            }),
            b"? " => changes.push(Change {
                path: RepoPath::new(rest),
                kind: ChangeKind::Added,
                staged: false,
                unstaged: true,
                submodule: false,
            }),
            _ => return None,
        }
    }
    let head = match branch?.as_str() {
        "(detached)" => Head::Detached { oid: oid? },
        name => Head::Branch { name: name.to_owned(), oid },
    };
    // With renames off a path can be reported twice only as "removed from the index" and "untracked": it is one change.
    merge_untracked_twins(&mut changes);
    Some(Status { head, upstream, changes, heads })
}

/// `XY sub mH mI mW hH hI path`.
fn ordinary(rest: &[u8]) -> Option<(Change, HeadEntry)> {
    let mut fields = rest.splitn(8, |b| *b == b' ');
    let xy = fields.next()?;
    let (x, y) = (*xy.first()?, *xy.get(1)?);
    let submodule = fields.next()?.first() == Some(&b'S');
    let head_mode = String::from_utf8_lossy(fields.next()?).into_owned();
    let index_mode = fields.next()?;
    // A repository that took the place of a tracked file is a submodule to git's eyes, and to nobody else's.
    let submodule = submodule && (head_mode == "160000" || index_mode == b"160000");
    let worktree_mode = fields.next()?;
    let head_oid = Oid::parse(std::str::from_utf8(fields.next()?).ok()?);
    let _index_oid = fields.next()?;
    let path = RepoPath::new(fields.next()?);
    let in_head = head_mode != "000000";
    let kind = match (in_head, worktree_mode) {
        (true, b"000000") => ChangeKind::Deleted,
        (true, _) => ChangeKind::Modified,
        (false, _) => ChangeKind::Added,
    };
    // Intent-to-add (`git add -N`) shows as ".A": nothing of it is staged yet.
    let change = Change { path, kind, staged: x != b'.', unstaged: y != b'.', submodule };
    Some((change, head_oid.filter(|_| in_head).map(|oid| (head_mode, oid))))
}

/// A path that was `git rm --cached` and is still on disk comes as deleted and as untracked.
fn merge_untracked_twins(changes: &mut Vec<Change>) {
    let untracked: std::collections::BTreeSet<_> =
        changes.iter().filter(|c| !c.staged && c.kind == ChangeKind::Added).map(|c| c.path.clone()).collect();
    let twins: std::collections::BTreeSet<_> = changes
        .iter_mut()
        .filter(|c| c.staged && untracked.contains(&c.path))
        .map(|c| {
            // The person took it out of the index on purpose: staged and different from the disk.
            c.unstaged = true;
            c.path.clone()
        })
        .collect();
    if !twins.is_empty() {
        changes.retain(|c| c.staged || !twins.contains(&c.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OID: &str = "1111111111111111111111111111111111111111";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn join(records: &[String]) -> Vec<u8> {
        records.iter().flat_map(|r| [r.as_bytes(), b"\0"].concat()).collect()
    }

    #[test]
    fn records_of_every_kind() {
        let bytes = join(&[
            format!("# branch.oid {OID}"),
            "# branch.head main".into(),
            "# branch.upstream origin/main".into(),
            "# branch.ab +2 -1".into(),
            format!("1 .M N... 100644 100644 100644 {OID} {OID} a b.txt"),
            format!("1 MM N... 100644 100644 100644 {OID} {OID} half"),
            format!("1 A. N... 000000 100644 100644 {ZERO} {OID} new\nline"),
            format!("1 .D N... 100644 100644 000000 {OID} {OID} gone"),
            format!("1 .M SC.. 160000 160000 160000 {OID} {OID} sub"),
            format!("1 .A N... 000000 000000 100644 {ZERO} {ZERO} intent"),
            format!("u UU N... 100644 100644 100644 100644 {OID} {OID} {OID} conflict file"),
            format!("1 .T S... 100644 100644 160000 {OID} {OID} file-once"),
            "? -dash".into(),
            "? nested/".into(),
        ]);
        let status = parse(&bytes).unwrap();
        assert_eq!(status.head, Head::Branch { name: "main".into(), oid: Oid::parse(OID) });
        assert_eq!(
            status.upstream,
            Some(Upstream { name: "origin/main".into(), ahead_behind: Some((2, 1)) })
        );
        let seen: Vec<_> =
            status.changes.iter().map(|c| (c.path.shown(), c.kind, c.staged, c.unstaged)).collect();
        use ChangeKind::*;
        assert_eq!(
            seen,
            [
                ("a b.txt".to_owned(), Modified, false, true),
                ("half".to_owned(), Modified, true, true),
                ("new\\nline".to_owned(), Added, true, false),
                ("gone".to_owned(), Deleted, false, true),
                ("sub".to_owned(), Modified, false, true),
                ("intent".to_owned(), Added, false, true),
                ("conflict file".to_owned(), Unmerged, true, true),
                ("file-once".to_owned(), Modified, false, true),
                ("-dash".to_owned(), Added, false, true),
                ("nested/".to_owned(), Added, false, true),
            ]
        );
        assert!(status.changes[4].submodule && !status.changes[7].submodule);
        assert_eq!(status.heads[&"half".into()], Some(("100644".into(), Oid::parse(OID).unwrap())));
        assert_eq!(status.heads[&RepoPath::from("new\nline")], None);
    }

    #[test]
    fn heads() {
        let head = |oid: &str, name: &str| {
            parse(&join(&[format!("# branch.oid {oid}"), format!("# branch.head {name}")]))
        };
        assert_eq!(head("(initial)", "main").unwrap().head, Head::Branch { name: "main".into(), oid: None });
        assert_eq!(head(OID, "(detached)").unwrap().head, Head::Detached { oid: Oid::parse(OID).unwrap() });
    }

    #[test]
    fn removed_from_the_index_only_is_one_change() {
        let bytes = join(&[
            format!("# branch.oid {OID}"),
            "# branch.head main".into(),
            format!("1 D. N... 100644 000000 000000 {OID} {ZERO} kept"),
            "? kept".into(),
        ]);
        let status = parse(&bytes).unwrap();
        assert_eq!(status.changes.len(), 1);
        assert!(
            status.changes[0].staged && status.changes[0].unstaged,
            "a person's own doing: held as half staged"
        );
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(parse(b""), None, "a failing git prints nothing, like a clean one");
        assert_eq!(parse(b"X what\0"), None);
    }
}
