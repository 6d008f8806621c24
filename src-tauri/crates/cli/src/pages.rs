//! The two pages of the book that are made and not written: `docs/settings.md` and `docs/commands.md`.

use crate::{args::Cli, command::manual::settings};
use clap::{Command, CommandFactory as _};
use std::{fmt::Write as _, fs, path::Path};

const MADE: &str =
    "<!-- Made by `UPDATE_DOCS=1 cargo test -p autocommit pages`; changes here are lost. -->\n";

/// Compares a page with the file, or writes it where that is asked for.
fn is_up_to_date(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, text).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(there == text, "docs/{name} is stale: UPDATE_DOCS=1 cargo test -p autocommit pages");
}

#[test]
fn settings_are_told_as_they_are() {
    let mut text = format!("# Settings\n\n{MADE}");
    for paragraph in settings::INTRODUCTION {
        let _ = write!(text, "\n{paragraph}\n");
    }
    text += "\nThe same is in the manual: `man autocommit.toml`.\n";
    for (title, keys) in settings::groups() {
        let _ = write!(text, "\n## {title}\n");
        for key in keys {
            let facts = settings::facts(&key).join(" ");
            let _ = write!(text, "\n### `{}`\n\n**{}.** {}\n\n{facts}\n", key.key, key.name, key.doc);
        }
    }
    is_up_to_date("settings.md", &text);
}

#[test]
fn commands_are_told_as_they_are() {
    let top = Cli::command();
    let mut text = format!("# Commands\n\n{MADE}\nEvery command takes these:\n");
    let globals: Vec<_> = top.get_arguments().filter(|a| a.is_global_set()).cloned().collect();
    block(&mut text, &help(&Command::new("autocommit").args(globals).disable_help_flag(true), "{options}"));
    text += "\n`autocommit --help` and `man autocommit` tell the same.\n";
    for command in top.get_subcommands().filter(|command| !command.is_hide_set()) {
        of(&mut text, command, "autocommit", 2);
    }
    is_up_to_date("commands.md", &text);
}

fn of(text: &mut String, command: &Command, above: &str, level: usize) {
    let name = format!("{above} {}", command.get_name());
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string);
    let _ = write!(text, "\n{} {name}\n\n{}\n", "#".repeat(level), prose(&about.unwrap_or_default()));
    let inner: Vec<_> = command.get_subcommands().filter(|inner| !inner.is_hide_set()).collect();
    if inner.is_empty() {
        let alone = command.clone().bin_name(&name).disable_help_flag(true).disable_version_flag(true);
        block(text, &help(&alone, "{usage}\n\n{all-args}"));
    }
    let more = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for paragraph in more.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        match paragraph.split_once(":\n") {
            Some((title, lines)) => {
                let _ = write!(text, "\n{title}:\n");
                block(text, lines);
            }
            None => {
                let _ = write!(text, "\n{}\n", prose(&paragraph.replace('\n', " ")));
            }
        }
    }
    inner.into_iter().for_each(|inner| of(text, inner, &name, level + 1));
}

fn help(command: &Command, template: &str) -> String {
    command.clone().help_template(template.to_owned()).render_long_help().to_string()
}

fn block(text: &mut String, lines: &str) {
    let lines = lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line).trim_end());
    let lines = lines.collect::<Vec<_>>().join("\n");
    let _ = write!(text, "\n```text\n{}\n```\n", lines.trim());
}

/// What of prose Markdown would take for more than text.
fn prose(text: &str) -> String {
    text.replace('<', "\\<").replace('*', "\\*")
}
