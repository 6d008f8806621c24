//! What the process does not need goes back to the system. The allocator of glibc keeps what is free for later, in as many
//! arenas as eight times the cores; and of the program itself each page that ran once stays, most of them for the start alone.
//! After a crowd at the API or a large commit a resting process would stay as large as it ever was.

use autocommit_engine::{Event, EventRecord};
use std::{fs, ops::Range, sync::Arc, time::Duration};
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::CancellationToken;

/// Arenas of the allocator: the threads that run tasks are two as well.
const ARENAS: libc::c_int = 2;
/// How long after the end of a cycle the process is looked at: what came of it is told by then.
const AFTER_A_CYCLE: Duration = Duration::from_secs(2);
/// The least time between two looks where so much happens that cycles cannot be told apart.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The longest time between two looks.
const LOOK_AT_LEAST: Duration = Duration::from_secs(600);
/// What the process must have grown by, in pages, for it to be worth while: a mebibyte where a page has 4 KiB.
const GROWN: u64 = 256;

/// Makes every thread of the process share a few arenas. To be called before the first thread is started.
#[allow(unsafe_code, reason = "mallopt is one call into the allocator, before there are threads")]
pub(crate) fn few_arenas() {
    // SAFETY: mallopt takes two numbers and changes how the allocator works from now on. One that it does not know is ignored.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, ARENAS);
    }
}

/// Gives back what is not needed, after a cycle and only where the process has grown, until `stop` is cancelled.
pub(crate) async fn give_back(mut events: Receiver<Arc<EventRecord>>, stop: CancellationToken) {
    let (mut least, mut program) = (0, None);
    while stop.run_until_cancelled(end_of_a_cycle(&mut events)).await.is_some() {
        let Some(now) = resident() else { return };
        if now > least + GROWN {
            trim();
            let_go(program.get_or_insert_with(program_itself));
            least = resident().unwrap_or(now);
        }
        least = least.min(now);
    }
}

/// A moment after a cycle ended; where none comes, after a while all the same.
async fn end_of_a_cycle(events: &mut Receiver<Arc<EventRecord>>) {
    let ended = async {
        while let Ok(record) = events.recv().await {
            if matches!(record.event, Event::CycleFinished { .. }) {
                return;
            }
        }
        // Too many at once: then a cycle ends soon.
        *events = events.resubscribe();
        tokio::time::sleep(LOOK_EVERY).await;
    };
    let _ = tokio::time::timeout(LOOK_AT_LEAST, ended).await;
    tokio::time::sleep(AFTER_A_CYCLE).await;
}

