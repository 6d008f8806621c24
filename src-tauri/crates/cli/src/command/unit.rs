//! `autocommit service install|uninstall|status`.

use crate::{
    args::Globals,
    client,
    exit::{Exit, Failure},
    say,
};
use autocommit_host::{
    HostError, Source,
    unit::{self, Running, Standing, Start, State, System, UnitError},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long a program that was just started has to take hold of the repositories, or to end because it cannot.
const SETTLE: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Have this machine start Autocommit by itself, without a desktop.
///
/// For machines without a screen: a user unit of systemd, an agent of launchd on macOS, a task on Windows. It starts
/// `autocommit run` at login and again after a crash. The desktop app needs none of this; it has its own switch.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    autocommit service install           start it now and at each login\n  \
    autocommit service install --print   see what would be written\n  \
    autocommit service status            does it run?\n\n\
    Exit codes: 0 done, or it runs; 1 it could not be done, or it does not run; 2 usage or configuration;\n\
    3 another process looks after the repositories already.")]
pub(crate) struct Unit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Start it now and at each login. --config, --state-dir and --set count for it too.
    Install {
        /// Print what would be written, and write nothing.
        #[arg(long)]
        print: bool,
        /// The program to start. Default: this one.
        #[arg(long, value_name = "FILE")]
        program: Option<PathBuf>,
    },
    /// End it and take away what `install` wrote.
    Uninstall,
    /// Say whether it is installed and runs.
    Status,
}

pub(crate) async fn run(globals: &Globals, unit: Unit) -> Result<Exit, Failure> {
    match unit.action {
        Action::Install { print: true, program } => print(globals, program),
        Action::Install { print: false, program } => install(globals, program).await,
        Action::Uninstall => uninstall(globals).await,
        Action::Status => status(globals).await,
    }
}

fn print(globals: &Globals, program: Option<PathBuf>) -> Result<Exit, Failure> {
    let system = System::here();
    let (file, text) = (system.file()?, system.text(&start(globals, program)?)?);
    if globals.json {
        say::json(&json!({"system": system.name(), "file": file.to_string_lossy(), "text": text}));
    } else {
        say::out(text.trim_end());
    }
    Ok(Exit::Well)
}

async fn install(globals: &Globals, program: Option<PathBuf>) -> Result<Exit, Failure> {
    let start = start(globals, program)?;
    if !start.program.is_file() {
        let program = start.program.display();
        return Err(Failure::usage(format!("There is no program at {program}, so nothing was installed.")));
    }
    let folders = globals.folders()?;
    // A mistake in the settings would be met where nobody looks. What it is started with has no variables of this terminal.
    let (_, settings) = Source::new(folders.clone(), globals.overrides()?).load_without_environment()?;
    if unit::look().await?.standing == Standing::Absent
        && let Some(owner) = client::owner(&folders)?
    {
        return Err(HostError::Owned(owner).into());
    }
    let mut installed = unit::install(&start).await?;
    let started = Instant::now();
    while runs(&installed.state) && client::owner(&folders)?.is_none() && started.elapsed() < SETTLE {
        tokio::time::sleep(LOOK_EVERY).await;
        installed.state = unit::look().await?;
    }
    let mut told = Told::of(&installed.state);
    if runs(&installed.state) && settings.repos_base_paths.is_empty() {
        let file = folders.config_file.display();
        told.more.push(format!(
            "No folder is named yet, so nothing is touched: name folders as repos_base_paths in {file}."
        ));
    }
    if in_a_build_folder(&start.program) {
        told.more.push(format!(
            "{} is in a build folder, and gone when that is cleaned.",
            start.program.display()
        ));
    }
    told.say(globals, &installed.state, Some(installed.written));
    Ok(told.exit)
}

async fn uninstall(globals: &Globals) -> Result<Exit, Failure> {
    let removed = unit::uninstall().await?;
    let file = removed.file.display();
    let sentence = if removed.was_there {
        format!("Autocommit is not started by this machine any more; {file} is gone.")
    } else {
        format!("Nothing was installed: there is no {file}.")
    };
    if globals.json {
        let file = removed.file.to_string_lossy();
        say::json(&json!({"file": file, "removed": removed.was_there, "sentence": sentence}));
    } else {
        say::note(&sentence);
    }
    Ok(Exit::Well)
}

