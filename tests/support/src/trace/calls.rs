//! The system calls that change files, and where their paths stand.

/// Every call that can be an event.
pub(super) const NAMES: [&str; 17] = [
    "start", "end", "create", "write", "fsync", "truncate", "rename", "link", "symlink", "unlink", "mkdir",
    "rmdir", "chmod", "utime", "close", "allocate", "copy",
];

/// What a call acts on: numbers are positions of arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// An open file.
    Fd(usize),
    /// A path, beside the folder it is relative to, if that is an argument too.
    Path(Option<usize>, usize),
    /// Two paths.
    Two((Option<usize>, usize), (Option<usize>, usize)),
}

/// A call by its number on x86-64: its name, and what it acts on.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(super) fn of(number: u64) -> Option<(&'static str, Target)> {
    use Target::{Fd, Path, Two};
    use nix::libc;
    Some(match i64::try_from(number).ok()? {
        libc::SYS_open => ("create", Path(None, 0)),
        libc::SYS_creat => ("create", Path(None, 0)),
        libc::SYS_openat => ("create", Path(Some(0), 1)),
        libc::SYS_write | libc::SYS_pwrite64 | libc::SYS_writev | libc::SYS_pwritev => ("write", Fd(0)),
        libc::SYS_fsync | libc::SYS_fdatasync | libc::SYS_sync_file_range => ("fsync", Fd(0)),
        libc::SYS_ftruncate => ("truncate", Fd(0)),
        libc::SYS_truncate => ("truncate", Path(None, 0)),
        libc::SYS_fallocate => ("allocate", Fd(0)),
        libc::SYS_copy_file_range => ("copy", Fd(2)),
        libc::SYS_rename => ("rename", Two((None, 0), (None, 1))),
        libc::SYS_renameat | libc::SYS_renameat2 => ("rename", Two((Some(0), 1), (Some(2), 3))),
        libc::SYS_link => ("link", Two((None, 0), (None, 1))),
        libc::SYS_linkat => ("link", Two((Some(0), 1), (Some(2), 3))),
        libc::SYS_symlink => ("symlink", Path(None, 1)),
        libc::SYS_symlinkat => ("symlink", Path(Some(1), 2)),
        libc::SYS_unlink => ("unlink", Path(None, 0)),
        libc::SYS_unlinkat => ("unlink", Path(Some(0), 1)),
        libc::SYS_mkdir => ("mkdir", Path(None, 0)),
        libc::SYS_mkdirat => ("mkdir", Path(Some(0), 1)),
        libc::SYS_rmdir => ("rmdir", Path(None, 0)),
        libc::SYS_chmod => ("chmod", Path(None, 0)),
        libc::SYS_fchmodat => ("chmod", Path(Some(0), 1)),
        libc::SYS_fchmod => ("chmod", Fd(0)),
        libc::SYS_utimensat => ("utime", Path(Some(0), 1)),
        libc::SYS_close => ("close", Fd(0)),
        _ => return None,
    })
}
