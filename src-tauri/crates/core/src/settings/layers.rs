//! Layers of settings: defaults, file, environment, command line; the later wins. Every mistake names its place.

use super::{KeyInfo, Settings};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, path::PathBuf};
use toml_edit::{Document, Item, Value};

/// Prefix of the environment variables that override the file; two underscores stand for the dot.
pub(super) const ENV_PREFIX: &str = "AUTOCOMMIT_";
/// Variables with that prefix that are not settings.
const ENV_NOT_SETTINGS: [&str; 4] = ["AUTOCOMMIT_CONFIG", "AUTOCOMMIT_STATE_DIR", "AUTOCOMMIT_LOG", ENV_CALL];
/// Set for every git command and so for what a hook starts: it marks whose call this is, and is no setting.
pub const ENV_CALL: &str = "AUTOCOMMIT_CALL";
/// Beginning of the variables that the person's command for reports is given; they are no settings.
pub const ENV_REPORT: &str = "AUTOCOMMIT_REPORT_";

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// Built in.
    Default,
    /// The configuration file, at this line (from 1).
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// This environment variable.
    Environment(String),
    /// This command-line flag.
    Flag(String),
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "command line {name}"),
        }
    }
}

/// One mistake in the settings: where, which key, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{sentence}", place(layer, key))]
pub struct SettingsError {
    /// Where the value was given.
    pub layer: Layer,
    /// The dotted key, or nothing when the file is not TOML at all.
    pub key: Option<String>,
    /// What is wrong, as the end of a sentence.
    pub sentence: String,
}

impl SettingsError {
    /// What is wrong as a sentence of its own, for where the place is clear.
    pub fn in_words(&self) -> String {
        match &self.key {
            Some(key) => format!("`{key}` {}.", self.sentence),
            None => format!("{self}."),
        }
    }
}

fn place(layer: &Layer, key: &Option<String>) -> String {
    match key {
        Some(key) => format!("{layer}: key `{key}` "),
        None => format!("{layer}: "),
    }
}

/// Settings with the memory of where each value came from.
#[derive(Debug, Clone)]
pub struct Layered {
    settings: Settings,
    origins: BTreeMap<String, Layer>,
    table: toml_edit::Table,
}

impl Default for Layered {
    fn default() -> Self {
        Self { settings: Settings::default(), origins: BTreeMap::new(), table: toml_edit::Table::new() }
    }
}

