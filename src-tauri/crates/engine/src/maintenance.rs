//! Packs what many small commits left as single files, in a repository in which nothing happens, on a machine that has
//! little else to do; one at a time, and away at once when somebody comes. What it may touch is in `git/maintenance.rs`.
//!
//! Only a commit of ours makes a repository a candidate, so without commits nothing is looked at. What cannot be done now is
//! tried again after the time of rest; nothing of it is kept over a restart, as the next commit brings it back.

use crate::{limits, shared::Shared, trust::Gate};
use autocommit_core::{
    repo::{Policy, Repo},
    settings::Settings,
    text::counted,
};
use autocommit_git::Packed;
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tracing::Instrument as _;

/// Repositories in which commits were made.
#[derive(Debug, Default)]
pub(crate) struct Maintenance {
    /// By common git folder: which, and when it is looked at.
    candidates: Mutex<HashMap<PathBuf, (Arc<Repo>, Instant)>>,
    woken: tokio::sync::Notify,
}

/// What came of a look.
enum Look {
    /// There is nothing to do, or it is done, or not ours.
    Over,
    /// Somebody is at work, or the machine is.
    Later,
}

impl Maintenance {
    fn candidates(&self) -> MutexGuard<'_, HashMap<PathBuf, (Arc<Repo>, Instant)>> {
        self.candidates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A commit was made in `repo`: it is looked at when it has rested.
    pub(crate) fn committed(&self, repo: &Arc<Repo>, settings: &Settings) {
        if settings.maintenance.enabled {
            let at = Instant::now() + rest(settings);
            self.candidates().insert(repo.common_dir.clone(), (repo.clone(), at));
            self.woken.notify_one();
        }
    }

    /// Takes the one that is due; else tells when the next one is.
    fn due(&self) -> Result<Arc<Repo>, Option<Instant>> {
        let mut candidates = self.candidates();
        let next =
            candidates.iter().min_by_key(|(_, (_, at))| *at).map(|(path, (_, at))| (path.clone(), *at));
        match next {
            Some((path, at)) if at <= Instant::now() => {
                candidates.remove(&path).map(|(repo, _)| repo).ok_or(None)
            }
            next => Err(next.map(|(_, at)| at)),
        }
    }

    fn later(&self, repo: Arc<Repo>, settings: &Settings) {
        // A commit of the meantime has put it off already.
        let at = Instant::now() + rest(settings);
        self.candidates().entry(repo.common_dir.clone()).or_insert((repo, at));
    }
}

fn rest(settings: &Settings) -> Duration {
    Duration::from_secs(settings.maintenance.rest_seconds)
}

/// Waits for candidates until the program ends.
pub(crate) async fn run(shared: &Arc<Shared>) {
    let maintenance = &shared.maintenance;
    loop {
        let next = match maintenance.due() {
            Ok(repo) => {
                let settings = shared.settings();
                let place = repo.work_tree.to_string_lossy().into_owned();
                let span = tracing::error_span!(target: "autocommit_run", "maintenance", repo = ?place);
                if matches!(look(shared, &repo, &settings).instrument(span).await, Look::Later) {
                    maintenance.later(repo, &settings);
                }
                if shared.stop.is_cancelled() {
                    return;
                }
                continue;
            }
            Err(next) => next,
        };
        let due = async {
            match next {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = maintenance.woken.notified() => {}
            () = shared.stop.cancelled() => return,
        }
    }
}

/// Looks at one repository, and packs it where everything says so.
async fn look(shared: &Arc<Shared>, repo: &Arc<Repo>, settings: &Settings) -> Look {
    let wanted = &settings.maintenance;
    if !wanted.enabled || settings.dry_run {
        return Look::Over;
    }
    let (enough, place) = (wanted.loose_objects, repo.clone());
    let seen = tokio::task::spawn_blocking(move || {
        (autocommit_git::loose_objects(&place, enough) >= enough, autocommit_git::rests_for(&place))
    });
    let Ok((many, rests_for)) = seen.await else { return Look::Over };
    if !many {
        return Look::Over;
    }
    if rests_for < rest(settings) || (wanted.only_when_idle && !is_idle()) || !shared.may_write() {
        return Look::Later;
    }
    let Some(lane) = shared.lanes.borrow(&repo.common_dir) else { return Look::Later };
    let rules = shared.registry().rules(&repo.id);
    let Ok(Gate::Open { trusted, .. }) = shared.gate(repo, settings).await else { return Look::Over };
    let inspected = shared.inspector.inspect(&shared.git, repo, trusted, settings).await;
    let Ok(inspection) = inspected else { return Look::Over };
    if !Policy::merge(settings, &rules, &inspection.snapshot.rules).enabled {
        return Look::Over;
    }
    let began = Instant::now();
    let packing = autocommit_git::pack_loose(&shared.git, repo, &inspection, lane.wanted());
    tokio::pin!(packing);
    let packed = tokio::select! {
        packed = &mut packing => packed,
        () = shared.stop.cancelled() => {
            lane.give_up();
            packing.await
        }
    };
    drop(lane);
    match packed {
        Ok(Packed::Objects(count)) => {
            let took = began.elapsed().as_millis();
            tracing::info!("packed {} in {took} ms", counted(count, "object"));
            Look::Over
        }
        Ok(Packed::LeftToThePerson) => Look::Over,
        Ok(Packed::NotNow) => Look::Later,
        Err(error) => {
            // Nothing is lost by it, and nobody has to do anything; the next commit brings it back.
            tracing::info!("not packed: {}", error.detail());
            Look::Over
        }
    }
}

/// Whether the machine has had little to do in the last minute; where the system does not tell, it is believed.
fn is_idle() -> bool {
    let Ok(text) = std::fs::read_to_string("/proc/loadavg") else { return true };
    let load = text.split(' ').next().and_then(|load| load.parse::<f64>().ok());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    #[allow(clippy::cast_precision_loss, reason = "no machine has so many cores")]
    load.is_none_or(|load| load < limits::IDLE_LOAD * cores as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use autocommit_core::{id::RepoId, repo::RepoKind};

    fn repo(name: &str) -> Arc<Repo> {
        let path = PathBuf::from(name);
        Arc::new(Repo {
            id: RepoId::of_path(&path),
            work_tree: path.clone(),
            git_dir: path.join(".git"),
            common_dir: path.join(".git"),
            kind: RepoKind::Main,
        })
    }

    #[test]
    fn each_commit_puts_it_off_and_one_is_taken_once() {
        let mut settings = Settings::default();
        let maintenance = Maintenance::default();
        assert_eq!(maintenance.due(), Err(None));
        maintenance.committed(&repo("/a"), &settings);
        let first = maintenance.due().unwrap_err().expect("it waits");
        maintenance.committed(&repo("/a"), &settings);
        let second = maintenance.due().unwrap_err().expect("it waits");
        assert!(second >= first && first > Instant::now() + Duration::from_secs(500));
        settings.maintenance.rest_seconds = 0;
        maintenance.committed(&repo("/b"), &settings);
        assert_eq!(maintenance.due(), Ok(repo("/b")), "the one that is due");
        assert_eq!(maintenance.due(), Err(Some(second)), "taken once, the other waits");
        maintenance.later(repo("/a"), &settings);
        assert_eq!(maintenance.due(), Err(Some(second)), "what waits already is not brought forward");
        settings.maintenance.enabled = false;
        maintenance.committed(&repo("/c"), &settings);
        assert_eq!(maintenance.candidates().len(), 1);
    }
}
