//! What must be true of a run, judged from outside. Sentences begin with the number of the never list.

use crate::{
    claims,
    look::{Seen, TreeSeen, is_log},
    ours::Told,
    words::{name, shown},
    world::{Verdict, World},
};
use autocommit_test_support::Entry;
use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::ffi::OsStrExt as _,
    path::Path,
};

/// The person's own commits are dated from 2024 on, one second each; ours have the time of day.
const OURS_FROM: u64 = 1_704_067_200 + 100_000_000 / 10;

/// What the person did during a run.
pub(crate) struct Did {
    pub(crate) tree: usize,
    pub(crate) files: Files,
    /// They used git.
    pub(crate) git: bool,
    /// They made a commit with this message.
    pub(crate) message: Option<String>,
}

/// Files that the person may have changed during a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    None,
    Path(u8),
    Any,
}

impl Did {
    /// Nothing at all.
    pub(crate) const NOTHING: Self = Self { tree: 0, files: Files::None, git: false, message: None };

    /// Whether they did anything in this work tree.
    pub(crate) fn anything(&self, tree: usize) -> bool {
        (self.git || self.files != Files::None) && self.tree == tree
    }
}

/// A commit of ours.
pub(crate) struct Made {
    pub(crate) commit: String,
    /// What it changes: path, mode and object; all zeros where it is gone.
    pub(crate) changes: Vec<(Vec<u8>, String, String)>,
}

/// Everything that must be true of a run.
pub(crate) fn judge(world: &mut World, before: &Seen, after: &Seen, told: &Told, did: &Did) -> Verdict {
    // That an object is touched is no write: it keeps git's own cleaning from taking it.
    let plain = |seen: &Seen| {
        let entry = |(path, entry): (&std::path::PathBuf, &Entry)| {
            let mtime_ns = if path.starts_with("objects") { 0 } else { entry.mtime_ns };
            (path.clone(), Entry { mtime_ns, ..entry.clone() })
        };
        seen.git_files.iter().map(entry).collect::<BTreeMap<_, _>>()
    };
    let (old, new) = (plain(before), plain(after));
    if told.only_looked && !did.git && old != new {
        let changed: Vec<_> = differing(&old, &new);
        return Err(format!("33: looking wrote to the git folder: {changed:?}"));
    }
    for (tree, (old, new)) in before.trees.iter().zip(&after.trees).enumerate() {
        files(old, new, did, tree)?;
    }
    refs(world, before, after, did)?;
    git_files(before, after, did)?;
    remote(world, before, after)?;
    for tree in 0..after.trees.len() {
        let made = made(world, before, after, tree);
        world.count("commits checked", made.len() as u64);
        commits(world, &before.trees[tree], &after.trees[tree], &made, did.anything(tree))?;
        if !(did.git && did.tree == tree) {
            staging(&before.trees[tree], &after.trees[tree], &made)?;
        }
        if !world.enabled && !made.is_empty() {
            return Err("switched off, and it committed all the same".to_owned());
        }
    }
    if let Some(message) = &did.message {
        let log = world.ask(world.app(), &["log", "--all", "--format=%s"]);
        if log.lines().filter(|line| line == message).count() != 1 {
            return Err(format!("7: the person's commit {message} is not there exactly once"));
        }
    }
    claims::judge(world, before, after, told, did)
}

/// 1: no byte, mode or time of a work tree's file changes.
fn files(old: &TreeSeen, new: &TreeSeen, did: &Did, tree: usize) -> Verdict {
    let theirs = |path: &Path| {
        did.tree == tree
            && match did.files {
                Files::None => false,
                Files::Path(number) => name(number).starts_with(path),
                Files::Any => true,
            }
    };
    let changed: Vec<_> =
        differing(&old.files, &new.files).into_iter().filter(|path| !theirs(path)).collect();
    match changed.is_empty() {
        true => Ok(()),
        false => Err(format!("1: files of the work tree changed: {changed:?}")),
    }
}

fn differing<'a, T: PartialEq>(
    old: &'a BTreeMap<std::path::PathBuf, T>,
    new: &'a BTreeMap<std::path::PathBuf, T>,
) -> Vec<&'a Path> {
    let all: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    all.into_iter().filter(|path| old.get(*path) != new.get(*path)).map(|path| path.as_path()).collect()
}

