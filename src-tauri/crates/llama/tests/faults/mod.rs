//! A server of files with faults, on this machine only.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// How one request is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// As a good server does: ranges, `If-Range`, and 416 where nothing is left.
    Well,
    /// The whole file, whatever was asked for.
    Whole,
    /// As a good server, and the connection ends after so many bytes of the body.
    Cut(usize),
    /// The right number of other bytes.
    Wrong,
    /// More bytes than were announced, without a length.
    Endless,
    /// A length that is not the file's.
    Lie(u64),
    /// Only a status.
    Status(u16),
    /// 206 with a piece that was not asked for.
    OtherPiece,
    /// 302 to this address.
    Elsewhere(String),
    /// Nothing, with the connection held open.
    Silence,
}

/// A running server.
pub(crate) struct Server {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves `content`; the last answer is given again and again.
    pub(crate) fn start(content: Vec<u8>, answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<VecDeque<Answer>>> = Arc::new(Mutex::new(answers.into_iter().collect()));
        let content = Arc::new(content);
        let seen = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, content, seen) = (Arc::clone(&script), Arc::clone(&content), Arc::clone(&seen));
                thread::spawn(move || {
                    let _ = talk(stream, &script, &content, &seen);
                });
            }
        });
        Self { base, asked }
    }

    /// The head of every request so far, in small letters.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn talk(
    mut stream: TcpStream,
    script: &Mutex<VecDeque<Answer>>,
    content: &[u8],
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let head = head.to_lowercase();
    seen.lock().unwrap().push(head.clone());
    let answer = {
        let mut script = script.lock().unwrap();
        if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
    };
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let same = field("if-range:").is_none_or(|tag| tag == "\"one\"");
    let from: Option<usize> = field("range:")
        .filter(|_| same)
        .and_then(|text| text.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let total = content.len();
    let whole = |stream: &mut TcpStream, bytes: &[u8], length: u64| {
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )?;
        stream.write_all(bytes)
    };
    match answer.unwrap_or(Answer::Well) {
        Answer::Well => served(&mut stream, content, from, total),
        Answer::Cut(after) => served(&mut stream, content, from, after),
        Answer::Whole => whole(&mut stream, content, total as u64),
        Answer::Wrong => whole(&mut stream, &vec![b'x'; total], total as u64),
        Answer::Lie(length) => whole(&mut stream, content, length),
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&[b'x'; 4096])?;
            }
        }
        Answer::Status(status) => {
            write!(stream, "HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Answer::OtherPiece => {
            let bytes = &content[..10];
            write!(
                stream,
                "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-9/{total}\r\nContent-Length: 10\r\nConnection: close\r\n\r\n"
            )?;
            stream.write_all(bytes)
        }
        Answer::Elsewhere(address) => write!(
            stream,
            "HTTP/1.1 302 Found\r\nLocation: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        Answer::Silence => {
            // Until the client has had enough.
            let mut rest = String::new();
            reader.read_line(&mut rest).map(|_| ())
        }
    }
}

fn served(
    stream: &mut TcpStream,
    content: &[u8],
    from: Option<usize>,
    at_most: usize,
) -> std::io::Result<()> {
    let total = content.len();
    match from {
        Some(from) if from >= total => write!(
            stream,
            "HTTP/1.1 416 No\r\nContent-Range: bytes */{total}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        Some(from) => {
            write!(
                stream,
                "HTTP/1.1 206 Partial\r\nETag: \"one\"\r\nContent-Range: bytes {from}-{}/{total}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                total - 1,
                total - from
            )?;
            stream.write_all(&content[from..total.min(from + at_most)])
        }
        None => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: {total}\r\nConnection: close\r\n\r\n"
            )?;
            stream.write_all(&content[..total.min(at_most)])
        }
    }
}
