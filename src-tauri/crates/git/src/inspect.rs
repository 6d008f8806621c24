//! Inspect: one fresh reading of a repository. Writes nothing.

use crate::{
    command::Git,
    config::{self, Config, PersonConfig},
    error::GitError,
    files, locks, refs, repo_call, state,
    status::{self, HeadEntry, Upstream},
    trust::Assessments,
};
use autocommit_core::{
    path::RepoPath,
    repo::{Repo, RepoRules},
    settings::Settings,
    snapshot::{Destination, Head, PushTarget, Snapshot},
    trust::Trusted,
};
use std::collections::BTreeMap;

/// A reading, with what later stages need of it.
#[derive(Debug)]
pub struct Inspection {
    /// What is decided from.
    pub snapshot: Snapshot,
    /// What allowed the reading.
    pub trusted: Trusted,
    /// The configuration at that moment.
    pub(crate) config: Config,
    /// The index file that git looked at.
    pub(crate) index: crate::index::Fingerprint,
    /// HEAD's entry of every changed path that git tracks.
    pub(crate) heads: BTreeMap<RepoPath, HeadEntry>,
}

/// Keeps between readings what need not be read again.
#[derive(Debug, Default)]
pub struct Inspector {
    pub(crate) person: PersonConfig,
    commits: state::Commits,
    pub(crate) assessments: Assessments,
}

impl Inspection {
    /// Hexadecimal digits of an object id in this repository.
    pub(crate) fn oid_width(&self) -> usize {
        if self.config.get("extensions.objectformat") == Some("sha256") { 64 } else { 40 }
    }
}

impl Inspector {
    /// Whether a person's own commit is under way in the work tree in this instant.
    pub fn commit_under_way(&self, repo: &Repo) -> bool {
        self.commits.under_way_now(repo)
    }

    /// Reads everything a decision needs, of a repository that may be worked in.
    pub async fn inspect(
        &self,
        git: &Git,
        repo: &Repo,
        trusted: Trusted,
        settings: &Settings,
    ) -> Result<Inspection, GitError> {
        debug_assert_eq!(trusted.repo(), &repo.id);
        presence(git, repo).await?;
        let config = config::read(git, &self.person, repo).await?;
        // Taken before git looks: what is staged after this is not part of what we know.
        let index = crate::index::Fingerprint::of(repo);
        // A person who told git not to look for new files (a home folder as a work tree) is not overruled.
        let untracked = config
            .get("status.showuntrackedfiles")
            .is_none_or(|v| !matches!(v, "no" | "false" | "off" | "0"));
        let status = status::status(git, repo, untracked).await?;
        let rules = rules_of(&config);
        let destination = match &status.head {
            Head::Branch { name, .. } => {
                let wanted = rules.remote.as_deref();
                destination(
                    git,
                    repo,
                    &config,
                    settings,
                    (&trusted, wanted),
                    name,
                    &status.head,
                    status.upstream.as_ref(),
                )
                .await?
            }
            Head::Detached { .. } => Destination::NoRemote,
        };
        let mirror = match &destination {
            Destination::Remote(target) => target.mirror.as_deref(),
            _ => None,
        };
        let snapshot = Snapshot {
            // Read last: a state that began while git looked at the files must not be missed.
            operation: state::operation(repo),
            room: files::room(&repo.common_dir),
            locks: locks::in_the_way(repo, status.head.branch(), mirror),
            editor_open: !status.changes.is_empty() && self.commits.under_way(repo),
            tracked: crate::index::entry_count(repo),
            head: status.head,
            changes: status.changes,
            destination,
            rules,
            sign: config.boolean("commit.gpgsign").unwrap_or(false),
        };
        Ok(Inspection { snapshot, trusted, config, index, heads: status.heads })
    }
}

/// The repository is still there, and is ours as git sees it.
async fn presence(git: &Git, repo: &Repo) -> Result<(), GitError> {
    if !repo.work_tree.is_dir() || !repo.git_dir.is_dir() || !repo.common_dir.is_dir() {
        return Err(GitError::Gone);
    }
    // Naming the git folder outright switches git's own check of the owner off, so it is made here.
    if owned_by_us(repo) {
        return Ok(());
    }
    let verdict = git.call("owner").directory(&repo.work_tree).args(["rev-parse", "--git-dir"]).run().await?;
    if verdict.success() { Ok(()) } else { Err(GitError::ForeignOwner) }
}

