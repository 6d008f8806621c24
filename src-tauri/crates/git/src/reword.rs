//! Gives the tip of a branch another message. Tree, parents, author and the author's date stay; nothing is staged and the
//! index is not touched, because what is committed stays the same.

use crate::{
    branch::Witness,
    command::Git,
    commit::{Applied, Content, commit_tree, move_branch},
    error::{Failure, GitError},
    inspect::{Inspection, Inspector},
    limits, locks, original_call, processes,
    push::to_the_network,
    recover::{RefState, ref_state},
    repo_call,
};
use autocommit_core::{id::Oid, repo::Repo, trust::Trusted};
use std::path::Path;

/// A commit as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub oid: Oid,
    /// Its tree.
    pub tree: Oid,
    /// Its parents.
    pub parents: Vec<Oid>,
    author: Vec<u8>,
}

/// A person as git writes them into a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) name: Vec<u8>,
    pub(crate) email: Vec<u8>,
    pub(crate) date: String,
}

/// Who beside the branch itself has a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldBy {
    /// Nobody that can be seen.
    Nobody,
    /// A remote, as this repository saw it or as it says itself.
    Remote(String),
    /// Another branch or a tag of this repository.
    Ref(String),
    /// This remote cannot be asked now.
    Unasked(String),
}

/// The commit, read from the object itself; nothing where there is none of that name.
pub async fn made(
    git: &Git,
    repo: &Repo,
    _trusted: &Trusted,
    commit: &Oid,
) -> Result<Option<Made>, GitError> {
    let output =
        original_call(git, repo, "reword").args(["cat-file", "commit", commit.as_str()]).run().await?;
    Ok(parse(commit, &output.stdout).filter(|_| output.success()))
}

/// `tree`, `parent`…, `author`, each on a line, in this order.
fn parse(oid: &Oid, bytes: &[u8]) -> Option<Made> {
    let mut tree = None;
    let mut parents = Vec::new();
    for line in bytes.split(|b| *b == b'\n') {
        let id = |rest: &[u8]| Oid::parse(&String::from_utf8_lossy(rest));
        if let Some(rest) = line.strip_prefix(b"tree ") {
            tree = id(rest);
        } else if let Some(rest) = line.strip_prefix(b"parent ") {
            parents.push(id(rest)?);
        } else {
            let author = line.strip_prefix(b"author ")?.to_owned();
            return Some(Made { oid: oid.clone(), tree: tree?, parents, author });
        }
    }
    None
}

/// `name <address> seconds zone`.
fn author(line: &[u8]) -> Option<Author> {
    let open = line.iter().rposition(|b| *b == b'<')?;
    let close = line.iter().rposition(|b| *b == b'>').filter(|close| *close > open)?;
    Some(Author {
        name: line[..open].trim_ascii().to_owned(),
        email: line[open + 1..close].to_owned(),
        date: format!("@{}", String::from_utf8_lossy(&line[close + 1..]).trim()),
    })
}

/// Makes the commit once more with another message, and proves that nothing else of it differs.
pub async fn with_message(
    git: &Git,
    repo: &Repo,
    trusted: &Trusted,
    old: &Made,
    (message, date, sign): (&str, &str, bool),
    scratch: &Path,
) -> Result<Oid, GitError> {
    let unreadable = || GitError::Unparsable { step: "reword" };
    let author = author(&old.author).ok_or_else(unreadable)?;
    let content =
        Content { tree: &old.tree, parents: &old.parents, author: Some(&author), message, date, sign };
    let oid = commit_tree(git, repo, &content, scratch).await?;
    let new = made(git, repo, trusted, &oid).await?.ok_or_else(unreadable)?;
    match new.tree == old.tree && new.parents == old.parents && new.author == old.author {
        true => Ok(oid),
        // An author that git itself would write in another way today.
        false => Err(unreadable()),
    }
}

/// Moves `branch` from the commit to the one with the other message, or leaves everything as it is.
pub async fn replace_tip(
    git: &Git,
    repo: &Repo,
    (branch, old, new): (&str, &Oid, &Oid),
    subject: &str,
    inspector: &Inspector,
    witness: Witness<'_>,
) -> Result<Applied, GitError> {
    let busy = || {
        crate::state::operation(repo).is_some()
            || inspector.commit_under_way(repo)
            || processes::pushing(&locks::places(repo))
    };
    if busy() {
        return Ok(Applied::MovedMeanwhile);
    }
    let note = format!("commit (amend): {subject}");
    let moved = move_branch(git, repo, (branch, old.as_str(), new, &note), &busy, witness).await;
    match moved {
        Ok(true) => Ok(Applied::Done),
        Ok(false) => Ok(Applied::MovedMeanwhile),
        Err(GitError::HalfDone) => Err(GitError::HalfDone),
        Err(error) => {
            let state = ref_state(git, repo, branch, new).await.map_err(|_| GitError::HalfDone)?;
            match (state, error) {
                (RefState::Contains, _) => Ok(Applied::Done),
                (_, GitError::Failed { class: Failure::Moved, .. }) => Ok(Applied::MovedMeanwhile),
                (_, error) => Err(error),
            }
        }
    }
}

