//! Programs of others from PyPI that tests start, each in an environment of its own below `target`.

use crate::process;
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

/// A scanner for secrets that is not ours; all of these at the version that was tried.
const DETECT_SECRETS: &str = "detect-secrets==1.5.0";
/// A client of the Model Context Protocol that is not ours: the protocol's Python SDK.
const MCP: &str = "mcp==2.3.0";
/// A reader of metrics that is not ours: Prometheus's Python client.
const PROMETHEUS: &str = "prometheus-client==0.26.0";
/// What tries an API against its own description.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// The scanner, where it is to be had.
pub(crate) fn detect_secrets() -> Option<PathBuf> {
    let without = "what is published is scanned by the tests' own search only";
    Some(environment("detect-secrets", &[DETECT_SECRETS], without)?.join("bin/detect-secrets"))
}

/// A Python that has readers of what we say to other programs, where it is to be had.
pub(crate) fn readers() -> Option<PathBuf> {
    let without = "the tests with an agent's client and a reader of metrics are skipped";
    Some(environment("readers", &[MCP, PROMETHEUS], without)?.join("bin/python"))
}

/// What tries the API, where it is to be had.
pub(crate) fn schemathesis() -> Option<PathBuf> {
    let without = "the API is tried by the tests' own requests only";
    Some(environment("schemathesis", &[SCHEMATHESIS], without)?.join("bin/schemathesis"))
}

/// The folder of an environment with these packages, made where it is not there; nothing where that does not work, and what is done
/// `without` it is printed.
pub(crate) fn environment(name: &str, packages: &[&str], without: &str) -> Option<PathBuf> {
    let place = process::target_folder().ok()?.join("tools").join(name);
    let (done, wanted) = (place.join("installed"), packages.join("\n"));
    if fs::read_to_string(&done).is_ok_and(|there| there == wanted) {
        return Some(place);
    }
    println!("Installing {} from PyPI into {}.", packages.join(", "), place.display());
    let pip = "-m pip install --quiet --retries 1 --timeout 20 --only-binary :all:".split(' ');
    let made = quiet(Command::new("python3").args(["-m", "venv"]).arg(&place))
        && quiet(Command::new(place.join("bin/python")).args(pip).args(packages));
    if !made {
        println!("That did not work: {without}.");
        return None;
    }
    fs::write(&done, wanted).ok()?;
    Some(place)
}

fn quiet(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}
