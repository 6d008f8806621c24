//! Systems without a watcher yet: every repository is looked at in every cycle.

use super::{Need, Suspects, Unwatched};
use autocommit_core::id::RepoId;
use std::{io, path::PathBuf};

/// Never made.
#[derive(Debug)]
pub enum Watcher {}

impl Watcher {
    /// # Errors
    /// Always.
    pub fn start(_wake: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// # Errors
    /// Never called.
    pub fn watch(&self, _repo: &RepoId, _work: &[PathBuf], _git: &[PathBuf]) -> Result<bool, Unwatched> {
        match *self {}
    }

    /// # Errors
    /// Never called.
    pub fn watch_places(&self, _folders: &[PathBuf]) -> Result<bool, Unwatched> {
        match *self {}
    }

    /// Never called.
    pub fn keep_only(&self, _known: impl Fn(&RepoId) -> bool) {
        match *self {}
    }

    /// Never called.
    pub fn is_watched(&self, _repo: &RepoId) -> bool {
        match *self {}
    }

    /// Never called.
    pub fn suspects(&self) -> Suspects {
        match *self {}
    }

    /// Never called.
    pub fn need(&self) -> Need {
        match *self {}
    }
}
