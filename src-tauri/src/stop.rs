//! The end: a running write finishes, nothing new starts, whatever asked for it.

use crate::desk::Desk;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Exit code of a program that was told twice to end.
const IMPATIENT: i32 = 130;

static ENDING: AtomicBool = AtomicBool::new(false);

/// Ends the app as soon as running writes have finished. Asked again, it changes nothing.
pub(crate) fn quit(desk: &Arc<Desk>) {
    if ENDING.swap(true, Ordering::SeqCst) {
        return;
    }
    tracing::info!("ending; running writes finish first");
    let desk = Arc::clone(desk);
    tauri::async_runtime::spawn(async move {
        crate::window::close(&desk.app);
        desk.end_engine().await;
        desk.notify.flush().await;
        tracing::info!("ended");
        desk.app.exit(0);
    });
}

/// SIGTERM (logout, a service manager), SIGINT and SIGHUP end the app. Only a person at a terminal may be impatient: at
/// the end of a session the system sends several kinds at once.
#[cfg(unix)]
pub(crate) fn obey_signals(desk: &Arc<Desk>) {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
        let mut signals = match signal(kind) {
            Ok(signals) => signals,
            Err(error) => {
                tracing::warn!("the system gives no signals: {error}");
                continue;
            }
        };
        let desk = Arc::clone(desk);
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if kind == SignalKind::interrupt() && ENDING.load(Ordering::SeqCst) {
                    std::process::exit(IMPATIENT);
                }
                quit(&desk);
            }
        });
    }
}

/// Ctrl-C ends the app.
#[cfg(not(unix))]
pub(crate) fn obey_signals(desk: &Arc<Desk>) {
    let desk = Arc::clone(desk);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if ENDING.load(Ordering::SeqCst) {
                std::process::exit(IMPATIENT);
            }
            quit(&desk);
        }
    });
}
