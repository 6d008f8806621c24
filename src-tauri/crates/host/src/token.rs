//! The token: who can read it may use the API.

use crate::{HostError, replace_file};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Fewest characters of a token that a person may have written there.
const LEAST: usize = 32;

/// The token of the state folder, made where there is none. One that others could have read is replaced.
pub fn ensure_token(state_dir: &Path) -> Result<String, HostError> {
    let path = path(state_dir);
    match fs::symlink_metadata(&path) {
        Ok(metadata) if !private(&metadata) => {
            tracing::warn!("{} could be read by others; it gets a new token", path.display());
        }
        Ok(_) => match read_token(state_dir) {
            Ok(token) => return Ok(token),
            Err(error) => tracing::warn!("{} is damaged ({error}); it gets a new token", path.display()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(HostError::State { path, what: "its token cannot be looked at", source }),
    }
    let token = autocommit_core::id::hex(&rand::random::<[u8; 32]>());
    replace_file(&path, format!("{token}\n").as_bytes()).map_err(|source| HostError::State {
        path,
        what: "its token cannot be written",
        source,
    })?;
    Ok(token)
}

/// Reads the token of the state folder.
pub fn read_token(state_dir: &Path) -> io::Result<String> {
    let text = fs::read_to_string(path(state_dir))?;
    let token = text.trim();
    if token.len() < LEAST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not hold a token"));
    }
    Ok(token.to_owned())
}

fn path(state_dir: &Path) -> PathBuf {
    state_dir.join("token")
}

#[cfg(unix)]
fn private(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let ours = metadata.uid() == rustix::process::geteuid().as_raw();
    metadata.is_file() && ours && metadata.mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn private(metadata: &fs::Metadata) -> bool {
    metadata.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once() {
        let temp = tempfile::tempdir().unwrap();
        let token = ensure_token(temp.path()).unwrap();
        assert_eq!(token.len(), 64);
        assert_eq!(ensure_token(temp.path()).unwrap(), token);
        assert_eq!(read_token(temp.path()).unwrap(), token);
        fs::write(path(temp.path()), "short").unwrap();
        assert_ne!(ensure_token(temp.path()).unwrap(), token, "damaged");
    }

    #[cfg(unix)]
    #[test]
    fn a_token_that_others_could_read_is_replaced() {
        use std::os::unix::fs::PermissionsExt as _;
        let temp = tempfile::tempdir().unwrap();
        let token = ensure_token(temp.path()).unwrap();
        let mode = || fs::metadata(path(temp.path())).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        fs::set_permissions(path(temp.path()), fs::Permissions::from_mode(0o640)).unwrap();
        let second = ensure_token(temp.path()).unwrap();
        assert_ne!(second, token);
        assert_eq!(mode(), 0o600);
        let elsewhere = temp.path().join("elsewhere");
        fs::rename(path(temp.path()), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, path(temp.path())).unwrap();
        assert_ne!(ensure_token(temp.path()).unwrap(), second, "a link is not followed");
        assert!(fs::symlink_metadata(path(temp.path())).unwrap().is_file());
    }
}
