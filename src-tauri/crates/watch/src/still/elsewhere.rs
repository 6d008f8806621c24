//! Systems on which nobody has measured yet what the times of files tell: git is asked every time.

use super::Doubt;
use autocommit_core::{path::RepoPath, repo::Repo};
use std::path::{Path, PathBuf};

/// Never made.
#[derive(Debug, Clone)]
pub enum Decided {}

/// Never made.
#[derive(Debug)]
pub enum Capture {}

impl Capture {
    /// # Errors
    /// Always.
    pub fn take(_repo: &Repo, _home: Option<&Path>, _known: Option<&Decided>) -> Result<Self, Doubt> {
        Err(Doubt::Disk)
    }

    /// None.
    pub fn undecided(&self) -> Vec<RepoPath> {
        match *self {}
    }

    /// # Errors
    /// Never called.
    pub fn decide(&mut self, _ignored: impl Fn(&RepoPath) -> bool) -> Result<(), Doubt> {
        match *self {}
    }

    /// Nothing.
    pub fn decided(&self) -> Option<Decided> {
        match *self {}
    }

    /// None.
    pub fn work_folders(&self) -> Vec<PathBuf> {
        match *self {}
    }

    /// None.
    pub fn git_folders(&self) -> &[PathBuf] {
        match *self {}
    }

    /// # Errors
    /// Never called.
    pub fn said_clean(self) -> Result<Still, Doubt> {
        match self {}
    }

    /// Never called.
    pub fn doubt(&self) -> Option<Doubt> {
        match *self {}
    }
}

/// Never made.
#[derive(Debug)]
pub enum Still {}

impl Still {
    /// Never called.
    pub fn holds(&self) -> bool {
        match *self {}
    }

    /// Never called.
    pub fn size(&self) -> (usize, usize) {
        match *self {}
    }
}

/// Not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside(Vec<PathBuf>);

impl Outside {
    /// Keeps the names.
    pub fn of(files: Vec<PathBuf>) -> Self {
        Self(files)
    }

    /// Never known.
    pub fn is_same(&self) -> bool {
        false
    }

    /// The files.
    pub fn files(&self) -> &[PathBuf] {
        &self.0
    }
}
