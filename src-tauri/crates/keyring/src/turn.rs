//! Calls that wait, one at a time: of those that hang there is never more than one.

use crate::KeyringError;
use std::sync::Arc;
use tokio::sync::Mutex;

static TURN: std::sync::LazyLock<Arc<Mutex<()>>> = std::sync::LazyLock::new(Arc::default);

/// Does this on a thread of its own when the call before has ended.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, KeyringError> {
    let turn = Arc::clone(&TURN).lock_owned().await;
    let waiting = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    waiting.await.map_err(|_| KeyringError::Failed("it was interrupted".to_owned()))
}
