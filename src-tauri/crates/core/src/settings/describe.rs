//! What is said of each setting: the same in the window, in `config show`, in the file that `config init` writes, in the
//! manual and in the book.

use super::{Layer, Settings, keys::YEAR, layers::ENV_PREFIX};
use serde_json::Value;
use std::sync::LazyLock;

/// The groups in which settings are shown, in order: stable name and title. `startup` holds what is no key of ours.
pub const GROUPS: [(&str, &str); 8] = [
    ("folders", "Folders"),
    ("timing", "Timing"),
    ("messages", "Messages and model"),
    ("guards", "Guards"),
    ("push", "Push"),
    ("notifications", "Notifications"),
    ("startup", "Start-up"),
    ("api", "API"),
];

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
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
    /// Blocks of several keys each, in an order.
    Blocks,
}

/// A key with all that is said of it, its default and the value in force.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyInfo {
    /// Dotted key, such as `llm.base_url`.
    pub key: String,
    /// Its name, for people.
    pub name: String,
    /// One or two sentences for people.
    pub doc: String,
    /// Stable name of its group.
    pub group: String,
    /// What a value looks like.
    pub kind: Kind,
    /// The words of a choice.
    pub choices: Vec<String>,
    /// What a number counts.
    pub unit: Option<String>,
    /// The least that a number may be.
    pub least: Option<f64>,
    /// The most that a number may be; nothing: any.
    pub most: Option<f64>,
    /// Whether it may be unset.
    pub optional: bool,
    /// Only a person sets it, in the file: it could send work elsewhere or name a secret.
    pub file_only: bool,
    /// A change takes effect at the next start.
    pub restart: bool,
    /// The value without any layer, JSON.
    pub default: Value,
    /// The value in force, JSON.
    pub value: Value,
    /// Where the value in force comes from.
    pub layer: Layer,
}

impl KeyInfo {
    /// The environment variable that overrides the file.
    pub fn variable(&self) -> String {
        format!("{ENV_PREFIX}{}", self.key.replace('.', "__").to_ascii_uppercase())
    }

    /// The default as it is written in the file; nothing where the key is unset.
    pub fn default_in_file(&self) -> Option<String> {
        match &self.default {
            Value::Null => None,
            // With spaces, so that a long list can be broken into lines.
            Value::Array(list) => {
                let list: Vec<_> = list.iter().map(Value::to_string).collect();
                Some(format!("[{}]", list.join(", ")))
            }
            other => Some(other.to_string()),
        }
    }

    /// What a value looks like, in a few words.
    pub fn takes(&self) -> String {
        let number = match self.kind {
            Kind::Bool => return "true or false".to_owned(),
            Kind::Text => return "text".to_owned(),
            Kind::List => return "a list of texts".to_owned(),
            Kind::Blocks => return "blocks".to_owned(),
            Kind::Choice => return self.limits().unwrap_or_default(),
            Kind::Integer => "a whole number",
            Kind::Number => "a number",
        };
        let counted = match self.unit.as_deref() {
            Some("%") => format!("{number} of percent"),
            Some(unit) => format!("{number} of {unit}"),
            None => number.to_owned(),
        };
        match self.limits() {
            Some(limits) => format!("{counted}, {limits}"),
            None => counted,
        }
    }

    /// Which of all values that look right are taken, in a few words; nothing: all.
    pub(super) fn limits(&self) -> Option<String> {
        let shown = |bound: f64| match bound {
            bound if bound == f64::from(YEAR) => format!("{bound} (one year)"),
            bound => bound.to_string(),
        };
        match (self.kind, self.least, self.most) {
            (Kind::Choice, ..) => {
                let words: Vec<_> = self.choices.iter().map(|word| format!("\"{word}\"")).collect();
                let (last, others) = words.split_last()?;
                Some(format!("{} or {last}", others.join(", ")))
            }
            (_, Some(least), Some(most)) => Some(format!("between {} and {}", shown(least), shown(most))),
            (_, Some(least), None) if least > 0.0 => Some(format!("at least {}", shown(least))),
            _ => None,
        }
    }

    /// Whether a value that looks right is within the limits. What JSON has no number for (NaN) is not.
    pub(super) fn allows(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else { return self.optional };
        let within = |number: f64| {
            self.least.is_none_or(|least| number >= least) && self.most.is_none_or(|most| number <= most)
        };
        match self.kind {
            Kind::Integer | Kind::Number => value.as_f64().is_some_and(within),
            _ => true,
        }
    }
}

/// A section of the file.
pub(super) struct Section {
    pub(super) name: String,
    pub(super) doc: String,
}

/// The sections in the order of [`Settings`].
pub(super) fn sections() -> Vec<Section> {
    let inner = fields(&schema()).into_iter().filter(|(_, field)| field.get("properties").is_some());
    inner.map(|(name, field)| Section { doc: words(&field), name }).collect()
}

/// Every key in the order of [`Settings`], at its default.
pub(super) fn keys() -> &'static [KeyInfo] {
    static KEYS: LazyLock<Vec<KeyInfo>> = LazyLock::new(of_schema);
    &KEYS
}

fn of_schema() -> Vec<KeyInfo> {
    let defaults = serde_json::to_value(Settings::default()).unwrap_or_default();
    let mut keys = Vec::new();
    for (name, field) in fields(&schema()) {
        let default = defaults.get(&name).cloned().unwrap_or_default();
        if field.get("properties").is_none() {
            keys.push(key(name, &field, &field, default));
            continue;
        }
        for (inner, one) in fields(&field) {
            let default = default.get(&inner).cloned().unwrap_or_default();
            keys.push(key(format!("{name}.{inner}"), &one, &field, default));
        }
    }
    keys
}

