//! What the double does as a program.

use super::{Action, Rule, SCRIPT, When, call};
use rustix::process::Signal;
use std::{
    env, fs,
    os::unix::process::{CommandExt as _, ExitStatusExt as _, parent_id},
    path::{Path, PathBuf},
    process::{Command, ExitCode, ExitStatus},
    thread,
    time::Duration,
};

/// Longest time that a hanging double stays, so that none is left behind for good.
const HANG: Duration = Duration::from_secs(600);

/// Plays the script for the call that this process is; the exit code is the one of the real git unless a rule says
/// otherwise.
pub fn play() -> ExitCode {
    match scripted() {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("fake-git: {problem}");
            ExitCode::from(125)
        }
    }
}

fn scripted() -> Result<ExitCode, String> {
    let name = own_name().ok_or("cannot tell under which name it was started")?;
    let folder = name.parent().map(Path::to_owned).ok_or("has no folder")?;
    let git = real_git(&name).ok_or("there is no other git on PATH")?;
    let args = call::arguments();
    let cwd = env::current_dir().unwrap_or_default().to_string_lossy().into_owned();
    let git_dir = env::var_os("GIT_DIR").unwrap_or_default().to_string_lossy().into_owned();
    let mut log = call::Log::start(&folder, &args, &cwd);

    let mut due: Vec<Rule> = Vec::new();
    for (place, rule) in script(&folder)?.into_iter().enumerate() {
        if call::meets(&rule, &args, &cwd, &git_dir) {
            let number = call::count(&folder, place);
            if rule.nth == 0 || rule.nth == number {
                due.push(rule);
            }
        }
    }
    let (before, after): (Vec<Rule>, Vec<Rule>) = due.into_iter().partition(|rule| rule.when == When::Before);
    if let Some(code) = acts(&before)? {
        log.end(Some(code.into()));
        return Ok(ExitCode::from(code));
    }
    let mut command = Command::new(&git);
    command.args(env::args_os().skip(1));
    if after.is_empty() && !log.is_kept() {
        return Err(format!("cannot start {}: {}", git.display(), command.exec()));
    }
    let status = command.status().map_err(|error| format!("cannot start {}: {error}", git.display()))?;
    let told = acts(&after)?;
    let code = told.unwrap_or_else(|| exit_code(status));
    log.end(Some(code.into()));
    Ok(ExitCode::from(code))
}

/// Does what the rules say; a code where one of them ends this call.
fn acts(rules: &[Rule]) -> Result<Option<u8>, String> {
    for rule in rules {
        match &rule.action {
            Action::KillParent => crate::process::signal(parent_id(), Signal::KILL),
            Action::Exit { code, stderr } => {
                if !stderr.is_empty() {
                    eprintln!("{stderr}");
                }
                return Ok(Some(*code));
            }
            Action::Hang => thread::sleep(HANG),
            Action::Sleep { milliseconds } => thread::sleep(Duration::from_millis(*milliseconds)),
            Action::Run { argv } => {
                let (program, args) = argv.split_first().ok_or("a rule names no program to run")?;
                let status = Command::new(program).args(args).status();
                status.map_err(|error| format!("cannot run {program}: {error}"))?;
            }
        }
    }
    Ok(None)
}

/// A shell's convention for signals: a program cannot end as if by one.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

/// The script beside this program; none is an empty one, a damaged one is an error.
fn script(folder: &Path) -> Result<Vec<Rule>, String> {
    let Ok(text) = fs::read_to_string(folder.join(SCRIPT)) else { return Ok(Vec::new()) };
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            serde_json::from_str(line).map_err(|error| format!("bad line in the script: {error}: {line}"))
        })
        .collect()
}

/// The path this program was started by, links unresolved: the files are beside the link.
fn own_name() -> Option<PathBuf> {
    let name = PathBuf::from(env::args_os().next()?);
    if name.components().count() > 1 {
        return std::path::absolute(name).ok();
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| file.is_file())
}

/// The first git on PATH that is not this program.
fn real_git(own: &Path) -> Option<PathBuf> {
    let own = fs::canonicalize(own).ok()?;
    let path = env::var_os("PATH")?;
    let mut candidates = env::split_paths(&path).map(|folder| folder.join("git"));
    candidates.find(|file| fs::canonicalize(file).is_ok_and(|real| real != own && real.is_file()))
}
