//! The doubles live on a runtime of their own, so that a test is a plain function.

use std::{future::Future, sync::LazyLock};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime"));

/// Runs something on the doubles' runtime, to its end.
pub(crate) fn on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}
