//! `/settings`.

use super::shown;
use autocommit_core::{
    settings::{GROUPS, KeyInfo, Kind, Layer, public_value},
    text::without_credentials,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;
use ts_rs::TS;
use utoipa::ToSchema;

/// Every setting, in groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, TS)]
pub struct SettingsReply {
    /// The person's configuration file.
    pub file: String,
    /// Whether the file is there; the first change makes it.
    pub exists: bool,
    /// The groups, in the order in which they are shown.
    pub groups: Vec<SettingGroup>,
    /// What is wrong with what the layers say now; while this is not empty, the earlier settings stay in force.
    pub problems: Vec<SettingProblem>,
}

/// Settings that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, TS)]
pub struct SettingGroup {
    /// `folders`, `timing`, `messages`, `guards`, `push`, `notifications`, `startup` or `api`.
    pub id: String,
    /// Its title, for people.
    pub title: String,
    /// Its settings; a group may have none.
    pub settings: Vec<Setting>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, TS)]
pub struct Setting {
    /// Its dotted key in the file, such as `llm.base_url`.
    pub key: String,
    /// Its name, for people.
    pub name: String,
    /// What it does, in one or two sentences.
    pub explanation: String,
    /// What a value looks like.
    pub kind: SettingKind,
    /// The values of a choice; empty for all others.
    pub choices: Vec<String>,
    /// What a number counts, such as `seconds` or `MiB`.
    #[schema(required)]
    pub unit: Option<String>,
    /// The value without any layer; nothing where it is unset.
    #[schema(required)]
    #[ts(type = "boolean | number | string | Array<string> | Array<Record<string, unknown>> | null")]
    pub default: Value,
    /// The value in force; nothing where it is unset.
    #[schema(required)]
    #[ts(type = "boolean | number | string | Array<string> | Array<Record<string, unknown>> | null")]
    pub value: Value,
    /// Where the value in force comes from.
    pub layer: SettingLayer,
    /// The place there: file and line, variable, or flag.
    #[schema(required)]
    pub place: Option<String>,
    /// Whether it may be unset.
    pub optional: bool,
    /// Whether this API may set it; what could send work elsewhere or name a secret is set in the file by a person.
    pub settable: bool,
    /// Whether a change takes effect at the next start only.
    pub restart: bool,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// True or false.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Text of one line.
    Text,
    /// Texts in an order.
    List,
    /// One of a few words.
    Choice,
    /// Objects in an order; of `messages` with `path`, `instructions`, `examples` and `rules_only`, all but the first of
    /// which may be left out.
    Blocks,
}

/// Where a value comes from; a later one wins over the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum SettingLayer {
    /// Built in.
    Default,
    /// The person's configuration file.
    File,
    /// An environment variable.
    Environment,
    /// The command line.
    CommandLine,
}

/// Something wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
pub struct SettingProblem {
    /// The dotted key, where it is in one.
    #[schema(required)]
    pub key: Option<String>,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl SettingsReply {
    /// What is said of every key, in groups.
    pub fn new(keys: &[KeyInfo], file: &Path, exists: bool, problems: Vec<SettingProblem>) -> Self {
        let groups = GROUPS.iter().map(|(id, title)| SettingGroup {
            id: (*id).to_owned(),
            title: (*title).to_owned(),
            settings: keys.iter().filter(|key| key.group == *id).cloned().map(Into::into).collect(),
        });
        Self { file: shown(file), exists, groups: groups.collect(), problems }
    }
}

impl From<KeyInfo> for Setting {
    fn from(key: KeyInfo) -> Self {
        let (layer, place) = match &key.layer {
            Layer::Default => (SettingLayer::Default, None),
            Layer::File { path, line } => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                (SettingLayer::File, Some(format!("{name}:{line}")))
            }
            Layer::Environment(name) => (SettingLayer::Environment, Some(name.clone())),
            Layer::Flag(flag) => (SettingLayer::CommandLine, Some(flag.clone())),
        };
        Self {
            name: key.name,
            explanation: key.doc,
            kind: key.kind.into(),
            choices: key.choices,
            unit: key.unit,
            default: key.default,
            value: public(&key.key, key.value),
            layer,
            place,
            optional: key.optional,
            settable: !key.file_only,
            restart: key.restart,
            key: key.key,
        }
    }
}

impl From<Kind> for SettingKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Bool,
            Kind::Integer => Self::Integer,
            Kind::Number => Self::Number,
            Kind::Text => Self::Text,
            Kind::List => Self::List,
            Kind::Choice => Self::Choice,
            Kind::Blocks => Self::Blocks,
        }
    }
}

/// A value as it may be shown.
fn public(key: &str, value: Value) -> Value {
    match public_value(key, value) {
        Value::String(text) => Value::String(without_credentials(&text)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::settings::Layered;

    #[test]
    fn the_names_that_others_rely_on() {
        let mut layered = Layered::default();
        layered
            .file(Path::new("/c/config.toml"), "\n[llm]\nbase_url = \"http://u:p@localhost:1\"\n")
            .unwrap();
        layered.flag("--dry-run", "dry_run", "true").unwrap();
        let reply = SettingsReply::new(&layered.keys(), Path::new("/c/config.toml"), true, Vec::new());
        let ids: Vec<_> = reply.groups.iter().map(|group| group.id.as_str()).collect();
        assert_eq!(
            ids,
            ["folders", "timing", "messages", "guards", "push", "notifications", "startup", "api"]
        );
        let shown: usize = reply.groups.iter().map(|group| group.settings.len()).sum();
        assert_eq!(shown, layered.keys().len(), "every key is in a group");
        let json = serde_json::to_value(&reply).unwrap();
        let setting = |key: &str| {
            let mut all =
                json["groups"].as_array().unwrap().iter().flat_map(|g| g["settings"].as_array().unwrap());
            all.find(|s| s["key"] == key).cloned().unwrap()
        };
        assert_eq!(
            setting("llm.base_url"),
            serde_json::json!({
                "key": "llm.base_url", "name": "Server", "explanation": "Address of a server that speaks the OpenAI API.",
                "kind": "text", "choices": [], "unit": null, "default": "http://127.0.0.1:8000",
                "value": "http://localhost:1", "layer": "file", "place": "config.toml:3", "optional": false,
                "settable": true, "restart": false,
            })
        );
        assert_eq!(setting("dry_run")["layer"], "command_line");
        assert_eq!(setting("llm.allow_host")["settable"], false);
        assert_eq!(setting("http.port")["restart"], true);
        assert_eq!(setting("guards.secrets")["choices"], serde_json::json!(["hold", "warn"]));
    }
}
