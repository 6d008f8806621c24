//! Private keys as text and as bytes, and files that hold keys.

use crate::{
    input::{Input, contains},
    random::{distinct, is_filler, jumble},
};
use std::ops::Range;

/// Bytes behind the first line of a key that are looked at.
const WINDOW: usize = 4096;
/// Base64 characters of the smallest key worth its name: an Ed25519 key in PKCS #8 has 64.
const LEAST: usize = 48;

/// A private key in its armour, if there is a body behind the first line: as it is, indented, quoted, with `\n` written
/// out, or as the lines of a string that a program puts together.
pub(crate) fn private_key(input: &Input<'_>, literal: Range<usize>) -> Option<Range<usize>> {
    let line = &input.bytes[literal.start.saturating_sub(40)..literal.start];
    let begin = line.windows(5).rposition(|word| word == b"BEGIN")?;
    if contains(&line[begin..], b"\n") {
        return None;
    }
    let near = &input.bytes[literal.end..input.bytes.len().min(literal.end + WINDOW)];
    let end = body(near)?;
    Some(literal.start..literal.end + end)
}

/// Where the body of a key ends, if it is one.
fn body(near: &[u8]) -> Option<usize> {
    let (mut at, mut letters) = (0, Vec::new());
    while at < near.len() {
        let rest = &near[at..];
        if rest.starts_with(b"remote: ") {
            // What a server says, as git passes it on.
            at += b"remote: ".len();
            continue;
        }
        let run = rest.iter().take_while(|b| is_base64(**b)).count();
        if run >= 16
            || (run > 0 && letters.len() >= 16 && !rest[..run].iter().all(|b| matches!(b, b'+' | b'/')))
        {
            letters.extend_from_slice(&rest[..run]);
            at += run;
        } else if rest.starts_with(b"...") || rest.starts_with("…".as_bytes()) {
            return None;
        } else if let Some(skip) = noise(rest) {
            at += skip;
        } else if let Some(skip) = header(rest) {
            at += skip;
        } else {
            break;
        }
    }
    let looks_real = letters.len() >= LEAST
        && distinct(&letters) >= 12
        && !is_filler(&letters[..letters.len().min(200)])
        && jumble(&letters).is_some_and(|jumble| jumble > 0.45);
    looks_real.then_some(at)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// What may stand between the pieces of a key: space, quotes, signs that join strings, comment signs, line ends in letters.
fn noise(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'\\', b'n' | b'r' | b't', ..] => Some(2),
        [b'\\', b'u', ..] if rest.len() >= 6 => Some(6),
        [b'%', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => Some(3),
        [b'&', b'#', ..] => rest.iter().take(8).position(|b| *b == b';').map(|end| end + 1),
        [
            b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'`' | b'+' | b',' | b'\\' | b'#' | b'*' | b'|',
            ..,
        ]
        | [b'>' | b'.' | b'/' | b'(' | b')' | b';' | b'&', ..] => Some(1),
        _ => None,
    }
}

/// A line such as `Proc-Type: 4,ENCRYPTED`.
fn header(rest: &[u8]) -> Option<usize> {
    let known: [&[u8]; 8] =
        [b"Proc-Type:", b"DEK-Info:", b"Version:", b"Comment:", b"Subject:", b"Hash:", b"Charset:", b"X-"];
    if !known.iter().any(|name| rest.starts_with(name)) {
        return None;
    }
    let line = rest.iter().position(|b| *b == b'\n').map(|end| end + 1);
    line.or_else(|| rest.windows(2).position(|two| two == b"\\n").map(|end| end + 2))
}

/// A private key in DER: PKCS #1, SEC 1 and PKCS #8 begin alike, with a sequence and a version number.
pub(crate) fn der_private_key(input: &Input<'_>) -> Option<Range<usize>> {
    let bytes = input.bytes;
    let inside: &[u8] = match bytes {
        [0x30, 0x82, _, _, rest @ ..] | [0x30, 0x81, _, rest @ ..] => rest,
        [0x30, length, rest @ ..] if *length < 0x80 => rest,
        _ => return None,
    };
    let header = bytes.len() - inside.len();
    let length = match bytes[1] {
        0x82 => usize::from(bytes[2]) << 8 | usize::from(bytes[3]),
        0x81 => usize::from(bytes[2]),
        short => usize::from(short),
    };
    let one_thing = header + length == bytes.len();
    let pkcs1 = matches!(inside, [0x02, 0x01, 0x00, 0x02, 0x81 | 0x82 | 0x40..=0x41, ..]);
    let pkcs8 = matches!(inside, [0x02, 0x01, 0x00 | 0x01, 0x30, _, 0x06, ..]);
    let sec1 = matches!(inside, [0x02, 0x01, 0x01, 0x04, 0x20..=0x42, ..]);
    (one_thing && (pkcs1 || pkcs8 || sec1)).then_some(0..bytes.len())
}

/// A Java key store, a KeePass database, a macOS keychain, a GNOME keyring, a Bitcoin wallet.
pub(crate) fn key_store(input: &Input<'_>) -> Option<Range<usize>> {
    const MAGIC: [&[u8]; 5] = [
        &[0xfe, 0xed, 0xfe, 0xed, 0x00, 0x00, 0x00],
        &[0xce, 0xce, 0xce, 0xce, 0x00, 0x00, 0x00],
        &[0x03, 0xd9, 0xa2, 0x9a],
        b"kych",
        b"GnomeKeyring\n\r\0\n",
    ];
    let is_store = MAGIC.iter().any(|magic| input.bytes.starts_with(magic)) && !input.text;
    is_store.then_some(0..input.bytes.len())
}
