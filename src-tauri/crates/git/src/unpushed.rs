//! What a push would publish: every commit that no branch of the remote was seen to have, with the files it brings.

use crate::{command::Git, diff::TreeChange, error::GitError, limits, original_call, status::HeadEntry};
use autocommit_core::{id::Oid, path::RepoPath, repo::Repo};

/// Commits asked of one git process.
const BATCH: usize = 200;

/// A commit that was not published yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommit {
    /// The commit.
    pub oid: Oid,
    /// Its parents.
    pub parents: Vec<Oid>,
    /// What it changes over its parent; of a merge, what it has that no parent has.
    pub changes: Vec<TreeChange>,
}

/// What the place that is pushed to is known to have.
#[derive(Debug)]
pub enum Known<'a> {
    /// What the tracking branches of this remote have.
    Remote(&'a str),
    /// This commit with all below it; nothing where nothing is known.
    Commit(Option<Oid>),
}

/// The commits that `tip` has and the place that is pushed to is not `known` to have, parents first.
pub async fn unpushed(
    git: &Git,
    repo: &Repo,
    known: &Known<'_>,
    tip: &Oid,
) -> Result<Vec<NewCommit>, GitError> {
    let unreadable = || GitError::Unparsable { step: "unpushed" };
    let known = match known {
        Known::Remote(remote) => Some(format!("--remotes={remote}")),
        Known::Commit(Some(oid)) => {
            // A history that was thrown away and pruned here is no help.
            let there =
                original_call(git, repo, "unpushed").args(["cat-file", "-e", oid.as_str()]).run().await?;
            there.success().then(|| oid.to_string())
        }
        Known::Commit(None) => None,
    };
    let listed = original_call(git, repo, "unpushed")
        .args(["rev-list", "--topo-order", "--reverse", "--parents", tip.as_str(), "--not"])
        .args(known)
        .limit(limits::STATUS_LIMIT)
        .check()
        .await?;
    if listed.truncated {
        return Err(unreadable());
    }
    let mut commits = Vec::new();
    for line in String::from_utf8_lossy(&listed.stdout).lines() {
        let mut oids = line.split(' ').map(Oid::parse);
        let oid = oids.next().flatten().ok_or_else(unreadable)?;
        let parents = oids.collect::<Option<Vec<_>>>().ok_or_else(unreadable)?;
        commits.push(NewCommit { oid, parents, changes: Vec::new() });
    }
    for batch in commits.chunks_mut(BATCH) {
        let stdin = batch.iter().flat_map(|c| format!("{}\n", c.oid).into_bytes()).collect();
        let output = original_call(git, repo, "unpushed")
            .args([
                "diff-tree",
                "--stdin",
                "-r",
                "-z",
                "-c",
                "--root",
                "--raw",
                "--no-renames",
                "--no-abbrev",
            ])
            .args(["--no-ext-diff", "--no-textconv"])
            .stdin(stdin)
            .limit(limits::STATUS_LIMIT)
            .check()
            .await?;
        if output.truncated {
            return Err(unreadable());
        }
        parse(&output.stdout, batch).ok_or_else(unreadable)?;
    }
    Ok(commits)
}

/// `oid NUL (:modes oids status NUL path NUL)…` for each commit, with one colon, mode and object for each parent.
fn parse(bytes: &[u8], commits: &mut [NewCommit]) -> Option<()> {
    let mut at: Option<usize> = None;
    let mut fields = bytes.split(|b| *b == 0);
    while let Some(field) = fields.next() {
        if field.is_empty() {
            continue;
        }
        let colons = field.iter().take_while(|b| **b == b':').count();
        let text = std::str::from_utf8(field).ok()?;
        if colons == 0 {
            let oid = Oid::parse(text.trim_ascii())?;
            // Commits that change nothing may be left out; the order stays.
            let from = at.map_or(0, |i| i + 1);
            at = Some(from + commits.get(from..)?.iter().position(|c| c.oid == oid)?);
            continue;
        }
        let words: Vec<&str> = text[colons..].split(' ').collect();
        let (modes, oids) = (words.get(..=colons)?, words.get(colons + 1..=2 * colons + 1)?);
        let entry = |i: usize| -> Option<HeadEntry> {
            match Oid::parse(oids[i]) {
                None if modes[i] == "000000" => Some(None),
                oid => Some(Some((modes[i].to_owned(), oid?))),
            }
        };
        let path = RepoPath::new(fields.next()?);
        let change = TreeChange { path, old: entry(0)?, new: entry(colons)? };
        commits.get_mut(at?)?.changes.push(change);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_merge_commits() {
        let id = |n: u8| n.to_string().repeat(40);
        let zeros = "0".repeat(40);
        let commit =
            |n| NewCommit { oid: Oid::parse(&id(n)).unwrap(), parents: Vec::new(), changes: Vec::new() };
        let mut commits = [commit(1), commit(2), commit(3)];
        let text = format!(
            "{}\0:000000 100644 {zeros} {} A\0a b\n\0:100644 000000 {} {zeros} D\0gone\0{}\0::100644 100644 100755 {} {} {} MM\0merged\0",
            id(1),
            id(7),
            id(8),
            id(3),
            id(4),
            id(5),
            id(6)
        );
        parse(text.as_bytes(), &mut commits).unwrap();
        assert_eq!(commits[0].changes.len(), 2);
        assert_eq!(commits[0].changes[0].path.shown(), "a b\\n");
        assert!(commits[0].changes[0].old.is_none() && commits[0].changes[1].new.is_none());
        assert!(commits[1].changes.is_empty());
        let merged = &commits[2].changes[0];
        assert_eq!(merged.new.as_ref().unwrap(), &("100755".to_owned(), Oid::parse(&id(6)).unwrap()));
        assert!(parse(b"garbage\0", &mut commits).is_none());
    }
}
