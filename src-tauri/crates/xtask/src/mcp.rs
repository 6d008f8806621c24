//! Readers of what we say that are not ours, for the tests: the Python SDK of the Model Context Protocol and Prometheus's
//! Python client, from PyPI, below `target`.

use crate::process;
use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

/// Both, at the versions that were tried.
const PACKAGES: [&str; 2] = ["mcp==2.3.0", "prometheus-client==0.26.0"];

/// A Python that has them; nothing where they are not to be had, and the tests say so.
pub(crate) fn python() -> Option<PathBuf> {
    let place = process::target_folder().ok()?.join("tools/mcp");
    let (python, done) = (place.join("bin/python"), place.join("installed"));
    if std::fs::read_to_string(&done).is_ok_and(|there| there == PACKAGES.join(" ")) {
        return Some(python);
    }
    println!("Installing {} from PyPI into {}.", PACKAGES.join(" "), place.display());
    let quiet = |command: &mut Command| {
        let ended = command.stdout(Stdio::null()).status();
        ended.is_ok_and(|status| status.success())
    };
    let made = quiet(Command::new("python3").args(["-m", "venv"]).arg(&place));
    let pip =
        ["-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "20", "--only-binary", ":all:"];
    if !(made && quiet(Command::new(&python).args(pip).args(PACKAGES))) {
        println!("That did not work: the tests with an agent's client and a reader of metrics are skipped.");
        return None;
    }
    std::fs::write(&done, PACKAGES.join(" ")).ok()?;
    Some(python)
}
