//! Ignores a path by a line in the repository's own `info/exclude`: nobody else sees it, and nothing of theirs changes.

use crate::{
    command::Git,
    error::GitError,
    files::{on_disk, relative},
    limits, repo_call,
};
use autocommit_core::{path::RepoPath, repo::Repo};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::Path,
};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ignored {
    /// Git leaves it alone from now on; of a folder, so many files in it are tracked and stay so.
    Added {
        /// Files in the folder that git tracks.
        tracked: usize,
    },
    /// It was ignored before.
    Already,
    /// Git tracks the file, and so it cannot be ignored.
    Tracked,
    /// The line was added, but a `.gitignore` of the repository takes the path in again.
    Overruled,
}

/// What came of taking it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unignored {
    /// The line is gone, and git sees the path again.
    Seen,
    /// The line is gone, but another rule still ignores the path.
    StillIgnored,
    /// There is no such line: it was not ignored by [`ignore`].
    NotOurs,
}

/// Has git ignore a path, and everything below it.
///
/// # Errors
/// Where git cannot be asked or `info/exclude` cannot be written.
pub async fn ignore(git: &Git, repo: &Repo, path: &RepoPath) -> Result<Ignored, GitError> {
    let path = without_slash(path);
    let folder = on_disk(repo, &path).symlink_metadata().is_ok_and(|found| found.is_dir());
    let (itself, below) = tracked(git, repo, &path).await?;
    // A submodule is a folder, and tracked as a whole.
    if itself || (below > 0 && !folder) {
        return Ok(Ignored::Tracked);
    }
    if is_ignored(git, repo, &path).await? {
        return Ok(Ignored::Already);
    }
    let file = repo.common_dir.join("info/exclude");
    let line = pattern(&path, folder);
    let written = tokio::task::spawn_blocking(move || append(&file, &line)).await;
    written.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(not_written)?;
    Ok(match is_ignored(git, repo, &path).await? {
        true => Ignored::Added { tracked: below },
        false => Ignored::Overruled,
    })
}

/// Takes back what [`ignore`] did to a path: its line, and no other one.
///
/// # Errors
/// Where git cannot be asked or `info/exclude` cannot be written.
pub async fn unignore(git: &Git, repo: &Repo, path: &RepoPath) -> Result<Unignored, GitError> {
    let path = without_slash(path);
    let file = repo.common_dir.join("info/exclude");
    let lines = [pattern(&path, false), pattern(&path, true)];
    let written = tokio::task::spawn_blocking(move || take_out(&file, &lines)).await;
    let gone = written.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(not_written)?;
    Ok(match (gone, is_ignored(git, repo, &path).await?) {
        (false, _) => Unignored::NotOurs,
        (true, false) => Unignored::Seen,
        (true, true) => Unignored::StillIgnored,
    })
}

fn without_slash(path: &RepoPath) -> RepoPath {
    RepoPath::new(path.as_bytes().strip_suffix(b"/").unwrap_or(path.as_bytes()))
}

fn not_written(source: io::Error) -> GitError {
    GitError::File { what: ".git/info/exclude could not be written", source }
}

/// Whether the index has an entry at a path, and how many it has at or below it.
async fn tracked(git: &Git, repo: &Repo, path: &RepoPath) -> Result<(bool, usize), GitError> {
    let output = repo_call(git, repo, "ignore")
        .global("--literal-pathspecs")
        .args(["ls-files", "-z", "--"])
        .arg(relative(path))
        .limit(limits::STATUS_LIMIT)
        .check()
        .await?;
    let entries = output.stdout.split(|b| *b == 0).filter(|entry| !entry.is_empty());
    Ok((entries.clone().any(|entry| entry == path.as_bytes()), entries.count()))
}

async fn is_ignored(git: &Git, repo: &Repo, path: &RepoPath) -> Result<bool, GitError> {
    let stdin = [b"./", path.as_bytes(), b"\0"].concat();
    // Without looking at the index, which would count a folder with one tracked file as not ignored.
    let words = ["check-ignore", "--no-index", "-z", "--stdin"];
    let call = repo_call(git, repo, "ignore").args(words).stdin(stdin);
    let output = call.run().await?;
    match output.code {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(GitError::failed("ignore", &output)),
    }
}