/// 2, 6: refs stay, but for the checked-out branches, which move on to descendants, and what follows the remote.
fn refs(world: &World, before: &Seen, after: &Seen, did: &Did) -> Verdict {
    let branches: BTreeSet<String> =
        before.trees.iter().chain(&after.trees).filter_map(|t| t.branch.clone()).collect();
    let ours = |name: &str| name.strip_prefix("refs/heads/").is_some_and(|b| branches.contains(b));
    for (name, old) in &before.refs {
        let new = after.refs.get(name);
        let moves = ours(name) || name.starts_with("refs/remotes/");
        match new {
            Some(new) if new == old => {}
            Some(new) if moves && world.is_ancestor(world.app(), old, new) => {}
            _ if did.git && name == "refs/stash" => {}
            _ => return Err(format!("2: {name} was {old} and is {new:?}")),
        }
    }
    for name in after.refs.keys().filter(|name| !before.refs.contains_key(*name)) {
        let of_remote = name.strip_prefix("refs/remotes/origin/").is_some_and(|b| branches.contains(b));
        if !(of_remote || did.git || ours(name)) {
            return Err(format!("2: {name} is new"));
        }
    }
    let heads = |seen: &Seen| seen.trees.iter().map(|t| t.branch.clone()).collect::<Vec<_>>();
    if !did.git && heads(before) != heads(after) {
        return Err(format!("6: checked out was {:?} and is {:?}", heads(before), heads(after)));
    }
    for (path, old) in &before.logs {
        let stash = did.git && path.ends_with("refs/stash");
        if !after.logs.get(path).is_some_and(|new| new.starts_with(old)) && !stash {
            return Err(format!("2: the reflog {} lost entries", path.display()));
        }
    }
    Ok(())
}

/// Nothing else in the git folder changes, and nothing is left there.
fn git_files(before: &Seen, after: &Seen, did: &Did) -> Verdict {
    if did.git {
        return Ok(());
    }
    let fine = |path: &Path| {
        // Objects come; those that are there may be touched, so that git's own cleaning leaves them.
        let hash = |seen: &Seen| seen.git_files.get(path).map(|e| e.hash.clone());
        let of_objects =
            path.starts_with("objects") && (hash(before).is_none() || hash(before) == hash(after));
        let index = path.file_name().is_some_and(|name| name == "index");
        let is_folder =
            |seen: &Seen| seen.git_files.get(path).is_some_and(|e| e.mode & 0o170_000 == 0o040_000);
        let folder = is_folder(before) || is_folder(after);
        of_objects
            || index
            || folder
            || path.starts_with("refs")
            || is_log(path)
            || path == Path::new("config")
    };
    let changed: Vec<_> =
        differing(&before.git_files, &after.git_files).into_iter().filter(|path| !fine(path)).collect();
    if !changed.is_empty() {
        return Err(format!("2: files of the git folder changed, or were left behind: {changed:?}"));
    }
    let old: BTreeSet<_> = before.config.lines().collect();
    let upstream =
        |line: &str| line.starts_with("branch.") && (line.contains(".remote=") || line.contains(".merge="));
    let new: Vec<_> = after.config.lines().filter(|line| !old.contains(line) && !upstream(line)).collect();
    if !new.is_empty() || !old.iter().all(|line| after.config.lines().any(|new| new == *line)) {
        return Err(format!("2: the configuration of the repository changed: {new:?}"));
    }
    Ok(())
}

/// 3: at the remote branches of ours move forward, and nothing else happens.
fn remote(world: &World, before: &Seen, after: &Seen) -> Verdict {
    let (Some(old), Some(new)) = (&before.remote, &after.remote) else { return Ok(()) };
    let branches: BTreeSet<_> =
        before.trees.iter().chain(&after.trees).filter_map(|t| t.branch.as_deref()).collect();
    for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let ours = name.strip_prefix("refs/heads/").is_some_and(|b| branches.contains(b));
        match (old.get(name), new.get(name)) {
            (old, new) if old == new => {}
            (Some(old), Some(new)) if ours && world.is_ancestor(&world.bare, old, new) => {}
            (None, Some(_)) if ours => {}
            (old, new) => return Err(format!("3: {name} of the remote was {old:?} and is {new:?}")),
        }
    }
    Ok(())
}

