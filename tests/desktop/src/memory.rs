//! What a program costs, with everything that it started.

use std::{collections::HashMap, fs};

/// Memory of a program and all below it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// How many processes it is.
    pub processes: usize,
    /// Resident, in KiB: what is shared counts once for each process.
    pub rss: u64,
    /// Resident, in KiB: what is shared is divided among those that share it.
    pub pss: u64,
}

/// The memory of a process and of all its descendants, from `/proc`.
pub fn memory(pid: u32) -> Memory {
    let mut memory = Memory::default();
    for number in with_descendants(pid) {
        let Ok(text) = fs::read_to_string(format!("/proc/{number}/smaps_rollup")) else { continue };
        let field = |name: &str| -> u64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
        };
        memory.processes += 1;
        memory.rss += field("Rss:");
        memory.pss += field("Pss:");
    }
    memory
}

/// Seconds of processor time that a process, all its descendants, and those of them that have ended have spent so far.
pub fn processor_seconds(pid: u32) -> f64 {
    let of = |number: u32| -> u64 {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        // utime, stime, and both of the children that were waited for.
        rest.split_whitespace().skip(11).take(4).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
    };
    #[allow(clippy::cast_precision_loss, reason = "ticks of one machine fit")]
    let ticks = with_descendants(pid).into_iter().map(of).sum::<u64>() as f64;
    // Linux tells them in hundredths of a second, whatever its own clock is.
    ticks / 100.0
}

/// A process and everything below it.
pub(crate) fn with_descendants(pid: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(number) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name is in brackets and may hold anything; behind it come the state and the parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(number);
        }
    }
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(one) = found.get(next) {
        found.extend(children.get(one).into_iter().flatten().copied().collect::<Vec<_>>());
        next += 1;
    }
    found
}
