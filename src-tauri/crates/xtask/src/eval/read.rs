//! Real changes read with plain git: what the commit contains, and what was there before it.

use crate::process;
use anyhow::{Context, Result, bail};
use autocommit_core::{
    draft::{Background, Diff, FileDiff, FileStatus, PastCommit},
    id::Oid,
    path::RepoPath,
};
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// Bytes read of a diff, as the engine does.
const DIFF_LIMIT: usize = 512 << 10;

/// Past commits that are looked at.
const PAST: &str = "-n400";

/// Paths kept of a past commit.
const PATHS: usize = 48;

/// Bytes of a file that says how messages are written.
const FILE_LIMIT: usize = 32 << 10;

/// Git without configuration or programs of anybody.
fn git(clone: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(clone).args(["-c", "core.quotePath=false", "-c", "log.showSignature=false"]);
    git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_NO_LAZY_FETCH", "1");
    git
}

/// What a git command prints, byte by byte.
pub(super) fn bytes(clone: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = git(clone);
    let output = command.args(arguments).stdin(Stdio::null()).output().context("cannot start git")?;
    if !output.status.success() {
        bail!("{}: {}", process::shown(&command), String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(output.stdout)
}

/// What a git command prints up to where it fails, and whether it did: a clone may lack its largest files.
pub(super) fn some(clone: &Path, arguments: &[&str]) -> Result<(Vec<u8>, bool)> {
    let output = git(clone).args(arguments).stdin(Stdio::null()).output().context("cannot start git")?;
    Ok((output.stdout, output.status.success()))
}

/// What the commit changes over its parent.
pub(super) fn diff(clone: &Path, commit: &str) -> Result<Diff> {
    let parent = format!("{commit}^");
    let list = ["diff-tree", "-r", "-z", "--raw", "--numstat", "--find-renames", "-l400", "--no-ext-diff"];
    let patch =
        ["--no-textconv", "--no-color", "--patch", "--unified=0", "--submodule=short", "--full-index"];
    let out = bytes(clone, &[&list[..], &patch, &[&parent, commit]].concat())?;
    let (mut diff, blobs) = parse(&out).with_context(|| format!("the diff of {commit} is not understood"))?;
    diff.patch.truncate(DIFF_LIMIT.saturating_sub(out.len() - diff.patch.len()));
    // As the product reads it: only where a word may tell the change.
    let lines: usize = diff.files.iter().map(|file| file.added + file.removed).sum();
    if diff.files.len() <= 20 && lines <= 1000 {
        let modified = diff.files.iter().zip(&blobs);
        let (paths, blobs): (Vec<_>, Vec<_>) = modified
            .filter(|(file, _)| file.status == FileStatus::Modified && !file.binary)
            .map(|(file, blob)| (file.path.clone(), blob))
            .unzip();
        diff.after = paths.into_iter().zip(objects(clone, &blobs)?).collect();
        // One that is too large takes nobody's room.
        diff.after.retain(|(_, content)| content.len() <= DIFF_LIMIT);
        let mut room = DIFF_LIMIT;
        diff.after.retain(|(_, content)| {
            let fits = content.len() <= room;
            room = room.saturating_sub(content.len());
            fits
        });
    }
    Ok(diff)
}

/// What was there before the commit.
pub(super) fn background(clone: &Path, commit: &str) -> Result<Background> {
    let parent = format!("{commit}^");
    let log = [
        "log",
        PAST,
        "--no-merges",
        "--name-only",
        "--no-renames",
        "-z",
        "--format=%x01%H%x02%s%x02%an <%ae>",
    ];
    let out = bytes(clone, &[&log[..], &[&parent]].concat())?;
    Ok(Background { past: past(&out), files: files(clone, &parent)? })
}

fn past(log: &[u8]) -> Vec<PastCommit> {
    log.split(|b| *b == 1)
        .filter_map(|record| {
            let end = record.iter().position(|b| *b == 0 || *b == b'\n').unwrap_or(record.len());
            let head = String::from_utf8_lossy(&record[..end]);
            let mut fields = head.splitn(3, '\u{2}');
            let oid = Oid::parse(fields.next()?)?;
            let (subject, author) = (fields.next()?.to_owned(), fields.next()?.to_owned());
            let names = record[end..].split(|b| *b == 0).map(|name| name.trim_ascii_start());
            let paths = names.filter(|name| !name.is_empty()).take(PATHS).map(RepoPath::new).collect();
            Some(PastCommit { oid, subject, author, ours: false, paths })
        })
        .collect()
}

/// The files of the top folder that are text and no locks; larger ones without content.
fn files(clone: &Path, commit: &str) -> Result<Vec<(RepoPath, Vec<u8>)>> {
    let out = bytes(
        clone,
        &["ls-tree", "-z", "--format=%(objecttype) %(objectname) %(objectsize)%x09%(path)", commit],
    )?;
    let mut found = Vec::new();
    for entry in out.split(|b| *b == 0).filter(|entry| !entry.is_empty()) {
        let Some(tab) = entry.iter().position(|b| *b == b'\t') else { continue };
        let fields = String::from_utf8_lossy(&entry[..tab]);
        let words: Vec<&str> = fields.split_whitespace().collect();
        if let ["blob", oid, size] = words[..] {
            let small = size.parse::<usize>().is_ok_and(|size| size <= FILE_LIMIT);
            found.push((RepoPath::new(&entry[tab + 1..]), small.then(|| oid.to_owned())));
        }
    }
    let wanted: Vec<&String> = found.iter().filter_map(|(_, oid)| oid.as_ref()).collect();
    let mut contents = objects(clone, &wanted)?.into_iter();
    let filled = found.into_iter().map(|(path, oid)| {
        let content = oid.and_then(|_| contents.next()).unwrap_or_default();
        (path, content)
    });
    Ok(filled.collect())
}

/// The contents of objects, in order.
fn objects(clone: &Path, oids: &[&String]) -> Result<Vec<Vec<u8>>> {
    let mut child = git(clone)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start git")?;
    let asked: String = oids.iter().map(|oid| format!("{oid}\n")).collect();
    let mut stdin = child.stdin.take().context("a pipe was asked for")?;
    let writer = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let out = child.wait_with_output()?.stdout;
    writer.join().map_err(|_| anyhow::anyhow!("the writing thread died"))??;
    let mut rest = &out[..];
    let mut contents = Vec::new();
    for oid in oids {
        let end = rest.iter().position(|b| *b == b'\n').with_context(|| format!("no object {oid}"))?;
        let size = String::from_utf8_lossy(&rest[..end]).rsplit(' ').next().and_then(|s| s.parse().ok());
        let size: usize = size.with_context(|| format!("no object {oid}"))?;
        contents.push(rest.get(end + 1..end + 1 + size).context("git ended early")?.to_vec());
        rest = rest.get(end + size + 2..).unwrap_or_default();
    }
    Ok(contents)
}

/// `git diff-tree -z --raw --numstat --patch`: files, counts in the same order, an empty record, the patch. With it, for each
/// file, the name of the object that it is now.
fn parse(out: &[u8]) -> Option<(Diff, Vec<String>)> {
    let mut rest = out;
    let next = |rest: &mut &[u8]| -> Option<Vec<u8>> {
        let end = rest.iter().position(|b| *b == 0)?;
        let field = rest[..end].to_vec();
        *rest = &rest[end + 1..];
        Some(field)
    };
    let (mut diff, mut blobs) = (Diff::default(), Vec::new());
    while rest.first() == Some(&b':') {
        let head = String::from_utf8(next(&mut rest)?).ok()?;
        let fields: Vec<&str> = head[1..].split(' ').collect();
        let &[old_mode, new_mode, old, new, letter] = fields.get(..5)?.first_chunk::<5>()?;
        let first = RepoPath::new(next(&mut rest)?);
        let moved = letter.starts_with(['R', 'C']);
        let (path, from) = if moved { (RepoPath::new(next(&mut rest)?), Some(first)) } else { (first, None) };
        let status = match (letter.as_bytes().first()?, from) {
            _ if new_mode == "160000" || old_mode == "160000" => FileStatus::Submodule,
            (b'A' | b'C', _) => FileStatus::Added,
            (b'D', _) => FileStatus::Deleted,
            (b'R', Some(from)) => FileStatus::Renamed { from },
            (b'T', _) => FileStatus::TypeChanged,
            _ if old == new => FileStatus::ModeChanged { executable: new_mode.ends_with("755") },
            _ => FileStatus::Modified,
        };
        diff.files.push(FileDiff { path, status, added: 0, removed: 0, binary: false });
        blobs.push(new.to_owned());
    }
    for file in &mut diff.files {
        let counts = String::from_utf8_lossy(&next(&mut rest)?).into_owned();
        let mut fields = counts.splitn(3, '\t');
        let (added, removed) = (fields.next()?.parse().ok(), fields.next()?.parse().ok());
        (file.added, file.removed, file.binary) = (added.unwrap_or(0), removed.unwrap_or(0), added.is_none());
        if fields.next()?.is_empty() {
            next(&mut rest)?;
            next(&mut rest)?;
        }
    }
    diff.patch = rest.strip_prefix(b"\0").unwrap_or_default().to_vec();
    Some((diff, blobs))
}
