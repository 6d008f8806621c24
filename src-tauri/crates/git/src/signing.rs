//! Signing: never left out where it is asked for, and never by a window that asks for a passphrase.

use crate::{
    command::{Call, Git},
    diff::EMPTY_TREE,
    error::GitError,
    limits::Class,
    replacement::file_error,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// GnuPG asks its agent for the passphrase, and the agent opens a window wherever it was started. These words have it fail
/// instead, if it does not know the passphrase already.
const NEVER_ASK: &str = "--batch --no-tty --pinentry-mode=error";

/// A signing program that never asks; removed when dropped.
pub(crate) struct Signer {
    file: PathBuf,
    key: &'static str,
}

impl Drop for Signer {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

impl Signer {
    /// The one for the configuration that `call` sees, written to a new file in `folder`. None where git
    /// signs with something else than GnuPG: that is kept from asking by its environment alone.
    pub(crate) async fn quiet(call: Call<'_>, folder: &Path) -> Result<Option<Self>, GitError> {
        let output = call.args(["config", "-z", "--get-regexp", "^gpg\\."]).run().await?;
        let Some((key, program)) = gnupg(&output.stdout) else { return Ok(None) };
        let failed = file_error("the signing program could not be prepared");
        fs::create_dir_all(folder).map_err(&failed)?;
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let file = folder.join(format!("signer-{}-{number}", std::process::id()));
        let quoted = program.replace('\'', "'\\''");
        fs::write(&file, format!("#!/bin/sh\nexec '{quoted}' {NEVER_ASK} \"$@\"\n")).map_err(&failed)?;
        executable(&file).map_err(&failed)?;
        Ok(Some(Self { file, key }))
    }

    /// Has `call` sign with it.
    pub(crate) fn used_by<'a>(&self, call: Call<'a>) -> Call<'a> {
        let mut setting = std::ffi::OsString::from(format!("{}=", self.key));
        setting.push(&self.file);
        call.global("-c").global(setting)
    }
}

/// The setting that names the program, and the program, where git signs with GnuPG: from `key newline value NUL`.
fn gnupg(settings: &[u8]) -> Option<(&'static str, String)> {
    let text = String::from_utf8_lossy(settings);
    let all: Vec<_> = text.split('\0').filter_map(|entry| entry.split_once('\n')).collect();
    let last =
        |names: &[&str]| all.iter().rev().find(|(key, _)| names.contains(key)).map(|(_, value)| *value);
    let (key, program) = match last(&["gpg.format"]).unwrap_or("openpgp") {
        "openpgp" => ("gpg.program", last(&["gpg.program", "gpg.openpgp.program"]).unwrap_or("gpg")),
        "x509" => ("gpg.x509.program", last(&["gpg.x509.program"]).unwrap_or("gpgsm")),
        _ => return None,
    };
    let name = Path::new(program).file_stem()?.to_str()?;
    let known = matches!(name, "gpg" | "gpg2" | "gpgsm") && cfg!(unix);
    // What a person's own script makes of further words is not known; a path in their home folder is git's to read.
    (known && !program.starts_with('~')).then(|| (key, program.to_owned()))
}

#[cfg(unix)]
fn executable(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn executable(_file: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Whether commits can be signed, tried on a commit that nobody will see. Nothing where the person's configuration asks
/// for no signing; else whether signing works, with the program's words where it does not. `folder` is made, and is the
/// caller's to remove.
pub async fn signing(git: &Git, folder: &Path) -> Result<Option<Result<(), String>>, GitError> {
    let nowhere = || git.call("signing").env("GIT_DIR", "/dev/null").directory(Path::new("/"));
    let asked = nowhere().args(["config", "--type=bool", "--get", "commit.gpgSign"]).run().await?;
    if asked.stdout.trim_ascii() != b"true" {
        return Ok(None);
    }
    git.call("signing").args(["init", "--quiet", "--bare", "--"]).arg(folder).check().await?;
    let signer = Signer::quiet(nowhere(), folder).await?;
    let call = git.call("signing").class(Class::Program).directory(folder).env("GIT_DIR", folder);
    let call = signer.iter().fold(call, |call, signer| signer.used_by(call));
    let signed = call.args(["commit-tree", "-S", "-m", "Try the key", EMPTY_TREE[0]]).check().await;
    Ok(Some(signed.map(|_| ()).map_err(|error| error.detail())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_program_signs() {
        let signs = |settings: &[(&str, &str)]| {
            let text: String = settings.iter().map(|(key, value)| format!("{key}\n{value}\0")).collect();
            gnupg(text.as_bytes()).map(|(key, program)| format!("{key}={program}"))
        };
        for (settings, expected) in [
            (&[][..], Some("gpg.program=gpg")),
            (&[("gpg.program", "/opt/bin/gpg2")], Some("gpg.program=/opt/bin/gpg2")),
            (&[("gpg.program", "gpg"), ("gpg.openpgp.program", "gpg2")], Some("gpg.program=gpg2")),
            (&[("gpg.format", "x509")], Some("gpg.x509.program=gpgsm")),
            (&[("gpg.format", "x509"), ("gpg.x509.program", "smimesign")], None),
            (&[("gpg.format", "ssh")], None),
            (&[("gpg.program", "/home/a/sign.sh")], None),
        ] {
            assert_eq!(signs(settings).as_deref(), expected, "{settings:?}");
        }
    }
}
