//! One changed file with everything that a message may say about it.

use crate::{
    file_class::FileClass,
    patch::{self, FilePatch, Side},
};
use autocommit_core::{
    draft::{Diff, FileDiff, FileStatus},
    path::RepoPath,
};
use std::collections::HashMap;

/// One changed file.
#[derive(Debug, Clone)]
pub(crate) struct Change<'a> {
    /// What git counted.
    pub(crate) file: &'a FileDiff,
    /// What role the file has in a project.
    pub(crate) class: FileClass,
    /// Its part of the patch, only where that is complete: what is not seen whole cannot be described truthfully.
    pub(crate) patch: Option<FilePatch<'a>>,
}

impl<'a> Change<'a> {
    /// All files of a diff, each with its part of the patch.
    pub(crate) fn read(diff: &'a Diff) -> Vec<Self> {
        let mut parts: HashMap<RepoPath, Vec<FilePatch<'a>>> = HashMap::new();
        for part in patch::parse(&diff.patch) {
            if let Some(path) = part.new.clone().or_else(|| part.old.clone()) {
                parts.entry(path).or_default().push(part);
            }
        }
        diff.files
            .iter()
            .map(|file| {
                // Two parts for one path are a file that became something else: neither tells the whole.
                let part = parts.remove(&file.path).filter(|p| p.len() == 1).and_then(|mut p| p.pop());
                let part = part.filter(|part| is_whole(part, file));
                Self { file, class: FileClass::of(&file.path), patch: part }
            })
            .collect()
    }

    /// The path before, where it was another one.
    pub(crate) fn renamed_from(&self) -> Option<&'a RepoPath> {
        match &self.file.status {
            FileStatus::Renamed { from } => Some(from),
            _ => None,
        }
    }

    /// Whether the file has other content now, under the same name.
    pub(crate) fn is_modified(&self) -> bool {
        self.file.status == FileStatus::Modified
    }
}

/// Whether the patch shows as many lines as git counted.
fn is_whole(part: &FilePatch<'_>, file: &FileDiff) -> bool {
    part.side(Side::Added).count() == file.added && part.side(Side::Removed).count() == file.removed
}
