//! The documented configuration file, and the list of keys, both made from the schema of [`Settings`].

use super::Settings;
use schemars::Schema;
use serde_json::Value;
use std::fmt::Write as _;

/// Every key in the order of [`Settings`]: dotted name, explanation, default.
pub(super) fn documented_keys() -> Vec<(String, String, Value)> {
    let defaults = serde_json::to_value(Settings::default()).unwrap_or_default();
    let mut keys = Vec::new();
    for field in fields(&schema()) {
        match field.section {
            None => keys.push((
                field.name.clone(),
                field.doc,
                defaults.get(&field.name).cloned().unwrap_or_default(),
            )),
            Some(inner) => keys.extend(inner.into_iter().map(|f| {
                let default =
                    defaults.get(&field.name).and_then(|s| s.get(&f.name)).cloned().unwrap_or_default();
                (format!("{}.{}", field.name, f.name), f.doc, default)
            })),
        }
    }
    keys
}

/// Whether `key` names a section such as `llm`.
pub(super) fn is_section(key: &str) -> bool {
    fields(&schema()).iter().any(|f| f.section.is_some() && f.name == key)
}

/// The text that `config init` writes: every key with its explanation, commented out at its default.
pub fn template() -> String {
    let mut text = String::from(
        "# Settings of Autocommit. Every line below is the default; remove the # to change it.\n\
         # `autocommit config check` checks this file, `autocommit config show` prints what is in force.\n",
    );
    let keys = documented_keys();
    for (key, doc, default) in keys.iter().filter(|k| !k.0.contains('.')) {
        key_lines(&mut text, key, doc, default);
    }
    for field in fields(&schema()) {
        if field.section.is_none() {
            continue;
        }
        let _ = write!(text, "\n# {}\n[{}]\n", field.doc, field.name);
        let prefix = format!("{}.", field.name);
        for (key, doc, default) in &keys {
            if let Some(name) = key.strip_prefix(&prefix) {
                key_lines(&mut text, name, doc, default);
            }
        }
    }
    text
}

fn key_lines(text: &mut String, name: &str, doc: &str, default: &Value) {
    let _ = match default {
        Value::Null => write!(text, "\n# {doc}\n# {name} = (unset)\n"),
        _ => write!(text, "\n# {doc}\n# {name} = {default}\n"),
    };
}

struct Field {
    name: String,
    doc: String,
    section: Option<Vec<Field>>,
}

fn schema() -> Schema {
    schemars::generate::SchemaSettings::draft2020_12()
        .with(|s| s.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<Settings>()
}

fn fields(schema: &Schema) -> Vec<Field> {
    schema.as_value().get("properties").map(properties).unwrap_or_default()
}

fn properties(properties: &Value) -> Vec<Field> {
    let Some(map) = properties.as_object() else { return Vec::new() };
    map.iter()
        .map(|(name, value)| Field {
            name: name.clone(),
            doc: value
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            section: value.get("properties").map(self::properties),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Layered;
    use std::path::Path;

    #[test]
    fn every_key_has_an_explanation() {
        let keys = documented_keys();
        assert!(keys.len() > 30, "{}", keys.len());
        for (key, doc, _) in &keys {
            assert!(doc.ends_with('.'), "{key}: {doc:?}");
        }
        assert_eq!(keys[0].0, "repos_base_paths", "the order of the file is the order of the struct");
    }

    #[test]
    fn the_written_file_is_the_defaults() {
        let text = template();
        Layered::default().file(Path::new("t"), &text).expect("as written");
        let uncommented: String = text
            .lines()
            .filter_map(|line| match line.strip_prefix("# ") {
                Some(setting)
                    if setting.split_once(" = ").is_some_and(|(k, v)| !k.contains(' ') && v != "(unset)") =>
                {
                    Some(setting)
                }
                Some(_) => None,
                None => Some(line),
            })
            .collect::<Vec<_>>()
            .join("\n");
        let mut layered = Layered::default();
        layered.file(Path::new("t"), &uncommented).expect("with every # removed");
        assert_eq!(layered.finish().unwrap(), Settings::default());
        assert!(uncommented.contains("port = 8200") && uncommented.contains("[deadlines]"));
    }
}
