//! Reads objects whole: in process by libgit2 where it can, by git where it cannot (SHA-256, objects of an alternate).

use crate::{command::Git, error::GitError, limits, original_call, stage::in_scratch};
use autocommit_core::{id::Oid, repo::Repo};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// The largest object that is read, in bytes: what is larger is known to be there, and no more.
pub const READ_AT_MOST: usize = 256 << 20;
/// Bytes of objects asked of one git process.
const BATCH: usize = 64 << 20;

/// Calls `look` with each object in turn, in no order, and with nothing for one that is too large to be read. Only one object
/// is in memory at a time where libgit2 can read them. An object that is not there is an error.
pub async fn read_each<F>(
    git: &Git,
    repo: &Repo,
    scratch: Option<&Path>,
    wanted: Vec<Oid>,
    look: F,
) -> Result<F, GitError>
where
    F: FnMut(usize, Option<&[u8]>) + Send + 'static,
{
    read(git, repo, scratch, wanted, READ_AT_MOST, look).await
}

/// The objects of at most so many bytes, in order, with nothing for a larger one. An object that is not there is an error.
pub(crate) async fn read_small(
    git: &Git,
    repo: &Repo,
    scratch: Option<&Path>,
    wanted: Vec<Oid>,
    at_most: usize,
) -> Result<Vec<Option<Vec<u8>>>, GitError> {
    let contents = Arc::new(Mutex::new(vec![None; wanted.len()]));
    let kept = contents.clone();
    let keep = move |at: usize, bytes: Option<&[u8]>| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.get_mut(at) {
            *place = bytes.map(<[u8]>::to_vec);
        }
    };
    drop(read(git, repo, scratch, wanted, at_most, keep).await?);
    Ok(std::mem::take(&mut *contents.lock().unwrap_or_else(PoisonError::into_inner)))
}

async fn read<F>(
    git: &Git,
    repo: &Repo,
    scratch: Option<&Path>,
    wanted: Vec<Oid>,
    at_most: usize,
    mut look: F,
) -> Result<F, GitError>
where
    F: FnMut(usize, Option<&[u8]>) + Send + 'static,
{
    if wanted.is_empty() {
        return Ok(look);
    }
    let mut folders = vec![repo.common_dir.join("objects")];
    folders.extend(scratch.map(|dir| dir.join("objects")));
    let read = tokio::task::spawn_blocking(move || {
        let left = in_process(&folders, &wanted, at_most, &mut look);
        (wanted, look, left)
    });
    let Ok((wanted, mut look, left)) = read.await else {
        return Err(GitError::Unparsable { step: "objects" });
    };
    by_git(git, repo, scratch, &wanted, left, at_most, &mut look).await?;
    Ok(look)
}

/// Reads what libgit2 can; the positions of the others.
fn in_process(
    folders: &[std::path::PathBuf],
    wanted: &[Oid],
    at_most: usize,
    look: &mut impl FnMut(usize, Option<&[u8]>),
) -> Vec<usize> {
    let all = || (0..wanted.len()).collect();
    // Only the folders of objects: the repository's configuration has no say in this.
    let Ok(store) = git2::Odb::new() else { return all() };
    for folder in folders {
        if folder.to_str().is_none_or(|path| store.add_disk_alternate(path).is_err()) {
            return all();
        }
    }
    let mut left = Vec::new();
    for (at, oid) in wanted.iter().enumerate() {
        let Some(id) = git2::Oid::from_str(oid.as_str()).ok().filter(|_| oid.as_str().len() == 40) else {
            left.push(at);
            continue;
        };
        match store.read_header(id) {
            Ok((size, _)) if size > at_most => look(at, None),
            Ok(_) => match store.read(id) {
                Ok(object) => look(at, Some(object.data())),
                Err(_) => left.push(at),
            },
            Err(_) => left.push(at),
        }
    }
    left
}

async fn by_git(
    git: &Git,
    repo: &Repo,
    scratch: Option<&Path>,
    wanted: &[Oid],
    left: Vec<usize>,
    at_most: usize,
    look: &mut impl FnMut(usize, Option<&[u8]>),
) -> Result<(), GitError> {
    if left.is_empty() {
        return Ok(());
    }
    let list = |positions: &[usize]| -> Vec<u8> {
        positions.iter().flat_map(|at| format!("{}\n", wanted[*at]).into_bytes()).collect()
    };
    let call = |mode: &'static str| {
        in_scratch(original_call(git, repo, "objects"), repo, scratch).args(["cat-file", mode])
    };
    let sizes =
        call("--batch-check=%(objectsize)").stdin(list(&left)).limit(limits::STATUS_LIMIT).check().await?;
    let sizes = String::from_utf8_lossy(&sizes.stdout).into_owned();
    let unreadable = GitError::Unparsable { step: "objects" };
    let mut batch: Vec<usize> = Vec::new();
    let mut bytes = 0;
    let mut lines = sizes.lines();
    let mut batches = Vec::new();
    for at in left {
        let Some(size) = lines.next().and_then(|l| l.parse::<usize>().ok()) else { return Err(unreadable) };
        if size > at_most {
            look(at, None);
            continue;
        }
        if bytes + size > BATCH && !batch.is_empty() {
            batches.push((std::mem::take(&mut batch), bytes));
            bytes = 0;
        }
        batch.push(at);
        bytes += size;
    }
    batches.push((batch, bytes));
    for (batch, bytes) in batches.into_iter().filter(|b| !b.0.is_empty()) {
        let room = bytes + batch.len() * 128;
        let output = call("--batch").stdin(list(&batch)).limit(room).check().await?;
        let mut rest = output.stdout.as_slice();
        for at in batch {
            let Some((object, tail)) = next_object(rest) else { return Err(unreadable) };
            look(at, Some(object));
            rest = tail;
        }
    }
    Ok(())
}

/// `oid type size LF content LF`.
fn next_object(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|b| *b == b'\n')?;
    let size: usize = std::str::from_utf8(&bytes[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let (object, rest) = bytes[end + 1..].split_at_checked(size)?;
    Some((object, rest.strip_prefix(b"\n")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_in_a_row() {
        let bytes = b"abc blob 3\nx\ny\ndef commit 0\n\n";
        let (first, rest) = next_object(bytes).unwrap();
        assert_eq!(first, b"x\ny");
        let (second, rest) = next_object(rest).unwrap();
        assert!(second.is_empty() && rest.is_empty());
        assert_eq!(next_object(b"abc missing\n"), None);
    }
}
