//! The daemon's clock: a cycle, then the interval, again and again; and what can cut the wait short.

use crate::{cycle, handle::RunRequest, limits, shared::Shared};
use autocommit_core::cycle::CycleTrigger;
use std::{sync::Arc, time::Duration};

/// Runs cycles until the program is told to end.
pub(crate) async fn run(shared: &Arc<Shared>) {
    loop {
        if shared.stop.is_cancelled() {
            return;
        }
        shared.end_pause_in_time().await;
        if shared.enabled() {
            shared.set_next_cycle_at(None);
            let running = cycle::start(shared, RunRequest::of(CycleTrigger::Interval));
            tokio::select! {
                () = running.finished_or_stalled() => {}
                () = shared.stop.cancelled() => return,
            }
        } else {
            // Looking is allowed: people see what waits, and nothing is written.
            let look = RunRequest { look: true, quiet: true, ..RunRequest::of(CycleTrigger::Interval) };
            cycle::start(shared, look).finished_or_stalled().await;
        }
        let interval = Duration::from_secs(shared.settings().cycle_interval_seconds);
        shared.set_next_cycle_at(cycle::next_at(interval));
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = shared.nudge.notified() => {}
            () = end_of_pause(shared) => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

/// Waits until a pause is over, by the clock on the wall: a machine that slept has slept through it.
async fn end_of_pause(shared: &Shared) {
    while let Some(left) = shared.pause_left() {
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(limits::LOOK_AT_CLOCK)).await;
    }
    std::future::pending().await
}