async fn status(globals: &Globals) -> Result<Exit, Failure> {
    let state = unit::look().await?;
    let told = Told::of(&state);
    told.say(globals, &state, None);
    Ok(told.exit)
}

/// What is to be started: this program with the folders and settings that were named here.
fn start(globals: &Globals, program: Option<PathBuf>) -> Result<Start, Failure> {
    let program = match program {
        Some(program) => program,
        None => std::env::current_exe()
            .map_err(|error| Failure::usage(format!("This program cannot be found: {error}.")))?,
    };
    let program = std::path::absolute(&program).unwrap_or(program);
    let folders = globals.folders()?;
    let named = |flag: bool, variable: &str| {
        flag || std::env::var_os(variable).is_some_and(|value| !value.is_empty())
    };
    let mut arguments = vec![OsString::from("run")];
    if named(globals.config.is_some(), "AUTOCOMMIT_CONFIG") {
        arguments.extend(["--config".into(), folders.config_file.into_os_string()]);
    }
    if named(globals.state_dir.is_some(), "AUTOCOMMIT_STATE_DIR") {
        arguments.extend(["--state-dir".into(), folders.state_dir.into_os_string()]);
    }
    for one in &globals.set {
        arguments.extend(["--set".into(), one.into()]);
    }
    Ok(Start { program, arguments, path: std::env::var_os("PATH").unwrap_or_default() })
}

/// Cargo marks the folder that it builds in.
fn in_a_build_folder(program: &Path) -> bool {
    program.ancestors().skip(1).any(|folder| folder.join("CACHEDIR.TAG").is_file())
}

fn runs(state: &State) -> bool {
    state.running.as_ref().is_ok_and(|running| running.running)
}

/// What a person, or a program, is told of a state.
struct Told {
    sentence: String,
    hint: Option<String>,
    /// Good to know.
    more: Vec<String>,
    exit: Exit,
}

impl Told {
    fn of(state: &State) -> Self {
        let file = state.file.display();
        let (sentence, hint, exit) = match (state.standing, &state.running) {
            (Standing::Absent, _) => (
                "Autocommit is not started by this machine.".to_owned(),
                Some("autocommit service install has it started at each login.".to_owned()),
                Exit::Attention,
            ),
            (_, Err(error)) => {
                (format!("{file} is there; whether it runs cannot be told. {error}"), None, Exit::Attention)
            }
            (_, Ok(running)) if running.running => {
                let pid = running.pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
                let at_login = if running.enabled { " and is started at each login" } else { "" };
                (format!("Autocommit runs{pid}{at_login}; {file} says how."), None, Exit::Well)
            }
            (_, Ok(running)) => (
                format!("Autocommit is installed and does not run{}.", ended(running)),
                why(state),
                Exit::Attention,
            ),
        };
        let mut more = Vec::new();
        match state.standing {
            Standing::Foreign => more.push(format!("Autocommit did not write {file}.")),
            Standing::Changed => more.push(format!("{file} was changed after Autocommit wrote it.")),
            Standing::Absent | Standing::Ours => {}
        }
        if state.standing != Standing::Absent && state.lingers == Some(false) {
            more.push(
                "It ends when you log out; loginctl enable-linger has it run from the machine's start on."
                    .to_owned(),
            );
        }
        Self { sentence, hint, more, exit }
    }

    fn say(&self, globals: &Globals, state: &State, written: Option<bool>) {
        if globals.json {
            return say::json(&self.json(state, written));
        }
        say::note(&self.sentence);
        self.hint.iter().chain(&self.more).for_each(|line| say::note(line));
    }

    fn json(&self, state: &State, written: Option<bool>) -> Value {
        let running = state.running.as_ref().ok();
        let standing = match state.standing {
            Standing::Absent => "absent",
            Standing::Ours => "ours",
            Standing::Changed => "changed",
            Standing::Foreign => "foreign",
        };
        let mut reply = json!({
            "system": state.system.name(),
            "file": state.file.to_string_lossy(),
            "standing": standing,
            "running": running.map(|r| r.running),
            "pid": running.and_then(|r| r.pid),
            "at_login": running.map(|r| r.enabled),
            "last_exit": running.and_then(|r| r.last_exit),
            "lingers": state.lingers,
            "sentence": self.sentence,
            "hint": self.hint,
            "more": self.more,
        });
        if let Some(written) = written {
            reply["written"] = written.into();
        }
        reply
    }
}

