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
/// A cycle that took less, and in which nothing ended, touched little. What it touches of the program the next one touches
/// again: to let go of that each minute would cost more than the cycle.
const IDLE: Duration = Duration::from_millis(20);
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
    let mut least = Resident::default();
    while let Some(idle) = stop.run_until_cancelled(end_of_a_cycle(&mut events)).await {
        let Some(now) = resident() else { return };
        let grown = |now: u64, least: u64| now > least + GROWN;
        let (own, of_files) = (grown(now.own, least.own), !idle && grown(now.of_files, least.of_files));
        // Pages of the program alone come back with each piece of work; the allocator is not asked to sort itself for that.
        if own {
            trim();
        }
        if own || of_files {
            let_go();
        }
        let after = if own || of_files { resident().unwrap_or(now) } else { now };
        // What was not given back counts from where it was.
        let from = |gave, least: u64, after: u64| if gave { after } else { least.min(after) };
        least = Resident {
            own: from(own, least.own, after.own),
            of_files: from(of_files, least.of_files, after.of_files),
        };
    }
}

/// A moment after a cycle ended; where none comes, after a while all the same. `true` where it was an idle one.
async fn end_of_a_cycle(events: &mut Receiver<Arc<EventRecord>>) -> bool {
    let ended = async {
        let mut runs = false;
        while let Ok(record) = events.recv().await {
            match &record.event {
                Event::RunFinished { .. } => runs = true,
                Event::CycleFinished { cycle } => {
                    let took =
                        cycle.finished_at.map(|end| end.duration_since(cycle.started_at).unsigned_abs());
                    return !runs && took.is_some_and(|took| took < IDLE);
                }
                _ => {}
            }
        }
        // Too many at once: then a cycle ends soon.
        *events = events.resubscribe();
        tokio::time::sleep(LOOK_EVERY).await;
        false
    };
    let idle = tokio::time::timeout(LOOK_AT_LEAST, ended).await.unwrap_or(false);
    if !idle {
        tokio::time::sleep(AFTER_A_CYCLE).await;
    }
    idle
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
fn let_go() {
    for range in fixed_segments() {
        let start = std::ptr::without_provenance_mut(range.start);
        // SAFETY: the loader mapped it from the program's file without the right to write and never takes it back, and whole
        // pages of it hold nothing else: they are read from the file again when they are touched.
        let _ = unsafe { rustix::mm::madvise(start, range.len(), rustix::mm::Advice::LinuxDontNeed) };
    }
}

/// Where the loader mapped the parts of the program that it may not write to, whole pages of any size that Linux has.
#[allow(unsafe_code, reason = "the loader tells it through a function that is called back")]
fn fixed_segments() -> Vec<Range<usize>> {
    const LARGEST_PAGE: usize = 64 << 10;

    /// The program itself is told first; its segments go to the list at `found`, and nobody else is asked for.
    unsafe extern "C" fn first(
        info: *mut libc::dl_phdr_info,
        _: libc::size_t,
        found: *mut libc::c_void,
    ) -> libc::c_int {
        // SAFETY: the loader gives a valid description with as many headers as it says, and `found` is the list below.
        let (info, found) = unsafe { (&*info, &mut *found.cast::<Vec<Range<usize>>>()) };
        let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
        for header in
            headers.iter().filter(|header| header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_W == 0)
        {
            let at = |address: u64| usize::try_from(info.dlpi_addr + address).unwrap_or_default();
            let (start, end) = (at(header.p_vaddr), at(header.p_vaddr + header.p_filesz));
            let (start, end) = (start.next_multiple_of(LARGEST_PAGE), end / LARGEST_PAGE * LARGEST_PAGE);
            found.extend((start < end).then_some(start..end));
        }
        1
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    // SAFETY: the list outlives the call, in which alone it is used.
    unsafe { libc::dl_iterate_phdr(Some(first), std::ptr::from_mut(&mut found).cast()) };
    found
}

/// Resident pages of this process.
#[derive(Debug, Clone, Copy, Default)]
struct Resident {
    /// The process's own, which the allocator has.
    own: u64,
    /// Those that are the same in files: the program's.
    of_files: u64,
}

fn resident() -> Option<Resident> {
    let told = fs::read_to_string("/proc/self/statm").ok()?;
    let mut pages = told.split(' ').skip(1).map_while(|number| number.parse::<u64>().ok());
    let (all, of_files) = (pages.next()?, pages.next()?);
    Some(Resident { own: all.saturating_sub(of_files), of_files })
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
        let with = resident().unwrap().own;
        let last = all.pop();
        drop(all);
        trim();
        let after = resident().unwrap().own;
        assert!(after + 20_000 * 2000 / 4096 / 2 < with, "{with} pages before, {after} after");
        drop(last);
    }

    #[test]
    fn the_program_itself_goes_and_comes_back() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        // All of it, as at a start.
        let program = std::env::current_exe().unwrap();
        let mapped = fixed_segments();
        assert!(!mapped.is_empty());
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
        let_go();
        let after = ours(&fs::read_to_string("/proc/self/smaps").unwrap());
        assert!(after < with / 2, "{with} KiB before, {after} after");
    }
}
