//! Keeps everybody told: looks at the engine as tray and notifications do, and brings what is due there. No cycle waits for
//! any of it, and the two ways do not wait for each other.

use crate::{
    Report, Way,
    file::{self, State},
};
use autocommit_api::{ApiError, Context, Method as _, Nothing, methods};
use autocommit_core::settings::{Reports, Settings};
use autocommit_panel::{Ledger, Notice, Reader, Telling, View};
use jiff::Timestamp;
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, broadcast::error::RecvError},
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// Much happens at once in a cycle; it is looked at together.
const PAUSE: Duration = Duration::from_millis(150);
/// Some things come with time alone, such as a lock that stays.
const TICK: Duration = Duration::from_secs(10);

/// Where all of it is kept.
#[derive(Debug, Clone)]
pub struct Place {
    /// The state folder: commands are started in it.
    pub folder: PathBuf,
    /// Puts content in the place of a file, for this user alone.
    pub write: fn(&Path, &[u8]) -> io::Result<()>,
}

/// Tells what is due until `stop` is cancelled. What waits then is told after the next start.
pub async fn run(context: Context, place: Place, stop: CancellationToken) {
    let state = Mutex::new(file::read(&place.folder));
    let keeper = Keeper { context, place, state, due: Default::default(), changed: Default::default() };
    tokio::join!(
        keeper.watch(&stop),
        keeper.deliver(Way::Webhook, &stop),
        keeper.deliver(Way::Command, &stop)
    );
}

struct Keeper {
    context: Context,
    place: Place,
    state: Mutex<State>,
    /// Something new waits, for each way.
    due: [Notify; 2],
    /// The settings are others, for each way.
    changed: [Notify; 2],
}

impl Keeper {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds out what is to be told. Where nobody is to be told anything, an event costs a look at the settings.
    async fn watch(&self, stop: &CancellationToken) {
        let engine = &self.context.engine;
        let (_, mut live) = engine.events().since(engine.events().newest());
        let mut known: Option<Reports> = None;
        loop {
            let settings = engine.settings();
            if known.as_ref() != Some(&settings.reports) {
                self.settle(&settings.reports);
                known = Some(settings.reports.clone());
            }
            if settings.reports.on()
                && let Err(error) = self.tell(&settings).await
            {
                tracing::debug!("nothing to report: {error}");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(TICK), if settings.reports.on() => {}
                event = live.recv() => if let Err(RecvError::Closed) = event { return },
            }
            if stop.run_until_cancelled(sleep(PAUSE)).await.is_none() {
                return;
            }
            live = live.resubscribe();
        }
    }

    /// Forgets what waits for whom nobody names any more, and tries the others at once.
    fn settle(&self, reports: &Reports) {
        let mut state = self.state();
        let before = state.clone();
        if !reports.on() {
            // Switched on again, it tells what is the matter then.
            state.ledger = Ledger::default();
        }
        for (way, changed) in Way::ALL.into_iter().zip(&self.changed) {
            if !way.on(reports) {
                state.outbox(way).clear();
                self.context.engine.resolved(way.topic());
            }
            changed.notify_one();
        }
        self.keep(&before, &state);
    }

    async fn tell(&self, settings: &Settings) -> Result<(), ApiError> {
        let status = methods::Status::call(&self.context, Nothing {}).await?;
        let repos = methods::Repos::call(&self.context, Nothing {}).await?;
        let held = methods::Held::call(&self.context, Nothing {}).await?;
        let view = View { status: &status, repos: &repos.repos, held: &held.repos, now: Timestamp::now() };
        let mut state = self.state();
        let before = state.clone();
        let notices = state.ledger.fold(&view, Telling::of(&settings.notifications, Reader::Away));
        for notice in notices {
            let report = match &notice {
                Notice::Show(bubble) | Notice::Replace { bubble, .. } => {
                    let concerned = state.ledger.concerned(&bubble.key, &view);
                    Some(Report::of(bubble, concerned, view.now))
                }
                Notice::Withdraw(_) => None,
            };
            for way in Way::ALL.into_iter().filter(|way| way.on(&settings.reports)) {
                let outbox = state.outbox(way);
                match (&notice, &report) {
                    (Notice::Withdraw(key), _) => outbox.withdraw(key),
                    (Notice::Replace { quiet: true, .. }, Some(report)) => outbox.mend(report.clone()),
                    (_, Some(report)) => outbox.add(report.clone()),
                    (_, None) => {}
                }
            }
        }
        self.keep(&before, &state);
        drop(state);
        Way::ALL.into_iter().filter(|way| way.on(&settings.reports)).for_each(|way| self.say(way));
        self.due.iter().for_each(Notify::notify_one);
        Ok(())
    }

    /// Brings what waits one way there, in order.
    async fn deliver(&self, way: Way, stop: &CancellationToken) {
        let (due, changed) = (&self.due[way as usize], &self.changed[way as usize]);
        self.say(way);
        let mut not_before = Instant::now();
        while !stop.is_cancelled() {
            let reports = self.context.engine.settings().reports.clone();
            let first = self.state().outbox(way).first();
            let Some(first) = first.filter(|_| way.on(&reports)) else {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = due.notified() => {}
                    () = changed.notified() => {}
                }
                continue;
            };
            if Instant::now() < not_before {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = sleep_until(not_before) => {}
                    // Whoever mended something need not wait.
                    () = changed.notified() => not_before = Instant::now(),
                }
                // It may be over meanwhile.
                continue;
            }
            let delivery = Box::pin(way.deliver(&reports, &first.report, &self.place.folder));
            let Some(delivered) = stop.run_until_cancelled(delivery).await else { return };
            not_before = Instant::now() + self.delivered(way, first.number, delivered);
        }
    }

    /// Notes what came of a delivery; how long to wait before the next.
    fn delivered(&self, way: Way, number: u64, delivered: Result<String, String>) -> Duration {
        let pause = {
            let mut state = self.state();
            let before = state.clone();
            let pause = match &delivered {
                Ok(_) => {
                    state.outbox(way).arrived(number);
                    Duration::ZERO
                }
                Err(why) => state.outbox(way).failed(number, why),
            };
            self.keep(&before, &state);
            pause
        };
        if let Ok(message) = delivered {
            tracing::info!("A report was sent. {message}");
        }
        self.say(way);
        pause
    }

    /// Shows how it is with a way where every trouble is shown.
    fn say(&self, way: Way) {
        let trouble = self.state().outbox(way).trouble().map(str::to_owned);
        match trouble {
            Some(trouble) => {
                self.context.engine.warn(way.topic(), format!("A report was not sent. {trouble}"))
            }
            None => self.context.engine.resolved(way.topic()),
        }
    }

    fn keep(&self, before: &State, now: &State) {
        if before == now {
            return;
        }
        let path = file::path(&self.place.folder);
        let written = serde_json::to_vec(now)
            .map_err(io::Error::other)
            .and_then(|text| (self.place.write)(&path, &text));
        if let Err(error) = written {
            tracing::warn!("{} could not be written: {error}", path.display());
        }
    }
}