#[cfg(unix)]
fn owned_by_us(repo: &Repo) -> bool {
    use std::os::unix::fs::MetadataExt;
    let me = rustix::process::geteuid().as_raw();
    [&repo.work_tree, &repo.git_dir, &repo.common_dir]
        .into_iter()
        .all(|path| path.symlink_metadata().is_ok_and(|meta| meta.uid() == me))
}

#[cfg(not(unix))]
fn owned_by_us(_repo: &Repo) -> bool {
    true
}

pub(crate) fn rules_of(config: &Config) -> RepoRules {
    RepoRules {
        enabled: config.boolean("autocommit.enabled"),
        push: config.boolean("autocommit.push"),
        remote: config.get("autocommit.remote").map(str::to_owned),
        branch: config.get("autocommit.branch").map(str::to_owned),
    }
}

/// Where the branch is pushed: the branch of the same name, on the remote that the repository's rules name, else the
/// upstream's, else the configured one. An upstream of another name is followed only where the person's own
/// `push.default` is `upstream`.
#[allow(clippy::too_many_arguments, reason = "one reading, spread over its parts")]
async fn destination(
    git: &Git,
    repo: &Repo,
    config: &Config,
    settings: &Settings,
    (trusted, wanted): (&Trusted, Option<&str>),
    branch: &str,
    head: &Head,
    upstream: Option<&Upstream>,
) -> Result<Destination, GitError> {
    let urls = config.subsections("remote", "url");
    let pushurls = config.subsections("remote", "pushurl");
    let exists = |name: &str| urls.iter().chain(&pushurls).any(|(remote, _, _)| *remote == name);
    if urls.is_empty() && pushurls.is_empty() {
        return Ok(match wanted {
            Some(name) => Destination::Missing { remote: name.to_owned() },
            None => Destination::NoRemote,
        });
    }
    let remote = remote_of(config, settings, wanted, branch);
    if !exists(remote) {
        return Ok(Destination::Missing { remote: remote.to_owned() });
    }
    let upstream_remote = upstream_remote(config, branch);
    let upstream_branch =
        config.get(&format!("branch.{branch}.merge")).and_then(|merge| merge.strip_prefix("refs/heads/"));
    let follows = config.person("push.default").is_some_and(|v| matches!(v, "upstream" | "tracking"));
    let on_remote = match upstream_branch {
        Some(other) if follows && upstream_remote == Some(remote) => other,
        _ => branch,
    };
    let (url, addresses) = push_urls(config, remote);
    let tracked = refs::tracked(git, repo, config, remote, on_remote, head, upstream).await?;
    Ok(Destination::Remote(PushTarget {
        remote: remote.to_owned(),
        url,
        refs_tell: addresses < 2 && !trusted.moved(remote),
        branch: on_remote.to_owned(),
        mirror: refs::tracking_ref(config, remote, on_remote),
        tracked: tracked.seen,
        ahead: tracked.ahead,
        behind: tracked.behind,
        set_upstream: upstream_remote.is_none() && upstream_branch.is_none(),
    }))
}

/// The remote that `branch` is pushed to, whether it exists or not.
pub(crate) fn remote_of<'a>(
    config: &'a Config,
    settings: &'a Settings,
    wanted: Option<&'a str>,
    branch: &str,
) -> &'a str {
    // Where a person pulls from one remote and pushes to another, their word on the latter counts.
    let pushes_to =
        config.get(&format!("branch.{branch}.pushremote")).or_else(|| config.get("remote.pushdefault"));
    wanted.or(pushes_to).or_else(|| upstream_remote(config, branch)).unwrap_or(&settings.git_remote)
}

fn upstream_remote<'a>(config: &'a Config, branch: &str) -> Option<&'a str> {
    config.get(&format!("branch.{branch}.remote")).filter(|remote| *remote != ".")
}

