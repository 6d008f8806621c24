//! Other ways to write the same bytes: UTF-16, and base64 decoded once.

use std::ops::Range;

/// Base64 characters worth decoding: the shortest token known to a rule, an AWS key ID, has 27.
const LEAST: usize = 26;
/// A line of base64 this long may go on in the next.
const LINE: usize = 56;

/// Text in UTF-16 as UTF-8: with a byte order mark, or without one if every other byte of its beginning is zero.
pub(crate) fn from_utf16(bytes: &[u8]) -> Option<String> {
    let (body, big_endian) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        _ => (bytes, zeros_tell(bytes)?),
    };
    let units = body.chunks_exact(2).map(|pair| match big_endian {
        true => u16::from_be_bytes([pair[0], pair[1]]),
        false => u16::from_le_bytes([pair[0], pair[1]]),
    });
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Whether the beginning is mostly ASCII in UTF-16, and then whether it is big endian.
fn zeros_tell(bytes: &[u8]) -> Option<bool> {
    let sample = &bytes[..bytes.len().min(512) & !1];
    let pairs = sample.len() / 2;
    let count = |parity: usize| {
        let of_ascii = |pair: &&[u8]| {
            pair[parity] == 0 && matches!(pair[1 - parity], 0x20..=0x7e | b'\t' | b'\r' | b'\n')
        };
        sample.chunks_exact(2).filter(of_ascii).count()
    };
    let mostly = |ascii: usize| pairs >= 4 && ascii * 10 >= pairs * 7;
    match (count(0), count(1)) {
        (big, _) if mostly(big) => Some(true),
        (_, little) if mostly(little) => Some(false),
        _ => None,
    }
}

/// Calls `each` with every run of at least eight ASCII characters that stands in UTF-16 somewhere in binary data, and
/// where it begins.
pub(crate) fn wide_runs(bytes: &[u8], mut each: impl FnMut(usize, &[u8])) {
    let printable = |b: u8| matches!(b, 0x20..=0x7e);
    let mut run = Vec::new();
    for first_zero in [0, 1] {
        // Big endian: the zero comes first.
        let letter = 1 - first_zero;
        let mut at = 0;
        while let Some(zero) = memchr::memchr(0, &bytes[at..]).map(|offset| at + offset) {
            let Some(start) = (zero + 1).checked_sub(1 + first_zero) else {
                at = zero + 1;
                continue;
            };
            run.clear();
            let mut next = start;
            while next + 1 < bytes.len() && bytes[next + first_zero] == 0 && printable(bytes[next + letter]) {
                run.push(bytes[next + letter]);
                next += 2;
            }
            if run.len() >= 8 {
                each(start, &run);
            }
            at = next.max(zero + 1);
        }
    }
}

/// Calls `each` with every piece of base64 that decodes: where it stands, and what it decodes to.
pub(crate) fn base64_runs(bytes: &[u8], mut each: impl FnMut(Range<usize>, &[u8])) {
    let mut at = 0;
    let mut decoded = Vec::new();
    // A run of `LEAST` characters covers every position that is a multiple of it counted from anywhere.
    while at + LEAST <= bytes.len() {
        let Some(bad) = bytes[at..at + LEAST].iter().rposition(|b| value(*b).is_none()) else {
            let start = at;
            let end = run_end(bytes, start, &mut decoded);
            let escape = start > 0 && bytes[start - 1] == b'\\' && matches!(bytes[start], b'n' | b'r' | b't');
            if escape {
                decode(&bytes[start + 1..end], &mut decoded);
            }
            if !decoded.is_empty() {
                each(start..end, &decoded);
            }
            at = end;
            continue;
        };
        at += bad + 1;
    }
}