/// A line that means exactly this path (the rules are those of `gitignore(5)`): anchored at the top, with everything
/// escaped that has a meaning there. Where a pattern cannot hold a byte, a class that matches no other one stands for it.
fn pattern(path: &RepoPath, folder: bool) -> Vec<u8> {
    let mut line = vec![b'/'];
    for &byte in path.as_bytes() {
        match byte {
            b'\\' | b'*' | b'?' | b'[' | b']' | b' ' => line.extend([b'\\', byte]),
            // A carriage return at the end of a line would be taken for a part of the line's end.
            b'\r' => line.extend(b"[\r]"),
            // A line cannot hold its own end: everything but it, without the bytes 0, which no name has, and `/`, which no
            // class matches.
            b'\n' => line.extend(b"[!\x01-\x09\x0b-\xff]"),
            _ => line.push(byte),
        }
    }
    if folder {
        line.push(b'/');
    }
    line
}

/// Adds a line at the end, with one system call; what is there stays, byte by byte. Only a regular file is opened.
fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = open(path)?;
    let mut before = Vec::new();
    file.read_to_end(&mut before)?;
    if before.split(|b| *b == b'\n').any(|known| known == line) {
        return Ok(());
    }
    let mut text = Vec::new();
    if before.last().is_some_and(|last| *last != b'\n') {
        text.push(b'\n');
    }
    text.extend(line);
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_all()
}

/// Takes lines out, each wherever it stands; the others stay, byte by byte. The file is replaced whole, at the end of a link
/// where it is one, and keeps its mode.
fn take_out(path: &Path, lines: &[Vec<u8>]) -> io::Result<bool> {
    let path = match path.canonicalize() {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut file = open(&path)?;
    let mut before = Vec::new();
    file.read_to_end(&mut before)?;
    let ours = |line: &[u8]| lines.iter().any(|known| line.strip_suffix(b"\n").unwrap_or(line) == known);
    let after: Vec<u8> =
        before.split_inclusive(|b| *b == b'\n').filter(|line| !ours(line)).flatten().copied().collect();
    if after.len() == before.len() {
        return Ok(false);
    }
    let beside = path.with_file_name(format!("exclude.autocommit-{}", std::process::id()));
    let replaced = replace(&beside, &path, &after, file.metadata()?.permissions());
    if replaced.is_err() {
        let _ = fs::remove_file(&beside);
    }
    replaced.map(|()| true)
}

fn replace(beside: &Path, path: &Path, bytes: &[u8], mode: fs::Permissions) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(beside)?;
    file.write_all(bytes)?;
    file.set_permissions(mode)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        // A pipe in its place would be waited for.
        let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    let file = options.open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let shown = |path: &str, folder| String::from_utf8_lossy(&pattern(&path.into(), folder)).into_owned();
        assert_eq!(shown("a/b.txt", false), "/a/b.txt");
        assert_eq!(shown("node_modules", true), "/node_modules/");
        assert_eq!(shown("#a", false), "/#a", "the slash before it makes it harmless");
        assert_eq!(shown("!a", false), "/!a");
        assert_eq!(shown("a*b?[c]\\d", false), "/a\\*b\\?\\[c\\]\\\\d");
        assert_eq!(shown("end ", false), "/end\\ ");
    }

    #[test]
    fn what_is_there_stays_byte_by_byte() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("info/exclude");
        append(&file, b"/a").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"/a\n", "made where it was missing");
        fs::write(&file, b"# comment\r\n*.o\xff").unwrap();
        append(&file, b"/b").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"# comment\r\n*.o\xff\n/b\n", "the last line had no end");
        append(&file, b"/b").unwrap();
        append(&file, b"/c").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"# comment\r\n*.o\xff\n/b\n/c\n", "once is enough");
    }

    #[test]
    fn only_our_own_line_is_taken_out() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("exclude");
        let lines = [b"/a".to_vec(), b"/a/".to_vec()];
        assert!(!take_out(&file, &lines).unwrap(), "there is none");
        fs::write(&file, b"# /a\r\n/a\n/ab\n\xff\n/a/").unwrap();
        assert!(take_out(&file, &lines).unwrap());
        assert_eq!(fs::read(&file).unwrap(), b"# /a\r\n/ab\n\xff\n");
        assert!(!take_out(&file, &lines).unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_its_place_is_refused_and_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("exclude");
        rustix::fs::mkfifoat(rustix::fs::CWD, &file, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)
            .unwrap();
        assert!(append(&file, b"/a").is_err());
    }
}
