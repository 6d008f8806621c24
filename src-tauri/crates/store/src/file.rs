//! Files of the state folder: private to the person, and durable when a call returns.

use autocommit_core::{Timestamp, id::hex};
use sha2::{Digest, Sha256};
use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The first 16 hexadecimal digits of the SHA-256 of `bytes`: tells a whole record from a torn or flipped one.
pub(crate) fn sum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}

/// Makes the folder, mode 0700, and the ones above it where they are missing.
pub(crate) fn private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Options that make new files with mode 0600.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// Puts a file with `bytes`, mode 0600, in the place of `path`: afterwards the old or the new content is there, never
/// a mixture, also after a power cut.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = with_suffix(path, ".tmp");
    // A leftover may have another mode.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private_file().write(true).create_new(true).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// The name under which a damaged file is kept: `<path>.damaged-<milliseconds>`.
pub(crate) fn aside(path: &Path) -> PathBuf {
    with_suffix(path, &format!(".damaged-{}", Timestamp::now().as_millisecond()))
}

/// `path` with `suffix` after its last byte.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
