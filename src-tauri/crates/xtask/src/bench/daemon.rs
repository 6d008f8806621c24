//! The running daemon, measured from outside: processor time, memory, watches. It is asked nothing while it is measured.

use crate::place::Place;
use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The longest that anything is waited for.
const LIMIT: Duration = Duration::from_secs(300);
/// Processor seconds that a program at rest may use between two looks.
const NOTHING: f64 = 0.000_3;

/// A daemon that this benchmark started, in a state folder of its own.
pub(super) struct Daemon {
    child: Child,
    state: PathBuf,
    port: u16,
    pub(super) started: Instant,
}

/// What one process, or several together, have in memory, in MiB.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Memory {
    /// Resident.
    pub(super) rss: f64,
    /// Resident, with what is shared divided among those who share it.
    pub(super) pss: f64,
}

impl Daemon {
    /// Starts it over the repositories below `base`, with `more` in its configuration. The state is that of the last one of
    /// the same name.
    pub(super) fn start(place: &Place, binary: &Path, name: &str, base: &Path, more: &str) -> Result<Self> {
        let folder = place.root.join(format!("daemon-{name}"));
        let (state, config) = (folder.join("state"), folder.join("config.toml"));
        fs::create_dir_all(&state)?;
        let port = free_port()?;
        let base = serde_json::json!(base);
        fs::write(
            &config,
            format!("repos_base_paths = [{base}]\n{more}\n[http]\nport = {port}\n[llm]\nenabled = false\n"),
        )?;
        let log = fs::File::create(folder.join("log"))?;
        let mut command = place.command(binary);
        command.arg("run").env("AUTOCOMMIT_CONFIG", &config).env("AUTOCOMMIT_STATE_DIR", &state);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let started = Instant::now();
        let child = command.spawn().with_context(|| crate::process::shown(&command))?;
        Ok(Self { child, state, port, started })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its state folder.
    pub(super) fn state(&self) -> &Path {
        &self.state
    }

    /// The port of its API.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The token for all of its API.
    pub(super) fn token(&self) -> Result<String> {
        Ok(fs::read_to_string(self.state.join("token"))?.trim().to_owned())
    }

    /// Seconds of processor time until now, with every process it has waited for.
    pub(super) fn cpu(&self) -> Result<f64> {
        cpu_of(self.pid())
    }

    /// What it says about itself; nothing while it does not answer yet.
    pub(super) fn status(&self) -> Result<Option<Value>> {
        let Ok(token) = fs::read_to_string(self.state.join("token-read")) else { return Ok(None) };
        let url = format!("http://127.0.0.1:{}/status", self.port);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let client = autocommit_web::client().timeout(Duration::from_secs(30)).build()?;
            let Ok(reply) = client.get(url).bearer_auth(token.trim()).send().await else { return Ok(None) };
            Ok(Some(reply.error_for_status()?.json().await?))
        })
    }

    /// Asks until what it says about itself is as wanted, some dozens of times a second, and tells that answer.
    pub(super) fn when(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let start = Instant::now();
        let mut last = Value::Null;
        while start.elapsed() < LIMIT {
            if let Some(status) = self.child.try_wait()? {
                bail!("the daemon ended with {status}: {}", self.said());
            }
            if let Some(status) = self.status()? {
                if wanted(&status) {
                    return Ok(status);
                }
                last = status;
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("{what}: not within {} s; {last}", LIMIT.as_secs());
    }

    /// Waits until its first cycle has ended and found so many repositories, and it does nothing any more.
    pub(super) fn settled(&mut self, count: usize) -> Result<()> {
        let status = self.when("the first cycle", |status| knows_all(status, count))?;
        let trouble = status["warnings"].as_array().is_some_and(|warnings| !warnings.is_empty());
        if trouble {
            println!("  it warns: {}", status["warnings"]);
        }
        self.quiet(Duration::from_secs(1)).map(|_| ())
    }

    /// Waits until each repository is watched.
    pub(super) fn watching(&mut self) -> Result<()> {
        let all = |status: &Value| {
            let watch = &status["watch"];
            watch["on"] == true && watch["unwatched"].as_array().is_none_or(Vec::is_empty)
        };
        self.when("everything watched", all).map(|_| ())
    }

    /// Waits until it has used no processor for so long; its processor time then.
    pub(super) fn quiet(&self, long: Duration) -> Result<f64> {
        let start = Instant::now();
        let (mut since, mut before) = (start, self.cpu()?);
        while start.elapsed() < LIMIT {
            thread::sleep(Duration::from_millis(20));
            let now = self.cpu()?;
            if now - before > NOTHING {
                (since, before) = (Instant::now(), now);
            } else if since.elapsed() >= long {
                return Ok(now);
            }
        }
        bail!("the daemon comes to no rest within {} s", LIMIT.as_secs());
    }

    pub(super) fn memory(&self) -> Result<Memory> {
        memory_of(self.pid())
    }

    /// Watches of the kernel's that it holds.
    pub(super) fn watches(&self) -> Result<usize> {
        watches_of(self.pid())
    }

    /// What it wrote to its log.
    pub(super) fn said(&self) -> String {
        fs::read_to_string(self.state.with_file_name("log")).unwrap_or_default()
    }

    /// Ends it as a person would.
    pub(super) fn end(mut self) -> Result<()> {
        end(&mut self.child)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// SIGTERM to this one process, SIGKILL where that is not enough.
pub(super) fn end(child: &mut Child) -> Result<()> {
    if child.try_wait()?.is_none() {
        kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM)?;
    }
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Whether its first cycle has ended, and these are all repositories.
pub(super) fn knows_all(status: &Value, count: usize) -> bool {
    !status["last_cycle"].is_null() && status["repos"]["total"] == count
}

/// A port of this machine that nobody has at the moment.
pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Seconds of processor time of a process until now, with every process it has waited for: its own to the nanosecond, theirs
/// in the system's ticks.
#[cfg(target_os = "linux")]
pub(super) fn cpu_of(pid: u32) -> Result<f64> {
    let own = nix::time::ClockId::pid_cpu_clock_id(Pid::from_raw(pid.cast_signed()))?.now()?;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let children = children_ticks(&stat).context("an unknown form of /proc/PID/stat")?;
    Ok(Duration::from(own).as_secs_f64() + children / TICKS)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn cpu_of(_: u32) -> Result<f64> {
    bail!("the daemon's processor time is only measured on Linux")
}

/// What Linux counts the times in `/proc` in, a second: the same on every machine that this runs on (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Fields 16 and 17 of proc(5): the name in field 2 may hold anything, so counting begins behind it.
fn children_ticks(stat: &str) -> Option<f64> {
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 1..)?.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
    Some(ticks(16)? + ticks(17)?)
}

/// What a process has in memory.
pub(super) fn memory_of(pid: u32) -> Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    memory_in(&text).context("an unknown form of smaps_rollup")
}

fn memory_in(smaps: &str) -> Option<Memory> {
    let of = |name: &str| {
        let line = smaps.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? / 1024.0)
    };
    Some(Memory { rss: of("Rss:")?, pss: of("Pss:")? })
}

/// Watches of the kernel's that a process holds, in all of its inotify instances.
pub(super) fn watches_of(pid: u32) -> Result<usize> {
    let mut watches = 0;
    for entry in fs::read_dir(format!("/proc/{pid}/fdinfo"))? {
        // One that was closed meanwhile watches nothing.
        let text = fs::read_to_string(entry?.path()).unwrap_or_default();
        watches += text.lines().filter(|line| line.starts_with("inotify wd:")).count();
    }
    Ok(watches)
}

/// `pid` and the processes below it.
pub(super) fn family(pid: u32) -> Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // One that ended meanwhile is nobody's child.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        parents.extend(parent(&stat).map(|parent| (pid, parent)));
    }
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(pid) = family.get(next).copied() {
        family.extend(parents.iter().filter(|(_, parent)| *parent == pid).map(|(child, _)| *child));
        next += 1;
    }
    Ok(family)
}

