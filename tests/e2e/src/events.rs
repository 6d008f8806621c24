//! A client of `/events`: reads server-sent events as they come.

use autocommit_test_support::Daemon;
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    time::Duration,
};

/// One server-sent event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its number; nothing for `gap`, which tells that events before the next one are not kept any more.
    pub id: Option<u64>,
    /// Its name.
    pub name: String,
    /// Its data.
    pub data: Value,
}

/// An open stream.
pub struct Events(BufReader<TcpStream>);

impl Events {
    /// Opens the stream, after the event with this number where one is given; panics unless it is granted.
    #[track_caller]
    pub fn open(daemon: &Daemon, after: Option<u64>) -> Self {
        Self::open_with(daemon, after, &format!("Authorization: Bearer {}", daemon.token()))
    }

    /// The same with another header line than that of the token.
    #[track_caller]
    pub fn open_with(daemon: &Daemon, after: Option<u64>, entry: &str) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", daemon.port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // HTTP/1.0 has no chunks: what comes after the head is the stream itself.
        let mut head = format!("GET /events HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n", daemon.port());
        head += &format!("{entry}\r\n");
        if let Some(after) = after {
            head += &format!("Last-Event-ID: {after}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        let mut events = Self(BufReader::new(stream));
        assert!(events.line().contains(" 200 "), "the stream is granted");
        // The first comment: from here on nothing is missed.
        while !events.line().starts_with(':') {}
        events
    }

    /// Reads on until an event is the one that is looked for, and returns all that came, it too.
    #[track_caller]
    pub fn until(&mut self, found: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let event = self.next(&events);
            events.push(event);
            if events.last().is_some_and(&found) {
                return events;
            }
        }
    }

    /// Reads until the daemon ends the stream; panics where it goes on for a minute in silence.
    #[track_caller]
    pub fn until_the_end(mut self) {
        let mut line = String::new();
        while self.0.read_line(&mut line).expect("an end, and no silence") > 0 {
            line.clear();
        }
    }

    #[track_caller]
    fn next(&mut self, before: &[Event]) -> Event {
        let (mut id, mut name, mut data) = (None, String::new(), String::new());
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line);
            assert!(matches!(read, Ok(n) if n > 0), "the stream ended ({read:?}) after {before:#?}");
            match line.trim_end().split_once(':').map(|(field, value)| (field, value.trim())) {
                Some(("id", value)) => id = value.parse().ok(),
                Some(("event", value)) => value.clone_into(&mut name),
                Some(("data", value)) => data += value,
                Some(_) => {}
                None if data.is_empty() => {}
                None => {
                    assert!(id.is_some() || name == "gap", "{name} has no number: {data}");
                    return Event { id, name, data: serde_json::from_str(&data).unwrap() };
                }
            }
        }
    }

    #[track_caller]
    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.0.read_line(&mut line).is_ok_and(|n| n > 0), "the reply ended");
        line
    }
}
