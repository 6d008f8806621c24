//! The socket beside the TCP port: for this user's own programs, out of reach of browsers and of other users.

use sha2::{Digest as _, Sha256};
use std::{
    fs, io,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    },
    path::{Path, PathBuf},
};
use tokio::net::UnixListener;

/// Bytes of the longest path that every system takes for a socket (macOS: 104 with the NUL).
const LONGEST: usize = 103;

/// Where the socket of this state folder is: in the runtime folder, where the session has one of its own, else in the state
/// folder.
pub(crate) fn path(state_dir: &Path, runtime: Option<&Path>) -> PathBuf {
    let own = |folder: &&Path| {
        let metadata = fs::symlink_metadata(folder).ok();
        metadata.is_some_and(|found| {
            found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0
        })
    };
    match runtime.filter(|folder| folder.is_absolute()).filter(own) {
        Some(runtime) => {
            let name = Sha256::digest(state_dir.as_os_str().as_bytes());
            runtime.join("autocommit").join(format!("{}.sock", autocommit_core::id::hex(&name[..8])))
        }
        None => state_dir.join("api.sock"),
    }
}

/// Listens there. What lies there is left of an owner that was killed: only who has the lock comes here.
pub(crate) fn listen(path: &Path) -> io::Result<UnixListener> {
    if path.as_os_str().len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "its path is too long for a socket"));
    }
    if let Some(folder) = path.parent() {
        match fs::DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let found = fs::symlink_metadata(folder)?;
        if !found.is_dir() || found.mode() & 0o077 != 0 || found.uid() != rustix::process::geteuid().as_raw()
        {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "its folder is open to others"));
        }
    }
    match fs::symlink_metadata(path) {
        Ok(left) if left.file_type().is_socket() => fs::remove_file(path)?,
        Ok(_) => return Err(io::Error::new(io::ErrorKind::AlreadyExists, "something else lies there")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(path)?;
    // Its folder is closed, so nobody came in between.
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(folder: &Path) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn the_runtime_folder_counts_where_it_is_ours_alone() {
        let temp = tempfile::tempdir().unwrap();
        closed(temp.path());
        let state = Path::new("/home/x/state");
        let found = path(state, Some(temp.path()));
        assert!(found.starts_with(temp.path().join("autocommit")), "{found:?}");
        assert_ne!(
            found,
            path(Path::new("/home/x/other"), Some(temp.path())),
            "each state folder has its own"
        );
        fs::set_permissions(temp.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for runtime in [Some(temp.path()), None, Some(Path::new("relative")), Some(Path::new("/nowhere/x"))] {
            assert_eq!(path(state, runtime), state.join("api.sock"), "{runtime:?}");
        }
    }

    #[tokio::test]
    async fn only_a_socket_is_replaced() {
        let temp = tempfile::tempdir().unwrap();
        closed(temp.path());
        let socket = temp.path().join("autocommit/a.sock");
        drop(listen(&socket).unwrap());
        let _second = listen(&socket).unwrap();
        assert_eq!(fs::symlink_metadata(&socket).unwrap().mode() & 0o777, 0o600);
        let file = temp.path().join("autocommit/b.sock");
        fs::write(&file, "work").unwrap();
        assert!(listen(&file).is_err());
        assert_eq!(fs::read(&file).unwrap(), b"work");
        fs::set_permissions(temp.path().join("autocommit"), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(listen(&socket).is_err(), "open to others");
        assert!(listen(&temp.path().join("x".repeat(110))).is_err());
    }
}
