//! What a repository's own configuration has to say about which files change git's verdict.

use super::Doubt;
use crate::read::{Links, read_start};
use autocommit_core::gitconfig;
use std::{
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// Bytes of the longest configuration that is read.
const LONGEST: usize = 1 << 20;

/// Files beside the repository that its configuration names.
///
/// # Errors
/// Where it is more than one plain file, or a format that only git knows.
pub(super) fn named(common_dir: &Path, work_tree: &Path, home: Option<&Path>) -> Result<Vec<PathBuf>, Doubt> {
    let file = read_start(&common_dir.join("config"), LONGEST, Links::Refuse);
    let (bytes, _) = file.filter(|(_, whole)| *whole).ok_or(Doubt::Configuration)?;
    let settings = gitconfig::parse(&bytes).map_err(|_| Doubt::Configuration)?;
    let mut files = Vec::new();
    for setting in settings {
        match (setting.section(), setting.key.as_str()) {
            // Includes; SHA-256, reftable, configuration per work tree, and whatever comes.
            ("include" | "includeif" | "extensions", _) => return Err(Doubt::Configuration),
            (_, "core.excludesfile" | "core.attributesfile") => {
                let value = setting.value.as_deref().unwrap_or_default();
                let path = Path::new(std::ffi::OsStr::from_bytes(value));
                files.push(match path.strip_prefix("~") {
                    Ok(rest) => home.ok_or(Doubt::Configuration)?.join(rest),
                    // `~user/` and `%(prefix)/` are git's to expand.
                    Err(_) if value.starts_with(b"~") || value.starts_with(b"%") => {
                        return Err(Doubt::Configuration);
                    }
                    Err(_) => work_tree.join(path),
                });
            }
            _ => {}
        }
    }
    Ok(files)
}
