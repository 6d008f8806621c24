//! What the server of a model takes of the machine, by the system's own count.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Time between two readings.
const EVERY: Duration = Duration::from_millis(50);
/// Clock ticks of a second in `/proc` (`USER_HZ`, the same on every Linux of today).
const TICKS: f64 = 100.0;

/// What was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// Cores in use while it lived, on average.
    pub(crate) cores: f64,
    /// Its priority: 0 is that of everybody, 19 the lowest.
    pub(crate) nice: i64,
}

/// Reads on until it is told to end.
pub(crate) struct Load {
    over: Arc<AtomicBool>,
    reader: JoinHandle<Seen>,
}

impl Load {
    /// Watches the program whose words name this file.
    pub(crate) fn watch(file: &str) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (file, ours) = (file.to_owned(), Arc::clone(&over));
        let reader = thread::spawn(move || {
            let (mut begun, mut seen) = (None, Seen { cores: 0.0, nice: 0 });
            while !ours.load(Ordering::Relaxed) {
                if let Some((ticks, nice)) = serving(&file).and_then(stat) {
                    let (first, at) = *begun.get_or_insert((ticks, Instant::now()));
                    let lived = at.elapsed().as_secs_f64();
                    if lived > 1.0 {
                        seen = Seen { cores: (ticks - first) / TICKS / lived, nice };
                    }
                }
                thread::sleep(EVERY);
            }
            seen
        });
        Self { over, reader }
    }

    pub(crate) fn end(self) -> Seen {
        self.over.store(true, Ordering::Relaxed);
        self.reader.join().unwrap()
    }
}

fn serving(file: &str) -> Option<u32> {
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let words = fs::read_to_string(entry.path().join("cmdline")).ok()?;
        (words.contains("--model\0") && words.contains(file)).then_some(id)
    })
}

/// Ticks of processor time, and the priority.
fn stat(id: u32) -> Option<(f64, i64)> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // Behind the name in brackets; proc(5) counts its fields from 3 there.
    let fields: Vec<_> = text.rsplit(") ").next()?.split(' ').collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<i64>().ok();
    let ticks = u32::try_from(number(14)? + number(15)?).ok()?;
    Some((f64::from(ticks), number(19)?))
}
