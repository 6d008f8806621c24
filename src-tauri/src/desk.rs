//! What all parts of the app share, and how they begin.

use crate::{args::Args, keep, login, notify, second, source::Source, stop, stream, tray};
use autocommit_host::{Api, Folders, Host, HostError, Owner as ProcessOwner};
use autocommit_panel::{Delivery, Owner, Shell};
use serde::Serialize;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tauri::{AppHandle, Emitter as _};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// A short command of the command line may own the repositories for a moment.
const PATIENCE: Duration = Duration::from_secs(2);

/// The app, once it runs.
pub(crate) struct Desk {
    pub(crate) app: AppHandle,
    pub(crate) source: Source,
    /// Cancelled when the app is to end.
    pub(crate) stop: CancellationToken,
    /// Something happened that tray and notifications may have to show.
    pub(crate) wake: Notify,
    pub(crate) notify: notify::Sender,
    facts: Mutex<Facts>,
    running: Mutex<Option<Running>>,
}

/// What the app knows of itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    /// Whether there is a tray that shows the icon.
    pub(crate) tray: bool,
    /// Whether notifications arrive.
    pub(crate) delivery: Delivery,
    /// Who owns the repositories.
    pub(crate) owner: Owner,
    /// Whether it starts at login; nothing where it cannot.
    pub(crate) login_item: Option<bool>,
}

/// The engine at work in this process.
struct Running {
    engine: JoinHandle<()>,
    api: Option<Api>,
}

/// What the window is told of its surroundings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct State {
    login_item: bool,
    login_item_possible: bool,
    tray: bool,
    notifications: &'static str,
    owner: &'static str,
    owner_pid: Option<u32>,
    version: &'static str,
}

impl Desk {
    /// Takes over the repositories, or finds out who has them. `None`: another app was asked to show its window.
    pub(crate) async fn begin(app: AppHandle, args: &Args) -> Result<Option<Arc<Self>>, String> {
        let folders = Folders::find(args.config.clone(), args.state_dir.clone());
        let folders = folders.map_err(|error| error.to_string())?;
        // Who serves an API will stay; anybody else may be done in a moment.
        let stays =
            ProcessOwner::of(&folders.state_dir).ok().flatten().is_some_and(|owner| owner.api().is_some());
        let patience = if stays { Duration::ZERO } else { PATIENCE };
        let (source, running) = match Box::pin(Host::start(folders.clone(), Vec::new(), patience)).await {
            Ok(host) => here(host).await,
            Err(HostError::Owned(_)) if second::knock(&folders.state_dir, args.hidden).await => {
                return Ok(None);
            }
            Err(HostError::Owned(_)) => (Source::there(folders.clone())?, None),
            Err(error) => return Err(error.to_string()),
        };
        let stop = CancellationToken::new();
        let (notify, notices) = notify::channel();
        let facts = Facts {
            tray: false,
            delivery: Delivery::Unknown,
            owner: Owner::Here,
            login_item: login::state(&app),
        };
        let desk = Arc::new(Self {
            app,
            source,
            stop: stop.clone(),
            wake: Notify::new(),
            notify,
            facts: Mutex::new(facts),
            running: Mutex::new(None),
        });
        if let (Source::Here(source), Some(api)) = (&desk.source, running) {
            let host = source.host.clone();
            let engine = tokio::spawn(async move { Box::pin(host.run(stop)).await });
            *desk.running() = Some(Running { engine, api });
        }
        second::listen(&desk, &folders.state_dir);
        stop::obey_signals(&desk);
        let tray = tray::begin(&desk);
        tokio::spawn(notify::run(Arc::clone(&desk), notices));
        tokio::spawn(stream::follow(Arc::clone(&desk)));
        tokio::spawn(keep::run(Arc::clone(&desk), tray));
        Ok(Some(desk))
    }

    pub(crate) fn facts(&self) -> Facts {
        self.locked().clone()
    }

    /// Changes what is known, and tells tray and window where that makes a difference.
    pub(crate) fn learn(&self, change: impl FnOnce(&mut Facts)) {
        let (before, after) = {
            let mut facts = self.locked();
            let before = facts.clone();
            change(&mut facts);
            (before, facts.clone())
        };
        if before != after {
            self.wake.notify_one();
            let _ = self.app.emit("autocommit://desktop", self.state());
        }
    }

    /// What the window is told.
    pub(crate) fn state(&self) -> State {
        let facts = self.facts();
        let (owner, owner_pid) = match facts.owner {
            Owner::Here => ("self", Some(std::process::id())),
            Owner::Other { pid } | Owner::Mute { pid } => ("other", pid),
            Owner::Gone => ("other", None),
        };
        State {
            login_item: facts.login_item == Some(true),
            login_item_possible: facts.login_item.is_some(),
            tray: facts.tray,
            notifications: match facts.delivery {
                Delivery::Unknown => "unknown",
                Delivery::Arrives => "ok",
                Delivery::Fails => "unavailable",
            },
            owner,
            owner_pid,
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// What the tray's function is told.
    pub(crate) fn shell(&self) -> Shell {
        let facts = self.facts();
        Shell {
            zone: jiff::tz::TimeZone::system(),
            login_item: facts.login_item,
            delivery: facts.delivery,
            owner: facts.owner,
        }
    }

    /// Lets a running write finish; nothing new starts. Returns when the engine has ended.
    pub(crate) async fn end_engine(&self) {
        self.stop.cancel();
        let Some(running) = self.running().take() else { return };
        if let Err(error) = running.engine.await {
            tracing::error!("the engine ended badly: {error}");
        }
        if let Some(api) = running.api {
            api.stop().await;
        }
    }

    fn locked(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engine here, with its API where its port is free. Without it the app goes on and says so.
async fn here(host: Host) -> (Source, Option<Option<Api>>) {
    let api = match host.serve().await {
        Ok(api) => api,
        Err(error) => {
            host.engine.warn("http", format!("{error} Until then the app works without its API."));
            None
        }
    };
    (Source::here(Arc::new(host)), Some(api))
}
