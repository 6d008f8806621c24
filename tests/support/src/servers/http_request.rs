//! The part of HTTP/1.1 that git's client needs of a server: request lines, headers, bodies of known and unknown length.

use std::io::{self, BufRead, Read, Write};

/// Longest head of a request, in bytes.
const HEAD: u64 = 64 * 1024;
/// Longest body, in bytes.
const BODY: u64 = 1024 * 1024 * 1024;

/// The head of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: String,
    /// Path, without query.
    pub(super) path: String,
    pub(super) query: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
}

impl Head {
    /// Reads a head; nothing at the end of the stream.
    pub(super) fn read(stream: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut limited = stream.take(HEAD);
        let mut line = String::new();
        if limited.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace();
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(invalid("a request line"));
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (method, path, query) = (method.to_owned(), path.to_owned(), query.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            if limited.read_line(&mut line)? == 0 {
                return Err(invalid("the end of the head"));
            }
            if line.trim().is_empty() {
                return Ok(Some(Self { method, path, query, headers }));
            }
            let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header line"))?;
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// All header lines, names in lower case.
    pub(super) fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Copies the body to `sink`, however its length is told; goes on reading where the sink takes no more.
    pub(super) fn copy_body(&self, stream: &mut impl BufRead, sink: &mut impl Write) -> io::Result<()> {
        let mut sink = Forgiving { sink, broken: false };
        if self.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
            return copy_chunks(stream, &mut sink);
        }
        let Some(length) = self.header("content-length") else { return Ok(()) };
        let length: u64 = length.parse().map_err(|_| invalid("a length"))?;
        if length > BODY {
            return Err(invalid("a body of that size"));
        }
        let copied = io::copy(&mut stream.take(length), &mut sink)?;
        if copied == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

fn copy_chunks(stream: &mut impl BufRead, sink: &mut impl Write) -> io::Result<()> {
    let mut total = 0;
    loop {
        let mut line = String::new();
        stream.take(1024).read_line(&mut line)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| invalid("the size of a chunk"))?;
        total += size;
        if total > BODY {
            return Err(invalid("a body of that size"));
        }
        if size > 0 && io::copy(&mut stream.take(size), sink)? < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // The line end behind a chunk; behind the last one, trailers up to an empty line.
        loop {
            let mut end = String::new();
            if stream.take(HEAD).read_line(&mut end)? == 0 || end.trim().is_empty() {
                break;
            }
        }
        if size == 0 {
            return Ok(());
        }
    }
}

/// Takes everything, and forgets it once what is behind takes no more.
struct Forgiving<'a, W> {
    sink: &'a mut W,
    broken: bool,
}

impl<W: Write> Write for Forgiving<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.broken {
            self.broken = self.sink.write_all(bytes).is_err();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.broken { Ok(()) } else { self.sink.flush() }
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the request has not {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body_of(request: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = request;
        let head = Head::read(&mut stream)?.expect("a head");
        let mut body = Vec::new();
        head.copy_body(&mut stream, &mut body)?;
        Ok(body)
    }

    #[test]
    fn bodies_of_both_kinds() {
        assert_eq!(body_of(b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcdef").expect("read"), b"abc");
        let chunked = b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(body_of(chunked).expect("read"), b"abc0123456789");
        assert_eq!(body_of(b"GET /x HTTP/1.1\r\n\r\n").expect("read"), b"");
    }

    #[test]
    fn what_is_cut_is_an_error() {
        assert!(body_of(b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nab").is_err());
        assert!(body_of(b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab").is_err());
        assert!(Head::read(&mut &b"GET / HTTP/1.1\r\nHost: x\r\n"[..]).is_err());
        assert_eq!(Head::read(&mut &b""[..]).expect("no request"), None);
    }

    #[test]
    fn heads_are_taken_apart() {
        let head = Head::read(
            &mut &b"GET /a.git/info/refs?service=git-upload-pack HTTP/1.1\r\nGit-Protocol: version=2\r\n\r\n"
                [..],
        );
        let head = head.expect("read").expect("a head");
        assert_eq!(
            (head.path.as_str(), head.query.as_str()),
            ("/a.git/info/refs", "service=git-upload-pack")
        );
        assert_eq!(head.header("git-protocol"), Some("version=2"));
    }
}
