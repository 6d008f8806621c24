//! The settings in force: read at the start and whenever their file changes, and written where a person changes them in
//! the window.

use crate::{HostError, Source, file::rewrite_file, settings::Fingerprint};
use autocommit_api::{ApiError, Code, Configuration, wire};
use autocommit_core::settings::{Http, Layer, Layered, SettingsError};
use autocommit_engine::Engine;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The settings in force and where they come from.
pub(crate) struct InForce {
    source: Source,
    engine: Engine,
    state: Mutex<State>,
    /// What is served since the start.
    served: Http,
    /// Held while the file is changed, so that no change is lost to another.
    changing: Mutex<()>,
}

struct State {
    /// Size, time and place of the file as it was last read.
    seen: Option<Fingerprint>,
    layered: Layered,
}

impl InForce {
    /// What was read when `seen` was the file's fingerprint.
    pub(crate) fn new(source: Source, engine: Engine, seen: Option<Fingerprint>, layered: Layered) -> Self {
        let state = Mutex::new(State { seen, layered });
        let served = engine.settings().http.clone();
        Self { source, engine, state, served, changing: Mutex::new(()) }
    }

    /// Whether the file is another one than was last read.
    pub(crate) fn has_changed(&self) -> Option<Option<Fingerprint>> {
        let now = self.source.fingerprint();
        (now != self.state().seen).then_some(now)
    }

    /// Reads the settings again now. A mistake leaves the earlier ones in force and is told.
    pub(crate) fn reload(&self) {
        let now = self.source.fingerprint();
        let before = std::mem::replace(&mut self.state().seen, now);
        if before.is_some() && now.is_none() {
            let file = self.source.config_file().display();
            self.engine.warn(
                "settings",
                format!("The configuration file {file} is gone. The earlier settings stay in force."),
            );
            return;
        }
        match self.source.load() {
            Ok((layered, settings)) => {
                // Whether agents may act is asked each time.
                let agent_actions = settings.http.agent_actions;
                if settings.http == (Http { agent_actions, ..self.served.clone() }) {
                    self.engine.resolved("http");
                } else {
                    self.engine
                        .warn("http", "What changed under [http] takes effect at the next start.".to_owned());
                }
                self.engine.resolved("settings");
                self.state().layered = layered;
                self.engine.reload(settings);
                self.log_as_wanted();
                tracing::info!("settings read again");
            }
            Err(error) => {
                self.engine.warn(
                    "settings",
                    format!("The settings have a mistake, so the earlier ones stay in force. {error}"),
                );
            }
        }
    }

    /// Logs what the settings ask for.
    pub(crate) fn log_as_wanted(&self) {
        let wanted = self.engine.settings().log_filter.clone();
        match crate::log::filter(wanted.as_deref()) {
            Ok(()) => self.engine.resolved("log"),
            Err(error) => self.engine.warn("log", format!("`log_filter` cannot be used: {error}.")),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, layered: &Layered, problems: Vec<wire::SettingProblem>) -> wire::SettingsReply {
        let file = self.source.config_file();
        wire::SettingsReply::new(&layered.keys(), file, file.exists(), problems)
    }
}

impl Configuration for InForce {
    fn read(&self) -> wire::SettingsReply {
        let problems = match self.source.load() {
            Ok(_) => Vec::new(),
            Err(error) => problems(error),
        };
        let layered = self.state().layered.clone();
        self.reply(&layered, problems)
    }

    fn change(
        &self,
        changes: &BTreeMap<String, Value>,
        check_only: bool,
    ) -> Result<wire::SettingsReply, ApiError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let text = self.source.text().map_err(unusable)?;
        if text.is_none()
            && self.state().layered.keys().iter().any(|key| matches!(key.layer, Layer::File { .. }))
        {
            let file = self.source.config_file().display();
            return Err(ApiError::new(
                Code::NotNow,
                format!(
                    "The configuration file {file} is gone, and a new one would hold only this change. Put it back first."
                ),
            ));
        }
        if let Err(error) = self.source.load() {
            let why = "The settings have a mistake already, so the file is left as it is.";
            return Err(wrong(why, problems(error)));
        }
        let (edited, layered) = self
            .source
            .edited(text.as_deref(), changes)
            .map_err(|mistakes| wrong(&summary(&mistakes), mistakes.iter().map(problem).collect()))?;
        if check_only {
            return Ok(self.reply(&layered, Vec::new()));
        }
        if text.as_deref() != Some(edited.as_str()) && !changes.is_empty() {
            let file = self.target().map_err(|error| cannot_write(&self.source, &error))?;
            // Somebody may have saved the file in an editor meanwhile.
            if self.source.text().map_err(unusable)? != text {
                return Err(ApiError::new(
                    Code::NotNow,
                    "The configuration file was changed by somebody else at the same moment, so it was left as it is.",
                ));
            }
            rewrite_file(&file, edited.as_bytes()).map_err(|error| cannot_write(&self.source, &error))?;
            self.reload();
        }
        Ok(self.read())
    }
}

impl InForce {
    /// The file itself: a link (from a folder of dot files) stays a link.
    fn target(&self) -> std::io::Result<PathBuf> {
        let file = self.source.config_file();
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        match file.symlink_metadata() {
            Ok(_) => file.canonicalize(),
            Err(_) => Ok(file.to_owned()),
        }
    }
}

fn problems(error: HostError) -> Vec<wire::SettingProblem> {
    match error {
        HostError::Settings(mistakes) => mistakes.iter().map(problem).collect(),
        other => vec![wire::SettingProblem { key: None, message: other.to_string() }],
    }
}

fn problem(mistake: &SettingsError) -> wire::SettingProblem {
    wire::SettingProblem { key: mistake.key.clone(), message: mistake.in_words() }
}

fn summary(mistakes: &[SettingsError]) -> String {
    match mistakes {
        [one] => one.in_words(),
        many => format!("{} settings are wrong, so nothing was changed.", many.len()),
    }
}

fn wrong(message: &str, problems: Vec<wire::SettingProblem>) -> ApiError {
    ApiError { problems, ..ApiError::new(Code::WrongSettings, message) }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn unusable(error: HostError) -> ApiError {
    ApiError::new(Code::Unavailable, error.to_string())
}

fn cannot_write(source: &Source, error: &std::io::Error) -> ApiError {
    let file = source.config_file().display();
    ApiError::new(Code::Unavailable, format!("{file} cannot be written: {error}."))
}
