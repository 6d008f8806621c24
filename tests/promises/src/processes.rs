//! Processes as `/proc` shows them: what a program left running.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

/// Longest wait for processes that were signalled to be gone.
const PATIENCE: Duration = Duration::from_secs(15);

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// Who would be told of its end.
    pub parent: u32,
    /// Its arguments, separated by spaces.
    pub command: String,
}

/// Makes this process the one that orphans below it are given to, so that none can leave its tree by losing its parent or
/// by starting a session of its own.
pub fn adopt_orphans() {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .expect("orphans come to this process");
}

/// Every process below `root`, zombies left out. Threads are not processes.
pub fn below(root: u32) -> Vec<Process> {
    let mut children: BTreeMap<u32, Vec<Process>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if let Some(process) = read(pid) {
            children.entry(process.parent).or_default().push(process);
        }
    }
    let (mut found, mut parents) = (Vec::new(), vec![root]);
    while let Some(parent) = parents.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            parents.push(child.pid);
            found.push(child);
        }
    }
    found
}

/// One process by its id; nothing where it has ended.
pub fn of(pid: u32) -> Option<Process> {
    read(pid)
}

/// Every process below this one but those of `known` and what is below them.
pub fn strangers(known: &BTreeSet<u32>) -> Vec<Process> {
    let theirs: BTreeSet<u32> = known.iter().flat_map(|pid| below(*pid)).map(|process| process.pid).collect();
    let mut all = below(std::process::id());
    all.retain(|process| !known.contains(&process.pid) && !theirs.contains(&process.pid));
    all
}

/// The same without those that `fine` accepts, once those that are about to end have ended: waits until none is left, at
/// most 15 seconds.
pub fn survivors_but(known: &BTreeSet<u32>, fine: impl Fn(&Process) -> bool) -> Vec<Process> {
    let started = Instant::now();
    loop {
        let mut left = strangers(known);
        left.retain(|process| !fine(process));
        if left.is_empty() || started.elapsed() > PATIENCE {
            return left;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Ends a process that this test's programs left behind.
pub fn kill(process: &Process) {
    signal(process, rustix::process::Signal::KILL);
}

/// Asks a process to end.
pub fn term(process: &Process) {
    signal(process, rustix::process::Signal::TERM);
}

fn signal(process: &Process, signal: rustix::process::Signal) {
    if let Some(pid) = i32::try_from(process.pid).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Nothing where it ended meanwhile, or is only waited for.
fn read(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold spaces and brackets; everything after the last bracket is fields.
    let mut fields = stat.get(stat.rfind(')')? + 2..)?.split(' ');
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    if state == "Z" || state == "X" {
        return None;
    }
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let command = String::from_utf8_lossy(&command).trim_end_matches('\0').replace('\0', " ");
    Some(Process { pid, parent, command })
}