#[allow(unsafe_code, reason = "malloc_trim is one call into the allocator")]
fn trim() {
    // SAFETY: malloc_trim may be called from any thread at any time; it takes the locks of the arenas itself.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Lets go of the program's own pages. They stay in the system's cache as long as it has room, and come back as they are
/// used, sixteen at a time.
#[allow(unsafe_code, reason = "madvise on pages that are the same in their file")]
fn let_go(program: &[Range<usize>]) {
    for range in program {
        let start = std::ptr::without_provenance_mut(range.start);
        // SAFETY: it stays mapped as long as the process lives. Nobody can write there (it is mapped without that right), and
        // nobody has: all of it is read from the file again when it is touched.
        let _ = unsafe { rustix::mm::madvise(start, range.len(), rustix::mm::Advice::LinuxDontNeed) };
    }
}

/// Where the program itself is mapped, without what the linker changed in it.
fn program_itself() -> Vec<Range<usize>> {
    let smaps = fs::read_to_string("/proc/self/smaps").unwrap_or_default();
    let program = fs::read_link("/proc/self/exe").unwrap_or_default();
    program.to_str().map(|program| unchanged(&smaps, program)).unwrap_or_default()
}

/// Where `file` is mapped so that nobody may write to it, and nobody has, in the system's list of mappings. A page that
/// differs from its file would be lost.
fn unchanged(smaps: &str, file: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut mapped = None;
    for line in smaps.lines() {
        let mut words = line.split_ascii_whitespace();
        let Some(first) = words.next() else { continue };
        if let Some((start, end)) = first.split_once('-') {
            let place = usize::from_str_radix(start, 16).ok().zip(usize::from_str_radix(end, 16).ok());
            let fixed = matches!(words.next(), Some("r--p" | "r-xp"));
            let ours = line.find('/').and_then(|name| line.get(name..)) == Some(file);
            mapped = place.filter(|_| fixed && ours);
        } else if first == "Anonymous:" && words.next() == Some("0") {
            found.extend(mapped.take().map(|(start, end)| start..end));
        }
    }
    found
}

/// Resident pages of this process.
fn resident() -> Option<u64> {
    fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Mutex, PoisonError};

    /// One at a time measures what is resident.
    static ALONE: Mutex<()> = Mutex::new(());

    #[test]
    fn what_is_free_goes_back() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        few_arenas();
        // What lies between two that stay is not given back by itself.
        let mut all: Vec<Vec<u8>> = (0..20_000).map(|_| vec![1; 2000]).collect();
        let with = resident().unwrap();
        let last = all.pop();
        drop(all);
        trim();
        let after = resident().unwrap();
        assert!(after + 20_000 * 2000 / 4096 / 2 < with, "{with} pages before, {after} after");
        drop(last);
    }

    #[test]
    fn the_program_itself_goes_and_comes_back() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        // All of it, as at a start.
        let program = std::env::current_exe().unwrap();
        let mapped = program_itself();
        let ours = |smaps: &str| {
            let mut lines = smaps
                .lines()
                .skip_while(|line| !line.ends_with(program.to_str().unwrap()) || !line.contains("r-xp"));
            lines
                .find(|line| line.starts_with("Rss:"))
                .unwrap()
                .split_ascii_whitespace()
                .nth(1)
                .unwrap()
                .parse::<u64>()
                .unwrap()
        };
        for range in &mapped {
            for page in range.clone().step_by(4096) {
                let byte: *const u8 = std::ptr::without_provenance(page);
                // SAFETY: it is mapped, and may be read.
                #[allow(unsafe_code, reason = "reads what is mapped")]
                let _ = std::hint::black_box(unsafe { byte.read_volatile() });
            }
        }
        let with = ours(&fs::read_to_string("/proc/self/smaps").unwrap());
        let_go(&mapped);
        let after = ours(&fs::read_to_string("/proc/self/smaps").unwrap());
        assert!(after < with / 2, "{with} KiB before, {after} after");
    }

    #[test]
    fn only_pages_that_are_the_same_in_their_file_are_let_go() {
        let mapping = |rights: &str, file: &str, anonymous: u32| {
            format!(
                "1000-3000 {rights} 00000000 fe:00 77 {file}\nRss: 8 kB\nAnonymous: {anonymous} kB\nVmFlags: rd mr\n"
            )
        };
        let whole = std::slice::from_ref(&(0x1000..0x3000));
        assert_eq!(unchanged(&mapping("r-xp", "/usr/bin/x", 0), "/usr/bin/x"), whole);
        assert_eq!(unchanged(&mapping("r--p", "/usr/bin/x y", 0), "/usr/bin/x y"), whole);
        for (rights, file, anonymous) in [
            ("r--p", "/usr/bin/x", 4),
            ("rw-p", "/usr/bin/x", 0),
            ("r--s", "/usr/bin/x", 0),
            ("r-xp", "[vdso]", 0),
            ("r--p", "", 0),
            ("r-xp", "/usr/bin/xy", 0),
            ("r-xp", "/usr/bin/x (deleted)", 0),
        ] {
            assert!(
                unchanged(&mapping(rights, file, anonymous), "/usr/bin/x").is_empty(),
                "{rights} {file} {anonymous}"
            );
        }
    }
}
