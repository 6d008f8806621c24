//! Reads what a staged tree holds, entry by entry, for the guards: from the objects themselves, so that nothing can slip in
//! between what is looked at and what is committed.

use crate::run::Run;
use autocommit_core::{
    guards::content::{Bytes, Content, Filter, Seen, conflicts, transformed},
    id::Oid,
    path::RepoPath,
    settings::SecretsPolicy,
};
use autocommit_git::{GitError, Inspection, NamedFilter, TreeChange};
use std::{collections::BTreeMap, path::Path};

const SUBMODULE: &str = "160000";

/// A file of the tree that is to be read.
struct File {
    path: RepoPath,
    oid: Oid,
    old: Option<Oid>,
    filter: Option<NamedFilter>,
}

/// Everything that `changes` puts into the tree. `scratch` is the folder it was staged in, if any.
pub(crate) async fn read(
    run: &Run,
    inspection: &Inspection,
    changes: &[TreeChange],
    scratch: Option<&Path>,
) -> Result<Vec<Content>, GitError> {
    let mut contents = pointers(run, changes).await;
    let new: Vec<_> = changes.iter().filter(|c| mode(&c.new).is_some_and(|m| m != SUBMODULE)).collect();
    let paths: Vec<_> = new.iter().map(|c| c.path.clone()).collect();
    let mut filters = autocommit_git::filters(&run.shared.git, &run.repo, inspection, &paths).await?;
    let files = new.into_iter().filter_map(|change| {
        let old = change.old.as_ref().filter(|(mode, _)| mode != SUBMODULE).map(|(_, oid)| oid.clone());
        let (_, oid) = change.new.clone()?;
        Some(File { filter: filters.remove(&change.path), path: change.path.clone(), oid, old })
    });
    contents.extend(look_at(run, files.collect(), scratch).await?);
    Ok(contents)
}

/// Whether some of it is stored by Git LFS.
pub(crate) fn has_lfs(contents: &[Content]) -> bool {
    let by_lfs = |bytes: &Bytes| bytes.filter.as_ref().is_some_and(|f| f.name == "lfs" && f.ran);
    contents.iter().any(|c| matches!(&c.seen, Seen::Bytes(bytes) if by_lfs(bytes)))
}

/// Says what looks like a secret and is committed all the same, because the person wants a warning only.
pub(crate) fn warn(run: &Run, contents: &[Content]) {
    if run.settings.guards.secrets != SecretsPolicy::Warn {
        return;
    }
    for content in contents {
        if let Seen::Bytes(bytes) = &content.seen
            && let Some(first) = bytes.secrets.first()
        {
            let (name, path, line) = (run.repo.name(), content.path.shown(), first.line);
            run.shared.warn(format!("{name}: line {line} of {path} holds what looks like {}.", first.what));
        }
    }
}

fn mode(entry: &autocommit_git::HeadEntry) -> Option<&str> {
    entry.as_ref().map(|(mode, _)| mode.as_str())
}

/// The pointers to other repositories' commits among `changes`.
async fn pointers(run: &Run, changes: &[TreeChange]) -> Vec<Content> {
    let wanted: Vec<_> = changes
        .iter()
        .filter_map(|c| c.new.as_ref().filter(|(mode, _)| mode == SUBMODULE).map(|(_, oid)| (c, oid)))
        .map(|(c, oid)| (c.path.clone(), oid.clone(), mode(&c.old) == Some(SUBMODULE)))
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let repo = run.repo.clone();
    let read = tokio::task::spawn_blocking(move || {
        let listed = autocommit_git::listed_submodules(&repo);
        let seen = |(path, oid, was_one): (RepoPath, Oid, bool)| Content {
            seen: Seen::Pointer {
                listed: was_one || listed.contains(&path),
                published: autocommit_git::is_published(&repo, &path, &oid),
            },
            path,
        };
        wanted.into_iter().map(seen).collect()
    });
    read.await.unwrap_or_default()
}

async fn look_at(run: &Run, files: Vec<File>, scratch: Option<&Path>) -> Result<Vec<Content>, GitError> {
    let (git, repo) = (&run.shared.git, &*run.repo);
    let wanted = files.iter().map(|f| f.oid.clone()).collect();
    let (sender, seen) = std::sync::mpsc::channel();
    let look = move |at: usize, bytes: Option<&[u8]>| {
        let file = &files[at];
        let seen = bytes.map(|bytes| {
            let filter = file
                .filter
                .as_ref()
                .map(|f| Filter { name: f.name.clone(), ran: f.configured && transformed(&f.name, bytes) });
            Bytes { filter, ..Bytes::of(&file.path, bytes) }
        });
        // The receiver outlives the reading.
        let _ = sender.send((file.path.clone(), file.old.clone(), seen));
    };
    drop(autocommit_git::read_each(git, repo, scratch, wanted, look).await?);
    let mut contents = Vec::new();
    let mut compare = BTreeMap::new();
    for (path, old, seen) in seen {
        if let (Some(bytes), Some(old)) = (&seen, old)
            && bytes.conflicts > 0
        {
            compare.insert(contents.len(), old);
        }
        contents.push(Content { path, seen: seen.map_or(Seen::TooLarge, Seen::Bytes) });
    }
    conflicts_before(run, &mut contents, compare, scratch).await?;
    Ok(contents)
}

/// Markers that the parent's file had already are nobody's unfinished conflict.
async fn conflicts_before(
    run: &Run,
    contents: &mut [Content],
    compare: BTreeMap<usize, Oid>,
    scratch: Option<&Path>,
) -> Result<(), GitError> {
    let (positions, olds): (Vec<_>, Vec<_>) = compare.into_iter().unzip();
    let (sender, counted) = std::sync::mpsc::channel();
    let look = move |at: usize, bytes: Option<&[u8]>| {
        let _ = sender.send((at, bytes.map_or(0, conflicts)));
    };
    drop(autocommit_git::read_each(&run.shared.git, &run.repo, scratch, olds, look).await?);
    for (at, before) in counted {
        if let Seen::Bytes(bytes) = &mut contents[positions[at]].seen {
            bytes.conflicts_before = before;
        }
    }
    Ok(())
}