/// The commits that we made on the branch of a work tree.
fn made(world: &World, before: &Seen, after: &Seen, tree: usize) -> Vec<Made> {
    let branches: BTreeSet<_> =
        [&before.trees[tree].branch, &after.trees[tree].branch].into_iter().flatten().collect();
    let mut made: Vec<Made> = Vec::new();
    for branch in branches {
        let Some(tip) = after.refs.get(&format!("refs/heads/{branch}")) else { continue };
        let known: Vec<String> = before.refs.values().map(|oid| format!("^{oid}")).collect();
        let mut args = vec!["log", "--format=%H %ct", tip];
        args.extend(known.iter().map(String::as_str));
        for line in world.ask(world.app(), &args).lines() {
            let Some((commit, date)) = line.split_once(' ') else { continue };
            let ours = date.parse::<u64>().is_ok_and(|date| date > OURS_FROM);
            if ours && made.iter().all(|known| known.commit != commit) {
                made.push(Made { commit: commit.to_owned(), changes: changes(world, commit) });
            }
        }
    }
    made
}

fn changes(world: &World, commit: &str) -> Vec<(Vec<u8>, String, String)> {
    let args =
        ["diff-tree", "-r", "-z", "--root", "--no-renames", "--no-commit-id", "--raw", "--no-abbrev", commit];
    let listed = world.bytes(world.app(), &args);
    let mut records = listed.split(|b| *b == 0);
    let mut changes = Vec::new();
    while let (Some(meta), Some(path)) = (records.next().filter(|m| !m.is_empty()), records.next()) {
        let meta = String::from_utf8_lossy(meta).into_owned();
        let fields: Vec<&str> = meta.split(' ').collect();
        changes.push((path.to_vec(), fields[1].to_owned(), fields[3].to_owned()));
    }
    changes
}

/// 4, 6, 7, 8, 11: what we committed.
fn commits(world: &mut World, old: &TreeSeen, new: &TreeSeen, made: &[Made], interrupted: bool) -> Verdict {
    if made.len() > 1 {
        return Err(format!("11: {} commits for one change", made.len()));
    }
    let Some(Made { commit, changes }) = made.first() else { return Ok(()) };
    if !old.is_ordinary() && !interrupted {
        let why = (old.operation, old.editor, old.locked, &old.branch);
        return Err(format!("4: committed {commit} while something was under way: {why:?}"));
    }
    if changes.is_empty() {
        return Err(format!("11: {commit} changes nothing"));
    }
    for (path, mode, oid) in changes {
        let name = shown(path);
        let status = old.status.get(path).map_or("", String::as_str);
        let half = status.len() == 2 && status != "??" && !status.contains('.') || status.len() > 2;
        if half && !interrupted {
            return Err(format!("7: {name} was half staged ({status}) and was committed"));
        }
        if mode == "160000" {
            return Err(format!("23: {name} became a bare gitlink"));
        }
        world.count("blobs checked", 1);
        let staged = [old, new].into_iter().filter_map(|t| t.index.get(&(path.clone(), 0)));
        if mode == "000000" {
            let there = [old, new].iter().all(|tree| tree.contents.contains_key(path));
            if there && staged.count() == 2 {
                return Err(format!("8: {name} was there all the time and was committed as gone"));
            }
            continue;
        }
        if staged.into_iter().any(|entry| entry.oid == *oid && entry.mode == *mode) && !interrupted {
            // What the person staged, at rest. What we staged ourselves is the same object, so it is compared as well.
            if old.index.get(&(path.clone(), 0)).is_some_and(|entry| entry.oid == *oid) {
                continue;
            }
        }
        let bytes = world.bytes(world.app(), &["cat-file", "blob", oid]);
        let same = |tree: &TreeSeen| tree.contents.get(path).is_some_and(|c| c.0 == mode && c.1 == bytes);
        if !same(old) && !same(new) {
            let start = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
            return Err(format!("8: {name} was never {mode} {start:?} ({} bytes) at rest", bytes.len()));
        }
    }
    Ok(())
}

/// 7: what is not committed stays staged exactly as it was.
fn staging(old: &TreeSeen, new: &TreeSeen, made: &[Made]) -> Verdict {
    let committed: BTreeMap<&[u8], (&str, &str)> = made
        .iter()
        .flat_map(|m| &m.changes)
        .map(|(path, mode, oid)| (path.as_slice(), (mode.as_str(), oid.as_str())))
        .collect();
    for key in old.index.keys().chain(new.index.keys()).collect::<BTreeSet<_>>() {
        let (was, is) = (old.index.get(key), new.index.get(key));
        let fine = match committed.get(key.0.as_slice()) {
            None => was == is,
            Some(("000000", _)) => is.is_none(),
            Some((mode, oid)) => is.is_some_and(|e| e.mode == *mode && e.oid == *oid),
        };
        if !fine {
            return Err(format!("7: the index had {was:?} for {} and has {is:?}", shown(&key.0)));
        }
    }
    Ok(())
}

/// The bytes of a path, for comparing with keys.
pub(crate) fn key(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}
