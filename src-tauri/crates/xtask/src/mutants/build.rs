//! The copy of the workspace with its switches: made, built, and its tests run one at a time.

use super::{Mutant, Verdict, replaced};
use crate::process;
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// A test program that was built.
pub(super) struct Program {
    executable: PathBuf,
    /// Where cargo would start it.
    folder: PathBuf,
}

/// Copies everything that git tracks, as it is in the work tree. A file that is the same keeps its time, so that little is
/// built again.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    let listed = process::output(Command::new("git").current_dir(from).args(["ls-files", "-z", "--cached"]))?;
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let (source, target) = (from.join(name), to.join(name));
        let Ok(bytes) = fs::read(&source) else { continue };
        write_if_changed(&target, &bytes)?;
    }
    Ok(())
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

/// Puts the switch of every mutant into the copy.
pub(super) fn switches(tree: &Path, switch: &Path, mutants: &[Mutant]) -> Result<()> {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for mutant in mutants {
        let text = match files.get(mutant.file.as_str()) {
            Some(text) => text.clone(),
            None => fs::read_to_string(tree.join(&mutant.file)).with_context(|| mutant.file.clone())?,
        };
        files.insert(&mutant.file, replaced(mutant, &text, switch)?);
    }
    for (file, text) in files {
        write_if_changed(&tree.join(file), text.as_bytes())?;
    }
    Ok(())
}

/// Builds all programs and tests of the copy; the test programs by `package::target`.
pub(super) fn build(tree: &Path, target: &Path) -> Result<BTreeMap<String, Program>> {
    let cargo = || {
        let mut command = process::cargo();
        command.current_dir(tree).env("CARGO_TARGET_DIR", target);
        // What the copy is made of is not held to the lints: a switch is not pretty.
        command.env("RUSTFLAGS", "--cap-lints allow");
        command
    };
    if !cargo().args(["build", "--workspace", "--bins"]).status()?.success() {
        bail!("the mutants do not compile");
    }
    let output = cargo()
        .args(["test", "--workspace", "--no-run", "--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("the mutants do not compile");
    }
    let mut programs = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let (Some(executable), Some(manifest)) =
            (message["executable"].as_str(), message["manifest_path"].as_str())
        else {
            continue;
        };
        if message["profile"]["test"] != true {
            continue;
        }
        let folder = Path::new(manifest).parent().context("a manifest has a folder")?.to_owned();
        let kind = message["target"]["kind"][0].as_str().unwrap_or_default();
        let name = match kind {
            "test" => message["target"]["name"].as_str().unwrap_or_default(),
            kind => kind,
        };
        let package = package_of(message["package_id"].as_str().unwrap_or_default(), &folder);
        let program = Program { executable: executable.into(), folder };
        programs.insert(format!("{package}::{name}"), program);
    }
    Ok(programs)
}

/// `path+file:///…/core#autocommit-core@0.1.0`, or without the name where it is the folder's.
fn package_of(id: &str, folder: &Path) -> String {
    let last = id.rsplit('#').next().unwrap_or_default();
    match last.split_once('@') {
        Some((name, _)) => name.to_owned(),
        None => folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    }
}

/// Runs one test; red if it fails, or does not end in time.
pub(super) fn run_test(program: &Program, name: &str, limit: Duration) -> Result<Verdict> {
    use std::os::unix::process::CommandExt as _;
    let log = program.executable.with_extension("log");
    let out = fs::File::create(&log)?;
    let mut child = Command::new(&program.executable)
        .args([name, "--exact", "--test-threads", "1"])
        .current_dir(&program.folder)
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(out)
        .process_group(0)
        .spawn()
        .with_context(|| program.executable.display().to_string())?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if start.elapsed() > limit {
            let group = nix::unistd::Pid::from_raw(i32::try_from(child.id())?);
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let printed = fs::read_to_string(&log).unwrap_or_default();
    Ok(match status {
        Some(_) if printed.contains("running 0 tests") => Verdict::Missing,
        Some(status) if status.success() => Verdict::Green,
        _ => Verdict::Red,
    })
}
