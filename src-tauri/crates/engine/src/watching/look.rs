//! The loop that looks at what events made suspect.

use crate::{cycle, handle::RunRequest, limits, shared::Shared};
use autocommit_core::{cycle::CycleTrigger, id::RepoId, settings::Settings};
use std::{collections::HashSet, sync::Arc};

/// Waits for events until the program ends.
pub(crate) async fn run(shared: &Arc<Shared>) {
    let watching = &shared.resting.watching;
    loop {
        let settings = shared.settings();
        if watching.switch(settings.watch) {
            // What rests would not be looked at, and so never be watched.
            shared.resting.nothing_rests();
        }
        let told = watching.take_in(&settings);
        if told.lost {
            shared.nudge.notify_one();
        }
        if told.places {
            search_soon(shared);
        }
        let (over, next) = watching.due();
        if !over.is_empty() {
            look(shared, over, &settings).await;
            continue;
        }
        let quiet = async {
            match next {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = watching.woken.notified() => {}
            () = quiet => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

/// A cycle that finds new repositories, once there was time for all of their files to come.
pub(crate) fn search_soon(shared: &Arc<Shared>) {
    let shared = shared.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(limits::SEARCH_AFTER) => shared.nudge.notify_one(),
            () = shared.stop.cancelled() => {}
        }
    });
}

/// Looks at repositories whose quiet time is over.
async fn look(shared: &Arc<Shared>, suspects: Vec<RepoId>, settings: &Settings) {
    let idle: HashSet<_> =
        shared.registry().named_to_run(&suspects, false).iter().map(|repo| repo.id.clone()).collect();
    let (idle, busy): (Vec<_>, Vec<_>) = suspects.into_iter().partition(|id| idle.contains(id));
    for id in busy.iter().filter(|id| shared.registry().knows(id)) {
        shared.resting.watching.put_off(id, settings);
    }
    // What changed nothing that git would tell costs no question.
    let changed = {
        let shared = shared.clone();
        let changed =
            move || idle.into_iter().filter(|id| !shared.resting.still_rests(id)).collect::<Vec<_>>();
        tokio::task::spawn_blocking(changed).await.unwrap_or_default()
    };
    if changed.is_empty() {
        return;
    }
    shared.resting.disturbed(&changed);
    // Where nothing may be written, the next cycle looks.
    if shared.enabled() {
        shared.resting.watching.looks_at(&changed);
        cycle::start(shared, RunRequest { repos: Some(changed), ..RunRequest::of(CycleTrigger::Interval) });
    }
}
