//! A server that takes connections and never says a word.

use super::listener::Listener;
use std::{io::Read as _, net::TcpStream};

/// Accepts connections, reads what comes and never answers.
#[derive(Debug)]
pub struct BlackHole(Listener);

impl BlackHole {
    /// Listens on a free port.
    #[expect(clippy::new_without_default, reason = "listening is an effect")]
    pub fn new() -> Self {
        Self(Listener::start(swallow).expect("a port of loopback"))
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// An address below it, such as `http://127.0.0.1:4711/x.git`; any scheme will do.
    pub fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://127.0.0.1:{}/{path}", self.port())
    }

    /// How many connections there were.
    pub fn accepted(&self) -> usize {
        self.0.accepted()
    }
}

fn swallow(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer), Ok(1..)) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Write as _, time::Duration};

    #[test]
    fn it_never_answers_and_ends() {
        let hole = BlackHole::new();
        let mut stream = TcpStream::connect(("127.0.0.1", hole.port())).expect("a connection");
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("taken");
        stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a limit");
        let mut buffer = [0; 8];
        assert!(stream.read(&mut buffer).is_err(), "nothing comes");
        assert_eq!(hole.accepted(), 1);
        drop(hole);
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a limit");
        assert!(matches!(stream.read(&mut buffer), Ok(0) | Err(_)), "closed");
    }
}
