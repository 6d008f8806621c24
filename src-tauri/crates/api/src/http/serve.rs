//! Serving connections with a limit on everything: their number, the time and the size of a request's head.

use super::peer::{Peer, accept_own};
use axum::{Extension, Router, http::Request};
use hyper::{
    body::Incoming,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;

/// What a client is given.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Connections at the same time; further ones wait to be accepted. The port and the socket each have as many, so that
    /// who crowds the one is not in the way on the other.
    connections: usize,
    /// The longest time for the head of a request, and for silence between two requests.
    head: Duration,
    /// The same for who comes when half of the places are taken, so that the others get their turn.
    crowded: Duration,
    /// More than one request on a connection: not for who comes into a crowd, so that no place is kept by asking.
    keeps: bool,
    /// The longest time in which a client takes nothing of what it is sent.
    taking: Duration,
}

const LIMITS: Limits = Limits {
    connections: 256,
    head: Duration::from_secs(10),
    crowded: Duration::from_secs(1),
    keeps: true,
    taking: Duration::from_secs(30),
};
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

/// Where connections come from.
trait Listener: Send + Sync + 'static {
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// What each request of a connection carries of it.
    type Origin: Clone + Send + Sync + 'static;

    /// The next connection; nothing where that one is not spoken to.
    fn next(&self) -> impl Future<Output = io::Result<Option<(Self::Stream, Self::Origin)>>> + Send;
}

impl Listener for TcpListener {
    type Stream = TcpStream;
    type Origin = Peer;

    async fn next(&self) -> io::Result<Option<(TcpStream, Peer)>> {
        let (stream, theirs) = self.accept().await?;
        // One that broke already.
        let Ok(ours) = stream.local_addr() else { return Ok(None) };
        let _ = stream.set_nodelay(true);
        Ok(Some((stream, Peer { theirs, ours })))
    }
}

#[cfg(unix)]
impl Listener for tokio::net::UnixListener {
    type Stream = tokio::net::UnixStream;
    type Origin = OwnSocket;

    async fn next(&self) -> io::Result<Option<(Self::Stream, OwnSocket)>> {
        Ok(accept_own(self).await?.map(|stream| (stream, OwnSocket)))
    }
}

/// Marks a request that came over the socket of this user, where no browser gets to.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnSocket;

/// Serves `router` on a TCP port until `shutdown` is cancelled; then lets running replies end for at most two seconds.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    serve_on(listener, router, LIMITS, shutdown).await;
}

/// The same on a socket of this user.
#[cfg(unix)]
pub async fn serve_socket(listener: tokio::net::UnixListener, router: Router, shutdown: CancellationToken) {
    serve_on(listener, router, LIMITS, shutdown).await;
}

async fn serve_on(listener: impl Listener, router: Router, limits: Limits, shutdown: CancellationToken) {
    let router = router.layer(Extension(Stopping(shutdown.clone())));
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        let place = tokio::select! {
            () = shutdown.cancelled() => break,
            // The semaphore is never closed.
            Ok(place) = Arc::clone(&places).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.next() => accepted,
        };
        match accepted {
            Ok(None) => {}
            Ok(Some((stream, origin))) => {
                let crowded = places.available_permits() < limits.connections / 2;
                let head = if crowded { limits.crowded.min(limits.head) } else { limits.head };
                let limits = Limits { head, keeps: !crowded, ..limits };
                let answering = answer((stream, origin), router.clone(), limits, shutdown.clone());
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

async fn answer<O: Clone + Send + Sync + 'static>(
    (stream, origin): (impl AsyncRead + AsyncWrite + Unpin + Send + 'static, O),
    router: Router,
    limits: Limits,
    shutdown: CancellationToken,
) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.taking));
    let router = TowerToHyperService::new(router);
    // Not a layer: each would make all routes anew, for each connection.
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(origin.clone());
        router.call(request)
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .keep_alive(limits.keeps)
        .max_buf_size(LARGEST_HEAD)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
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
        running_with(router, LIMITS).await
    }

    async fn running_with(
        router: Router,
        limits: Limits,
    ) -> (std::net::SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        (address, stop.clone(), tokio::spawn(serve_on(listener, router, limits, stop)))
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

    /// What one who does everything right is told; waits its turn.
    async fn well_behaved(address: std::net::SocketAddr) -> String {
        let asking = async {
            let mut client = TcpStream::connect(address).await.unwrap();
            client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
            let mut reply = String::new();
            client.read_to_string(&mut reply).await.unwrap();
            reply
        };
        tokio::time::timeout(Duration::from_secs(60), asking).await.expect("an answer at all")
    }

    #[tokio::test]
    async fn broken_and_silent_clients_keep_nobody_out() {
        let limits = Limits { connections: 8, head: Duration::from_millis(200), ..LIMITS };
        let (address, stop, _server) =
            running_with(Router::new().route("/", get(|| async { "ok" })), limits).await;
        let mut kept = Vec::new();
        for n in 0..400_u32 {
            let mut client = TcpStream::connect(address).await.unwrap();
            let said: &[u8] = match n % 4 {
                0 => b"",
                1 => b"GET / HTTP/1.1\r\nHost",
                2 => b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
                _ => b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nx",
            };
            let _ = client.write_all(said).await;
            if n % 8 < 4 {
                kept.push(client);
            }
        }
        assert!(well_behaved(address).await.ends_with("ok"));
        drop(kept);
        assert!(well_behaved(address).await.ends_with("ok"));
        stop.cancel();
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_is_cut() {
        let endless = get(|| async {
            let chunks = futures_util::stream::repeat_with(|| Ok::<_, io::Error>(vec![0_u8; 1 << 16]));
            axum::body::Body::from_stream(chunks)
        });
        let router = Router::new().route("/endless", endless).route("/", get(|| async { "ok" }));
        let limits = Limits { connections: 1, taking: Duration::from_millis(200), ..LIMITS };
        let (address, stop, _server) = running_with(router, limits).await;
        let mut deaf = TcpStream::connect(address).await.unwrap();
        deaf.write_all(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert!(well_behaved(address).await.ends_with("ok"), "the one place is free again");
        stop.cancel();
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