/// All addresses that one push goes to, in one text, and their number.
fn push_urls(config: &Config, remote: &str) -> (String, usize) {
    let urls: Vec<_> = push_addresses(config, remote).into_iter().map(|(_, effective)| effective).collect();
    // The last one first: it is the one that is shown, and whose host counts.
    let all: Vec<_> = urls.iter().rev().map(String::as_str).collect();
    (all.join(" "), urls.len().max(1))
}

/// Each address that a push to `remote` goes to: as configured, and as git would use it after `insteadOf`.
pub(crate) fn push_addresses<'a>(config: &'a Config, remote: &str) -> Vec<(&'a str, String)> {
    let of = |name: &str| {
        let all = config.subsections("remote", name).into_iter().filter(|u| u.0 == remote);
        all.map(|u| u.1).collect::<Vec<_>>()
    };
    let (urls, explicit) = match of("pushurl") {
        urls if urls.is_empty() => (of("url"), false),
        urls => (urls, true),
    };
    urls.into_iter().map(|url| (url, rewritten(config, url, explicit))).collect()
}

/// The address git would push to in place of `url`; `explicit` where it was configured for pushing.
fn rewritten(config: &Config, url: &str, explicit: bool) -> String {
    let longest = |name: &str| {
        let rules =
            config.subsections("url", name).into_iter().filter(|r| !r.1.is_empty() && url.starts_with(r.1));
        rules.max_by_key(|r| r.1.len()).map(|(base, prefix, _)| format!("{base}{}", &url[prefix.len()..]))
    };
    let for_push = if explicit { None } else { longest("pushinsteadof") };
    for_push.or_else(|| longest("insteadof")).unwrap_or_else(|| url.to_owned())
}

/// The person's own credential helpers, as arguments that put them in place of whatever the repository names.
pub(crate) fn own_helpers(config: &Config) -> Vec<String> {
    let is_helper = |key: &str| {
        key == "credential.helper" || (key.starts_with("credential.") && key.ends_with(".helper"))
    };
    let theirs = config.person_entries(is_helper);
    std::iter::once(("credential.helper", ""))
        .chain(theirs)
        .flat_map(|(k, v)| ["-c".into(), format!("{k}={v}")])
        .collect()
}

/// What git says of itself in a repository, for `doctor`: its version is known, its identity is asked.
pub async fn identity(git: &Git, repo: Option<&Repo>) -> Result<String, GitError> {
    let call = match repo {
        Some(repo) => repo_call(git, repo, "identity"),
        None => git.call("identity").directory(std::path::Path::new("/")),
    };
    let output = call.args(["var", "GIT_AUTHOR_IDENT"]).check().await?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.rsplit_once('>').map_or(text.clone(), |(who, _)| format!("{who}>")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Scope::{Person, Repository};

    #[test]
    fn push_addresses() {
        let config = Config::of(&[
            ("url.git@host:.insteadof", "https://host/", Person),
            ("url.ssh://push/.pushinsteadof", "https://host/a", Person),
            ("remote.a.url", "https://host/a/x", Repository),
            ("remote.b.url", "https://host/b/x", Repository),
            ("remote.c.url", "https://host/c", Repository),
            ("remote.c.pushurl", "https://host/a/c", Repository),
            ("remote.e.url", "https://host/one", Repository),
            ("remote.e.url", "/two", Repository),
        ]);
        let of = |remote: &str| push_urls(&config, remote);
        assert_eq!(of("a"), ("ssh://push//x".into(), 1), "pushInsteadOf wins over insteadOf");
        assert_eq!(of("b"), ("git@host:b/x".into(), 1));
        assert_eq!(of("c"), ("git@host:a/c".into(), 1), "pushInsteadOf does not touch a pushurl");
        assert_eq!(of("d"), (String::new(), 1));
        assert_eq!(of("e"), ("/two git@host:one".into(), 2), "both, the last one first");
    }

    #[test]
    fn only_the_persons_helpers_remain() {
        let config = Config::of(&[
            ("credential.helper", "store", Person),
            ("credential.https://h.helper", "libsecret", Person),
            ("credential.helper", "!evil", Repository),
        ]);
        let expected = [
            "-c",
            "credential.helper=",
            "-c",
            "credential.helper=store",
            "-c",
            "credential.https://h.helper=libsecret",
        ];
        assert_eq!(own_helpers(&config), expected);
    }
}
