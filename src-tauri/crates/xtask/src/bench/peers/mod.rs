//! `cargo xtask bench peers`: what other programs of the kind cost on the same repositories, next to Autocommit: processor time
//! while nothing happens, memory, and the time from a saved file to its commit.
//!
//! Each runs as it does by itself, with its own idea of how long a change has to rest; what they commit is not the same.

mod programs;

use super::{
    daemon::{self, Memory, cpu_of, family, memory_of},
    measure::median,
    sets::{Set, Shape},
};
use crate::{place::Place, prerequisites, process};
use anyhow::{Result, bail};
use programs::{Kind, Running};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// A commit that takes longer is not waited for.
const LIMIT: Duration = Duration::from_secs(60);

/// Processor seconds that are none.
const NOTHING: f64 = 0.001;

/// What one program cost.
struct Cost {
    name: &'static str,
    processes: usize,
    /// Processor seconds of all its processes in an idle minute.
    idle: f64,
    memory: Memory,
    /// Seconds from each save to its commit; nothing for one that did not come.
    commits: Vec<Option<f64>>,
}

/// Measures every program that can be had here; true unless something cannot be measured.
pub(super) fn run(given: Option<&Path>, quick: bool) -> Result<bool> {
    prerequisites::check(prerequisites::For::CommandLine)?;
    let binary = process::binary(given, "autocommit")?;
    let dir = tempfile::Builder::new().prefix("autocommit-bench-").tempdir()?;
    // One of the programs runs as another user where this one is root.
    fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let place = Place::new(dir.path())?;
    let (count, window, saves) = if quick { (6, 3, 1) } else { (68, 60, 7) };
    let (mut costs, mut left_out) = (Vec::new(), Vec::new());
    for kind in Kind::ALL {
        println!("\n== {}", kind.name());
        let set = Set::make(&place, &format!("peer-{kind:?}"), count, 300, Shape::dirty())?;
        let window = Duration::from_secs(window);
        let cost = kind
            .start(&place, &binary, &set)
            .and_then(|mut running| measure(kind.name(), &mut running, &set, window, saves));
        match cost {
            Ok(cost) => {
                cost.print();
                costs.push(cost);
            }
            Err(error) => {
                println!("Left out: {error:#}");
                left_out.push(json!({"name": kind.name(), "why": format!("{error:#}")}));
            }
        }
        set.remove()?;
    }
    println!("\n{count} repositories of 300 files");
    println!(
        "{:<46} {:>9} {:>12} {:>8} {:>8} {:>24}",
        "", "processes", "idle s/min", "RSS MiB", "PSS MiB", "save to commit, seconds"
    );
    costs.iter().for_each(Cost::print);
    let result = json!({
        "quick": quick,
        "peers": costs.iter().map(Cost::json).collect::<Vec<_>>(),
        "left_out": left_out,
    });
    println!("\nEvery measurement: {}", super::save(&result, &binary)?.display());
    Ok(true)
}

/// Lets it come to rest, then watches it doing nothing, then saves files.
fn measure(
    name: &'static str,
    running: &mut Running,
    set: &Set,
    window: Duration,
    saves: usize,
) -> Result<Cost> {
    settle(running, window)?;
    let before = running.cpu()?;
    let start = Instant::now();
    thread::sleep(window);
    let idle = (running.cpu()? - before) / start.elapsed().as_secs_f64() * 60.0;
    let pids = running.family()?;
    for child in &mut running.children {
        if let Some(status) = child.try_wait()? {
            bail!("it ended with {status}");
        }
    }
    let memory = pids
        .iter()
        .filter_map(|pid| memory_of(*pid).ok())
        .fold(Memory::default(), |sum, one| Memory { rss: sum.rss + one.rss, pss: sum.pss + one.pss });
    let mut commits = Vec::new();
    for save in 0..saves {
        // At another moment of whatever rhythm it has.
        thread::sleep(Duration::from_millis(1500 + 370 * save as u64));
        commits.push(saved(set, save)?);
    }
    Ok(Cost { name, processes: pids.len(), idle, memory, commits })
}

/// Waits until it has done what it does first, and once what it does every minute: a repository that changed just before the
/// first look may be looked at again then. From there on its processor time grows no faster than in the window before.
fn settle(running: &mut Running, window: Duration) -> Result<()> {
    let step = window / 6;
    thread::sleep(window + step);
    let start = Instant::now();
    let (mut last, mut before) = (f64::INFINITY, running.cpu()?);
    while start.elapsed() < LIMIT * 3 {
        thread::sleep(step);
        let now = running.cpu()?;
        let used = now - before;
        if used < NOTHING || used >= last * 0.8 {
            return Ok(());
        }
        (last, before) = (used, now);
    }
    Ok(())
}

/// Saves a file; the seconds until any branch of its repository moves.
fn saved(set: &Set, save: usize) -> Result<Option<f64>> {
    let number = save % set.count();
    let tree = set.tree(number);
    let before = branches(&tree);
    let start = Instant::now();
    set.save(number, save)?;
    while start.elapsed() < LIMIT {
        if branches(&tree) != before {
            return Ok(Some(start.elapsed().as_secs_f64()));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(None)
}

/// What each branch of a repository is at.
fn branches(tree: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut waiting) = (BTreeMap::new(), vec![tree.join(".git/refs/heads")]);
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_none()
                && let Ok(bytes) = fs::read(&path)
            {
                found.insert(path, bytes);
            }
        }
    }
    found
}

impl Running {
    fn family(&self) -> Result<Vec<u32>> {
        let mut all = Vec::new();
        for child in &self.children {
            all.extend(family(child.id())?);
        }
        Ok(all)
    }

    /// Of all its processes; what one that ended had used counts for whoever waited for it.
    fn cpu(&self) -> Result<f64> {
        Ok(self.family()?.into_iter().filter_map(|pid| cpu_of(pid).ok()).sum())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let pids = self.family().unwrap_or_default();
        for child in &mut self.children {
            let _ = daemon::end(child);
        }
        // What its processes left behind, by their ids.
        for pid in pids {
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(pid.cast_signed()),
                nix::sys::signal::Signal::SIGTERM,
            );
        }
    }
}

impl Cost {
    fn print(&self) {
        let came: Vec<f64> = self.commits.iter().flatten().copied().collect();
        let lost = self.commits.len() - came.len();
        let (low, high) =
            came.iter().fold((f64::NAN, f64::NAN), |(low, high), s| (low.min(*s), high.max(*s)));
        let mut commits = format!("{low:.3} / {:.3} / {high:.3}", median(came));
        if lost > 0 {
            commits.push_str(&format!(", {lost} never came"));
        }
        println!(
            "{:<46} {:>9} {:>12.5} {:>8.1} {:>8.1} {commits:>24}",
            self.name, self.processes, self.idle, self.memory.rss, self.memory.pss
        );
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "processes": self.processes,
            "idle_cpu_seconds_per_minute": self.idle,
            "rss_mib": self.memory.rss,
            "pss_mib": self.memory.pss,
            "save_to_commit_seconds": self.commits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_branch_that_moves_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let heads = dir.path().join(".git/refs/heads");
        fs::create_dir_all(heads.join("dura")).unwrap();
        fs::write(heads.join("main"), "1").unwrap();
        let before = branches(dir.path());
        assert_eq!(before.len(), 1);
        fs::write(heads.join("main.lock"), "2").unwrap();
        assert_eq!(branches(dir.path()), before, "a lock is no branch");
        fs::write(heads.join("dura/1"), "2").unwrap();
        assert_ne!(branches(dir.path()), before);
    }
}
