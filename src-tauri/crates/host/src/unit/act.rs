//! Installing, removing and looking.

use super::{Call, Running, Standing, Start, System, UnitError, ask::ask, launchd, mark, systemd, task};
use crate::replace_file;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What was told to end is gone within this long.
const GONE_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is there and what the system says of it.
#[derive(Debug)]
pub struct State {
    /// Who starts it.
    pub system: System,
    /// The place of the file.
    pub file: PathBuf,
    /// What stands there.
    pub standing: Standing,
    /// What the system says; an error where it does not answer.
    pub running: Result<Running, UnitError>,
    /// Whether it runs while the person is not logged in; unknown where there is no such thing.
    pub lingers: Option<bool>,
}

/// After an installation.
#[derive(Debug)]
pub struct Installed {
    /// Whether the file is a new one.
    pub written: bool,
    /// How things are now.
    pub state: State,
}

/// After a removal.
#[derive(Debug)]
pub struct Removed {
    /// The place of the file.
    pub file: PathBuf,
    /// Whether there was anything to remove.
    pub was_there: bool,
}

/// What was at the place of the file before we wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing.
    Nothing,
    /// Another text of ours.
    Older,
    /// The very same text.
    Same,
}

/// Writes the file and has the system start the program, now and at each login. Doing it again changes nothing. A file
/// that we did not write, or that somebody changed, is left alone.
pub async fn install(start: &Start) -> Result<Installed, UnitError> {
    let system = System::here();
    let (file, text) = (system.file()?, system.text(start)?);
    let bytes = mark::encoded(system, &text);
    let before = match standing(system, &file)? {
        Standing::Absent => Before::Nothing,
        Standing::Ours if fs::read(&file).is_ok_and(|there| there == bytes) => Before::Same,
        Standing::Ours => Before::Older,
        other => return Err(in_the_way(other, file)),
    };
    ask(system, &system.answers()).await?;
    if before != Before::Same {
        let failed = |source| UnitError::File { path: file.clone(), what: "written", source };
        fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        replace_file(&file, &bytes).map_err(failed)?;
    }
    all(system, &system.switch_on(&file, before)).await?;
    Ok(Installed { written: before != Before::Same, state: look().await? })
}

/// Has the program ended and not started again, and takes the file away. Without a file there is nothing to do.
pub async fn uninstall() -> Result<Removed, UnitError> {
    let system = System::here();
    let file = system.file()?;
    match standing(system, &file)? {
        Standing::Absent => return Ok(Removed { file, was_there: false }),
        Standing::Ours => {}
        other => return Err(in_the_way(other, file)),
    }
    all(system, &system.switch_off()).await?;
    ended(system).await?;
    fs::remove_file(&file).map_err(|source| UnitError::File {
        path: file.clone(),
        what: "removed",
        source,
    })?;
    all(system, &system.forget()).await?;
    Ok(Removed { file, was_there: true })
}

/// Looks, and changes nothing.
pub async fn look() -> Result<State, UnitError> {
    let system = System::here();
    let file = system.file()?;
    let standing = standing(system, &file)?;
    let (call, read): (Call, fn(&str) -> Running) = match system {
        System::Systemd => (systemd::look(), systemd::read),
        System::Launchd => (launchd::look(), launchd::read),
        System::Task => (task::look(), task::read),
    };
    let running = match ask(system, &call).await {
        // It says so where it knows of no such thing.
        Err(UnitError::Refused { .. }) if call.may_fail => Ok(Running::default()),
        answered => answered.map(|printed| read(&printed)),
    };
    let lingers = match system {
        System::Systemd => Some(lingers(system).await),
        System::Launchd | System::Task => None,
    };
    Ok(State { system, file, standing, running, lingers })
}

/// Waits until the system knows nothing of it any more. What may fail because there is nothing to end may fail for other
/// reasons too, and then the file stays: without it nobody could end the program any more.
async fn ended(system: System) -> Result<(), UnitError> {
    let began = Instant::now();
    while is_there(&look().await?.running?) {
        if began.elapsed() > GONE_WITHIN {
            let call = system.switch_off().iter().map(Call::shown).collect::<Vec<_>>().join("; ");
            return Err(UnitError::Refused {
                call,
                said: "it runs, or is started, all the same.".to_owned(),
            });
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

fn is_there(running: &Running) -> bool {
    running.running || running.enabled
}

async fn lingers(system: System) -> bool {
    ask(system, &systemd::lingers()).await.is_ok_and(|printed| printed.trim() == "Linger=yes")
}

async fn all(system: System, calls: &[Call]) -> Result<(), UnitError> {
    for call in calls {
        match ask(system, call).await {
            Err(UnitError::Refused { call: shown, said }) if call.may_fail => {
                tracing::debug!("{shown}: {said}")
            }
            answered => drop(answered?),
        }
    }
    Ok(())
}

fn standing(system: System, file: &Path) -> Result<Standing, UnitError> {
    let unreadable = |source: io::Error| UnitError::File { path: file.to_owned(), what: "read", source };
    mark::standing(system, file).map_err(unreadable)
}

fn in_the_way(standing: Standing, file: PathBuf) -> UnitError {
    if standing == Standing::Changed { UnitError::Changed(file) } else { UnitError::Foreign(file) }
}
