//! The tokens: who can read one may use the API, to read or to control. One file each, for this user only.

use crate::{HostError, replace_file};
use autocommit_api::{Scope, http::Tokens};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Fewest characters of a token that a person may have written there.
const LEAST: usize = 32;

/// Both tokens of the state folder, made where there are none. What others could have read is replaced.
pub(crate) fn ensure_tokens(state_dir: &Path) -> Result<Tokens, HostError> {
    let (read, control) = (ensure_token(state_dir, Scope::Read)?, ensure_token(state_dir, Scope::Control)?);
    let state_dir = state_dir.to_owned();
    Ok(Tokens::new(read, control, move |scope| renew_token(&state_dir, scope)))
}

fn ensure_token(state_dir: &Path, scope: Scope) -> Result<String, HostError> {
    let path = token_path(state_dir, scope);
    match fs::symlink_metadata(&path) {
        Ok(metadata) if !private(&metadata) => {
            tracing::warn!("{} could be read by others; it gets a new token", path.display());
        }
        Ok(_) => match read_token(state_dir, scope) {
            Ok(token) => return Ok(token),
            Err(error) => tracing::warn!("{} is damaged ({error}); it gets a new token", path.display()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(HostError::State { path, what: "its token cannot be looked at", source }),
    }
    renew_token(state_dir, scope).map_err(|source| HostError::State {
        path,
        what: "its token cannot be written",
        source,
    })
}

/// Puts a new token in place of the one of this scope. A process that runs and uses the old one must be told by its API.
pub fn renew_token(state_dir: &Path, scope: Scope) -> io::Result<String> {
    let token = autocommit_core::id::hex(&rand::random::<[u8; 32]>());
    replace_file(&token_path(state_dir, scope), format!("{token}\n").as_bytes())?;
    Ok(token)
}

/// Reads the token of this scope.
pub fn read_token(state_dir: &Path, scope: Scope) -> io::Result<String> {
    let text = fs::read_to_string(token_path(state_dir, scope))?;
    let token = text.trim();
    if token.len() < LEAST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not hold a token"));
    }
    Ok(token.to_owned())
}

/// The file of the token of this scope.
pub fn token_path(state_dir: &Path, scope: Scope) -> PathBuf {
    state_dir.join(match scope {
        Scope::Control => "token",
        Scope::Read => "token-read",
    })
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

    const SCOPES: [Scope; 2] = [Scope::Read, Scope::Control];

    #[test]
    fn a_token_is_made_once_for_each_scope() {
        let temp = tempfile::tempdir().unwrap();
        let made = SCOPES.map(|scope| ensure_token(temp.path(), scope).unwrap());
        assert_ne!(made[0], made[1]);
        for (scope, token) in SCOPES.into_iter().zip(made) {
            assert_eq!(token.len(), 64);
            assert_eq!(ensure_token(temp.path(), scope).unwrap(), token);
            assert_eq!(read_token(temp.path(), scope).unwrap(), token);
            fs::write(token_path(temp.path(), scope), "short").unwrap();
            let second = ensure_token(temp.path(), scope).unwrap();
            assert_ne!(second, token, "damaged");
            assert_ne!(renew_token(temp.path(), scope).unwrap(), second);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_token_that_others_could_read_is_replaced() {
        use std::os::unix::fs::PermissionsExt as _;
        for scope in SCOPES {
            let temp = tempfile::tempdir().unwrap();
            let token = ensure_token(temp.path(), scope).unwrap();
            let path = token_path(temp.path(), scope);
            let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(), 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            let second = ensure_token(temp.path(), scope).unwrap();
            assert_ne!(second, token);
            assert_eq!(mode(), 0o600);
            let elsewhere = temp.path().join("elsewhere");
            fs::rename(&path, &elsewhere).unwrap();
            std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
            assert_ne!(ensure_token(temp.path(), scope).unwrap(), second, "a link is not followed");
            assert!(fs::symlink_metadata(&path).unwrap().is_file());
        }
    }
}
