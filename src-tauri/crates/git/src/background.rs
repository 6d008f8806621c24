//! What is known of a repository beside the change: its last commits, and the files that say how messages are written.

use crate::{command::Git, error::GitError, objects::read_each, original_call};
use autocommit_core::{
    draft::{Background, PastCommit},
    id::Oid,
    path::RepoPath,
    repo::Repo,
    trust::Trusted,
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

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

/// Reads it from the commit at `head`: one list of commits, one of files, and those. No program of the repository's runs
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

/// Folders whose files tell something.
const FOLDERS: [&str; 3] = [".github/workflows/", ".changeset/config.json", ".github/release"];

async fn files(git: &Git, repo: &Repo, head: &Oid) -> Result<Vec<(RepoPath, Vec<u8>)>, GitError> {
    let tops = original_call(git, repo, "background")
        .args(["ls-tree", "-z", "--long", head.as_str()])
        .limit(LIST_LIMIT)
        .check()
        .await?;
    let folder = |name: &[u8]| tops.stdout.split(|b| *b == 0).any(|entry| entry.ends_with(name));
    let below = match folder(b"\t.github") || folder(b"\t.changeset") {
        true => {
            let call = original_call(git, repo, "background").args(["ls-tree", "-z", "--long", "-r"]);
            let call = call.args([head.as_str(), "--", ".github", ".changeset"]);
            call.limit(LIST_LIMIT).check().await?.stdout
        }
        // Most have neither: nothing is asked.
        false => Vec::new(),
    };
    let told = |entry: &Entry| {
        let path = String::from_utf8_lossy(entry.path.as_bytes()).to_ascii_lowercase();
        FOLDERS.iter().any(|folder| path.starts_with(folder))
            || (!path.contains('/') && TOLD.iter().any(|name| path.starts_with(name)))
    };
    let found = entries(&tops.stdout).chain(entries(&below)).filter(told);
    let found: Vec<_> = found.take(FILES).collect();
    let (small, large): (Vec<_>, Vec<_>) = found.into_iter().partition(|entry| entry.size <= FILE_AT_MOST);
    let wanted: Vec<_> = small.iter().map(|entry| entry.oid.clone()).collect();
    let contents = Arc::new(Mutex::new(vec![Vec::new(); wanted.len()]));
    let kept = contents.clone();
    let keep = move |at: usize, bytes: Option<&[u8]>| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(place), Some(bytes)) = (kept.get_mut(at), bytes) {
            bytes.clone_into(place);
        }
    };
    drop(read_each(git, repo, None, wanted, keep).await?);
    let contents = std::mem::take(&mut *contents.lock().unwrap_or_else(PoisonError::into_inner));
    let small = small.into_iter().zip(contents).map(|(entry, content)| (entry.path, content));
    Ok(small.chain(large.into_iter().map(|entry| (entry.path, Vec::new()))).collect())
}

struct Entry {
    path: RepoPath,
    oid: Oid,
    size: usize,
}

/// `mode type oid size TAB path NUL`; plain files only.
fn entries(bytes: &[u8]) -> impl Iterator<Item = Entry> + '_ {
    bytes.split(|b| *b == 0).filter_map(|line| {
        let at = line.iter().position(|b| *b == b'\t')?;
        let words = String::from_utf8_lossy(&line[..at]).into_owned();
        let mut words = words.split_ascii_whitespace();
        let (mode, _, oid, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let plain = mode == "100644" || mode == "100755";
        let entry =
            Entry { path: RepoPath::new(&line[at + 1..]), oid: Oid::parse(oid)?, size: size.parse().ok()? };
        plain.then_some(entry)
    })
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
    fn plain_files_with_their_sizes() {
        let id = "a".repeat(40);
        let bytes = format!(
            "100644 blob {id}      12\tCargo.toml\0120000 blob {id}       3\tlink\0160000 commit {id}       -\tsub\0"
        );
        let found: Vec<_> = entries(bytes.as_bytes()).map(|e| (e.path.shown(), e.size)).collect();
        assert_eq!(found, [("Cargo.toml".to_owned(), 12)]);
    }
}
