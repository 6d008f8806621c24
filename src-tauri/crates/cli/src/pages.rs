//! What of the book is made and not written: the pages `docs/settings.md` and `docs/commands.md`, and tables in others. And
//! that every command line in the book is one.

use crate::{args::Cli, command::manual::settings};
use autocommit_api::{ApiError, Code, http::document};
use autocommit_core::{guards::Rule, push::PushClass, reason::Reason, snapshot::Operation};
use clap::{Command, CommandFactory as _, Parser as _};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

const MADE: &str =
    "<!-- Made by `UPDATE_DOCS=1 cargo test -p autocommit pages`; changes here are lost. -->\n";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs")
}

/// Compares a page with the file, or writes it where that is asked for.
fn is_up_to_date(name: &str, text: &str) {
    let file = docs().join(name);
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
    block(
        &mut text,
        &help(&clap::Command::new("autocommit").args(globals).disable_help_flag(true), "{options}"),
    );
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
    let indent = |line: &str| line.len() - line.trim_start().len();
    let least = lines.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    let lines: Vec<_> = lines.lines().map(|line| line.get(least..).unwrap_or_default().trim_end()).collect();
    let _ = write!(text, "\n```text\n{}\n```\n", lines.join("\n").trim_matches('\n'));
}

/// The same of the parts of a page that stand between marks.
fn tables_are_up_to_date(name: &str, tables: &[(&str, String)]) {
    let mut text = fs::read_to_string(docs().join(name)).unwrap();
    for (mark, table) in tables {
        let begin = format!("<!-- made: {mark} -->\n");
        let from = text.find(&begin).unwrap_or_else(|| panic!("{name} has no {begin}")) + begin.len();
        let to = from + text[from..].find("<!-- end -->").unwrap_or_else(|| panic!("{mark} has no end"));
        text.replace_range(from..to, table);
    }
    is_up_to_date(name, &text);
}

fn table(head: [&str; 3], rows: impl IntoIterator<Item = [String; 3]>) -> String {
    let row =
        |cells: [String; 3]| format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    let mut text = row(head.map(str::to_owned)) + "|---|---|---|\n";
    text.extend(rows.into_iter().map(row));
    text
}

#[test]
fn what_holds_is_told_as_it_is() {
    let rule =
        |rule: Rule| [format!("`{}`", rule.code()), rule.sentence().to_owned(), rule.next_step().to_owned()];
    let own = |reason: &Reason| match reason {
        Reason::InProgress(operation) => *operation == Operation::Merge,
        Reason::Push(_) | Reason::StillRefused(_) | Reason::AllHeld(_) | Reason::Stopping => false,
        _ => true,
    };
    let reasons = Reason::one_of_each().into_iter().filter(own).map(|reason| {
        // What the list has for examples.
        let sentence = reason.sentence("NAME").replace("origni", "REMOTE").replace("config.py", "FILE");
        [format!("`{}`", reason.code()), sentence, reason.hint().to_owned()]
    });
    let refused = PushClass::ALL.into_iter().filter(|class| !class.arrived());
    let pushes =
        refused.map(|class| [format!("`{}`", class.code()), class.sentence("NAME"), class.hint().to_owned()]);
    tables_are_up_to_date(
        "held.md",
        &[
            ("rules", table(["rule", "why", "what to do"], Rule::ALL.map(rule))),
            ("reasons", table(["name", "why", "what to do"], reasons)),
            ("pushes", table(["name", "why", "what to do"], pushes)),
        ],
    );
}

