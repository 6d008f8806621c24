//! A server that takes what is posted to it, answers as it is told, and remembers every byte.

use super::{http_request::Head, listener::Listener};
use std::{
    io::{self, BufReader, Write as _},
    net::{Shutdown, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// One request it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, lossily.
    pub body: String,
}

impl Posted {
    /// A header line, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// The server; it listens until it is dropped.
#[derive(Debug)]
pub struct Webhook {
    listener: Listener,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    answer: String,
    posted: Vec<Posted>,
}

impl Webhook {
    /// Listens on a free port, and is content with everything.
    #[expect(clippy::new_without_default, reason = "listening has effects")]
    pub fn new() -> Self {
        let state = Arc::new(Mutex::new(State { answer: "200 OK\r\n".to_owned(), posted: Vec::new() }));
        let ours = Arc::clone(&state);
        let listener = Listener::start(move |stream| {
            let _ = serve(&stream, &ours);
            let _ = stream.shutdown(Shutdown::Both);
        });
        Self { listener: listener.expect("a port of loopback"), state }
    }

    /// An address of it.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.listener.port())
    }

    /// Answers from now on with this status, such as `500 No`, and these header lines, each ended by CR LF.
    pub fn answers(&self, status: &str, headers: &str) {
        self.lock().answer = format!("{status}\r\n{headers}");
    }

    /// Every request so far.
    pub fn posted(&self) -> Vec<Posted> {
        self.lock().posted.clone()
    }

    /// How many connections there were.
    pub fn accepted(&self) -> usize {
        self.listener.accepted()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers one request and closes the connection.
fn serve(stream: &TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let (mut input, mut output) = (BufReader::new(stream.try_clone()?), stream.try_clone()?);
    let Some(head) = Head::read(&mut input)? else { return Ok(()) };
    let mut body = Vec::new();
    head.copy_body(&mut input, &mut body)?;
    let path =
        if head.query.is_empty() { head.path.clone() } else { format!("{}?{}", head.path, head.query) };
    let (headers, body) = (head.headers().to_vec(), String::from_utf8_lossy(&body).into_owned());
    let answer = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.posted.push(Posted { method: head.method, path, headers, body });
        state.answer.clone()
    };
    output.write_all(format!("HTTP/1.1 {answer}Content-Length: 0\r\nConnection: close\r\n\r\n").as_bytes())
}
