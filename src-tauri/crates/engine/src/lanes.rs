//! Lanes and permits: runs are serial within a common git folder and parallel across, bounded by kind of work and host.

use crate::limits;
use autocommit_core::{backoff::backoff, settings::Settings};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, watch},
    task::AbortHandle,
};

/// One lock for each common git folder.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<HashMap<PathBuf, Arc<Lane>>>);

#[derive(Debug, Default)]
struct Lane {
    occupied: Arc<tokio::sync::Mutex<()>>,
    /// How many want to enter.
    waiting: AtomicUsize,
    /// Told to go where somebody is in the lane who has no haste.
    borrowed: Mutex<Option<watch::Sender<bool>>>,
}

/// One who wants to enter.
struct Waits<'a>(&'a Lane);

/// A lane that nobody wanted. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Borrowed {
    lane: Arc<Lane>,
    told: watch::Receiver<bool>,
    _guard: OwnedMutexGuard<()>,
}

impl Lanes {
    /// Waits until no other run works in `common_dir`. Who borrowed the lane gives way.
    pub(crate) async fn enter(&self, common_dir: &Path) -> OwnedMutexGuard<()> {
        let lane = self.lane(common_dir);
        let _waits = lane.wait();
        lane.occupied.clone().lock_owned().await
    }

    /// The lane of `common_dir`, for as long as nobody else wants it; nothing where somebody is there.
    pub(crate) fn borrow(&self, common_dir: &Path) -> Option<Borrowed> {
        let lane = self.lane(common_dir);
        let guard = lane.occupied.clone().try_lock_owned().ok()?;
        let told = {
            let mut borrowed = lane.borrowed.lock().unwrap_or_else(PoisonError::into_inner);
            // Who came a moment ago found nobody to tell.
            let (sender, told) = watch::channel(lane.waiting.load(Ordering::SeqCst) > 0);
            *borrowed = Some(sender);
            told
        };
        Some(Borrowed { lane, told, _guard: guard })
    }

    fn lane(&self, common_dir: &Path) -> Arc<Lane> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Lanes of repositories that are gone are dropped on the way.
        if lanes.len() > 4096 {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1 || Arc::strong_count(&lane.occupied) > 1);
        }
        lanes.entry(common_dir.to_owned()).or_default().clone()
    }
}

