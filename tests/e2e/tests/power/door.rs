//! An address at which nobody answers until it is opened; then it leads to a server.

use autocommit_test_support::{free_port, servers::HttpRemote};
use std::{
    io,
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// Connections that are served one after the other, each to its end.
pub(crate) struct Door {
    port: u16,
    to: HttpRemote,
    ends: Arc<AtomicBool>,
    knocks: Arc<AtomicUsize>,
    /// Connections that nobody answers, while there shall be such.
    held: Arc<Mutex<Option<Vec<TcpStream>>>>,
}

impl Door {
    /// Connections are refused from the start.
    pub(crate) fn closed(to: HttpRemote) -> Self {
        Self { port: free_port(), to, ends: Arc::default(), knocks: Arc::default(), held: Arc::default() }
    }

    /// The address of a repository of the server behind it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// Connections that were let in so far.
    pub(crate) fn knocks(&self) -> usize {
        self.knocks.load(Ordering::SeqCst)
    }

    /// Whoever comes is let in and answered nothing.
    pub(crate) fn hold(&self) {
        *self.held.lock().unwrap() = Some(Vec::new());
        self.open();
    }

    /// Who was let in is thrown out; from now on it leads to the server.
    pub(crate) fn let_go(&self) {
        self.held.lock().unwrap().take();
    }

    /// From now on it leads to the server.
    pub(crate) fn open(&self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).unwrap();
        let (ends, knocks, to) = (self.ends.clone(), self.knocks.clone(), self.to.port());
        let held = self.held.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                knocks.fetch_add(1, Ordering::SeqCst);
                if let Some(held) = held.lock().unwrap().as_mut() {
                    held.push(stream);
                    continue;
                }
                if let Ok(server) = TcpStream::connect(("127.0.0.1", to)) {
                    thread::spawn(move || carry(&stream, &server));
                }
            }
        });
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // Wakes the one who waits, if there is one.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Carries bytes both ways until both are silent.
fn carry(one: &TcpStream, other: &TcpStream) {
    thread::scope(|scope| {
        scope.spawn(|| copy(one, other));
        copy(other, one);
    });
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
