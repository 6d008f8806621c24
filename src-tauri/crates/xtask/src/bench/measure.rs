//! Measuring one program: time on the wall, processor time with all its children, peak memory of itself.

use anyhow::{Context, Result, bail};
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike,
};
use serde_json::{Value, json};
use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// What one run took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    /// Seconds.
    pub(super) wall: f64,
    /// Seconds of processor time, user and system, of the program and every process it waited for.
    pub(super) cpu: f64,
    /// Largest resident size of the program itself in MiB; `None` where the system does not tell.
    pub(super) peak_mib: Option<f64>,
}

impl Measured {
    pub(super) fn json(self) -> Value {
        json!({"wall_seconds": self.wall, "cpu_seconds": self.cpu, "peak_mib": self.peak_mib})
    }
}

/// Runs `command` silently to its end; an error if it does not succeed.
pub(super) fn measure(command: &mut Command) -> Result<Measured> {
    let cpu_before = children_seconds()?;
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| crate::process::shown(command))?;
    let mut peak_mib = None;
    let stdout = reads(child.stdout.take().context("a pipe was asked for")?);
    let stderr = reads(child.stderr.take().context("a pipe was asked for")?);
    let (status, wall) = loop {
        peak_mib = peak(child.id()).or(peak_mib);
        if let Some(status) = child.try_wait()? {
            break (status, start.elapsed().as_secs_f64());
        }
        std::thread::sleep(Duration::from_millis(3));
    };
    let said = [stdout, stderr].map(|reading| reading.join().unwrap_or_default());
    if !status.success() {
        let said = said.map(|said| String::from_utf8_lossy(&said).trim().to_owned()).join("\n");
        bail!("{}: {status}\n{said}", crate::process::shown(command));
    }
    Ok(Measured { wall, cpu: children_seconds()? - cpu_before, peak_mib })
}

fn reads(mut pipe: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut said = Vec::new();
        let _ = pipe.read_to_end(&mut said);
        said
    })
}

#[allow(clippy::cast_precision_loss, reason = "microseconds of one benchmark fit")]
fn children_seconds() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok((usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6)
}

/// The high-water mark is the kernel's own: only its last reading before the end counts.
fn peak(pid: u32) -> Option<f64> {
    parse_peak(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

fn parse_peak(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? / 1024.0)
}

/// The middle value; of an even number the mean of both middle ones.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0]), 2.5);
        assert!(median([]).is_nan());
    }

    #[test]
    fn a_program_is_measured_with_its_children() {
        let mut busy = Command::new("sh");
        busy.args(["-c", "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; sleep 0.05"]);
        let measured = measure(&mut busy).unwrap();
        assert!(measured.cpu > 0.01, "the child's time counts: {measured:?}");
        assert!(measured.wall > 0.05, "{measured:?}");
        if cfg!(target_os = "linux") {
            let peak = measured.peak_mib.unwrap();
            assert!(peak > 0.5 && peak < 30.0, "{peak} MiB for a shell");
        }
        assert!(measure(Command::new("sh").args(["-c", "echo no >&2; exit 3"])).is_err());
    }

    #[test]
    fn the_high_water_mark_is_read() {
        assert_eq!(parse_peak("Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t    2048 kB\n"), Some(2.0));
        assert_eq!(parse_peak("Name:\tkthread\n"), None);
    }
}
