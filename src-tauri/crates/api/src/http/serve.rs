//! Serving connections with a limit on everything: their number, the time and the size of a request's head.

use super::peer::Peer;
use axum::{Extension, Router};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// Connections at the same time; further ones wait to be accepted.
const CONNECTIONS: usize = 256;
/// The longest time for the head of a request, and for silence between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head of a request in bytes.
const LARGEST_HEAD: usize = 64 * 1024;
/// Header lines in a request.
const HEADERS: usize = 64;
/// How long open replies may take to end once the program stops.
const FAREWELL: Duration = Duration::from_secs(2);
/// Pause after the system refused a connection (no file descriptors left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Tells a reply that never ends by itself that the program stops.
#[derive(Debug, Clone, Default)]
pub(super) struct Stopping(pub(super) CancellationToken);

/// Serves `router` until `shutdown` is cancelled; then lets running replies end for at most two seconds.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let router = router.layer(Extension(Stopping(shutdown.clone())));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let place = tokio::select! {
            () = shutdown.cancelled() => break,
            // The semaphore is never closed.
            Ok(place) = Arc::clone(&places).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, theirs)) => {
                let router = match stream.local_addr() {
                    Ok(ours) => router.clone().layer(Extension(Peer { theirs, ours })),
                    // It broke already.
                    Err(_) => continue,
                };
                let answering = answer(stream, router, shutdown.clone());
                connections.spawn(async move {
                    answering.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!("the API could not accept a connection: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL, async { while connections.join_next().await.is_some() {} }).await;
    connections.shutdown().await;
}

async fn answer(stream: TcpStream, router: Router, shutdown: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LARGEST_HEAD)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!("a connection ended early: {error}");
                }
                return;
            }
            () = shutdown.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::time::Instant;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn running(
        router: Router,
    ) -> (std::net::SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        (address, stop.clone(), tokio::spawn(serve(listener, router, stop)))
    }

    #[tokio::test]
    async fn a_silent_client_and_an_endless_reply_do_not_delay_the_end() {
        let endless = get(|Extension(Stopping(stop)): Extension<Stopping>| async move {
            stop.cancelled().await;
            "over"
        });
        let (address, stop, server) = running(Router::new().route("/endless", endless)).await;
        let _silent = TcpStream::connect(address).await.unwrap();
        let mut waiting = TcpStream::connect(address).await.unwrap();
        waiting.write_all(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let asked = Instant::now();
        stop.cancel();
        server.await.unwrap();
        assert!(asked.elapsed() < FAREWELL + Duration::from_secs(1));
        let mut reply = String::new();
        waiting.read_to_string(&mut reply).await.unwrap();
        assert!(reply.ends_with("over"), "{reply}");
    }

    #[tokio::test]
    async fn heads_have_a_limit() {
        let (address, stop, _server) = running(Router::new().route("/", get(|| async { "ok" }))).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        let many: String = (0..HEADERS + 1).map(|n| format!("x-{n}: 1\r\n")).collect();
        client.write_all(format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes()).await.unwrap();
        let mut reply = String::new();
        client.read_to_string(&mut reply).await.unwrap();
        assert!(reply.starts_with("HTTP/1.1 431"), "{reply}");
        stop.cancel();
    }
}
