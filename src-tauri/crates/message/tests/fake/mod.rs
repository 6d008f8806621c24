//! A server that answers as told: real TCP, one answer for each request, and a record of what was asked.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

/// What the server does with one request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// These bytes, then the connection ends.
    Bytes(Vec<u8>),
    /// These bytes, then nothing until the client hangs up.
    Stall(Vec<u8>),
}

/// A server with a list of answers; the last one is repeated.
pub(crate) struct Fake {
    pub(crate) base_url: String,
    asked: Arc<Mutex<Vec<String>>>,
    hung_up: mpsc::Receiver<()>,
}

impl Fake {
    pub(crate) fn new(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let base_url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (tell, hung_up) = mpsc::channel();
        let record = Arc::clone(&asked);
        thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                let Ok(mut stream) = stream else { return };
                let Some(request) = request(&mut stream) else { continue };
                record.lock().expect("lock").push(request);
                match &replies[n.min(replies.len() - 1)] {
                    Reply::Bytes(bytes) => {
                        stream.write_all(bytes).ok();
                    }
                    Reply::Stall(bytes) => {
                        stream.write_all(bytes).ok();
                        let tell = tell.clone();
                        thread::spawn(move || {
                            if ended(&mut stream) {
                                tell.send(()).ok();
                            }
                        });
                    }
                }
            }
        });
        Self { base_url, asked, hung_up }
    }

    /// The requests so far: head and body.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("lock").clone()
    }

    /// Waits until the client hangs up on an answer that stalls; the client's own work goes on meanwhile.
    pub(crate) async fn was_hung_up(&self) -> bool {
        for _ in 0..3000 {
            if self.hung_up.try_recv().is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }
}

/// Reads until the other side ends.
fn ended(stream: &mut TcpStream) -> bool {
    loop {
        match stream.read(&mut [0; 64]) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return true,
        }
    }
}

fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_lowercase();
    let length =
        head.lines().find_map(|l| l.strip_prefix("content-length: ")?.trim().parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    bytes.extend(body);
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// An answer with this status and body.
pub(crate) fn status(status: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Bytes(
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
            .into_bytes(),
    )
}

/// The head of a stream that ends with the connection.
pub(crate) const STREAM: &str =
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n";

/// A stream with these bytes in it.
pub(crate) fn stream(events: impl AsRef<[u8]>) -> Reply {
    Reply::Bytes([STREAM.as_bytes(), events.as_ref()].concat())
}

/// A stream as llama-server sends it: role first, the text in pieces, the end with its reason, usage, `[DONE]`.
pub(crate) fn says(text: &str) -> Reply {
    stream(events(text, "stop"))
}

/// The events of an answer.
pub(crate) fn events(text: &str, finish: &str) -> String {
    let mut out = event(&serde_json::json!({"choices": [{"delta": {"role": "assistant", "content": null}}]}));
    let chars: Vec<char> = text.chars().collect();
    for piece in chars.chunks(3) {
        let piece: String = piece.iter().collect();
        out +=
            &event(&serde_json::json!({"choices": [{"delta": {"content": piece}, "finish_reason": null}]}));
    }
    out += &event(&serde_json::json!({"choices": [{"delta": {}, "finish_reason": finish}]}));
    out += &event(&serde_json::json!({
        "choices": [], "usage": {"prompt_tokens": 500, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 350}},
        "timings": {"cache_n": 350, "prompt_n": 150, "prompt_per_second": 5000.0, "predicted_per_second": 500.0}
    }));
    out + "data: [DONE]\n\n"
}

pub(crate) fn event(object: &serde_json::Value) -> String {
    format!("data: {object}\n\n")
}
