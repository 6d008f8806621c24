//! What our repository last saw of the remote: read in process by libgit2, or by git where libgit2 cannot
//! (reftable, SHA-256, partial clones).

use crate::{command::Git, config::Config, error::GitError, repo_call, status::Upstream};
use autocommit_core::{id::Oid, repo::Repo, snapshot::Head};

/// The tracking ref of the branch we push to, against HEAD.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tracked {
    /// A tracking ref covers the branch and exists.
    pub(crate) seen: bool,
    pub(crate) ahead: usize,
    pub(crate) behind: usize,
}

/// Compares HEAD with what was last seen at `branch` of `remote`.
pub(crate) async fn tracked(
    git: &Git,
    repo: &Repo,
    config: &Config,
    remote: &str,
    branch: &str,
    head: &Head,
    upstream: Option<&Upstream>,
) -> Result<Tracked, GitError> {
    let Some(head) = head.oid().cloned() else { return Ok(Tracked::default()) };
    // Status has compared already when the upstream is the branch we push to.
    if let Some(upstream) = upstream
        && upstream.name == format!("{remote}/{branch}")
        && let Some((ahead, behind)) = upstream.ahead_behind
    {
        return Ok(Tracked { seen: true, ahead, behind });
    }
    let Some(name) = tracking_ref(config, remote, branch) else {
        return Ok(Tracked { ahead: 1, ..Tracked::default() });
    };
    let (git_dir, asked_head, asked_name) = (repo.git_dir.clone(), head.clone(), name.clone());
    let others = format!("refs/remotes/{remote}/*");
    let read =
        tokio::task::spawn_blocking(move || in_process(&git_dir, &asked_head, &asked_name, &others)).await;
    match read {
        Ok(Ok(tracked)) => Ok(tracked),
        _ => by_git(git, repo, &head, &name, remote).await,
    }
}

/// The ref that mirrors `branch` of `remote` here, by the remote's fetch rules; nothing where no rule covers it.
pub(crate) fn tracking_ref(config: &Config, remote: &str, branch: &str) -> Option<String> {
    let full = format!("refs/heads/{branch}");
    config.subsections("remote", "fetch").into_iter().filter(|f| f.0 == remote).find_map(|(_, rule, _)| {
        let (from, to) = rule.trim_start_matches('+').split_once(':')?;
        match (from.split_once('*'), to.split_once('*')) {
            (Some((head, tail)), Some((into, rest))) => {
                let middle = full.strip_prefix(head)?.strip_suffix(tail)?;
                Some(format!("{into}{middle}{rest}"))
            }
            _ => (from == full).then(|| to.to_owned()),
        }
    })
}

fn in_process(
    git_dir: &std::path::Path,
    head: &Oid,
    name: &str,
    others: &str,
) -> Result<Tracked, git2::Error> {
    let repo = git2::Repository::open(git_dir)?;
    let head = git2::Oid::from_str(head.as_str())?;
    let theirs = match repo.refname_to_id(name) {
        Ok(oid) => oid,
        Err(error) if error.code() == git2::ErrorCode::NotFound => {
            return Ok(Tracked { ahead: count_new(&repo, head, others)?, ..Tracked::default() });
        }
        Err(error) => return Err(error),
    };
    let (ahead, behind) = if theirs == head { (0, 0) } else { repo.graph_ahead_behind(head, theirs)? };
    Ok(Tracked { seen: true, ahead, behind })
}

/// Commits that no branch of the remote was seen to have, counted no further than 1,000. A new branch without a commit of
/// its own is nobody's work yet, and is not made on the remote unasked.
fn count_new(repo: &git2::Repository, head: git2::Oid, others: &str) -> Result<usize, git2::Error> {
    let mut walk = repo.revwalk()?;
    walk.push(head)?;
    walk.hide_glob(others)?;
    Ok(walk.take(1000).filter(Result::is_ok).count())
}

async fn by_git(git: &Git, repo: &Repo, head: &Oid, name: &str, remote: &str) -> Result<Tracked, GitError> {
    let found =
        repo_call(git, repo, "tracking").args(["rev-parse", "--verify", "--quiet", name]).run().await?;
    let Some(theirs) = Oid::parse(String::from_utf8_lossy(&found.stdout).trim()) else {
        let args = ["rev-list", "--count", head.as_str(), "--not", &format!("--remotes={remote}")];
        let output = repo_call(git, repo, "tracking").args(args).check().await?;
        let ahead = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(1);
        return Ok(Tracked { ahead, ..Tracked::default() });
    };
    let range = format!("{head}...{theirs}");
    let output = repo_call(git, repo, "tracking")
        .args(["rev-list", "--left-right", "--count", &range])
        .check()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut counts = text.split_whitespace().map(str::parse);
    match (counts.next(), counts.next()) {
        (Some(Ok(ahead)), Some(Ok(behind))) => Ok(Tracked { seen: true, ahead, behind }),
        _ => Err(GitError::Unparsable { step: "tracking" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Scope::Repository;

    #[test]
    fn tracking_refs_follow_the_fetch_rules() {
        let config = Config::of(&[
            ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*", Repository),
            ("remote.single.fetch", "+refs/heads/main:refs/remotes/single/main", Repository),
            ("remote.odd.fetch", "refs/heads/team/*:refs/seen/*/x", Repository),
        ]);
        assert_eq!(tracking_ref(&config, "origin", "a/b").unwrap(), "refs/remotes/origin/a/b");
        assert_eq!(tracking_ref(&config, "single", "main").unwrap(), "refs/remotes/single/main");
        assert_eq!(tracking_ref(&config, "single", "dev"), None, "a single-branch clone sees no other");
        assert_eq!(tracking_ref(&config, "odd", "team/a").unwrap(), "refs/seen/a/x");
        assert_eq!(tracking_ref(&config, "none", "main"), None);
    }
}