#[test]
fn the_api_is_told_as_it_is() {
    let description = serde_json::to_value(document()).unwrap();
    let mut rows = Vec::new();
    for (path, verbs) in description["paths"].as_object().unwrap() {
        for (verb, operation) in verbs.as_object().unwrap() {
            let needs = operation["security"].to_string();
            let scope = match () {
                () if needs.contains("{}") => "none",
                () if needs.contains("control") => "control",
                () => "read",
            };
            let request = format!("`{} {path}`", verb.to_uppercase());
            rows.push([request, scope.to_owned(), operation["summary"].as_str().unwrap().to_owned()]);
        }
    }
    assert!(rows.len() > 30, "{rows:?}");
    let codes = Code::ALL.map(|code| {
        let name = serde_json::to_value(code).unwrap();
        let hint = ApiError::new(code, "").hint;
        [code.http_status().to_string(), format!("`{}`", name.as_str().unwrap()), hint]
    });
    tables_are_up_to_date(
        "api.md",
        &[
            ("endpoints", table(["request", "token", "what"], rows)),
            ("codes", table(["status", "code", "what to do"], codes)),
        ],
    );
}

/// The words behind `autocommit` in a line of a code block; nothing where it is no command of ours.
fn words(line: &str) -> Option<Vec<String>> {
    let line = line.trim_start().trim_start_matches("$ ");
    // Two spaces or a mark, and then what it does.
    let line = line.split(" #").next().and_then(|line| line.split("  ").next()).unwrap_or_default();
    // What follows is the shell's.
    let line = line.split(['|', '>', ')', ';']).next().unwrap_or_default();
    let rest = line.rsplit_once("$(autocommit ").map(|(_, rest)| rest);
    let rest = rest.or_else(|| line.strip_prefix("autocommit "))?;
    let quoted = |(number, part): (usize, &str)| match number % 2 {
        1 => vec![part.to_owned()],
        _ => part.split_whitespace().map(str::to_owned).collect(),
    };
    Some(rest.split('"').enumerate().flat_map(quoted).collect())
}

/// Whether the parser takes them. `autocommit config --help` and the like end there too, and well.
fn accepted(words: &[String]) -> bool {
    let line = std::iter::once("autocommit").chain(words.iter().map(String::as_str));
    Cli::try_parse_from(line).map_or_else(|error| error.exit_code() == 0, |_| true)
}

#[test]
fn every_command_line_of_the_book_is_one() {
    let pages = fs::read_dir(docs()).unwrap().map(|page| page.unwrap().path());
    let pages =
        pages.chain([docs().join("../README.md")]).filter(|page| page.extension().is_some_and(|e| e == "md"));
    let mut tried = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        // Every second part stands between the marks of a block, and of the others every second one between those of code.
        let parts: Vec<_> = text.split("```").collect();
        let blocks = parts.iter().skip(1).step_by(2).flat_map(|block| block.lines());
        let outside = parts.iter().step_by(2).copied().collect::<Vec<_>>().join(" ");
        let code = outside.split('`').skip(1).step_by(2).map(|code| (code.replace('\n', " "), false));
        for (line, typed) in blocks.map(|line| (line.to_owned(), true)).chain(code) {
            // What stands for something else is no word of a command line.
            if line.contains(['<', '[']) {
                continue;
            }
            let Some(words) = words(&line.replace('…', "x")) else { continue };
            // Prose may name a command without what it is used on.
            let fine = accepted(&words) || !typed && accepted(&[words, vec!["PATH".to_owned()]].concat());
            assert!(fine, "{}: {line}", page.display());
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn a_command_line_that_is_none_is_noticed() {
    let fine = |line| accepted(&words(line).unwrap());
    for line in [
        "$ autocommit once --dry-run # what",
        "autocommit once --dry-run   what would be",
        "T=$(autocommit token show)",
        "autocommit trigger -m \"a b\" c",
    ] {
        assert!(fine(line), "{line}");
    }
    assert!(!fine("autocommit onec") && !fine("autocommit once --dry"));
    assert!(words("git push").is_none() && words("see autocommit once").is_none());
}

/// What of prose Markdown would take for more than text.
fn prose(text: &str) -> String {
    text.replace('<', "\\<").replace('*', "\\*")
}