fn ended(running: &Running) -> String {
    match running.last_exit {
        Some(2) => ": it ended with 2, so its configuration has a mistake or its port is taken".to_owned(),
        Some(3) => ": it ended with 3, because another process looks after the repositories".to_owned(),
        Some(code) => format!(": it ended with {code}"),
        None => String::new(),
    }
}

/// Where to read more.
fn why(state: &State) -> Option<String> {
    let look = match state.system {
        System::Systemd => "journalctl --user -u autocommit -n 20 shows what it said.",
        System::Launchd | System::Task => "Start autocommit run in a terminal to see what it says.",
    };
    Some(look.to_owned())
}

impl From<UnitError> for Failure {
    fn from(error: UnitError) -> Self {
        let hint = match &error {
            UnitError::Foreign(_) => Some("Move it away, then do this again."),
            UnitError::Changed(_) => Some(
                "Move it away, then do this again. Settings of your own belong beside it: systemctl --user edit autocommit.",
            ),
            UnitError::Missing { .. } => {
                Some("Have whatever starts programs on this machine start autocommit run.")
            }
            UnitError::Refused { .. } => {
                Some("Is this a session of the person it is for? Over su and sudo there often is none.")
            }
            UnitError::NoHome | UnitError::Unwritable(_) | UnitError::File { .. } => None,
        };
        let failure = Self::attention(error.to_string());
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(standing: Standing, running: Result<Running, UnitError>, lingers: bool) -> State {
        State {
            system: System::Systemd,
            file: "/h/autocommit.service".into(),
            standing,
            running,
            lingers: Some(lingers),
        }
    }

    #[test]
    fn each_state_is_told_in_sentences() {
        let ran = |running, pid, last_exit| Ok(Running { pid, running, enabled: true, last_exit });
        let missing = || Err(UnitError::Missing { program: "systemctl", system: "systemd" });
        for (state, code, expected) in [
            (state(Standing::Absent, ran(false, None, None), false), 1, "is not started by this machine."),
            (
                state(Standing::Ours, ran(true, Some(7), None), true),
                0,
                "runs (pid 7) and is started at each login",
            ),
            (state(Standing::Ours, ran(false, None, Some(2)), true), 1, "configuration has a mistake"),
            (state(Standing::Ours, ran(false, None, Some(3)), true), 1, "another process looks after"),
            (state(Standing::Ours, missing(), false), 1, "There is no systemctl on this machine"),
            (state(Standing::Foreign, ran(true, Some(7), None), true), 0, "runs (pid 7)"),
        ] {
            let told = Told::of(&state);
            assert_eq!(told.exit.code(), code, "{}", told.sentence);
            assert!(told.sentence.contains(expected), "{}", told.sentence);
            for sentence in told.more.iter().chain(&told.hint).chain([&told.sentence]) {
                assert!(sentence.ends_with('.') && !sentence.contains('!'), "{sentence}");
            }
        }
        let lingers = |on| Told::of(&state(Standing::Ours, ran(true, None, None), on)).more.len();
        assert_eq!((lingers(false), lingers(true)), (1, 0));
    }

    #[test]
    fn a_build_folder_is_known_by_its_mark() {
        let temp = tempfile::tempdir().unwrap();
        let program = temp.path().join("target/debug/autocommit");
        assert!(!in_a_build_folder(&program));
        std::fs::create_dir_all(temp.path().join("target")).unwrap();
        std::fs::write(temp.path().join("target/CACHEDIR.TAG"), "").unwrap();
        assert!(in_a_build_folder(&program));
    }

    #[test]
    fn what_stands_in_the_way_is_told_with_what_to_do() {
        for error in [UnitError::Foreign("/x".into()), UnitError::Changed("/x".into())] {
            let failure = Failure::from(error);
            assert_eq!(failure.exit.code(), 1);
            assert!(failure.hint.is_some_and(|hint| hint.starts_with("Move it away")));
        }
    }
}
