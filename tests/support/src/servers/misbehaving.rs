//! A remote that answers, but never as it should.

use super::{http_request::Head, listener::Listener};
use std::{
    io::{self, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Longest silence of a client, and longest that anything endless goes on.
const LONGEST: Duration = Duration::from_secs(600);
/// Pause between pieces of what never ends.
const PAUSE: Duration = Duration::from_millis(20);

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Answers every request with this status and these header lines, each ended by CR LF.
    Status(u16, String),
    /// Sends a good head and then a body of two bytes a second.
    Drip,
    /// Advertises an empty repository and closes in the middle of the pack.
    ResetMidPack,
    /// Advertises an empty repository, takes the whole pack, and says nothing more.
    SilentAfterPack,
    /// Sends every request on to another path of its own, for ever.
    EndlessRedirect,
    /// Sends every request on to this address (`http://host:port`), path and query kept.
    RedirectTo(String),
    /// Never ends its header lines.
    EndlessHeaders,
    /// Never ends its list of refs, all of them well-formed.
    EndlessRefs,
    /// Says this and closes, before it is asked.
    Says(Vec<u8>),
    /// Repeats this line for ever, before it is asked, as an `ssh` banner may.
    EndlessLines(String),
}

/// A server with one fault.
#[derive(Debug)]
pub struct Misbehaving {
    listener: Listener,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// One request it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET /x.git/info/refs`.
    pub line: String,
    /// The header of that name, if it was sent.
    pub authorization: Option<String>,
}

impl Misbehaving {
    /// Listens on a free port.
    pub fn new(fault: Fault) -> Self {
        let requests = Arc::default();
        let seen = Arc::clone(&requests);
        let listener = Listener::start(move |stream| {
            // A client that goes away is what every fault here ends with.
            let _ = serve(&fault, &stream, &seen);
            let _ = stream.shutdown(Shutdown::Both);
        });
        Self { listener: listener.expect("a port of loopback"), requests }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.listener.port()
    }

    /// An address below it, such as `http://127.0.0.1:4711/x.git`; any scheme will do.
    pub fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://127.0.0.1:{}/{path}", self.port())
    }

    /// How many connections there were.
    pub fn accepted(&self) -> usize {
        self.listener.accepted()
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(fault: &Fault, stream: &TcpStream, seen: &Mutex<Vec<Request>>) -> io::Result<()> {
    stream.set_read_timeout(Some(LONGEST))?;
    let (mut input, mut output) = (BufReader::new(stream.try_clone()?), stream.try_clone()?);
    match fault {
        Fault::Says(words) => return output.write_all(words),
        Fault::EndlessLines(line) => {
            return forever(|| output.write_all(format!("{line}\r\n").repeat(100).as_bytes()));
        }
        _ => {}
    }
    let Some(head) = Head::read(&mut input)? else { return Ok(()) };
    let line = format!("{} {}", head.method, head.path);
    let authorization = head.header("authorization").map(str::to_owned);
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(Request { line, authorization });
    let refs = head.query.contains("git-receive-pack");
    match fault {
        Fault::Says(_) | Fault::EndlessLines(_) => Ok(()),
        Fault::Status(status, headers) => {
            head.copy_body(&mut input, &mut io::sink())?;
            answer(&mut output, &format!("{status} Answer"), headers, b"")
        }
        Fault::RedirectTo(address) => {
            head.copy_body(&mut input, &mut io::sink())?;
            let query = if head.query.is_empty() { String::new() } else { format!("?{}", head.query) };
            let place = format!("Location: {address}{}{query}\r\n", head.path);
            answer(&mut output, "302 Found", &place, b"")
        }
        Fault::EndlessRedirect => {
            let place = format!("Location: /again{}?{}\r\n", head.path, head.query);
            answer(&mut output, "302 Found", &place, b"")
        }
        Fault::Drip => {
            output.write_all(ok(1 << 20).as_bytes())?;
            forever(|| {
                output.write_all(b"0")?;
                thread::sleep(Duration::from_millis(500));
                Ok(())
            })
        }
        Fault::EndlessHeaders => {
            output.write_all(b"HTTP/1.1 200 OK\r\n")?;
            forever(|| output.write_all(format!("X-Word: {}\r\n", "x".repeat(900)).repeat(10).as_bytes()))
        }
        Fault::EndlessRefs => {
            output.write_all(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\n\
                  Content-Type: application/x-git-receive-pack-advertisement\r\n\r\n",
            )?;
            output.write_all(&advertisement(false))?;
            let mut number = 0;
            forever(|| {
                let names = number..number + 100;
                number += 100;
                let lines = names.map(|n| packet(&format!("{} refs/heads/b{n}\n", "1".repeat(40))));
                output.write_all(lines.collect::<String>().as_bytes())
            })
        }
        Fault::ResetMidPack | Fault::SilentAfterPack if refs => {
            let kind = "Content-Type: application/x-git-receive-pack-advertisement\r\n";
            answer(&mut output, "200 OK", kind, &advertisement(true))
        }
        // Closed over bytes that nobody read, a connection is reset.
        Fault::ResetMidPack => input.read_exact(&mut [0; 2048]),
        Fault::SilentAfterPack => {
            head.copy_body(&mut input, &mut io::sink())?;
            while matches!(input.read(&mut [0; 256]), Ok(1..)) {}
            Ok(())
        }
    }
}

/// Repeats it, with pauses, until the client is gone or the time is up.
fn forever(mut piece: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let started = Instant::now();
    while started.elapsed() < LONGEST {
        piece()?;
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn ok(length: usize) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-receive-pack-advertisement\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

fn answer(output: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> io::Result<()> {
    let head =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    output.write_all(head.as_bytes())?;
    output.write_all(body)
}

/// What `git receive-pack` says of an empty repository (gitprotocol-http, gitprotocol-pack).
fn advertisement(whole: bool) -> Vec<u8> {
    let empty = format!("{} capabilities^{{}}\0report-status ofs-delta\n", "0".repeat(40));
    let mut text = format!("{}0000", packet("# service=git-receive-pack\n"));
    if whole {
        text += &packet(&empty);
        text += "0000";
    } else {
        text += &packet(&format!("{} refs/heads/a\0report-status ofs-delta\n", "1".repeat(40)));
    }
    text.into_bytes()
}

/// A line with its length before it, as git's protocol has them.
fn packet(line: &str) -> String {
    format!("{:04x}{line}", line.len() + 4)
}
