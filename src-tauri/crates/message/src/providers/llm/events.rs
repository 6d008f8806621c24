//! The events of a stream (`text/event-stream`), from bytes as they come: lines of any ending, characters split in the
//! middle, comments, objects over several lines, and servers that answer without any of it.

use serde_json::Value;

/// The longest object that is put together, in bytes; what is longer is no piece of an answer.
const LONGEST: usize = 256 * 1024;

/// What a stream says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    /// An object.
    Object(Value),
    /// `[DONE]`.
    Done,
}

/// Reads a stream.
#[derive(Debug, Default)]
pub(crate) struct Events {
    line: Vec<u8>,
    data: Vec<u8>,
    /// Lines that belong to no event: the whole of an answer that is no stream.
    rest: Vec<u8>,
}

impl Events {
    /// Takes the next bytes and gives what they complete.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut found = Vec::new();
        for byte in bytes {
            match byte {
                b'\n' => found.extend(self.line_ended()),
                _ if self.line.len() < LONGEST => self.line.push(*byte),
                _ => {}
            }
        }
        found
    }

    /// What is left when nothing more comes: a last line without an end, or an answer that is one plain object.
    pub(crate) fn end(mut self) -> Option<Event> {
        self.line_ended().or_else(|| object(&self.rest)).or_else(|| object(&self.data))
    }

    /// Whether what came looks like neither a stream nor an object.
    pub(crate) fn is_foreign(&self) -> bool {
        let first = self.rest.iter().chain(&self.line).find(|b| !b.is_ascii_whitespace());
        matches!(first, Some(b'<'))
    }

    fn line_ended(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if line.is_empty() {
            self.data.clear();
            return None;
        }
        let value = match line.strip_prefix(b"data:").or_else(|| line.strip_prefix(b"error:")) {
            Some(value) => value.strip_prefix(b" ").unwrap_or(value),
            // Comments, and fields that say nothing to us.
            None if [&b":"[..], b"event:", b"id:", b"retry:"].iter().any(|p| line.starts_with(p)) => {
                return None;
            }
            None => {
                if self.rest.len() + line.len() < LONGEST {
                    self.rest.extend_from_slice(line);
                    self.rest.push(b'\n');
                }
                return None;
            }
        };
        if value.trim_ascii() == b"[DONE]" {
            return Some(Event::Done);
        }
        if self.data.len() + value.len() < LONGEST {
            self.data.extend_from_slice(value);
        }
        // One object is one event whether or not a blank line follows.
        let event = object(&self.data)?;
        self.data.clear();
        Some(event)
    }
}

fn object(bytes: &[u8]) -> Option<Event> {
    serde_json::from_slice(bytes).ok().filter(Value::is_object).map(Event::Object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn all(bytes: &[u8], step: usize) -> Vec<Event> {
        let mut events = Events::default();
        let mut found: Vec<Event> = bytes.chunks(step).flat_map(|chunk| events.take(chunk)).collect();
        found.extend(events.end());
        found
    }

    #[test]
    fn every_way_of_cutting_gives_the_same() {
        let stream = ": ping\r\n\r\nevent: x\nid: 4\ndata: {\"a\":\"tür\"}\r\n\r\ndata:{\"b\":\ndata: 2}\n\ndata: broken\n\ndata: {\"c\":3}\ndata: [DONE]\n\n";
        let expected = vec![
            Event::Object(json!({"a": "tür"})),
            Event::Object(json!({"b": 2})),
            Event::Object(json!({"c": 3})),
            Event::Done,
        ];
        for step in 1..stream.len() {
            assert_eq!(all(stream.as_bytes(), step), expected, "{step}");
        }
    }

    #[test]
    fn answers_that_are_no_stream() {
        assert_eq!(all(b"{\n \"a\": 1\n}", 3), [Event::Object(json!({"a": 1}))]);
        assert_eq!(all(b"data: {\"a\":1}", 3), [Event::Object(json!({"a": 1}))]);
        assert_eq!(all(b"error: {\"code\":500}\n\n", 3), [Event::Object(json!({"code": 500}))]);
        let mut events = Events::default();
        assert_eq!(events.take(b"\n <html>\n<p>no"), []);
        assert!(events.is_foreign());
        assert_eq!(events.end(), None);
        assert_eq!(all(&b"x".repeat(2 * LONGEST), 1000), []);
    }
}
