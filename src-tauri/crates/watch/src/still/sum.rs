//! One number over what the file system says of a folder and of names in it.

use super::Doubt;
use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{self, AtFlags, Mode, OFlags, Stat},
    io::Errno,
};
use std::{
    ffi::CStr,
    hash::{DefaultHasher, Hasher},
    time::{Duration, SystemTime},
};

/// The coarsest times of the disks that are believed ([`super::disk`]) are milliseconds; clocks of old kernels tick in
/// hundredths of a second. What changed less than this before it was looked at may change again unseen.
const COARSEST: Duration = Duration::from_secs(2);

/// Room for nine numbers of at most eight bytes.
const FIELDS: usize = 9 * 8;

/// A sum of stats, and the youngest of them.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    hash: DefaultHasher,
    /// Seconds and nanoseconds.
    youngest: (i64, i64),
}

impl Default for Sum {
    fn default() -> Self {
        Self { hash: DefaultHasher::new(), youngest: (i64::MIN, 0) }
    }
}

impl Sum {
    /// Adds what is at a place: everything that a change of it changes, or that it is not there.
    pub(super) fn add(&mut self, stat: Option<&Stat>) {
        let Some(s) = stat else {
            self.hash.write_u8(0);
            return;
        };
        // In one piece: hashing each field by itself takes several times as long.
        let (mut bytes, mut end) = ([0; FIELDS], 0);
        let mut put = |field: &[u8]| {
            bytes[end..end + field.len()].copy_from_slice(field);
            end += field.len();
        };
        put(&s.st_dev.to_ne_bytes());
        put(&s.st_ino.to_ne_bytes());
        put(&s.st_mode.to_ne_bytes());
        put(&s.st_uid.to_ne_bytes());
        put(&s.st_size.to_ne_bytes());
        put(&s.st_mtime.to_ne_bytes());
        put(&s.st_mtime_nsec.to_ne_bytes());
        put(&s.st_ctime.to_ne_bytes());
        put(&s.st_ctime_nsec.to_ne_bytes());
        self.hash.write(&bytes);
        // The inode's own time is set by the kernel with every change and by nobody else.
        let changed = (s.st_ctime, i64::try_from(s.st_ctime_nsec).unwrap_or_default());
        self.youngest = self.youngest.max(changed);
    }

    /// Adds the part of another sum that tells how young it is.
    pub(super) fn note_age(&mut self, other: &Self) {
        self.youngest = self.youngest.max(other.youngest);
    }

    pub(super) fn value(&self) -> u64 {
        self.hash.finish()
    }

    /// Whether everything was old enough at `start` that a later change must have changed the sum.
    pub(super) fn is_settled(&self, start: SystemTime) -> bool {
        let Ok(since) = start.checked_sub(COARSEST).unwrap_or(start).duration_since(SystemTime::UNIX_EPOCH)
        else {
            return false;
        };
        let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        self.youngest < (seconds, i64::from(since.subsec_nanos()))
    }
}

/// What is at a place, a link itself and not what it leads to; nothing where nothing is.
pub(super) fn stat(dir: impl AsFd, name: &CStr) -> Result<Option<Stat>, Doubt> {
    match fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(_) => Err(Doubt::Unreadable),
    }
}

/// Opens a folder to look at names in it; nothing where there is none.
pub(super) fn open(dir: impl AsFd, path: &CStr, how: OFlags) -> Result<Option<OwnedFd>, Doubt> {
    let flags = how | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match fs::openat(dir, path, flags, Mode::empty()) {
        Ok(fd) => Ok(Some(fd)),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
        Err(_) => Err(Doubt::Unreadable),
    }
}

/// A folder and names in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a> {
    /// From the top of the work tree, or a full path; ends in NUL.
    pub(super) path: &'a [u8],
    /// Each ends in NUL; from the folder, with `/` where they are deeper.
    pub(super) names: &'a [u8],
    pub(super) sum: u64,
}

impl Folder<'_> {
    /// Looks now.
    pub(super) fn look(&self, top: impl AsFd) -> Result<u64, Doubt> {
        let path = CStr::from_bytes_with_nul(self.path).map_err(|_| Doubt::Unreadable)?;
        let mut sum = Sum::default();
        if self.names.is_empty() {
            sum.add(stat(top, path)?.as_ref());
            return Ok(sum.value());
        }
        let Some(folder) = open(top, path, OFlags::PATH)? else {
            sum.add(None);
            return Ok(sum.value());
        };
        sum.add(Some(&fs::fstat(&folder).map_err(|_| Doubt::Unreadable)?));
        add_names(&mut sum, &folder, self.names)?;
        Ok(sum.value())
    }
}

/// Adds the stats of `names`, each of which ends in NUL, in an open folder.
pub(super) fn add_names(sum: &mut Sum, folder: &OwnedFd, names: &[u8]) -> Result<(), Doubt> {
    for name in names.split_inclusive(|byte| *byte == 0) {
        let name = CStr::from_bytes_with_nul(name).map_err(|_| Doubt::Unreadable)?;
        sum.add(stat(folder, name)?.as_ref());
    }
    Ok(())
}
