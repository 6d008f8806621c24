//! The one place that asks the system's own programs.

use super::{Call, System, UnitError};
use autocommit_core::text::{escape_controls, shortened};
use std::{path::PathBuf, process::Stdio, time::Duration};

/// The longest a program may take: systemd waits for a program that ends, which waits for its running writes.
const LIMIT: Duration = Duration::from_secs(120);
/// Of what a program says when it fails, this many characters are told.
const TOLD: usize = 400;

/// What the program prints; an error where it is not there, refuses or hangs.
#[allow(
    clippy::disallowed_methods,
    reason = "asks systemctl, loginctl, launchctl or schtasks, which are no git"
)]
pub(super) async fn ask(system: System, call: &Call) -> Result<String, UnitError> {
    let program =
        find(call.program).ok_or(UnitError::Missing { program: call.program, system: system.name() })?;
    let refused = |said: String| UnitError::Refused { call: call.shown(), said };
    let mut command = tokio::process::Command::new(program);
    command.args(&call.arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = match tokio::time::timeout(LIMIT, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(refused(format!("{error}."))),
        Err(_) => return Err(refused(format!("it did not end within {} seconds.", LIMIT.as_secs()))),
    };
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(refused(if said.is_empty() {
        format!("it ended with {}.", output.status)
    } else {
        escape_controls(&shortened(&said, TOLD))
    }))
}

/// The program in a folder of PATH that means the same wherever we are.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    places.find_map(|folder| Some(folder.join(program)).filter(|found| found.is_file()))
}
