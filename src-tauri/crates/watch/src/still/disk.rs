//! Which disks tell every change by the times of their files.

use super::Doubt;
use std::path::Path;

/// File systems of this machine that keep times finer than a second and an inode time of the kernel's own: ext2 to ext4,
/// XFS, Btrfs, tmpfs, F2FS, ZFS, bcachefs, overlayfs (numbers of `statfs(2)`). All others, above all those that a server
/// or another program may change, are not believed.
const BELIEVED: &[u64] =
    &[0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0xf2f5_2010, 0x2fc1_2fc1, 0xca45_1a4e, 0x794c_7630];

/// Whether what lies at `path` is on a disk that is believed.
pub(crate) fn is_believed(path: &Path) -> Result<(), Doubt> {
    let kind = rustix::fs::statfs(path).ok().and_then(|disk| u64::try_from(disk.f_type).ok());
    if kind.is_some_and(|kind| BELIEVED.contains(&kind)) { Ok(()) } else { Err(Doubt::Disk) }
}
