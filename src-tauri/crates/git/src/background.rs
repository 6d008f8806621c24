//! What is known of a repository beside the change: its last commits, and the files that say how messages are written.

use crate::{command::Git, error::GitError, objects::read_small, original_call, tree};
use autocommit_core::{
    draft::{Background, PastCommit},
    id::Oid,
    path::RepoPath,
    repo::Repo,
    trust::Trusted,
};
use std::collections::{HashSet, VecDeque};

/// Commits that are looked at.
const COMMITS: &str = "--max-count=400";
/// Paths kept of one commit.
const PATHS: usize = 40;
/// Bytes read of the list of commits; what is beyond is left out.
const LIST_LIMIT: usize = 4 << 20;
/// Files that are read, and the largest that is.
const FILES: usize = 40;
const FILE_AT_MOST: usize = 64 << 10;

/// Between the fields of a commit, which end with NUL: no name has one.
const COMMIT: &str = "--format=%x01%H%x00%s%x00%an <%ae>%x00";

/// Reads it from the commit at `head`: a list of its ancestors, and files of its tree. No program of the repository's runs
/// for it, and nothing is fetched. `ours` are the commits that Autocommit made.
pub async fn background(
    git: &Git,
    repo: &Repo,
    _trusted: &Trusted,
    head: &Oid,
    ours: &HashSet<Oid>,
) -> Result<Background, GitError> {
    let list = original_call(git, repo, "background")
        .args([
            "log",
            "-z",
            "--no-merges",
            "--name-only",
            "--no-renames",
            "--no-show-signature",
            "--no-mailmap",
        ])
        .args(["--no-notes", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"])
        .args([COMMITS, COMMIT, "--encoding=UTF-8", head.as_str(), "--"])
        .limit(LIST_LIMIT)
        .run()
        .await?;
    // A history that is not here as a whole (shallow, partial) still has its newest part.
    let past = commits(&list.stdout, ours);
    let files = files(git, repo, head).await?;
    Ok(Background { past, files })
}

/// `0x01 oid NUL subject NUL author NUL [LF path NUL …]`.
fn commits(bytes: &[u8], ours: &HashSet<Oid>) -> Vec<PastCommit> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut past: Vec<PastCommit> = Vec::new();
    let mut fields = bytes.split(|b| *b == 0);
    while let Some(field) = fields.next() {
        // With `-z` the separator of commits is a NUL too, and paths begin on a new line.
        let field = field.strip_prefix(b"\n").unwrap_or(field);
        let oid = field.strip_prefix(b"\x01").and_then(|id| Oid::parse(&String::from_utf8_lossy(id)));
        if let Some(oid) = oid {
            let (Some(subject), Some(author)) = (fields.next(), fields.next()) else { break };
            let ours = ours.contains(&oid);
            past.push(PastCommit {
                oid,
                subject: lossy(subject),
                author: lossy(author),
                ours,
                paths: Vec::new(),
            });
        } else if let Some(last) = past.last_mut().filter(|c| !field.is_empty() && c.paths.len() < PATHS) {
            last.paths.push(RepoPath::new(field));
        }
    }
    past
}

/// Names in the top folder that tell something, by what they begin with.
const TOLD: [&str; 24] = [
    "package.json",
    "cargo.toml",
    "pyproject.toml",
    "setup.cfg",
    "go.mod",
    "composer.json",
    "pom.xml",
    "lerna.json",
    "nx.json",
    "commitlint.config.",
    ".commitlintrc",
    ".gitlint",
    ".gitmessage",
    ".czrc",
    ".cz.",
    "cz.",
    "release-please-config.json",
    ".release-please-manifest.json",
    ".releaserc",
    "release.config.",
    ".versionrc",
    "cliff.toml",
    "gitversion.yml",
    "contributing.md",
];

/// What paths of files that tell something begin with, where they are not in the top folder.
const BELOW: [&str; 3] = [".github/workflows/", ".changeset/config.json", ".github/release"];
/// The most trees that are read, and the largest, in bytes.
const TREES: usize = 40;
const TREE_AT_MOST: usize = 4 << 20;

async fn files(git: &Git, repo: &Repo, head: &Oid) -> Result<Vec<(RepoPath, Vec<u8>)>, GitError> {
    let read = async |oid: &Oid| {
        let read = read_small(git, repo, None, vec![oid.clone()], TREE_AT_MOST).await?;
        Ok::<_, GitError>(read.into_iter().flatten().next().unwrap_or_default())
    };
    let top = tree::of_commit(&read(head).await?).ok_or(GitError::Unparsable { step: "background" })?;
    let (mut paths, mut objects) = (Vec::new(), Vec::new());
    let mut folders = VecDeque::from([(Vec::new(), top)]);
    for _ in 0..TREES {
        let Some((folder, oid)) = folders.pop_front() else { break };
        for entry in tree::entries(&read(&oid).await?, head) {
            let path = [&folder[..], &entry.name].concat();
            let name = String::from_utf8_lossy(&path).to_ascii_lowercase();
            if entry.is_file() && tells(&name) {
                paths.push(RepoPath::new(path));
                objects.push(entry.oid);
            } else if entry.is_folder() && leads(&name) {
                folders.push_back(([&path[..], b"/"].concat(), entry.oid));
            }
        }
    }
    paths.truncate(FILES);
    objects.truncate(FILES);
    let contents = read_small(git, repo, None, objects, FILE_AT_MOST).await?;
    // That a large one is there tells something as well.
    Ok(paths.into_iter().zip(contents.into_iter().map(Option::unwrap_or_default)).collect())
}

fn tells(path: &str) -> bool {
    BELOW.iter().any(|told| path.starts_with(told))
        || (!path.contains('/') && TOLD.iter().any(|name| path.starts_with(name)))
}

/// Whether a folder may hold such files.
fn leads(folder: &str) -> bool {
    let folder = format!("{folder}/");
    BELOW.iter().any(|told| told.starts_with(&folder) || folder.starts_with(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_with_their_paths() {
        let oid = |c: &str| Oid::parse(&c.repeat(40)).unwrap();
        let bytes = format!(
            "\x01{}\0Fix: a\0A <a@b>\0\nsrc/a b.rs\0x\x01y\0\0\x01{}\0\0B <>\0\0\x01{}\0Cut",
            "a".repeat(40),
            "b".repeat(40),
            "c".repeat(40)
        );
        let past = commits(bytes.as_bytes(), &HashSet::from([oid("b")]));
        let told: Vec<_> = past.iter().map(|c| (c.subject.as_str(), c.author.as_str(), c.ours)).collect();
        assert_eq!(told, [("Fix: a", "A <a@b>", false), ("", "B <>", true)]);
        let paths: Vec<_> = past[0].paths.iter().map(RepoPath::shown).collect();
        assert_eq!(paths, ["src/a b.rs", "x\\u{1}y"]);
        assert_eq!(commits(b"", &HashSet::new()), []);
    }

    #[test]
    fn what_tells_something() {
        for path in
            ["cargo.toml", ".github/workflows/deep/ci.yml", ".github/release.yml", ".changeset/config.json"]
        {
            assert!(tells(path), "{path}");
        }
        for path in ["src/cargo.toml", ".github/codeowners", "workflows/ci.yml"] {
            assert!(!tells(path), "{path}");
        }
        for (folder, expected) in
            [(".github", true), (".github/workflows/deep", true), (".github/issues", false), ("src", false)]
        {
            assert_eq!(leads(folder), expected, "{folder}");
        }
    }
}
