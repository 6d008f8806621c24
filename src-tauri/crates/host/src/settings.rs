//! The settings in force: file, then environment, then command line.

use crate::{Folders, HostError};
use autocommit_core::settings::{self, Layer, Layered, Settings, SettingsError};
use serde_json::Value;
use std::{collections::BTreeMap, fs, io, path::Path, time::SystemTime};

/// Variables with our prefix that are not settings and that the core does not know of.
const NOT_SETTINGS: [&str; 1] = [crate::log::VARIABLE];

/// One value given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The flag as the person wrote it, such as `--dry-run`.
    pub flag: String,
    /// The dotted key.
    pub key: String,
    /// The value as text.
    pub value: String,
}

/// Where settings come from; read again whenever asked.
#[derive(Debug, Clone)]
pub struct Source {
    folders: Folders,
    overrides: Vec<Override>,
}

impl Source {
    /// Settings from these folders, this process's environment and these overrides.
    pub fn new(folders: Folders, overrides: Vec<Override>) -> Self {
        Self { folders, overrides }
    }

    /// Reads all layers. Every mistake is reported, not only the first.
    pub fn load(&self) -> Result<(Layered, Settings), HostError> {
        self.load_with(variables())
    }

    /// As [`Self::load`], but without this process's environment: what a process that the system starts will read.
    pub fn load_without_environment(&self) -> Result<(Layered, Settings), HostError> {
        self.load_with(std::iter::empty())
    }

    /// The text of the file with these changes and the layers as they would be, or what is wrong with the changes.
    /// `Value::Null` takes a key out.
    pub(crate) fn edited(
        &self,
        text: Option<&str>,
        changes: &BTreeMap<String, Value>,
    ) -> Result<(String, Layered), Vec<SettingsError>> {
        // A new file explains every setting.
        let mut edited = text.map_or_else(settings::template, str::to_owned);
        let keys = Layered::default().keys();
        let mut mistakes = Vec::new();
        for (key, value) in changes {
            let known = keys.iter().find(|known| known.key == *key);
            let change = match (known, value) {
                (None, _) => Err("is unknown"),
                (Some(known), _) if known.file_only => Err("is for you alone to set, in the file"),
                (Some(_), Value::Null) => Ok(None),
                // Blocks stand in a list.
                (Some(_), Value::Object(_)) => Err("has the wrong type"),
                (Some(_), value) => toml(value).map(Some).ok_or("has the wrong type"),
            };
            let done = change.and_then(|value| {
                settings::edit(&edited, key, value.as_ref())
                    .ok_or("stands in the file in a way that only you can change")
            });
            match done {
                Ok(text) => edited = text,
                Err(sentence) => mistakes.push(self.mistake(key, sentence)),
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let (layered, _) = self.layers(Some(&edited), variables())?;
        // What another layer covers must make sense all the same, for the day when nothing covers it.
        let mut alone = Layered::default();
        alone.file(&self.folders.config_file, &edited)?;
        let covered = |key: &str| {
            let info = layered.keys().into_iter().find(|info| info.key == key);
            changes.contains_key(key) && info.is_some_and(|info| !matches!(info.layer, Layer::File { .. }))
        };
        let hidden = alone.finish().err().into_iter().flatten();
        let hidden: Vec<_> = hidden.filter(|m| m.key.as_deref().is_some_and(covered)).collect();
        if hidden.is_empty() { Ok((edited, layered)) } else { Err(hidden) }
    }

    fn mistake(&self, key: &str, sentence: &str) -> SettingsError {
        let layer = Layer::File { path: self.folders.config_file.clone(), line: 1 };
        SettingsError { layer, key: Some(key.to_owned()), sentence: sentence.to_owned() }
    }

    fn load_with(
        &self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(Layered, Settings), HostError> {
        self.layers(self.text()?.as_deref(), variables).map_err(HostError::Settings)
    }

    /// All layers, with this text as the file.
    fn layers(
        &self,
        text: Option<&str>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(Layered, Settings), Vec<SettingsError>> {
        let mut layered = Layered::default();
        let mut mistakes = Vec::new();
        if let Some(text) = text {
            mistakes.extend(layered.file(&self.folders.config_file, text).err().into_iter().flatten());
        }
        let variables = variables.filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()));
        mistakes.extend(layered.environment(variables).err().into_iter().flatten());
        for one in &self.overrides {
            mistakes.extend(layered.flag(&one.flag, &one.key, &one.value).err());
        }
        match layered.finish() {
            Ok(settings) if mistakes.is_empty() => Ok((layered, settings)),
            Ok(_) => Err(mistakes),
            Err(more) => {
                mistakes.extend(more);
                Err(mistakes)
            }
        }
    }

    /// The text of the configuration file; nothing where there is none and none was asked for.
    pub(crate) fn text(&self) -> Result<Option<String>, HostError> {
        let path = &self.folders.config_file;
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.folders.config_required => {
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(HostError::NoConfigFile(path.clone()))
            }
            Err(source) => Err(HostError::ConfigUnreadable { path: path.clone(), source }),
        }
    }

    /// What tells one version of the file from the next.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint> {
        fingerprint(&self.folders.config_file)
    }

