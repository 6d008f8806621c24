//! The mark of a call: a variable in its environment, by which everything it started is found again, also what left its
//! process group for a session of its own.

use autocommit_core::settings::ENV_CALL;
use std::{
    ffi::OsStr,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

/// Rounds of looking: what is ended may have started something in the last instant.
#[cfg(target_os = "linux")]
const ROUNDS: usize = 8;

/// The mark of one call. No two calls have the same, those of earlier processes included.
#[derive(Debug, Clone)]
pub(crate) struct Mark(String);

impl Mark {
    pub(crate) fn new() -> Self {
        static SINCE: LazyLock<u128> = LazyLock::new(|| {
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos())
        });
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(format!("{}.{}.{number}", std::process::id(), *SINCE))
    }

    /// The variable, as a name and a value.
    pub(crate) fn variable(&self) -> (&OsStr, &OsStr) {
        (OsStr::new(ENV_CALL), OsStr::new(&self.0))
    }

    /// Ends whatever still carries the mark. Where the system does not show environments (outside Linux) only the process
    /// group is known, and nothing is found here.
    pub(crate) async fn end_all(&self) {
        #[cfg(target_os = "linux")]
        {
            let entry = format!("{ENV_CALL}={}", self.0);
            let ended = tokio::task::spawn_blocking(move || (0..ROUNDS).any(|_| end_once(entry.as_bytes())));
            if !ended.await.unwrap_or(false) {
                tracing::warn!("a program that outlived its deadline could not be ended");
            }
        }
    }
}

/// Ends all that carry `entry`; true where nothing did.
#[cfg(target_os = "linux")]
fn end_once(entry: &[u8]) -> bool {
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
    let Ok(all) = std::fs::read_dir("/proc") else { return true };
    let mut none = true;
    for found in all.flatten() {
        let id = found.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
        let Some(pid) = id.and_then(Pid::from_raw).filter(|_| carries(&found.path(), entry)) else {
            continue;
        };
        // Held fast before the second look, it cannot be another one that got the same number meanwhile.
        if let Ok(held) = pidfd_open(pid, PidfdFlags::empty())
            && carries(&found.path(), entry)
        {
            none = false;
            let _ = pidfd_send_signal(held, Signal::KILL);
        }
    }
    none
}

/// The dead have no environment.
#[cfg(target_os = "linux")]
fn carries(process: &std::path::Path, entry: &[u8]) -> bool {
    std::fs::read(process.join("environ"))
        .is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == entry))
}