fn parent(stat: &str) -> Option<u32> {
    stat.get(stat.rfind(')')? + 1..)?.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn the_system_s_words_are_read() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 500 900 0 0 11 12 130 20 20 0 3 0 100 1000 50";
        assert_eq!(children_ticks(stat), Some(150.0));
        assert_eq!(children_ticks("7 (a"), None);
        let smaps =
            "5581-7ffe ---p 00000000 00:00 0 [rollup]\nRss:    2048 kB\nPss:    1024 kB\nPss_Dirty: 5 kB\n";
        assert_eq!(memory_in(smaps), Some(Memory { rss: 2.0, pss: 1.0 }));
        assert_eq!(memory_in("Rss: 1 kB\n"), None);
    }

    #[test]
    fn a_process_is_measured_with_the_children_it_waited_for() {
        let busy = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
        let mut child = Command::new("sh")
            .args(["-c", &format!("sh -c '{busy}'; echo; exec cat")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = [0];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut line).unwrap();
        assert!(cpu_of(child.id()).unwrap() > 0.01);
        assert!(memory_of(child.id()).unwrap().rss > 0.1);
        assert_eq!(watches_of(child.id()).unwrap(), 0);
        assert_eq!(family(child.id()).unwrap(), [child.id()]);
        assert!(family(std::process::id()).unwrap().contains(&child.id()));
        end(&mut child).unwrap();
        assert!(cpu_of(child.id()).is_err());
    }
}
