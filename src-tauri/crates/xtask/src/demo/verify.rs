//! What is true after the run, asked of git and of the file system alone.

use super::build::Made;
use crate::place::Place;
use anyhow::Result;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// Everything in the work trees but `.git`: content, permissions and time of change of each entry.
pub(super) type Manifest = BTreeMap<PathBuf, Record>;

/// One file, link or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    mode: u32,
    modified: (i64, i64),
    content: Vec<u8>,
}

/// What was counted, and every sentence that should not have to be said.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) commits: usize,
    pub(super) pushed: usize,
    pub(super) with_remote: usize,
    pub(super) held: Vec<String>,
    pub(super) files: usize,
    pub(super) wrong: Vec<String>,
}

/// Reads the work tree below `folder`.
pub(super) fn manifest(folder: &Path) -> Result<Manifest> {
    let mut manifest = Manifest::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name == ".git") {
                continue;
            }
            let meta = fs::symlink_metadata(&path)?;
            let content = if meta.is_dir() {
                folders.push(path.clone());
                Vec::new()
            } else if meta.is_symlink() {
                fs::read_link(&path)?.into_os_string().into_encoded_bytes()
            } else {
                digest(&path)?
            };
            let modified = (meta.mtime(), meta.mtime_nsec());
            manifest.insert(path, Record { mode: meta.mode(), modified, content });
        }
    }
    Ok(manifest)
}

fn digest(path: &Path) -> Result<Vec<u8>> {
    let (mut hash, mut file, mut buffer) = (Sha256::new(), fs::File::open(path)?, vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().to_vec()),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// Checks every repository; `before` is the manifest of `code` taken before the run.
pub(super) fn verify(place: &Place, made: &[Made], before: &Manifest) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    let after = manifest(&place.root.join("code"))?;
    verdict.files = after.values().filter(|record| !record.content.is_empty()).count();
    let paths = before.keys().chain(after.keys().filter(|path| !before.contains_key(*path)));
    for path in paths.filter(|path| before.get(*path) != after.get(*path)) {
        verdict.wrong.push(format!("{} was touched", path.display()));
    }
    for one in made {
        if let Err(error) = repository(place, one, &mut verdict) {
            verdict.wrong.push(format!("{}: {error:#}", one.name));
        }
    }
    Ok(verdict)
}

fn repository(place: &Place, one: &Made, verdict: &mut Verdict) -> Result<()> {
    let (tree, name) = (one.work_tree.as_path(), &one.name);
    let mut wrong = |what: String| verdict.wrong.push(format!("{name}: {what}"));

    let branch = place.git(tree, &["symbolic-ref", "--short", "HEAD"])?;
    let head = place.git(tree, &["rev-parse", "HEAD"])?;
    let parents = place.git(tree, &["rev-list", "--parents", &format!("{}..{head}", one.head)])?;
    let grown = parents.lines().count();
    let on_top =
        head == one.head || parents.lines().next_back().is_some_and(|line| line.ends_with(&one.head));
    if branch != "main" || !on_top {
        wrong(format!("{branch} is not main with something on top"));
    }
    if grown != usize::from(one.dirty) {
        wrong(format!("{grown} new commits instead of {}", usize::from(one.dirty)));
    }

    let status = place.git(tree, &["status", "--porcelain", "--no-renames", "--untracked-files=all"])?;
    let left: Vec<_> = status.lines().map(|line| line.get(2..).unwrap_or(line).trim().to_owned()).collect();
    if left != one.held {
        wrong(format!("left uncommitted: {left:?}, expected {:?}", one.held));
    }

    if let Some(remote) = &one.remote {
        let theirs = place.git(remote, &["rev-parse", "main"])?;
        if theirs != head {
            wrong(format!("the remote has {theirs}, the local branch {head}"));
        }
        complaints(place, remote, &mut wrong)?;
        verdict.with_remote += 1;
        verdict.pushed += usize::from(theirs == head);
    }
    let mut wrong = |what: String| verdict.wrong.push(format!("{name}: {what}"));
    complaints(place, tree, &mut wrong)?;
    verdict.commits += grown;
    verdict.held.extend(left.iter().map(|path| format!("{name}/{path}")));
    Ok(())
}

fn complaints(place: &Place, dir: &Path, wrong: &mut impl FnMut(String)) -> Result<()> {
    let mut fsck = place.command("git");
    let output = fsck.arg("-C").arg(dir).args(["fsck", "--full", "--strict", "--no-dangling"]).output()?;
    let said = [output.stdout, output.stderr].concat();
    // Progress is written for a terminal only; whatever is said here is a complaint.
    if !output.status.success() || !said.trim_ascii().is_empty() {
        wrong(format!("git fsck in {}: {}", dir.display(), String::from_utf8_lossy(&said).trim()));
    }
    Ok(())
}