fn key(key: String, field: &Value, section: &Value, default: Value) -> KeyInfo {
    let text = |name: &str| field.get(name).and_then(Value::as_str).map(str::to_owned);
    let says = |name: &str| field.get(name).and_then(Value::as_bool) == Some(true);
    let group = text("group").or_else(|| section.get("group")?.as_str().map(str::to_owned));
    let choices: Vec<String> = choices(field);
    let types: Vec<&str> = match field.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
        None => Vec::new(),
    };
    let kind = match types.first() {
        _ if !choices.is_empty() => Kind::Choice,
        Some(&"boolean") => Kind::Bool,
        Some(&"integer") => Kind::Integer,
        Some(&"number") => Kind::Number,
        Some(&"array") if field.pointer("/items/properties").is_some() => Kind::Blocks,
        Some(&"array") => Kind::List,
        _ => Kind::Text,
    };
    KeyInfo {
        name: text("title").unwrap_or_else(|| key.clone()),
        doc: words(field),
        group: group.unwrap_or_default(),
        kind,
        choices,
        unit: text("unit"),
        least: field.get("minimum").and_then(Value::as_f64),
        most: field.get("maximum").and_then(Value::as_f64),
        optional: types.contains(&"null"),
        file_only: says("file_only"),
        restart: says("restart"),
        value: default.clone(),
        default,
        layer: Layer::Default,
        key,
    }
}

fn choices(field: &Value) -> Vec<String> {
    let listed = field.get("enum").and_then(Value::as_array).into_iter().flatten();
    let one_of = field.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let one_of = one_of.filter_map(|choice| choice.get("const"));
    listed.chain(one_of).filter_map(Value::as_str).map(str::to_owned).collect()
}

fn schema() -> Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .with(|s| s.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<Settings>()
        .to_value()
}

fn fields(schema: &Value) -> Vec<(String, Value)> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    properties.iter().map(|(name, field)| (name.clone(), field.clone())).collect()
}

fn words(field: &Value) -> String {
    let text = field.get("description").and_then(Value::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_said_of_every_key() {
        let keys = keys();
        assert!(keys.len() > 30, "{}", keys.len());
        assert_eq!(keys[0].key, "repos_base_paths", "the order of the file is the order of the struct");
        for key in keys {
            assert!(key.doc.ends_with('.'), "{key:?}");
            assert!(key.allows(Some(&key.default)) || key.optional, "{key:?}");
            assert_eq!(matches!(key.kind, Kind::Integer | Kind::Number), key.least.is_some(), "{key:?}");
            assert!(key.name.starts_with(|c: char| c.is_uppercase()) && !key.name.ends_with('.'), "{key:?}");
            assert!(GROUPS.iter().any(|(group, _)| *group == key.group), "{key:?}");
            let fits = match (&key.default, key.kind) {
                (Value::Null, _) => key.optional,
                (Value::Bool(_), kind) => kind == Kind::Bool,
                (Value::Number(n), Kind::Integer) => n.is_u64(),
                (Value::Number(_), kind) => kind == Kind::Number,
                (Value::String(text), Kind::Choice) => key.choices.contains(text),
                (Value::String(_), kind) => kind == Kind::Text,
                (Value::Array(_), kind) => matches!(kind, Kind::List | Kind::Blocks),
                (Value::Object(_), _) => false,
            };
            assert!(fits, "{key:?}");
        }
        let named = |name: &str| keys.iter().find(|key| key.key == name).unwrap();
        assert_eq!(named("guards.secrets").choices, ["hold", "warn"]);
        assert_eq!(named("messages").kind, Kind::Blocks);
        assert_eq!(named("repos_base_paths").kind, Kind::List);
        assert_eq!((named("commit_workers").kind, named("commit_workers").optional), (Kind::Integer, true));
        assert_eq!(named("deadlines.push_seconds").group, "push");
        assert_eq!(named("guards.max_file_mib").unit.as_deref(), Some("MiB"));
        for (key, takes) in [
            ("push", "true or false"),
            ("recursive_depth", "a whole number, between 1 and 64"),
            ("quiet_seconds", "a number of seconds, between 0 and 31536000 (one year)"),
            ("llm.timeout_seconds", "a number of seconds, between 0.1 and 31536000 (one year)"),
            ("guards.max_file_mib", "a whole number of MiB, at least 1"),
            ("guards.max_new_files", "a whole number of files"),
            ("guards.mass_delete_percent", "a whole number of percent, between 0 and 100"),
            ("http.port", "a whole number, between 1 and 65535"),
            ("power.on_battery", "\"stretch\", \"same\" or \"pause\""),
        ] {
            assert_eq!(named(key).takes(), takes, "{key}");
        }
        assert_eq!(named("llm.base_url").variable(), "AUTOCOMMIT_LLM__BASE_URL");
        let only: Vec<_> = keys.iter().filter(|key| key.file_only).map(|key| key.key.as_str()).collect();
        let (reports, others): (Vec<_>, _) = only.into_iter().partition(|key| key.starts_with("reports."));
        assert_eq!(others, ["llm.api_key_env", "llm.allow_host", "llm.server_program", "http.agent_actions"]);
        let all = keys.iter().filter(|key| key.key.starts_with("reports.")).count();
        assert_eq!((reports.len(), all), (8, 8), "no program says where reports go");
    }
}