    pub(crate) fn config_file(&self) -> &Path {
        &self.folders.config_file
    }
}

/// The variables of this process.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
}

/// A JSON value as the file writes it; nothing for what no setting can be.
fn toml(value: &Value) -> Option<settings::FileValue> {
    Some(match value {
        Value::Bool(yes) => (*yes).into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None => number.as_f64().filter(|n| n.is_finite())?.into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(list) => {
            list.iter().map(toml).collect::<Option<Vec<settings::FileValue>>>()?.into_iter().collect()
        }
        Value::Object(block) => block
            .iter()
            .map(|(key, value)| Some((key.as_str(), toml(value)?)))
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .collect(),
        Value::Null => return None,
    })
}

/// Size, time and place of a file.
pub(crate) type Fingerprint = (u64, Option<SystemTime>, u64);

fn fingerprint(path: &Path) -> Option<Fingerprint> {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let place = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let place = 0;
    Some((metadata.len(), metadata.modified().ok(), place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(folder: &Path, overrides: &[(&str, &str)]) -> Source {
        let folders = Folders {
            config_file: folder.join("config.toml"),
            config_required: false,
            state_dir: folder.join("state"),
        };
        let overrides = overrides.iter().map(|(key, value)| Override {
            flag: "--set".into(),
            key: (*key).into(),
            value: (*value).into(),
        });
        Source::new(folders, overrides.collect())
    }

    fn variables(list: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<Vec<_>>()
            .into_iter()
    }

    #[test]
    fn later_layers_win() {
        let temp = tempfile::tempdir().unwrap();
        let read = |overrides: &[(&str, &str)], env: &[(&str, &str)]| {
            source(temp.path(), overrides).load_with(variables(env)).map(|(_, settings)| settings)
        };
        assert_eq!(read(&[], &[]).unwrap(), Settings::default(), "no file is no mistake");
        fs::write(temp.path().join("config.toml"), "quiet_seconds = 1\n[http]\nport = 1\n").unwrap();
        let env =
            [("AUTOCOMMIT_HTTP__PORT", "2"), ("AUTOCOMMIT_PUSH_WORKERS", "2"), ("AUTOCOMMIT_LOG", "debug")];
        let settings = read(&[("push_workers", "3")], &env).unwrap();
        assert_eq!((settings.quiet_seconds, settings.http.port, settings.push_workers), (1.0, 2, 3));
    }

    #[test]
    fn every_mistake_of_every_layer_is_named() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(temp.path().join("config.toml"), "nope = 1\nquiet_seconds = -1\n").unwrap();
        let error = source(temp.path(), &[("also", "1")])
            .load_with(variables(&[("AUTOCOMMIT_PUHS", "1")]))
            .unwrap_err()
            .to_string();
        for expected in
            ["config.toml:1: key `nope`", "AUTOCOMMIT_PUHS", "--set: key `also`", "`quiet_seconds` must be"]
        {
            assert!(error.contains(expected), "{expected} in {error}");
        }
    }

    #[test]
    fn a_file_that_was_asked_for_must_be_there() {
        let temp = tempfile::tempdir().unwrap();
        let mut asked = source(temp.path(), &[]);
        asked.folders.config_required = true;
        assert!(matches!(asked.load_with(variables(&[])), Err(HostError::NoConfigFile(_))));
        fs::write(temp.path().join("config.toml"), b"\xff").unwrap();
        assert!(matches!(asked.load_with(variables(&[])), Err(HostError::ConfigUnreadable { .. })));
    }
}
