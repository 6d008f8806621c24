//! `autocommit config check|show|path|init`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style},
    table::{Cell, Table},
};
use autocommit_core::{
    settings::{self, KeyInfo, SettingsError},
    text::counted,
};
use autocommit_host::{Folders, HostError, Source, replace_file};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Check, show, find or start the configuration.
///
/// Settings come from the configuration file, then from AUTOCOMMIT_ variables, then from --set; the later wins.
#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check the settings; every mistake is named with file, line and key.
    Check,
    /// Show every setting in force and where it comes from (--json: the values alone).
    Show,
    /// Print where the configuration file is (--json: the state folder too).
    Path,
    /// Write a configuration file that explains every setting.
    Init {
        /// Replace the file that is there.
        #[arg(long)]
        force: bool,
    },
}

pub(crate) fn run(globals: &Globals, config: &Config) -> Result<Exit, Failure> {
    let folders = globals.folders()?;
    match &config.action {
        Action::Check => check(globals, folders),
        Action::Show => show(globals, folders),
        Action::Path => Ok(path(globals, &folders)),
        Action::Init { force } => init(globals, &folders, *force),
    }
}

fn check(globals: &Globals, folders: Folders) -> Result<Exit, Failure> {
    let file = folders.config_file.clone();
    let found = Source::new(folders, globals.overrides()?).load();
    if !globals.json {
        let (layered, _) = found?;
        let set = layered.keys().iter().filter(|key| key.layer != settings::Layer::Default).count();
        let what = if set == 0 {
            "everything is at its default".to_owned()
        } else {
            format!("{} set", counted(set, "key"))
        };
        say::out(&format!("All is well: {what}."));
        if !file.exists() {
            say::note(&format!("There is no file at {}; autocommit config init writes one.", file.display()));
        }
        return Ok(Exit::Well);
    }
    let mistakes = match found {
        Ok(_) => Vec::new(),
        Err(HostError::Settings(mistakes)) => mistakes.iter().map(mistake).collect(),
        Err(error) => vec![json!({"place": null, "key": null, "message": error.to_string()})],
    };
    let well = mistakes.is_empty();
    say::json(&json!({"ok": well, "file": file.to_string_lossy(), "errors": mistakes}));
    Ok(if well { Exit::Well } else { Exit::Usage })
}

fn mistake(error: &SettingsError) -> Value {
    json!({"place": error.layer.to_string(), "key": error.key, "message": error.to_string()})
}

fn show(globals: &Globals, folders: Folders) -> Result<Exit, Failure> {
    let (layered, settings) = Source::new(folders, globals.overrides()?).load()?;
    if globals.json {
        say::json(&settings);
        return Ok(Exit::Well);
    }
    say::out(&table(&layered.keys(), Style::of(Stream::Out)).render());
    Ok(Exit::Well)
}

fn table(keys: &[KeyInfo], style: Style) -> Table {
    let mut table = Table::new(style, &["KEY", "VALUE", "FROM"]);
    for key in keys {
        let value = match &key.value {
            Value::Null => "(unset)".to_owned(),
            Value::String(text) => text.clone(),
            Value::Array(list) => list
                .iter()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(" "),
            other => other.to_string(),
        };
        table.row([Cell::new(key.key.as_str()), Cell::new(value), Cell::dim(key.layer.to_string())]);
    }
    table.keep(&[0]);
    table
}

fn path(globals: &Globals, folders: &Folders) -> Exit {
    let (file, state) = (folders.config_file.to_string_lossy(), folders.state_dir.to_string_lossy());
    if globals.json {
        say::json(&json!({"config": file, "state_dir": state}));
    } else {
        say::out(&file);
        say::note(&format!("The state folder is {state}"));
    }
    Exit::Well
}

fn init(globals: &Globals, folders: &Folders, force: bool) -> Result<Exit, Failure> {
    let file = &folders.config_file;
    if !force && file.symlink_metadata().is_ok() {
        return Err(Failure::usage(format!("There is a file at {} already.", file.display()))
            .hint("Edit it, or replace it with --force."));
    }
    // A link (from a folder of dot files) stays a link.
    let target = file.canonicalize().unwrap_or_else(|_| file.clone());
    let made = target.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| replace_file(&target, settings::template().as_bytes()))
        .map_err(|error| Failure::usage(format!("{} cannot be written: {error}.", file.display())))?;
    if globals.json {
        say::json(&json!({"config": file.to_string_lossy()}));
    } else {
        say::out(&file.to_string_lossy());
        say::note("Name your folders there as repos_base_paths, then look with autocommit scan.");
    }
    Ok(Exit::Well)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globals(folder: &std::path::Path) -> Globals {
        Globals {
            config: Some(folder.join("a/config.toml")),
            state_dir: Some(folder.join("state")),
            json: false,
            set: Vec::new(),
        }
    }

    #[test]
    fn init_never_replaces_unasked() {
        let temp = tempfile::tempdir().unwrap();
        let globals = globals(temp.path());
        let folders = globals.folders().unwrap();
        assert_eq!(init(&globals, &folders, false), Ok(Exit::Well));
        std::fs::write(&folders.config_file, "push = false\n").unwrap();
        assert_eq!(init(&globals, &folders, false).unwrap_err().exit, Exit::Usage);
        assert_eq!(std::fs::read_to_string(&folders.config_file).unwrap(), "push = false\n");
        assert_eq!(init(&globals, &folders, true), Ok(Exit::Well));
        assert!(std::fs::read_to_string(&folders.config_file).unwrap().contains("repos_base_paths"));
        assert_eq!(check(&globals, folders), Ok(Exit::Well));
    }

    #[test]
    fn a_mistake_is_usage() {
        let temp = tempfile::tempdir().unwrap();
        let globals = globals(temp.path());
        std::fs::create_dir_all(temp.path().join("a")).unwrap();
        std::fs::write(temp.path().join("a/config.toml"), "x = 1\n").unwrap();
        let failure = check(&globals, globals.folders().unwrap()).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.contains("config.toml:1: key `x` is unknown"), "{}", failure.message);
    }

    #[test]
    fn every_setting_is_shown() {
        let style = Style { stream: Stream::Out, terminal: false, colour: false, unicode: true };
        let layered = settings::Layered::default();
        let text = table(&layered.keys(), style).render();
        assert_eq!(text.lines().count(), layered.keys().len() + 1);
        assert!(text.contains("http.port") && text.contains("8200"), "{text}");
    }
}
