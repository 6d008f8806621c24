//! Linux: three who tell, none of which needs another.

mod bus;
mod routes;
mod sleep;

use crate::Tiding;
use rustix::fd::OwnedFd;
use std::io;
use tokio::io::{Interest, unix::AsyncFd};

/// Calls `tell` with what happens, until it is dropped. Who is not there is not asked again.
pub async fn listen(tell: impl Fn(Tiding) + Send + Sync) {
    let routes = async {
        if let Err(error) = routes::listen(&tell).await {
            tracing::debug!(%error, "the kernel tells nothing of routes");
        }
    };
    let sleep = async {
        if let Err(error) = sleep::listen(&tell).await {
            tracing::debug!(%error, "the kernel tells nothing of sleep");
        }
    };
    let bus = async {
        if let Err(error) = bus::listen(&tell).await {
            tracing::debug!(%error, "nobody tells whether data costs money");
        }
        tell(Tiding::Metered(None));
    };
    tokio::join!(routes, sleep, bus);
}

#[expect(
    deprecated,
    reason = "sound for this type, which is the same descriptor all its life; its successor is unsafe code"
)]
fn readable(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(fd, Interest::READABLE)
}
