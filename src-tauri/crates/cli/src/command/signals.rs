//! Signals: the first asks to end, the second ends.

use tokio::sync::mpsc;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGINT or SIGTERM.
    End,
    /// SIGHUP.
    Reload,
}

/// Signals as they come. SIGHUP keeps its usual meaning (the terminal is gone) unless `reload` is wanted.
#[cfg(unix)]
pub(super) fn listen(reload: bool) -> std::io::Result<mpsc::Receiver<Signal>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (sender, receiver) = mpsc::channel(8);
    let mut kinds = vec![(SignalKind::interrupt(), Signal::End), (SignalKind::terminate(), Signal::End)];
    kinds.push((SignalKind::hangup(), if reload { Signal::Reload } else { Signal::End }));
    for (kind, meaning) in kinds {
        let mut signals = signal(kind)?;
        let sender = sender.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                // A full queue already holds what this signal asks for.
                let _ = sender.try_send(meaning);
            }
        });
    }
    Ok(receiver)
}

/// Signals as they come.
#[cfg(not(unix))]
pub(super) fn listen(_reload: bool) -> std::io::Result<mpsc::Receiver<Signal>> {
    let (sender, receiver) = mpsc::channel(8);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            let _ = sender.try_send(Signal::End);
        }
    });
    Ok(receiver)
}
