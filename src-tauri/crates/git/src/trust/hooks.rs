//! Folders of hooks.

use super::look::Look;
use crate::error::GitError;
use autocommit_core::trust::{HookFolder, SeenFile};
use std::path::Path;

/// What is in a folder of hooks: its files, those of folders in it that are made to hold parts of hooks (`_`, `*.d`), and
/// those beside it where husky made it. Where none of `run` can run in it and no setting names it, nothing is read.
pub(super) fn folder(
    look: &mut Look,
    path: &Path,
    label: &str,
    run: &[&str],
    named: Option<&str>,
) -> Result<HookFolder, GitError> {
    let mut folder = HookFolder { files: Vec::new(), named: named.map(str::to_owned) };
    let names = look.names(path)?;
    let counts = |name: &std::ffi::OsStr| !name.as_encoded_bytes().ends_with(b".sample");
    if named.is_none() {
        let can_run =
            names.iter().filter(|n| counts(n)).any(|n| n.to_str().is_some_and(|n| run.contains(&n)));
        if !can_run {
            return Ok(folder);
        }
    }
    direct(look, path, label, &mut folder.files)?;
    for name in names.iter().map(|n| n.to_string_lossy()).filter(|n| n == "_" || n.ends_with(".d")) {
        direct(look, &path.join(&*name), &format!("{label}/{name}"), &mut folder.files)?;
    }
    if path.file_name().is_some_and(|name| name == "_")
        && let (Some(parent), Some((label, _))) = (path.parent(), label.rsplit_once('/'))
    {
        direct(look, parent, label, &mut folder.files)?;
    }
    Ok(folder)
}

fn direct(look: &mut Look, path: &Path, label: &str, into: &mut Vec<SeenFile>) -> Result<(), GitError> {
    for name in look.names(path)? {
        if name.as_encoded_bytes().ends_with(b".sample") {
            continue;
        }
        into.extend(look.file(&path.join(&name), format!("{label}/{}", name.to_string_lossy()))?);
    }
    Ok(())
}
