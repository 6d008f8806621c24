//! `/settings`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    #[ts(type = "boolean | number | string | Array<string> | null")]
    pub default: Value,
    /// The value in force; nothing where it is unset.
    #[schema(required)]
    #[ts(type = "boolean | number | string | Array<string> | null")]
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
