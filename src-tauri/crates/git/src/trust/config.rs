//! The settings of a configuration file and of everything it includes.

use super::look::{Look, unreadable};
use crate::{command::Git, error::GitError};
use autocommit_core::{
    gitconfig::{self, Setting},
    trust::{SeenFile, SeenSetting},
};
use std::path::{Path, PathBuf};

/// Longest configuration file, in bytes.
const CONFIG_LIMIT: u64 = 8 << 20;
/// How deep git follows includes.
const DEPTH: usize = 10;

/// Settings in git's order, and the files that they include.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) all: Vec<SeenSetting>,
    pub(super) included: Vec<SeenFile>,
}

impl Settings {
    /// Adds those of `file`, which need not exist. Conditional includes are followed whatever their condition says.
    pub(super) fn read(&mut self, look: &mut Look, file: &Path, label: &str) -> Result<(), GitError> {
        self.nested(look, file, label, 0)
    }

    fn nested(&mut self, look: &mut Look, file: &Path, label: &str, depth: usize) -> Result<(), GitError> {
        if depth > DEPTH {
            return Err(unreadable(file, "its includes go too deep"));
        }
        let Some(bytes) = look.bytes(file, CONFIG_LIMIT)? else { return Ok(()) };
        let settings = gitconfig::parse(&bytes).map_err(|error| unreadable(file, error))?;
        for setting in settings {
            let included = included_by(&setting, file, look.home.as_deref());
            self.all.push(SeenSetting { setting, label: label.to_owned(), files: Vec::new() });
            if let Some(path) = included {
                let name = path.display().to_string();
                if let Some(seen) = look.file(&path, name.clone())? {
                    self.included.push(seen);
                    self.nested(look, &path, &name, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    /// The last value of `key`.
    pub(super) fn last(&self, key: &str) -> Option<&Setting> {
        self.all.iter().rev().map(|s| &s.setting).find(|s| s.key == key)
    }
}

/// The file that a setting of `file` includes, where it is one that does. `~user` and the like stay as they are: there is
/// no such file for us, and the setting itself asks.
fn included_by(setting: &Setting, file: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let include = matches!(setting.section(), "include" | "includeif") && setting.name() == "path";
    let value = setting.value.as_deref().filter(|v| include && !v.is_empty())?;
    let path = expanded(&bytes_path(value), home);
    Some(file.parent().map_or_else(|| path.clone(), |folder| folder.join(&path)))
}

/// A path of git's configuration: `~/` is the home folder.
pub(crate) fn expanded(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(unix)]
pub(crate) fn bytes_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
pub(crate) fn bytes_path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// The files that the person's own files include under a condition, with every `core.hooksPath` in them.
pub(crate) fn conditional_hooks(git: &Git, files: &[PathBuf]) -> Vec<(PathBuf, Vec<String>)> {
    let home = git.environment("HOME").map(PathBuf::from);
    let mut look = Look::new(home.clone());
    let mut found = Vec::new();
    let mut todo = files.to_vec();
    while let Some(file) = todo.pop() {
        let Ok(Some(bytes)) = look.bytes(&file, CONFIG_LIMIT) else { continue };
        let settings = gitconfig::parse(&bytes).unwrap_or_default();
        let hooks = settings.iter().filter(|s| s.key == "core.hookspath").map(Setting::text).collect();
        let more = settings.iter().filter_map(|s| included_by(s, &file, home.as_deref()));
        let known = |path: &PathBuf| files.contains(path) || found.iter().any(|(f, _)| f == path);
        todo.extend(more.filter(|path| !known(path)));
        if !files.contains(&file) {
            found.push((file, hooks));
        }
    }
    found
}
