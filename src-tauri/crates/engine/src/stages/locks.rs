//! Locks of other git programs in the way: a moment's wait, and out of the way what nobody can hold any more.

use super::record;
use crate::{limits, run::Run};
use autocommit_core::snapshot::Destination;
use autocommit_git::{Inspection, Settled};

/// Works down the ladder for the locks that the look found; whether it is worth looking again.
pub(crate) async fn ladder(run: &Run, inspection: &Inspection) -> bool {
    let snapshot = &inspection.snapshot;
    let mirror = match &snapshot.destination {
        Destination::Remote(target) => target.mirror.as_deref(),
        _ => None,
    };
    let seen = || autocommit_git::seen(&run.repo, snapshot.head.branch(), mirror);
    let mut cleared = false;
    for _ in 0..limits::LOCK_LOOKS {
        let locks = seen();
        if locks.is_empty() {
            return true;
        }
        let mut young = false;
        for one in autocommit_git::settle(&run.repo, locks, &[]).await {
            match one {
                Settled::Aside(lock, to) => {
                    cleared = true;
                    record::set_aside(run, &lock.path, &to).await;
                    run.shared.warn(format!(
                        "{} is older than the start of this machine, so no program can hold it. It is now {}.",
                        lock.path.display(),
                        to.display()
                    ));
                }
                Settled::Young(_) | Settled::Busy(_) => young = true,
                Settled::Cleared(_) => cleared = true,
                Settled::Foreign(_) => {}
            }
        }
        if !young {
            return cleared;
        }
        tokio::time::sleep(limits::LOCK_LOOK.mul_f64(0.5 + rand::random::<f64>())).await;
    }
    cleared || seen().is_empty()
}
