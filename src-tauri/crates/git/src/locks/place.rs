//! Where a lock file is and what that place tells: this machine's own disk or a network's, before or after its start.

use std::{
    path::Path,
    sync::OnceLock,
    time::{Duration, SystemTime},
};

/// Clocks of file systems tick coarsely, and a machine's start is known to the second.
const MARGIN: Duration = Duration::from_secs(60);

/// Whether `path` is on a file system of this machine alone. What is not known to be one is none: network storage,
/// folders shared with a virtual machine, programs that play a file system.
#[cfg(target_os = "linux")]
pub(crate) fn is_local(path: &Path) -> bool {
    /// ext, XFS, Btrfs, F2FS, ZFS, bcachefs, ReiserFS, JFS, NILFS, tmpfs, ramfs, overlay, exFAT, FAT, NTFS (kernel), UDF, HFS+.
    const OWN: [u32; 18] = [
        0xEF53,
        0x5846_5342,
        0x9123_683E,
        0xF2F5_2010,
        0x2FC1_2FC1,
        0xCA45_1A4E,
        0x5265_4973,
        0x3153_464A,
        0x3434,
        0x0102_1994,
        0x8584_58F6,
        0x794C_7630,
        0x2011_BAB0,
        0x4D44,
        0x7366_746E,
        0x5346_544E,
        0x1501_3346,
        0x482B,
    ];
    rustix::fs::statfs(path).is_ok_and(|fs| OWN.iter().any(|own| i128::from(*own) == i128::from(fs.f_type)))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn is_local(_path: &Path) -> bool {
    false
}

/// A time before which nothing was written by a program that still runs, as far as that is certain: this machine's start.
pub(crate) fn boot() -> Option<SystemTime> {
    static STARTED: OnceLock<Option<SystemTime>> = OnceLock::new();
    STARTED.get_or_init(started).and_then(|start| start.checked_sub(MARGIN))
}

/// The kernel reckons its start back from the present clock, which is wrong after the clock was set or the machine was
/// paused and resumed. What the clock said when the first file systems were mounted is the other witness: the earlier
/// one counts.
fn started() -> Option<SystemTime> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let seconds = stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    let reckoned = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let seen = ["/sys", "/proc"].iter().map(|dir| Path::new(dir).metadata().and_then(|m| m.modified()).ok());
    seen.chain([Some(reckoned)]).collect::<Option<Vec<_>>>()?.into_iter().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_after_the_start_and_long_ago_is_before() {
        assert!(boot().is_none_or(|start| start < SystemTime::now() && start > SystemTime::UNIX_EPOCH));
        assert_eq!(boot().is_some(), cfg!(target_os = "linux"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_not_known_to_be_a_disk_of_ours_is_none() {
        assert!(!is_local(Path::new("/proc")));
        assert!(!is_local(Path::new("/does/not/exist")));
    }
}
