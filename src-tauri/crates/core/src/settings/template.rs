//! The documented configuration file, made from what is said of each setting.

use super::{KeyInfo, describe};
use std::fmt::Write as _;

/// The text that `config init` writes: every key with its explanation, commented out at its default.
pub fn template() -> String {
    let mut text = String::from(
        "# Settings of Autocommit. Every line below is the default; remove the # to change it.\n\
         # `autocommit config check` checks this file, `autocommit config show` prints what is in force.\n",
    );
    let keys = describe::keys();
    for key in keys.iter().filter(|k| !k.key.contains('.')) {
        key_lines(&mut text, &key.key, key);
    }
    for section in describe::sections() {
        let _ = write!(text, "\n# {}\n[{}]\n", section.doc, section.name);
        let prefix = format!("{}.", section.name);
        for key in keys {
            if let Some(name) = key.key.strip_prefix(&prefix) {
                key_lines(&mut text, name, key);
            }
        }
    }
    text
}

fn key_lines(text: &mut String, name: &str, key: &KeyInfo) {
    // What a value looks like is seen from the default; which are taken is not.
    let limits = key.limits().map_or_else(String::new, |_| format!("# It takes {}.\n", key.takes()));
    let default = key.default_in_file().unwrap_or_else(|| "(unset)".to_owned());
    let _ = write!(text, "\n# {}\n{limits}# {name} = {default}\n", key.doc);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Layered, Settings};
    use std::path::Path;

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
