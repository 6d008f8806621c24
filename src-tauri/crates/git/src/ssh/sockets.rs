//! The folder with the sockets of shared connections: this user's alone, and short enough for a socket.

use std::path::{Path, PathBuf};

/// Hexadecimal digits of the part of a socket's name that is ours.
pub(super) const OURS: usize = 8;
/// What `%C` becomes.
const THEIRS: usize = 40;
/// What ssh appends while it makes a socket.
const MAKING: usize = 17;
/// Bytes of the longest path of a socket.
const LONGEST: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The folder, made where it is not there yet: in the session's runtime folder, else in the state folder. Nothing where
/// neither will do.
#[cfg(unix)]
pub(super) fn folder(state_dir: &Path, runtime: Option<&Path>) -> Option<PathBuf> {
    let of_session = runtime.filter(|runtime| closed(runtime)).map(|runtime| runtime.join("autocommit"));
    let places = [of_session, Some(state_dir.join("ssh"))];
    places.into_iter().flatten().find(|folder| fits(folder) && made(folder))
}

#[cfg(not(unix))]
pub(super) fn folder(_state_dir: &Path, _runtime: Option<&Path>) -> Option<PathBuf> {
    None
}

/// Whether a socket's path in `folder` is short enough, and can be told to ssh through a shell.
fn fits(folder: &Path) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'_' | b'-' | b' ');
    folder.to_str().is_some_and(|path| {
        path.starts_with('/') && path.bytes().all(plain) && path.len() + 1 + OURS + THEIRS + MAKING <= LONGEST
    })
}

/// Whether it is a folder of this user's that nobody else gets into.
#[cfg(unix)]
fn closed(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let found = folder.symlink_metadata();
    found.is_ok_and(|found| {
        found.is_dir() && found.mode() & 0o077 == 0 && found.uid() == rustix::process::geteuid().as_raw()
    })
}

#[cfg(unix)]
fn made(folder: &Path) -> bool {
    use std::os::unix::fs::DirBuilderExt as _;
    // What is there already is looked at like what was made.
    let _ = std::fs::DirBuilder::new().mode(0o700).create(folder);
    closed(folder)
}

/// The sockets in `folder` whose names begin with `ours`; with nothing, all that have a name of this form.
pub(super) fn named(folder: &Path, ours: &str) -> Vec<PathBuf> {
    let is_one = |name: &str| {
        name.len() == OURS + THEIRS && name.starts_with(ours) && name.bytes().all(|b| b.is_ascii_hexdigit())
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_str().is_some_and(is_one)).map(|entry| entry.path()).collect()
}

/// Removes the sockets that nobody listens on any more: of connections that were killed.
#[cfg(unix)]
pub(super) async fn clear_dead(folder: &Path) {
    for path in named(folder, "") {
        if let Err(error) = tokio::net::UnixStream::connect(&path).await
            && error.kind() == std::io::ErrorKind::ConnectionRefused
        {
            let _ = std::fs::remove_file(&path);
        }
    }
}

#[cfg(not(unix))]
pub(super) async fn clear_dead(_folder: &Path) {}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt as _};

    fn mode(folder: &Path, mode: u32) {
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_of_our_own_that_is_closed_and_short() {
        let temp = tempfile::Builder::new().prefix("a").tempdir_in("/tmp").unwrap();
        let (runtime, state) = (temp.path().join("run"), temp.path().join("state"));
        fs::create_dir(&runtime).unwrap();
        fs::create_dir(&state).unwrap();
        mode(&runtime, 0o700);
        assert_eq!(folder(&state, Some(&runtime)), Some(runtime.join("autocommit")));
        assert_eq!(fs::metadata(runtime.join("autocommit")).unwrap().permissions().mode() & 0o777, 0o700);
        mode(&runtime.join("autocommit"), 0o755);
        assert_eq!(folder(&state, Some(&runtime)), Some(state.join("ssh")), "open to others");
        mode(&runtime, 0o755);
        assert_eq!(folder(&state, Some(&runtime)), Some(state.join("ssh")), "the one above is");
        let long = temp.path().join("x".repeat(60));
        fs::create_dir(&long).unwrap();
        assert_eq!(folder(&long, None), None, "too long for a socket");
        let odd = temp.path().join("a'b");
        fs::create_dir(&odd).unwrap();
        assert_eq!(folder(&odd, None), None, "not to be told through a shell");
        let elsewhere = temp.path().join("link");
        fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink("/tmp", elsewhere.join("ssh")).unwrap();
        assert_eq!(folder(&elsewhere, None), None, "a link leads elsewhere");
    }

    #[tokio::test]
    async fn only_dead_sockets_of_ours_are_removed() {
        let temp = tempfile::Builder::new().prefix("a").tempdir_in("/tmp").unwrap();
        let path = |digit: &str| temp.path().join(digit.repeat(OURS + THEIRS));
        let (dead, alive, other) = (path("a"), path("b"), temp.path().join("api.sock"));
        drop(std::os::unix::net::UnixListener::bind(&dead).unwrap());
        drop(std::os::unix::net::UnixListener::bind(&other).unwrap());
        let _listens = std::os::unix::net::UnixListener::bind(&alive).unwrap();
        clear_dead(temp.path()).await;
        assert!(!dead.exists() && alive.exists() && other.exists());
        assert_eq!(named(temp.path(), "bb"), [alive]);
        assert!(named(temp.path(), "c").is_empty());
    }
}
