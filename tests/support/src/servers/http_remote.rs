//! Bare repositories over HTTP, served by git's own `http-backend`.

use super::{http_request::Head, listener::Listener};
use crate::programs;
use std::{
    env,
    io::{self, BufRead as _, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    thread,
    time::Duration,
};

/// Longest silence of a client.
const SILENCE: Duration = Duration::from_secs(60);

/// Serves every bare repository below a folder, for reading and pushing.
#[derive(Debug)]
pub struct HttpRemote {
    listener: Listener,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    git: PathBuf,
    /// What `Authorization` must be, where anything must.
    authorization: Option<String>,
    credentials: Option<(String, String)>,
    /// Every request is answered with this status, unless it is 0.
    refusal: AtomicU16,
    requests: Mutex<Vec<String>>,
}

impl HttpRemote {
    /// Serves the repositories below `folder` to everyone.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self::start(folder.as_ref(), None)
    }

    /// Serves them only to this user with this password; 401 for everyone else.
    pub fn with_password(folder: impl AsRef<Path>, user: &str, password: &str) -> Self {
        Self::start(folder.as_ref(), Some((user.to_owned(), password.to_owned())))
    }

    fn start(folder: &Path, credentials: Option<(String, String)>) -> Self {
        let authorization = credentials
            .as_ref()
            .map(|(user, password)| format!("Basic {}", base64(&format!("{user}:{password}"))));
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            git: programs::git(),
            authorization,
            credentials,
            refusal: AtomicU16::new(0),
            requests: Mutex::default(),
        });
        let ours = Arc::clone(&shared);
        let listener = Listener::start(move |stream| serve(&ours, &stream)).expect("a port of loopback");
        Self { listener, shared }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.listener.port()
    }

    /// The address of the repository that lies at `path` below the folder, without credentials.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port())
    }

    /// The address with user and password in it, as people write it.
    pub fn url_with_password(&self, path: &str) -> String {
        match &self.shared.credentials {
            Some((user, password)) => format!("http://{user}:{password}@127.0.0.1:{}/{path}", self.port()),
            None => self.url(path),
        }
    }

    /// Answers every request from now on with this status and nothing else (403, 404, 503); `None`: serves again.
    pub fn refuse(&self, status: Option<u16>) {
        self.shared.refusal.store(status.unwrap_or(0), Ordering::Relaxed);
    }

    /// Every request so far with its answer: `POST /x.git/git-receive-pack 200`.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers one request and closes the connection.
fn serve(shared: &Shared, stream: &TcpStream) {
    let answered = stream.set_read_timeout(Some(SILENCE)).and_then(|()| answer(shared, stream));
    if let Err(error) = answered {
        let mut requests = shared.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(format!("broken: {error}"));
    }
    let _ = stream.shutdown(Shutdown::Both);
}

fn answer(shared: &Shared, stream: &TcpStream) -> io::Result<()> {
    let (mut input, mut output) = (BufReader::new(stream.try_clone()?), stream.try_clone()?);
    let Some(head) = Head::read(&mut input)? else { return Ok(()) };
    let note = |status: &str| {
        let line = format!("{} {} {status}", head.method, head.path);
        shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    };
    if head.header("expect").is_some_and(|v| v.eq_ignore_ascii_case("100-continue")) {
        output.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let refusal = shared.refusal.load(Ordering::Relaxed);
    let known =
        shared.authorization.is_none() || head.header("authorization") == shared.authorization.as_deref();
    if refusal != 0 || !known {
        // The whole body first: a connection closed over unread bytes takes the answer with it.
        head.copy_body(&mut input, &mut io::sink())?;
        let (status, extra) = match refusal {
            0 => ("401 Unauthorized".to_owned(), "WWW-Authenticate: Basic realm=\"sandbox\"\r\n"),
            status => (format!("{status} Refused"), ""),
        };
        note(status.split(' ').next().unwrap_or_default());
        let text = format!("HTTP/1.1 {status}\r\n{extra}Content-Length: 0\r\nConnection: close\r\n\r\n");
        return output.write_all(text.as_bytes());
    }
    backend(shared, &head, input, &mut output, &note)
}

/// Gives the request to `git http-backend` and its answer to the client.
fn backend(
    shared: &Shared,
    head: &Head,
    mut input: BufReader<TcpStream>,
    output: &mut TcpStream,
    note: &dyn Fn(&str),
) -> io::Result<()> {
    let mut command = Command::new(&shared.git);
    command.arg("http-backend").env_clear();
    command.env("PATH", env::var_os("PATH").unwrap_or_default()).env("HOME", &shared.folder);
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", &shared.folder)
        .env("GIT_HTTP_EXPORT_ALL", "1");
    command.env("REQUEST_METHOD", &head.method).env("PATH_INFO", unescaped(&head.path));
    command.env("QUERY_STRING", &head.query).env("REMOTE_ADDR", "127.0.0.1");
    // Whoever was let in may push.
    command.env("REMOTE_USER", shared.credentials.as_ref().map_or("anybody", |(user, _)| user));
    for (variable, name) in [
        ("CONTENT_TYPE", "content-type"),
        ("CONTENT_LENGTH", "content-length"),
        ("HTTP_CONTENT_ENCODING", "content-encoding"),
        ("GIT_PROTOCOL", "git-protocol"),
    ] {
        if let Some(value) = head.header(name) {
            command.env(variable, value);
        }
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let body = head.clone();
    let feeding = thread::spawn(move || body.copy_body(&mut input, &mut stdin));
    let told = tell(stdout, output, note);
    if told.is_err() {
        // The client is gone: neither side has anybody to talk to.
        let _ = output.shutdown(Shutdown::Both);
        let _ = child.kill();
    }
    let fed = feeding.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
    child.wait()?;
    told.and(fed)
}

/// Turns the answer of a CGI program into one of HTTP.
fn tell(stdout: impl Read, output: &mut TcpStream, note: &dyn Fn(&str)) -> io::Result<()> {
    let mut stdout = BufReader::new(stdout);
    let (mut status, mut headers) = ("200 OK".to_owned(), String::new());
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line)? == 0 {
            "500 No answer".clone_into(&mut status);
            break;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        match line.split_once(": ") {
            Some(("Status", value)) => value.clone_into(&mut status),
            _ => headers += &format!("{line}\r\n"),
        }
    }
    note(status.split(' ').next().unwrap_or_default());
    output.write_all(format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n").as_bytes())?;
    io::copy(&mut stdout, output)?;
    output.flush()
}

/// `%20` and its like as the characters they are.
fn unescaped(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'%').then(|| tail.get(..2)).flatten();
        let code =
            code.and_then(|c| std::str::from_utf8(c).ok()).and_then(|c| u8::from_str_radix(c, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text as an `Authorization: Basic` header has it.
pub fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits = group.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place > group.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_encodings() {
        for (text, encoded) in
            [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("ada:secret", "YWRhOnNlY3JldA==")]
        {
            assert_eq!(base64(text), encoded);
        }
        assert_eq!(unescaped("/a%20b%2"), "/a b%2");
    }
}