impl Layered {
    /// Adds the text of a configuration file. All mistakes are reported, not only the first.
    pub fn file(&mut self, path: &std::path::Path, text: &str) -> Result<(), Vec<SettingsError>> {
        let at = |line| Layer::File { path: path.to_owned(), line };
        let document = Document::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            vec![SettingsError {
                layer: at(line),
                key: None,
                sentence: format!("not valid TOML: {}", one_line(error.message())),
            }]
        })?;
        let mut leaves = Vec::new();
        collect(document.as_table(), "", text, &mut leaves);
        let mut errors = Vec::new();
        for leaf in leaves {
            if let Err(error) = self.set(&leaf.key, leaf.item, at(leaf.line)) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Adds environment variables; those without our prefix are passed over.
    pub fn environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), Vec<SettingsError>> {
        let mut errors = Vec::new();
        let mut ours: Vec<_> = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with(ENV_PREFIX) && !ENV_NOT_SETTINGS.contains(&name.as_str()))
            .filter(|(name, _)| !name.starts_with(ENV_REPORT))
            .collect();
        ours.sort();
        for (name, text) in ours {
            let key = name[ENV_PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
            if let Err(error) = self.set_text(&key, &text, Layer::Environment(name)) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Adds one value given as text on the command line.
    pub fn flag(&mut self, flag: &str, key: &str, text: &str) -> Result<(), SettingsError> {
        self.set_text(key, text, Layer::Flag(flag.to_owned()))
    }

    /// The settings in force, once they make sense together.
    pub fn finish(&self) -> Result<Settings, Vec<SettingsError>> {
        let problems = self.settings.problems();
        if problems.is_empty() {
            return Ok(self.settings.clone());
        }
        Err(problems
            .into_iter()
            .map(|(key, sentence)| SettingsError {
                layer: self.layer_of(key),
                key: Some(key.to_owned()),
                sentence,
            })
            .collect())
    }

    /// Every key in the order of the schema, with all that is said of it, its value and layer.
    pub fn keys(&self) -> Vec<KeyInfo> {
        let values = serde_json::to_value(&self.settings).unwrap_or_default();
        let mut keys = super::describe::keys().to_vec();
        for key in &mut keys {
            let value = key.key.split('.').try_fold(&values, |v, part| v.get(part));
            key.value = value.cloned().unwrap_or_default();
            key.layer = self.layer_of(&key.key);
        }
        keys
    }

    fn layer_of(&self, key: &str) -> Layer {
        self.origins.get(key).cloned().unwrap_or(Layer::Default)
    }

    /// A value that came as text: TOML if it reads as TOML of the right type, else the text itself.
    fn set_text(&mut self, key: &str, text: &str, layer: Layer) -> Result<(), SettingsError> {
        let as_toml = text.parse::<Value>().ok().map(Item::Value);
        let as_text = Item::Value(Value::from(text));
        if let Some(item) = as_toml
            && self.set(key, item, layer.clone()).is_ok()
        {
            return Ok(());
        }
        let as_list = Item::Value(Value::Array(text.split([':', ';']).filter(|s| !s.is_empty()).collect()));
        let error = match self.set(key, as_text, layer.clone()) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        self.set(key, as_list, layer).map_err(|_| error)
    }

    /// Puts one leaf in place and reads everything again, so that the type check is serde's own.
    fn set(&mut self, key: &str, item: Item, layer: Layer) -> Result<(), SettingsError> {
        let refuse =
            |sentence: String| SettingsError { layer: layer.clone(), key: Some(key.to_owned()), sentence };
        let parts: Vec<&str> = key.split('.').collect();
        let Some((last, parents)) = parts.split_last() else { return Err(refuse("is empty".to_owned())) };
        let mut table = self.table.clone();
        let mut place = &mut table;
        for parent in parents {
            place = place
                .entry(parent)
                .or_insert_with(toml_edit::table)
                .as_table_mut()
                .ok_or_else(|| refuse("has a value where a section belongs".to_owned()))?;
        }
        place.insert(last, item);
        let document = toml_edit::DocumentMut::from(table.clone());
        match Settings::deserialize(toml_edit::de::Deserializer::from(document)) {
            Ok(settings) => {
                self.settings = settings;
                self.table = table;
                self.origins.insert(key.to_owned(), layer);
                Ok(())
            }
            Err(error) => Err(refuse(plain(error.message()))),
        }
    }
}

struct Leaf {
    key: String,
    item: Item,
    line: usize,
}

/// All leaves of a document with their dotted key and line, in the order of the file.
fn collect(table: &dyn toml_edit::TableLike, prefix: &str, text: &str, into: &mut Vec<Leaf>) {
    for (name, item) in table.iter() {
        let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        let span = table.key(name).and_then(toml_edit::Key::span).or_else(|| item.span());
        let line = span.map_or(1, |span| line_of(text, span.start));
        match item.as_table_like() {
            // Known sections are entered; anything else is left whole so that serde says what it is.
            Some(section) if !section.is_empty() => collect(section, &key, text, into),
            Some(_) if super::describe::sections().iter().any(|section| section.name == key) => {}
            _ => into.push(Leaf { key, item: item.clone(), line }),
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Turns serde's words into the end of a sentence that starts with the key.
fn plain(message: &str) -> String {
    let message = one_line(message);
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let known = rest.split_once("expected ").map_or("", |(_, list)| list);
        return format!("is unknown; known here: {}", known.trim_start_matches("one of ").replace('`', ""));
    }
    match message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: ")) {
        Some(rest) => format!("has the wrong type: {rest}"),
        None => format!("is wrong: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn file(text: &str) -> Result<Layered, Vec<String>> {
        let mut layered = Layered::default();
        layered
            .file(Path::new("/c/config.toml"), text)
            .map(|()| layered)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn unknown_keys_and_wrong_types_name_file_line_and_key() {
        let errors =
            file("push = true\ncycle_interval = 5\n[llm]\nenabled = \"yes\"\n\n[nope]\nx = 1\n").unwrap_err();
        assert_eq!(errors.len(), 3, "{errors:#?}");
        assert!(
            errors[0].starts_with(
                "/c/config.toml:2: key `cycle_interval` is unknown; known here: repos_base_paths"
            ),
            "{}",
            errors[0]
        );
        assert!(
            errors[1].starts_with("/c/config.toml:4: key `llm.enabled` has the wrong type: string \"yes\""),
            "{}",
            errors[1]
        );
        assert!(errors[2].starts_with("/c/config.toml:7: key `nope.x` is unknown"), "{}", errors[2]);
        let errors = file("push = true\npush_workers = \n").unwrap_err();
        assert!(errors[0].starts_with("/c/config.toml:2: not valid TOML"), "{}", errors[0]);
        let errors = file("llm = 3").unwrap_err();
        assert!(errors[0].starts_with("/c/config.toml:1: key `llm` has the wrong type"), "{}", errors[0]);
        let errors = file("[empty]\n").unwrap_err();
        assert!(errors[0].starts_with("/c/config.toml:1: key `empty` is unknown"), "{}", errors[0]);
        let errors = file("push_workers = -1").unwrap_err();
        assert!(errors[0].contains("key `push_workers` has the wrong type"), "{}", errors[0]);
    }

    #[test]
    fn later_layers_win_and_are_remembered() {
        let mut layered =
            file("cycle_interval_seconds = 5\nhttp = { port = 9 }\nquiet_seconds = 0\n").unwrap();
        layered
            .environment([
                ("AUTOCOMMIT_HTTP__PORT".to_owned(), "8300".to_owned()),
                ("AUTOCOMMIT_LLM__LLAMA_MODEL_ID".to_owned(), "7".to_owned()),
                ("AUTOCOMMIT_REPOS_BASE_PATHS".to_owned(), "/a:/b".to_owned()),
                ("AUTOCOMMIT_CONFIG".to_owned(), "/x".to_owned()),
                ("HOME".to_owned(), "/root".to_owned()),
            ])
            .unwrap();
        layered.flag("--dry-run", "dry_run", "true").unwrap();
        let settings = layered.finish().unwrap();
        assert_eq!(settings.cycle_interval_seconds, 5);
        assert_eq!(settings.http.port, 8300);
        assert_eq!(settings.http.bind, "127.0.0.1", "a section keeps its other defaults");
        assert_eq!(settings.llm.llama_model_id, "7", "text that looks like a number is still text");
        assert_eq!(settings.repos_base_paths, ["/a", "/b"]);
        assert!(settings.dry_run);
        let layer = |key: &str| layered.keys().into_iter().find(|k| k.key == key).unwrap().layer.to_string();
        assert_eq!(layer("http.port"), "environment variable AUTOCOMMIT_HTTP__PORT");
        assert_eq!(layer("cycle_interval_seconds"), "/c/config.toml:1");
        assert_eq!(layer("dry_run"), "command line --dry-run");
        assert_eq!(layer("push"), "default");
    }

    #[test]
    fn an_unknown_variable_is_refused() {
        let errors =
            Layered::default().environment([("AUTOCOMMIT_PUHS".to_owned(), "no".to_owned())]).unwrap_err();
        assert!(
            errors[0].to_string().starts_with("environment variable AUTOCOMMIT_PUHS: key `puhs` is unknown")
        );
    }

    #[test]
    fn values_that_make_no_sense_name_their_place() {
        let errors = file("\nquiet_seconds = -1\n").unwrap().finish().unwrap_err();
        assert_eq!(
            errors[0].to_string(),
            "/c/config.toml:2: key `quiet_seconds` must be between 0 and 31536000 (one year)"
        );
        let errors = file("[http]\nbind = \"0.0.0.0\"\n").unwrap().finish().unwrap_err();
        assert!(errors[0].to_string().starts_with("/c/config.toml:2: key `http.bind` must be a loopback"));
    }
}