/// Decodes the run that begins at `start`, over line ends where the lines are long; where it ends.
fn run_end(bytes: &[u8], start: usize, decoded: &mut Vec<u8>) -> usize {
    let mut letters = Vec::new();
    let mut at = start;
    loop {
        let line = bytes[at..].iter().take_while(|b| value(**b).is_some()).count();
        letters.extend_from_slice(&bytes[at..at + line]);
        at += line;
        let gap = gap(&bytes[at..]);
        let goes_on = line >= LINE && gap > 0 && bytes.get(at + gap).is_some_and(|b| value(*b).is_some());
        if !goes_on {
            break;
        }
        at += gap;
    }
    decode(&letters, decoded);
    at
}

/// Length of a line end with the indentation behind it; 0 if there is none.
fn gap(rest: &[u8]) -> usize {
    let line_end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        [b'\\', b'r', b'\\', b'n', ..] => return 4,
        [b'\\', b'n', ..] => return 2,
        _ => return 0,
    };
    line_end + rest[line_end..].iter().take(40).take_while(|b| matches!(b, b' ' | b'\t')).count()
}

fn value(byte: u8) -> Option<u8> {
    match VALUES[usize::from(byte)] {
        NONE => None,
        value => Some(value),
    }
}

const NONE: u8 = 0xff;

/// Both alphabets at once: `+/` and `-_`.
const VALUES: [u8; 256] = {
    let mut table = [NONE; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut index = 0;
    while index < alphabet.len() {
        table[alphabet[index] as usize] = index as u8;
        index += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

/// Decodes base64 without padding into `into`; a last character that stands for less than a byte is dropped.
pub(crate) fn decode(letters: &[u8], into: &mut Vec<u8>) {
    into.clear();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in letters {
        let Some(value) = value(*letter) else { break };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            into.push((bits >> count) as u8);
        }
    }
}

/// Whether base64 holds `user:password`, with a password that is no filler.
pub(crate) fn is_login(letters: &[u8]) -> bool {
    let mut decoded = Vec::new();
    decode(letters, &mut decoded);
    let Some(colon) = decoded.iter().position(|b| *b == b':') else { return false };
    let (user, password) = (&decoded[..colon], &decoded[colon + 1..]);
    let printable = decoded.iter().all(|b| matches!(b, 0x20..=0x7e));
    printable && !user.is_empty() && crate::generic::is_login_password(password, user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        base64_runs(text.as_bytes(), |run, decoded| {
            found.push((run.start, String::from_utf8_lossy(decoded).into_owned()));
        });
        found
    }

    #[test]
    fn base64_is_decoded_once_and_over_lines() {
        assert_eq!(
            runs("x: aGVsbG8sIHdvcmxkLCB0aGlzIGlzIGl0 y"),
            [(3, "hello, world, this is it".to_owned())]
        );
        let long = "aGVsbG8sIHdvcmxkLCB0aGlzIGlzIGEgbG9uZ2VyIHRleHQgdGhhdCBnb2VzIG92ZXIg";
        let found = runs(&format!("  {long}\r\n  dHdvIGxpbmVz\n"));
        assert_eq!(found, [(2, "hello, world, this is a longer text that goes over two lines".to_owned())]);
        assert_eq!(runs("short aGVsbG8= "), []);
    }

    #[test]
    fn utf16_is_told_by_its_mark_or_its_zeros() {
        let text = "password = x\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(from_utf16(&little).as_deref(), Some(text));
        assert_eq!(from_utf16(&big).as_deref(), Some(text));
        assert_eq!(from_utf16(&[&[0xff, 0xfe], &little[..]].concat()).as_deref(), Some(text));
        assert_eq!(from_utf16(&[&[0xfe, 0xff], &big[..]].concat()).as_deref(), Some(text));
        assert_eq!(from_utf16(text.as_bytes()), None);
    }

    #[test]
    fn wide_text_in_binary_data() {
        let mut bytes = vec![1, 2, 3, 0, 0, 7];
        let at = bytes.len();
        bytes.extend("a wide text".encode_utf16().flat_map(u16::to_le_bytes));
        let mut found = Vec::new();
        wide_runs(&bytes, |start, run| found.push((start, String::from_utf8_lossy(run).into_owned())));
        assert!(found.contains(&(at, "a wide text".to_owned())), "{found:?}");
    }
}
