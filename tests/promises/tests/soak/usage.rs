//! What the daemon uses, and what it keeps, as the system tells it.

use crate::fleet::Fleet;
use autocommit_promises::Tally;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// Longest wait for the last child to be gone.
const LIMIT: Duration = Duration::from_secs(30);

/// What a process uses while nothing happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    files: u64,
    threads: u64,
    memory_kib: u64,
}

impl Usage {
    /// Waits until the process has no child, dead or alive, and looks; or says which ones are left.
    pub(crate) fn at_rest(pid: u32) -> Result<Self, String> {
        let started = Instant::now();
        loop {
            let left = children(pid);
            if left.is_empty() {
                break;
            }
            if started.elapsed() > LIMIT {
                return Err(left.join(", "));
            }
            thread::sleep(Duration::from_millis(5));
        }
        let process = Path::new("/proc").join(pid.to_string());
        let status = fs::read_to_string(process.join("status")).map_err(|e| e.to_string())?;
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
        };
        let files = fs::read_dir(process.join("fd")).map_err(|e| e.to_string())?.count() as u64;
        Ok(Self { files, threads: number("Threads:"), memory_kib: number("VmRSS:") })
    }
}

/// Children of a process with their state: `git (Z)`.
fn children(pid: u32) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let ids: Vec<String> =
        lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
    let told = |id: &String| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        Some(format!("{id} {}", stat.split_whitespace().skip(1).take(2).collect::<Vec<_>>().join(" ")))
    };
    ids.iter().filter_map(told).collect()
}

/// One figure of it.
type Figure = fn(&Usage) -> u64;

/// The middle of what was seen, which one odd moment does not move.
fn middle(seen: &[Usage], of: Figure) -> u64 {
    let mut all: Vec<u64> = seen.iter().map(of).collect();
    all.sort_unstable();
    all[all.len() / 2]
}

/// Early and late in a life it uses the same, but for room to breathe. A leak of one of anything in each cycle is more.
pub(crate) fn judge(seen: &[Usage], tally: &mut Tally) {
    let third = seen.len() / 3;
    // The first cycles fill caches and start threads.
    let (early, late) = (&seen[2..2 + third], &seen[seen.len() - third..]);
    let apart = (seen.len() - third - 2) as u64;
    let figures: [(&str, Figure, u64); 3] = [
        ("open files", |u| u.files, apart / 2),
        ("threads", |u| u.threads, apart.max(4)),
        ("KiB of memory", |u| u.memory_kib, 8 * 1024 + 64 * apart),
    ];
    for (what, of, room) in figures {
        let (was, is) = (middle(early, of), middle(late, of));
        tally.count(&format!("{what} late in a life (all lives)"), is);
        if is > was + room {
            let all: Vec<_> = seen.iter().map(of).collect();
            tally.fail(format!("{what}: {was} early and {is} late: {all:?}"));
        }
    }
}

/// What it keeps on the disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    /// Bytes by repository.
    journal: BTreeMap<String, u64>,
    database: u64,
    files: Vec<String>,
    left_behind: Vec<String>,
}

impl Disk {
    pub(crate) fn of(fleet: &Fleet) -> Self {
        let mut disk = Self::default();
        let state = fleet.sandbox.state_dir();
        walk(&state, &mut |path, size| {
            let name = path.strip_prefix(&state).unwrap().display().to_string();
            if let Some(below) = name.strip_prefix("journal/") {
                let repository = below.split('/').next().unwrap_or(below).to_owned();
                *disk.journal.entry(repository).or_default() += size;
            } else if name.starts_with("autocommit.db") {
                disk.database += size;
            }
            disk.files.push(name);
        });
        disk.files.sort();
        for repo in fleet.all() {
            walk(&repo.tree.join(".git"), &mut |path, _| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if name.ends_with(".lock") || name.contains("autocommit") || name.starts_with("tmp_") {
                    disk.left_behind.push(path.display().to_string());
                }
            });
        }
        disk
    }
}

fn walk(folder: &Path, found: &mut dyn FnMut(&Path, u64)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.symlink_metadata() {
            Ok(meta) if meta.is_dir() => walk(&path, found),
            Ok(meta) => found(&path, meta.len()),
            Err(_) => {}
        }
    }
}

/// Journal and database grow by a few records for each commit, and by nothing else.
pub(crate) fn grows_with_the_work(disk: &[Disk], repositories: usize, tally: &mut Tally) {
    let (first, last) = (&disk[2], disk.last().unwrap());
    let runs = ((disk.len() - 3) * repositories) as u64;
    let [was, is] = [first, last].map(|disk| disk.journal.values().sum::<u64>());
    tally.count("bytes of journal for 100 runs (all lives)", 100 * (is - was) / runs);
    // Intent, object, locks, outcome, push: a kilobyte each at most.
    if is - was > 8192 * runs {
        tally.fail(format!("the journal grew from {was} to {is} bytes in {runs} runs"));
    }
    // The newest cycles are kept whole, and a write-ahead log of a few megabytes comes and goes.
    if last.database > first.database + 8192 * runs + (6 << 20) {
        tally.fail(format!("the database grew from {} to {} in {runs} runs", first.database, last.database));
    }
    if !last.left_behind.is_empty() {
        tally.fail(format!("left behind in git folders: {:?}", last.left_behind));
    }
}

/// Where nothing happens, nothing is written down: only of the one whose push is tried again and again.
pub(crate) fn nothing_grows(before: &Disk, after: &Disk, tally: &mut Tally) {
    let grown: Vec<_> =
        after.journal.iter().filter(|(name, size)| before.journal.get(*name) != Some(*size)).collect();
    if grown.len() > 1 {
        tally.fail(format!("the journal grew in rest: {grown:?}, and was {:?}", before.journal));
    }
    let new: Vec<_> = after.files.iter().filter(|file| !before.files.contains(file)).collect();
    if !new.is_empty() {
        tally.fail(format!("new in the state folder in rest: {new:?}"));
    }
}
