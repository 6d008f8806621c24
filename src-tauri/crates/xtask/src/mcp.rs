//! A client of the Model Context Protocol that is not ours, for the tests: the protocol's Python SDK from PyPI, below `target`.

use crate::process;
use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

/// The SDK, at the version that was tried.
const PACKAGE: &str = "mcp==2.3.0";

/// A Python that has it; nothing where it is not to be had, and the tests say so.
pub(crate) fn python() -> Option<PathBuf> {
    let place = process::target_folder().ok()?.join("tools/mcp");
    let (python, done) = (place.join("bin/python"), place.join("installed"));
    if std::fs::read_to_string(&done).is_ok_and(|there| there == PACKAGE) {
        return Some(python);
    }
    println!("Installing {PACKAGE} from PyPI into {}.", place.display());
    let quiet = |command: &mut Command| {
        let ended = command.stdout(Stdio::null()).status();
        ended.is_ok_and(|status| status.success())
    };
    let made = quiet(Command::new("python3").args(["-m", "venv"]).arg(&place));
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--retries",
        "1",
        "--timeout",
        "20",
        "--only-binary",
        ":all:",
        PACKAGE,
    ];
    if !(made && quiet(Command::new(&python).args(pip))) {
        println!("That did not work: the tests with an agent's client are skipped.");
        return None;
    }
    std::fs::write(&done, PACKAGE).ok()?;
    Some(python)
}
