//! Memory that is free again goes back to the system. The allocator of glibc keeps it for later, in as many arenas as eight
//! times the cores: after a crowd at the API or a large commit a resting process would stay as large as it ever was.

use std::{fs, time::Duration};
use tokio_util::sync::CancellationToken;

/// Arenas of the allocator: the threads that run tasks are two as well.
const ARENAS: libc::c_int = 2;
/// Time between two looks at how large the process is.
const LOOK_EVERY: Duration = Duration::from_secs(60);
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

/// Gives back what is free, once a minute and only where the process has grown, until `stop` is cancelled.
pub(crate) async fn give_back(stop: CancellationToken) {
    let mut least = 0;
    while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
        let Some(now) = resident() else { return };
        if now > least + GROWN {
            trim();
            least = resident().unwrap_or(now);
        }
        least = least.min(now);
    }
}

#[allow(unsafe_code, reason = "malloc_trim is one call into the allocator")]
fn trim() {
    // SAFETY: malloc_trim may be called from any thread at any time; it takes the locks of the arenas itself.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Resident pages of this process.
fn resident() -> Option<u64> {
    fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_goes_back() {
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
}
