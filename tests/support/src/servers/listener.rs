//! Accepts connections in threads, a bounded number at a time, and ends them all when dropped.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// Most connections at a time; one more is closed at once.
const MOST: usize = 64;

/// A listening port with a thread for each connection.
#[derive(Debug)]
pub(super) struct Listener {
    port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    ended: AtomicBool,
    accepted: AtomicUsize,
    open: Mutex<HashMap<usize, TcpStream>>,
}

impl Listener {
    /// Listens on a free port of loopback and gives every connection to `serve` in a thread of its own.
    pub(super) fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::default());
        let (ours, serve) = (Arc::clone(&shared), Arc::new(serve));
        let accepting = thread::spawn(move || accept(&listener, &ours, &serve));
        Ok(Self { port, shared, accepting: Some(accepting) })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections there were.
    pub(super) fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::Relaxed)
    }
}

fn accept<F: Fn(TcpStream) + Send + Sync + 'static>(
    listener: &TcpListener,
    shared: &Arc<Shared>,
    serve: &Arc<F>,
) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    for stream in listener.incoming() {
        if shared.ended.load(Ordering::Acquire) {
            break;
        }
        let Ok(stream) = stream else {
            // Too many open files, or the like: leave the machine a moment.
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        threads.retain(|thread| !thread.is_finished());
        let Ok(copy) = stream.try_clone() else { continue };
        let id = shared.accepted.fetch_add(1, Ordering::Relaxed);
        let mut open = shared.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST {
            continue;
        }
        open.insert(id, copy);
        drop(open);
        let (shared, serve) = (Arc::clone(shared), Arc::clone(serve));
        threads.push(thread::spawn(move || {
            serve(stream);
            shared.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        }));
    }
    for (_, stream) in shared.open.lock().unwrap_or_else(PoisonError::into_inner).drain() {
        let _ = stream.shutdown(Shutdown::Both);
    }
    for thread in threads {
        let _ = thread.join();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        // Wakes the thread that waits in accept.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}