impl Lane {
    fn wait(&self) -> Waits<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.tell_to_go();
        Waits(self)
    }

    fn tell_to_go(&self) {
        if let Some(borrowed) = &*self.borrowed.lock().unwrap_or_else(PoisonError::into_inner) {
            borrowed.send_replace(true);
        }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Borrowed {
    /// Tells when it is wanted by another.
    pub(crate) fn wanted(&self) -> watch::Receiver<bool> {
        self.told.clone()
    }

    /// Has whatever waits for that go at once.
    pub(crate) fn give_up(&self) {
        self.lane.tell_to_go();
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        *self.lane.borrowed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A place among the workers of a kind, given back when dropped, or after a while: what takes longer goes on without it,
/// so that what hangs does not use the places up.
#[derive(Debug)]
pub(crate) struct Place(AbortHandle);

impl Place {
    fn lent(permit: OwnedSemaphorePermit, longest: Duration) -> Self {
        let lease = async move {
            tokio::time::sleep(longest).await;
            drop(permit);
        };
        Self(tokio::spawn(lease).abort_handle())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The permits of one cycle.
#[derive(Debug)]
pub(crate) struct Permits {
    commits: Arc<Semaphore>,
    hooks: Arc<Semaphore>,
    pushes: Arc<Semaphore>,
    /// When the model's part of the cycle ends: counted from the first message.
    model_until: OnceLock<Instant>,
    per_host: usize,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// Asked once: the answer is read from files of the system.
static CORES: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(2, usize::from));

impl Permits {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            commits: Arc::new(Semaphore::new(settings.commit_workers.unwrap_or(*CORES))),
            hooks: Arc::new(Semaphore::new(limits::HOOKS_AT_ONCE)),
            pushes: Arc::new(Semaphore::new(settings.push_workers)),
            model_until: OnceLock::new(),
            per_host: settings.push_per_host,
            hosts: Mutex::default(),
        }
    }

    pub(crate) async fn commit(&self) -> Option<Place> {
        let permit = self.commits.clone().acquire_owned().await.ok()?;
        Some(Place::lent(permit, limits::COMMIT_PLACE))
    }

    /// What is left for the model, of this cycle's `budget`.
    pub(crate) fn model_time(&self, budget: Duration) -> Duration {
        let until = self.model_until.get_or_init(|| Instant::now() + budget);
        until.saturating_duration_since(Instant::now())
    }

    pub(crate) async fn hook(&self) -> Option<OwnedSemaphorePermit> {
        self.hooks.clone().acquire_owned().await.ok()
    }

    /// Waits for the host first, so that one slow host does not hold the places of the others. Folders on this machine
    /// share no host.
    pub(crate) async fn push(&self, host: &str) -> (Option<OwnedSemaphorePermit>, Option<Place>) {
        let of_host = match host {
            "local" => None,
            _ => {
                let semaphore = {
                    let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
                    hosts
                        .entry(host.to_owned())
                        .or_insert_with(|| Arc::new(Semaphore::new(self.per_host)))
                        .clone()
                };
                semaphore.acquire_owned().await.ok()
            }
        };
        let permit = self.pushes.clone().acquire_owned().await.ok();
        (of_host, permit.map(|permit| Place::lent(permit, limits::PUSH_PLACE)))
    }
}

/// Hosts that could not be reached are left alone for a while, all their repositories together.
#[derive(Debug, Default)]
pub(crate) struct Hosts(Mutex<HashMap<String, Unreachable>>);

#[derive(Debug)]
struct Unreachable {
    failures: u32,
    since: Instant,
    until: Instant,
}

impl Hosts {
    /// Whether `host` should be left alone now. Somebody who asked after the failure gets one try of their own.
    pub(crate) fn closed(&self, host: &str, asked_at: Option<Instant>) -> bool {
        let hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.get(host).is_some_and(|h| match asked_at {
            Some(asked) => h.since > asked,
            None => h.until > Instant::now(),
        })
    }

    /// Whether a host could not be reached at the last try. One that nobody tried again in time says nothing any more:
    /// what was pushed there may be gone.
    pub(crate) fn unreachable(&self, in_time: Duration) -> bool {
        let hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.values().any(|host| host.until.elapsed() < in_time)
    }

    /// Whether some host could not be reached at the last try.
    pub(crate) fn any_unreachable(&self) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Notes that `host` could not be reached.
    pub(crate) fn failed(&self, host: &str) {
        if host == "local" {
            return;
        }
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let entry =
            hosts.entry(host.to_owned()).or_insert(Unreachable { failures: 0, since: now, until: now });
        // Pushes that were under way together fail together: that is one failure.
        if entry.failures == 0 || entry.until <= now {
            entry.failures += 1;
            entry.until = now + backoff(entry.failures, rand::random());
        }
        entry.since = now;
    }

    /// Notes that `host` answered.
    pub(crate) fn answered(&self, host: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No test of speed: what is not done by then never will be.
    const PATIENCE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn what_hangs_gives_its_place_back() {
        let places = Arc::new(Semaphore::new(1));
        let taken = || async { tokio::time::timeout(PATIENCE, places.clone().acquire_owned()).await };
        let permit = || async { taken().await.expect("in time").expect("open") };
        let hangs = Place::lent(permit().await, Duration::from_millis(5));
        let ends = Place::lent(permit().await, PATIENCE * 100);
        assert_eq!(places.available_permits(), 0, "one place, not two");
        drop(ends);
        let _ = permit().await;
        drop(hangs);
    }

    #[tokio::test]
    async fn a_borrowed_lane_is_told_when_it_is_wanted() {
        let (lanes, folder) = (Arc::new(Lanes::default()), Path::new("/r/.git"));
        let first = lanes.enter(folder).await;
        assert!(lanes.borrow(folder).is_none(), "somebody is there");
        assert!(lanes.borrow(Path::new("/other/.git")).is_some());
        drop(first);
        let borrowed = lanes.borrow(folder).expect("nobody is there");
        let mut wanted = borrowed.wanted();
        assert!(!*wanted.borrow());
        let comes = tokio::spawn({
            let lanes = lanes.clone();
            async move { drop(lanes.enter(Path::new("/r/.git")).await) }
        });
        tokio::time::timeout(PATIENCE, wanted.wait_for(|told| *told)).await.expect("in time").expect("told");
        drop(borrowed);
        tokio::time::timeout(PATIENCE, comes).await.expect("in time").expect("it comes in");
        assert!(!*lanes.borrow(folder).expect("nobody is there").wanted().borrow(), "that was the last one");
    }

    #[test]
    fn a_host_is_left_alone_until_somebody_asks() {
        let hosts = Hosts::default();
        let before = Instant::now();
        assert!(!hosts.closed("h", None));
        hosts.failed("h");
        hosts.failed("h");
        assert!(hosts.closed("h", None));
        assert!(hosts.closed("h", Some(before)), "it failed since they asked");
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(!hosts.closed("h", Some(Instant::now())));
        assert!(!hosts.closed("other", None));
        assert!(hosts.unreachable(PATIENCE));
        hosts.answered("h");
        assert!(!hosts.closed("h", None) && !hosts.unreachable(PATIENCE));
        hosts.failed("local");
        assert!(!hosts.closed("local", None), "a folder that is missing says nothing of the others");
    }
}
