//! Writing a small file so that a crash leaves the old one or the new one, never half of one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// Puts `content` in place of the file at `path`, readable and writable by this user only, and makes it last.
pub fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(path, content, 0o600)
}

/// As [`replace_file`], for a file of the person's own: one that is there keeps its mode.
pub(crate) fn rewrite_file(path: &Path, content: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    let mode = match fs::metadata(path) {
        Ok(metadata) => std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777,
        Err(_) => 0o600,
    };
    #[cfg(not(unix))]
    let mode = 0;
    replace(path, content, mode)
}

fn replace(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{:08x}", rand::random::<u32>()));
    let beside = folder.join(beside);
    let written = write_new(&beside, content, mode).and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    // Windows cannot open a folder to flush it, and needs not.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn write_new(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // Afterwards, because the process's mask would take bits away.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = mode;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_beside_the_file() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a");
        replace_file(&path, b"one").unwrap();
        replace_file(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 1);
        fs::create_dir(temp.path().join("folder")).unwrap();
        assert!(replace_file(&temp.path().join("folder"), b"x").is_err());
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 2, "a failure cleans up after itself");
    }
}
