//! Files outside of every repository that change what git says of all: the person's configuration, ignore and attribute
//! files.

use super::sum::Sum;
use rustix::io::Errno;
use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What these files were at one time. Taken before git is asked, and compared before a [`super::Still`] is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    files: Vec<PathBuf>,
    sum: Option<u64>,
}

impl Outside {
    /// Looks at `files`, through links.
    pub fn of(files: Vec<PathBuf>) -> Self {
        let start = SystemTime::now();
        let mut sum = Sum::default();
        let told = files.iter().all(|file| add(&mut sum, file));
        let sum = (told && sum.is_settled(start)).then(|| sum.value());
        Self { files, sum }
    }

    /// Whether all are still what they were. One that had changed only just before is not known to be.
    pub fn is_same(&self) -> bool {
        self.sum.is_some() && Self::of(self.files.clone()) == *self
    }

    /// The files.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

fn add(sum: &mut Sum, file: &Path) -> bool {
    let found = match rustix::fs::stat(file) {
        Ok(found) => Some(found),
        Err(Errno::NOENT | Errno::NOTDIR) => None,
        Err(_) => return false,
    };
    sum.add(found.as_ref());
    true
}