/// Whether a push, or somebody's fetch from here, is running: it may be sending what is about to be replaced.
pub fn push_under_way(repo: &Repo) -> bool {
    processes::pushing(&locks::places(repo))
}

/// Who has `commit`, apart from `branch`: every ref of this repository is asked, and every address of every remote for
/// what it has now. In doubt somebody has it.
pub async fn held_by(
    git: &Git,
    repo: &Repo,
    inspection: &Inspection,
    branch: &str,
    commit: &Oid,
) -> Result<HeldBy, GitError> {
    let refs = repo_call(git, repo, "reword")
        .args(["for-each-ref", "--format=%(refname)", "--contains", commit.as_str()])
        .limit(limits::STATUS_LIMIT)
        .check()
        .await?;
    let own = [format!("refs/heads/{branch}"), "refs/stash".to_owned()];
    let refs = String::from_utf8_lossy(&refs.stdout).into_owned();
    let mut other = None;
    for name in refs.lines().filter(|name| !own.iter().any(|own| own == name)) {
        if let Some(remote) = name.strip_prefix("refs/remotes/") {
            return Ok(HeldBy::Remote(remote.to_owned()));
        }
        other.get_or_insert_with(|| name.to_owned());
    }
    if let Some(name) = other {
        return Ok(HeldBy::Ref(name));
    }
    for (remote, address) in addresses(git, repo).await? {
        let asked = to_the_network(git, repo, inspection, "reword", None)
            .args(["ls-remote", "--quiet", "--", &address])
            .limit(limits::STATUS_LIMIT)
            .run()
            .await;
        let listed = match asked {
            Ok(output) if output.success() && !output.truncated => output.stdout,
            Ok(_) | Err(GitError::TimedOut { .. }) => return Ok(HeldBy::Unasked(remote)),
            Err(error) => return Err(error),
        };
        for line in String::from_utf8_lossy(&listed).lines() {
            let Some((id, name)) = line.split_once('\t') else { continue };
            if id == commit.as_str() {
                return Ok(HeldBy::Remote(remote));
            }
            // A branch of this name with commits that are not here may stand on the one that is asked about.
            if name == own[0] && !is_here(git, repo, id).await? {
                return Ok(HeldBy::Remote(remote));
            }
        }
    }
    Ok(HeldBy::Nobody)
}

/// Every address of every remote, for fetching and for pushing.
async fn addresses(git: &Git, repo: &Repo) -> Result<Vec<(String, String)>, GitError> {
    let names = repo_call(git, repo, "reword").arg("remote").check().await?;
    let mut found: Vec<(String, String)> = Vec::new();
    for name in String::from_utf8_lossy(&names.stdout).lines() {
        for kind in [&["--all"][..], &["--all", "--push"]] {
            let urls =
                repo_call(git, repo, "reword").args(["remote", "get-url"]).args(kind).args(["--", name]);
            for url in String::from_utf8_lossy(&urls.run().await?.stdout).lines() {
                if !found.iter().any(|(_, known)| known == url) {
                    found.push((name.to_owned(), url.to_owned()));
                }
            }
        }
    }
    Ok(found)
}

async fn is_here(git: &Git, repo: &Repo, id: &str) -> Result<bool, GitError> {
    Ok(original_call(git, repo, "reword").args(["cat-file", "-e", id]).run().await?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_commit_says() {
        let oid = |c: &str| Oid::parse(&c.repeat(40)).unwrap();
        let text = format!(
            "tree {}\nparent {}\nparent {}\nauthor A <b> C <a@b> 1700000000 +0130\ncommitter X <x> 1 +0000\n\ntree of\n",
            "a".repeat(40),
            "b".repeat(40),
            "c".repeat(40)
        );
        let made = parse(&oid("d"), text.as_bytes()).unwrap();
        assert_eq!((made.tree, made.parents), (oid("a"), vec![oid("b"), oid("c")]));
        let who = author(&made.author).unwrap();
        assert_eq!((who.name.as_slice(), who.email.as_slice()), (&b"A <b> C"[..], &b"a@b"[..]));
        assert_eq!(who.date, "@1700000000 +0130");
        for broken in ["", "tree x\n", "author a <b> 1 +0000\n"] {
            assert_eq!(parse(&oid("d"), broken.as_bytes()), None, "{broken}");
        }
    }
}
