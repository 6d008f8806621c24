//! What is told of the settings, from what is said of each on its field: in the manual and at `autocommit config --help`.

use autocommit_core::settings::{GROUPS, KeyInfo, Layered};
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};
use std::fmt::Write as _;

/// The name of the page, in section 5.
pub(crate) const NAME: &str = "autocommit.toml";

/// What holds for all of them, one paragraph each.
pub(crate) const INTRODUCTION: [&str; 4] = [
    "The settings stand in a file of yours, config.toml; `autocommit config path` prints where it is (on Linux \
     `~/.config/autocommit/config.toml`). `autocommit config init` writes one that explains every setting, \
     `autocommit config check` names every mistake in it with its line, and `autocommit config show` prints what is in force \
     and where each value comes from.",
    "The file is TOML. What stands before the dot of a key is its section: `http.port` is `port` below `[http]`. Every key has \
     a default and may be left out. An unknown key or a wrong type is a mistake, and with a mistake in the file Autocommit \
     does not start; where it runs already, the earlier settings stay in force.",
    "An environment variable overrides the file, and `--set KEY=VALUE` on the command line overrides both. A list in a \
     variable is written like a PATH, `/a:/b`, or as in the file.",
    "A running Autocommit reads the file again as soon as it changes. A repository's own git configuration can only tighten: \
     `autocommit.enabled` and `autocommit.push` can switch off there, `autocommit.branch` and `autocommit.remote` name one \
     branch and a remote that exists.",
];

/// The settings in the order in which they are shown, with the titles of their groups; what is no key of ours is left out.
pub(crate) fn groups() -> Vec<(&'static str, Vec<KeyInfo>)> {
    let keys = Layered::default().keys();
    let of = |group: &str| keys.iter().filter(|key| key.group == group).cloned().collect();
    let groups = GROUPS.iter().map(|(id, title)| (*title, of(id)));
    groups.filter(|(_, keys): &(_, Vec<_>)| !keys.is_empty()).collect()
}

/// What is true of a setting beside its explanation, in sentences.
pub(crate) fn facts(key: &KeyInfo) -> Vec<String> {
    let mut facts = vec![match key.default_in_file() {
        Some(default) => format!("It takes {}; the default is `{default}`.", key.takes()),
        None => format!("It takes {}; unset by default.", key.takes()),
    }];
    facts.push(format!("Variable: `{}`.", key.variable()));
    if key.file_only {
        facts.push("Set in the file alone: no program can set it over the API.".to_owned());
    }
    if key.restart {
        facts.push("A change counts from the next start.".to_owned());
    }
    facts
}

/// The page of the manual.
pub(super) fn page() -> String {
    let mut roff = Roff::new();
    let source = concat!("autocommit ", env!("CARGO_PKG_VERSION"));
    roff.control("TH", [NAME, "5", "", source]);
    // Names and values are not broken in two.
    roff.control("nh", []).control("ad", ["l"]);
    roff.control("SH", ["NAME"]).text([roman(format!("{NAME} - the settings of Autocommit"))]);
    roff.control("SH", ["SYNOPSIS"]).text([italic("~/.config/autocommit/config.toml")]);
    roff.control("SH", ["DESCRIPTION"]);
    for (number, paragraph) in INTRODUCTION.iter().enumerate() {
        if number > 0 {
            roff.control("PP", []);
        }
        roff.text(inlines(paragraph));
    }
    roff.control("SH", ["SETTINGS"]);
    for (title, keys) in groups() {
        roff.control("SS", [title]);
        for key in keys {
            roff.control("TP", []).text([bold(key.key.as_str())]);
            roff.text(inlines(&key.doc));
            roff.control("br", []).text(inlines(&facts(&key).join(" ")));
        }
    }
    super::see_also(&mut roff, NAME);
    roff.render()
}

/// Words of prose, with what stands in backticks set in bold.
fn inlines(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    parts.map(|(number, part)| if number % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

/// What stands behind the long help of `autocommit config`: every key with its default, and what it does.
pub(crate) fn help() -> String {
    let mut text = String::from("Settings:");
    for (title, keys) in groups() {
        let _ = write!(text, "\n  {title}");
        for key in keys {
            let default = key.default_in_file().unwrap_or_else(|| "unset".to_owned());
            let default = if default.len() > 40 { "a list" } else { default.as_str() };
            let _ = write!(text, "\n    {:<30} {default:<30} {}", key.key, key.name);
        }
    }
    text + "\n\nWhat each does and takes: autocommit.toml(5), or the file that autocommit config init writes."
}
