//! The last lines that a program printed, harmless to show.

use autocommit_core::text::{escape_controls, shortened, without_secrets};
use std::{
    collections::VecDeque,
    io::Read,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Characters of a line that are kept.
const WIDTH: usize = 400;
/// Bytes of a line that are looked at; the rest of a longer one is dropped.
const LINE: usize = 4096;

/// The lines, the newest last. The numbers of lines go on when old ones are dropped.
#[derive(Debug)]
pub(crate) struct Ring {
    kept: Mutex<Kept>,
    at_most: usize,
}

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<String>,
    /// Lines that were ever kept.
    ever: u64,
    /// A word that must not be shown.
    hidden: Option<String>,
}

impl Ring {
    pub(crate) fn new(at_most: usize) -> Self {
        Self { kept: Mutex::default(), at_most }
    }

    /// From now on this word is not shown.
    pub(crate) fn hide(&self, word: &str) {
        self.kept().hidden = Some(word.to_owned());
    }

    /// Adds a line.
    pub(crate) fn line(&self, text: &str) {
        let mut kept = self.kept();
        let text = match &kept.hidden {
            Some(word) => text.replace(word.as_str(), "…"),
            None => text.to_owned(),
        };
        let line = escape_controls(&shortened(&without_secrets(&without_colours(&text)), WIDTH));
        if kept.lines.len() == self.at_most {
            kept.lines.pop_front();
        }
        kept.lines.push_back(line);
        kept.ever += 1;
    }

    /// Reads to the end; a line ends with a line feed or a carriage return.
    pub(crate) fn read(&self, mut from: impl Read) {
        let (mut line, mut buffer) = (Vec::new(), vec![0; 8192]);
        loop {
            let n = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            for byte in &buffer[..n] {
                match byte {
                    b'\n' | b'\r' => self.flush(&mut line),
                    _ if line.len() < LINE => line.push(*byte),
                    _ => {}
                }
            }
        }
        self.flush(&mut line);
    }

    fn flush(&self, line: &mut Vec<u8>) {
        if !line.iter().all(u8::is_ascii_whitespace) {
            self.line(String::from_utf8_lossy(line).trim_end());
        }
        line.clear();
    }

    /// At most `lines` of the lines after number `after`, and the number of the last line.
    pub(crate) fn after(&self, after: u64, lines: usize) -> (Vec<String>, u64) {
        let kept = self.kept();
        let new = usize::try_from(kept.ever.saturating_sub(after)).unwrap_or(usize::MAX);
        let told = new.min(lines).min(kept.lines.len());
        (kept.lines.iter().skip(kept.lines.len() - told).cloned().collect(), kept.ever)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes out the sequences that colour a terminal (`ESC [ … m`); what else is there is escaped later.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(after.len());
        match after[end..].strip_prefix('m') {
            Some(later) => rest = later,
            None => {
                out.push_str("\u{1b}[");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_and_their_numbers() {
        let ring = Ring::new(3);
        ring.read(&b"one\ntwo\r\n\nthree\n  four"[..]);
        assert_eq!(ring.after(0, 10), (vec!["two".into(), "three".into(), "  four".into()], 4));
        assert_eq!(ring.after(3, 10), (vec!["  four".into()], 4));
        assert_eq!(ring.after(0, 1).0, ["  four"]);
        assert_eq!(ring.after(9, 10), (vec![], 4));
    }

    #[test]
    fn what_is_shown_is_harmless() {
        let ring = Ring::new(10);
        ring.hide("0123456789abcdef");
        ring.read(&b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07 key 0123456789abcdef \xff"[..]);
        ring.read(&b"Authorization: Bearer ghp_16C7e42F292c6912E7710c838347Ae178B4a"[..]);
        let (lines, _) = ring.after(0, 10);
        assert_eq!(lines[0], "red \\u{1b}]0;title\\u{7} key … \u{fffd}");
        assert!(!lines[1].contains("ghp_16C7"), "{lines:?}");
    }

    #[test]
    fn a_flood_is_bounded() {
        let ring = Ring::new(2);
        ring.read(std::io::repeat(b'x').take(1 << 20));
        ring.read(&[b'\n'; 100_000][..]);
        let (lines, ever) = ring.after(0, 10);
        assert_eq!((lines.len(), ever), (1, 1));
        assert!(lines[0].chars().count() <= WIDTH + 1);
    }
}
