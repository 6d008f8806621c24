//! The double at work.
#![allow(clippy::print_stdout, reason = "what it prints is read by the program under test")]

use super::{LOG, Manner, SCRIPT, Start};
use std::{
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Command, ExitCode},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// It does not outlive the longest test.
const LIFE: Duration = Duration::from_secs(300);

const HELP: &str = "\
-h,    --help, --usage                  print usage and exit
-t,    --threads N                      number of CPU threads to use during generation
-c,    --ctx-size N                     size of the prompt context
-m,    --model FNAME                    model path to load
-np,   --parallel N                     number of server slots
-cram, --cache-ram N                    set the maximum cache size in MiB
--repack, -nr, --no-repack              whether to enable weight repacking
--sleep-idle-seconds SECONDS            number of seconds of idleness after which the server will sleep
-a,    --alias STRING                   set model name aliases
--host HOST                             ip address to listen
--port PORT                             port to listen
--ui, --webui, --no-ui, --no-webui      whether to enable the page
--offline                               prevents network access
--api-key KEY                           API key to use for authentication (env: LLAMA_API_KEY)
--api-key-file FNAME                    path to file containing API keys
";

/// Behaves as its script says, until it is ended.
pub fn play() -> ExitCode {
    let name = PathBuf::from(env::args_os().next().unwrap_or_default());
    let folder = name.parent().map(PathBuf::from).unwrap_or_default();
    let script = fs::read(folder.join(SCRIPT)).ok();
    let manner: Manner = script.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let args: Vec<String> = env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--help") {
        print!("{}", manner.help.as_deref().unwrap_or(HELP));
        return ExitCode::SUCCESS;
    }
    #[cfg(target_os = "linux")]
    if manner.ignores_term {
        // Threads that are started later have it blocked as well.
        let mut term = nix::sys::signal::SigSet::empty();
        term.add(nix::sys::signal::Signal::SIGTERM);
        term.thread_block().expect("a blocked signal");
    }
    let child =
        manner.has_child.then(|| Command::new("sleep").arg("300").spawn().expect("a program of its own"));
    let starts = written(&folder, &args, child.as_ref().map(std::process::Child::id));
    for line in &manner.prints {
        println!("{line}");
    }
    for number in 0..manner.noise {
        eprintln!("noise {number} {}", "x".repeat(200));
    }
    if starts <= manner.crashes_at_start {
        eprintln!(
            "error loading model: tensor data is not within the file bounds, model is corrupted or incomplete"
        );
        return ExitCode::FAILURE;
    }
    if manner.finds_port_taken {
        eprintln!("couldn't bind HTTP server socket, hostname: 127.0.0.1");
        return ExitCode::FAILURE;
    }
    let value = |name: &str| args.iter().skip_while(|arg| *arg != name).nth(1).cloned();
    let port: u16 = value("--port").and_then(|port| port.parse().ok()).expect("a port");
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port");
    let key = env::var("LLAMA_API_KEY").ok();
    let key = key.or_else(|| value("--api-key-file").and_then(|file| fs::read_to_string(file).ok()));
    let server = Arc::new(Server {
        ready_at: Instant::now() + Duration::from_millis(manner.loading_ms),
        manner,
        key,
        alias: value("--alias").unwrap_or_default(),
        deaf: AtomicBool::new(false),
    });
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let server = Arc::clone(&server);
            thread::spawn(move || server.talk(stream));
        }
    });
    thread::sleep(LIFE);
    ExitCode::FAILURE
}

/// Writes this start down; how many there are by now.
fn written(folder: &std::path::Path, args: &[String], child: Option<u32>) -> usize {
    let start = Start {
        pid: rustix::process::getpid().as_raw_pid(),
        args: args.to_vec(),
        environment: env::vars().collect(),
        cwd: env::current_dir().unwrap_or_default(),
        nice: rustix::process::getpriority_process(None).unwrap_or_default(),
        group: rustix::process::getpgrp().as_raw_pid(),
        child: child.and_then(|id| i32::try_from(id).ok()),
    };
    let mut log = fs::OpenOptions::new().append(true).create(true).open(folder.join(LOG)).expect("the log");
    let line = serde_json::to_string(&start).expect("a start as JSON") + "\n";
    log.write_all(line.as_bytes()).expect("the log");
    fs::read_to_string(folder.join(LOG)).expect("the log").lines().count()
}

struct Server {
    ready_at: Instant,
    manner: Manner,
    key: Option<String>,
    alias: String,
    deaf: AtomicBool,
}

impl Server {
    fn talk(&self, mut stream: TcpStream) {
        let Ok(copy) = stream.try_clone() else { return };
        let mut reader = BufReader::new(copy);
        // One connection may bring many requests.
        while let Some((head, _)) = request(&mut reader) {
            if self.deaf.load(Ordering::SeqCst) {
                thread::sleep(LIFE);
            }
            if self.answer(&mut stream, &head).is_err() {
                return;
            }
        }
    }

    fn answer(&self, stream: &mut TcpStream, head: &str) -> std::io::Result<()> {
        let path = head.split(' ').nth(1).unwrap_or_default();
        if Instant::now() < self.ready_at {
            let error = r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#;
            return reply(stream, "503 Service Unavailable", error);
        }
        if path == "/health" {
            return reply(stream, "200 OK", r#"{"status":"ok"}"#);
        }
        let given = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("authorization").then(|| value.trim().to_owned())
        });
        if self.key.as_ref().is_some_and(|key| given != Some(format!("Bearer {key}"))) {
            let error = r#"{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}"#;
            return reply(stream, "401 Unauthorized", error);
        }
        match path {
            "/v1/models" => {
                let list =
                    serde_json::json!({"object": "list", "data": [{"id": self.alias, "object": "model"}]});
                reply(stream, "200 OK", &list.to_string())
            }
            "/props" => {
                let props = serde_json::json!({"is_sleeping": self.manner.sleeps, "model_alias": self.alias});
                reply(stream, "200 OK", &props.to_string())
            }
            "/v1/chat/completions" => self.message(stream),
            _ => reply(stream, "404 Not Found", "{}"),
        }
    }

    /// Always a stream: nobody here asks for anything else.
    fn message(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")?;
        let mut piece = |delta: serde_json::Value, end: Option<&str>| {
            let choice = serde_json::json!({"index": 0, "delta": delta, "finish_reason": end});
            let chunk = serde_json::json!({"object": "chat.completion.chunk", "model": self.alias, "choices": [choice]});
            write!(stream, "data: {chunk}\n\n")
        };
        piece(serde_json::json!({"role": "assistant", "content": null}), None)?;
        if self.manner.aborts_when_asked {
            std::process::abort();
        }
        thread::sleep(Duration::from_millis(self.manner.thinks_ms));
        for word in self.manner.answer.split_inclusive(' ') {
            piece(serde_json::json!({"content": word}), None)?;
        }
        piece(serde_json::json!({}), Some("stop"))?;
        stream.write_all(b"data: [DONE]\n\n")?;
        self.deaf.store(self.manner.deaf_after_answer, Ordering::SeqCst);
        stream.shutdown(std::net::Shutdown::Both)
    }
}

/// The head and the body of the next request.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn reply(stream: &mut TcpStream, status: &str, body: &str) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
