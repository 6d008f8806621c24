//! A language model's server (OpenAI API, streamed) that does what a script says, and remembers what it was asked.

use super::{http_request::Head, listener::Listener};
use serde_json::{Value, json};
use std::{
    io::{self, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// The longest that a slow answer goes on.
const LONGEST: Duration = Duration::from_secs(120);
/// Between two pieces of a slow answer.
const PAUSE: Duration = Duration::from_millis(200);

/// What the server does with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Script {
    /// Answers this at once.
    Says(String),
    /// Takes the question and never answers.
    Hangs,
    /// Sends a piece of an answer now and then, without an end.
    Crawls,
    /// Says that it loads its model (503).
    Loads,
    /// Closes the connection in the middle of the answer, as a program that is out of memory does.
    Dies,
}

/// The server; it listens until it is dropped.
#[derive(Debug)]
pub struct FakeLlm {
    listener: Listener,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    script: Script,
    asked: Vec<Value>,
    /// Who does not bring this key is refused.
    key: Option<String>,
    /// The key of every request.
    keys: Vec<Option<String>>,
}

impl FakeLlm {
    /// The name of its one model.
    pub const MODEL: &str = "fake-model";

    /// Listens on a free port.
    pub fn new(script: Script) -> Self {
        let state = Arc::new(Mutex::new(State { script, asked: Vec::new(), key: None, keys: Vec::new() }));
        let ours = Arc::clone(&state);
        let listener = Listener::start(move |stream| {
            let _ = serve(stream, &ours);
        });
        Self { listener: listener.expect("a port of loopback"), state }
    }

    /// Its address, as the settings name it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.listener.port())
    }

    /// What it does from now on.
    pub fn follow(&self, script: Script) {
        self.lock().script = script;
    }

    /// Whoever does not bring this key is refused (401) from now on.
    pub fn want_key(&self, key: &str) {
        self.lock().key = Some(key.to_owned());
    }

    /// The key that each request so far brought.
    pub fn keys(&self) -> Vec<Option<String>> {
        self.lock().keys.clone()
    }

    /// The bodies of all questions so far that brought the key that is wanted.
    pub fn asked(&self) -> Vec<Value> {
        self.lock().asked.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?);
    let mut output = stream;
    while let Some(head) = Head::read(&mut input)? {
        let mut body = Vec::new();
        head.copy_body(&mut input, &mut body)?;
        let refused = {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let brought = head.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
            state.keys.push(brought.map(str::to_owned));
            state.key.as_deref().is_some_and(|key| brought != Some(key))
        };
        if refused {
            whole(&mut output, "401 Unauthorized", &json!({"error": {"message": "Invalid API Key"}}))?;
            continue;
        }
        if head.path.ends_with("/models") {
            whole(&mut output, "200 OK", &json!({"data": [{"id": FakeLlm::MODEL}]}))?;
            continue;
        }
        let question: Value = serde_json::from_slice(&body)?;
        let script = {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.asked.push(question.clone());
            state.script.clone()
        };
        match script {
            Script::Says(text) => {
                begin(&mut output)?;
                let text = match question.get("response_format") {
                    Some(_) => json!({ "subject": text }).to_string(),
                    None => text,
                };
                piece(&mut output, &json!({"content": text}), &Value::Null)?;
                piece(&mut output, &json!({}), &json!("stop"))?;
                output.write_all(b"data: [DONE]\n\n")?;
            }
            Script::Hangs => while matches!(input.read(&mut [0; 256]), Ok(1..)) {},
            Script::Crawls => {
                begin(&mut output)?;
                let started = Instant::now();
                while started.elapsed() < LONGEST {
                    piece(&mut output, &json!({"content": "x"}), &Value::Null)?;
                    thread::sleep(PAUSE);
                }
            }
            Script::Loads => {
                let error =
                    json!({"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}});
                whole(&mut output, "503 Service Unavailable", &error)?;
                continue;
            }
            Script::Dies => {
                begin(&mut output)?;
                piece(&mut output, &json!({"content": "add "}), &Value::Null)?;
            }
        }
        return Ok(());
    }
    Ok(())
}

fn whole(output: &mut TcpStream, status: &str, body: &Value) -> io::Result<()> {
    let body = body.to_string();
    write!(
        output,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn begin(output: &mut TcpStream) -> io::Result<()> {
    output.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
}

fn piece(output: &mut TcpStream, delta: &Value, finish: &Value) -> io::Result<()> {
    let event = json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
    write!(output, "data: {event}\n\n")
}
