//! `autocommit doctor --bundle`: what somebody who helps needs to know, as a text that its owner can read first.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say, way,
};
use autocommit_api::{
    Scope,
    methods::{History, HistoryRequest},
    wire::EntryStatus,
};
use autocommit_core::{
    settings::public_value,
    text::{escape_controls, without_credentials, without_secrets},
};
use autocommit_host::{Folders, Source, log};
use std::{fs::OpenOptions, io::Write as _, path::Path};

/// Lines of the log that are looked through, and errors that are taken of each place.
const LINES: usize = 20_000;
const ERRORS: usize = 100;

/// Writes the text to a file that is not there yet.
pub(super) async fn write(globals: &Globals, file: &Path, checks: &[String]) -> Result<Exit, Failure> {
    let folders = globals.folders()?;
    let mut text = String::from(
        "What Autocommit knows of itself, for somebody who helps. Read it before you send it: names of your folders, \
         repositories and held files are in it, and the name and address of your commits.\n",
    );
    section(&mut text, "Versions", &versions());
    section(&mut text, "Checks", checks);
    section(&mut text, "Settings", &settings(globals, &folders));
    section(&mut text, "What failed or is held, newest first", &failures(&folders).await);
    section(&mut text, "Warnings and errors of the log", &warnings(&folders));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut open| open.write_all(text.as_bytes()));
    written.map_err(|error| {
        Failure::attention(format!("{} cannot be written: {error}.", file.display())).hint(
            match error.kind() {
                std::io::ErrorKind::AlreadyExists => "Name a file that is not there yet.",
                _ => "Name a file in a folder of yours that is there.",
            },
        )
    })?;
    say::note(&format!("{} has it all. Read it before you send it.", file.display()));
    Ok(Exit::Well)
}

fn section(text: &mut String, title: &str, lines: &[String]) {
    text.push_str(&format!("\n== {title}\n"));
    if lines.is_empty() {
        text.push_str("nothing\n");
    }
    for line in lines {
        text.push_str(&harmless(line));
        text.push('\n');
    }
}

/// Without secrets and credentials, further lines of it drawn in, and with `~` for the home folder.
fn harmless(line: &str) -> String {
    let plain = without_credentials(line);
    // What looks like a secret may have many lines.
    let plain = without_secrets(&plain).lines().map(escape_controls).collect::<Vec<_>>().join("\n  ");
    match std::env::home_dir().and_then(|home| home.to_str().map(str::to_owned)) {
        Some(home) if home.len() > 1 => plain.replace(&home, "~"),
        _ => plain,
    }
}

fn versions() -> Vec<String> {
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or_default();
    vec![
        format!("autocommit {}", env!("CARGO_PKG_VERSION")),
        format!("{} {} {}", std::env::consts::OS, std::env::consts::ARCH, system.trim_matches('"')),
    ]
}

/// Every setting that is not at its default.
fn settings(globals: &Globals, folders: &Folders) -> Vec<String> {
    let loaded =
        globals.overrides().and_then(|overrides| Ok(Source::new(folders.clone(), overrides).load()?));
    match loaded {
        Err(failure) => vec![failure.message],
        Ok((layered, _)) => layered
            .keys()
            .into_iter()
            .filter(|key| key.layer != autocommit_core::settings::Layer::Default)
            .map(|key| {
                let value = public_value(&key.key, key.value);
                format!("{} = {value} ({})", key.key, key.layer)
            })
            .collect(),
    }
}

async fn failures(folders: &Folders) -> Vec<String> {
    let Ok(Some(client)) = way::running_with(folders, Scope::Read) else {
        return vec!["Nothing runs that could tell.".to_owned()];
    };
    let mut lines = Vec::new();
    for status in [EntryStatus::Failed, EntryStatus::Held] {
        let asked = HistoryRequest { status: Some(status), limit: Some(20), ..HistoryRequest::default() };
        match client.call::<History>(&asked).await {
            Ok((reply, _)) => lines.extend(reply.entries.into_iter().map(|entry| {
                format!("{} {} {}", entry.started_at, entry.repo, entry.error.unwrap_or_default())
            })),
            Err(failure) => lines.push(failure.message),
        }
    }
    lines
}

fn warnings(folders: &Folders) -> Vec<String> {
    let lines = match log::Reader::last(&log::file(&folders.state_dir), LINES) {
        Ok((lines, _)) => lines,
        Err(error) => return vec![format!("The log cannot be read: {error}.")],
    };
    let bad = |line: &String| log::Line::of(line).is_some_and(|line| ["WARN", "ERROR"].contains(&line.level));
    let bad: Vec<_> = lines.into_iter().filter(bad).collect();
    bad[bad.len().saturating_sub(ERRORS)..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_secret_is_in_it() {
        let token = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        let mut text = String::new();
        let lines = [format!("pushing to https://me:word@host/x with {token}"), "a\u{1b}b".to_owned()];
        section(&mut text, "Title", &lines);
        assert!(
            text.starts_with("\n== Title\n") && !text.contains(token) && !text.contains("word"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
        let home = std::env::home_dir().unwrap();
        assert_eq!(harmless(&home.join("x").display().to_string()), "~/x");
    }
}
