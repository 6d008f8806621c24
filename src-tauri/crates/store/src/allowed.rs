//! What a person allowed, in a file of its own that several processes read and change: the daemon, the command line.
//!
//! The opposite of [`crate::Wanted`], which keeps a "no": here damage means that nothing is allowed, and there is no
//! second copy from which something could come back that was taken back. Looking never writes.

use crate::{
    StoreError,
    document::{self, Found},
    error::blocking,
    file,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// One file of allowed things. Clones share it.
pub(crate) struct Allowed<T>(Arc<Shared<T>>);

impl<T> Clone for Allowed<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Shared<T> {
    path: PathBuf,
    /// What was read last, and from which file.
    last: Mutex<Option<(Stamp, Arc<T>)>>,
}

/// Tells whether a file is still the one that was read: it is only ever replaced, never written in place.
#[derive(PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<std::time::SystemTime>,
    /// Device, inode, and nanoseconds of its last change.
    inode: (u64, u64, i64, i64),
}

impl<T: Default + Clone + Serialize + DeserializeOwned + Send + Sync + 'static> Allowed<T> {
    /// The file at `path`, which need not exist. Nothing is read yet.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(Arc::new(Shared { path, last: Mutex::new(None) }))
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }

    /// What is allowed now, also by another process a moment ago. Costs one look at the file where nothing changed.
    ///
    /// # Errors
    /// Where the file is damaged or cannot be read: nothing is allowed then.
    pub(crate) async fn get(&self) -> Result<Arc<T>, StoreError> {
        let shared = Arc::clone(&self.0);
        blocking(move || shared.read()).await
    }

    /// Changes it durably, on top of what another process wrote meanwhile; returns what `change` returned. A damaged
    /// file is kept aside and begun afresh.
    pub(crate) async fn change<R: Send + 'static>(
        &self,
        change: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, StoreError> {
        let shared = Arc::clone(&self.0);
        blocking(move || shared.change(change)).await
    }
}

impl<T: Default + Clone + Serialize + DeserializeOwned> Shared<T> {
    fn read(&self) -> Result<Arc<T>, StoreError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.stamp()?;
        match (&*last, &before) {
            (_, None) => {
                *last = None;
                return Ok(Arc::default());
            }
            (Some((stamp, known)), Some(now)) if stamp == now => return Ok(Arc::clone(known)),
            _ => {}
        }
        let content = match document::find::<T>(&self.path) {
            Found::Whole(content) => Arc::new(content),
            Found::Nothing => Arc::default(),
            Found::Damaged(why) => {
                *last = None;
                return Err(StoreError::Damaged { path: self.path.clone(), why });
            }
        };
        // Replaced between the two looks: read afresh the next time.
        *last = before
            .filter(|stamp| self.stamp().is_ok_and(|now| now.as_ref() == Some(stamp)))
            .map(|stamp| (stamp, content.clone()));
        Ok(content)
    }

    fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> Result<R, StoreError> {
        let failed = StoreError::file(&self.path);
        if let Some(folder) = self.path.parent() {
            file::private_dir(folder).map_err(StoreError::file(folder))?;
        }
        // One writer at a time, of all processes. The lock is on a file beside it, because this one is replaced.
        let beside = file::with_suffix(&self.path, ".lock");
        let lock = file::private_file().write(true).create(true).truncate(false).open(&beside);
        let lock = lock.map_err(StoreError::file(&beside))?;
        lock.lock().map_err(StoreError::file(&beside))?;
        let mut content = match document::find::<T>(&self.path) {
            Found::Whole(content) => content,
            Found::Nothing => T::default(),
            Found::Damaged(_) => {
                document::keep_aside(&self.path).map_err(StoreError::file(&self.path))?;
                T::default()
            }
        };
        let answer = change(&mut content);
        file::replace(&self.path, &document::encode(&content)?).map_err(failed)?;
        Ok(answer)
    }

    /// Nothing where there is no file.
    fn stamp(&self) -> Result<Option<Stamp>, StoreError> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) => Ok(Some(Stamp::of(&found))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file(&self.path)(error)),
        }
    }
}

impl Stamp {
    fn of(found: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = {
            use std::os::unix::fs::MetadataExt as _;
            (found.dev(), found.ino(), found.ctime(), found.ctime_nsec())
        };
        #[cfg(not(unix))]
        let inode = (0, 0, 0, 0);
        Self { size: found.len(), modified: found.modified().ok(), inode }
    }
}
