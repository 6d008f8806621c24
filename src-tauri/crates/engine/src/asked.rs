//! What a person who wants to approve something has to be told: everything that would hold it, with its content.

use crate::limits;
use autocommit_core::{
    approval::{Approval, ContentId},
    guards::{Finding, Rule},
    path::RepoPath,
};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// What was asked about, and what was found. A run that carries it goes on as if everything had been approved, so that
/// a file that is held by several rules is found with all of them.
#[derive(Debug)]
pub(crate) struct Asked {
    paths: Vec<RepoPath>,
    found: Mutex<BTreeMap<(RepoPath, Rule, ContentId), String>>,
    bytes: AtomicU64,
}

/// Something that is held and that a person may approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approvable {
    /// Path, rule and next step.
    pub finding: Finding,
    /// The content that would be approved.
    pub content: ContentId,
}

impl Approvable {
    /// The approval of it.
    pub fn approval(&self) -> Approval {
        let Finding { path, rule, .. } = self.finding.clone();
        Approval { path, rule, content: self.content.clone() }
    }
}

impl Asked {
    /// About these paths and all below them; about everything where none are given.
    pub(crate) fn about_paths(paths: Vec<RepoPath>) -> Self {
        Self { paths, found: Mutex::default(), bytes: AtomicU64::new(0) }
    }

    /// Whether this path was asked about.
    pub(crate) fn about(&self, path: &RepoPath) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|asked| asked.contains(path))
    }

    /// Notes something that is held. `true` if the run shall go on as if it had been approved: what is very large is not
    /// staged only to be looked at.
    pub(crate) fn note(&self, finding: &Finding, content: ContentId, bytes: u64) -> bool {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (finding.path.clone(), finding.rule, content);
        if found.insert(key, finding.hint.clone()).is_none() {
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        self.bytes.load(Ordering::Relaxed) <= limits::ASKED_BYTES
    }

    /// What was found, by path.
    pub(crate) fn found(&self) -> Vec<Approvable> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let approvable =
            |((path, rule, content), hint)| Approvable { finding: Finding { path, rule, hint }, content };
        found.into_iter().map(approvable).collect()
    }
}
