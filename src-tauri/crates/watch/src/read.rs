//! Reading a small regular file, and nothing else: a pipe, a device or a link in its place is refused, never waited for.

use std::{fs::OpenOptions, io::Read, path::Path};

/// Whether a symbolic link may stand in for the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    Follow,
    Refuse,
}

/// The first `limit` bytes of the regular file `path`, and whether that was all of it; `None` for anything else.
pub(crate) fn read_start(path: &Path, limit: usize, links: Links) -> Option<(Vec<u8>, bool)> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        if links == Links::Refuse {
            flags |= OFlags::NOFOLLOW;
        }
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes).ok()?;
    let whole = bytes.len() <= limit;
    bytes.truncate(limit);
    Some((bytes, whole))
}
