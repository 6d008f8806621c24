//! Names of what archives hold: they stand in clear in zip and tar files, even where the content is compressed.

use crate::{path, search::Effort};

/// Calls `each` with where a member's name stands and what it is, for each member that is a secret by its name.
pub(crate) fn secret_members(bytes: &[u8], effort: &mut Effort, mut each: impl FnMut(usize, &'static str)) {
    if bytes.starts_with(b"PK\x03\x04") {
        zip(bytes, effort, &mut each);
    } else if bytes.get(257..262) == Some(b"ustar") {
        tar(bytes, &mut each);
    }
}

/// Walks the central directory's entries, wherever they stand.
fn zip(bytes: &[u8], effort: &mut Effort, each: &mut impl FnMut(usize, &'static str)) {
    for at in memchr::memmem::find_iter(bytes, b"PK\x01\x02") {
        let Some(header) = bytes.get(at..at + 46) else { continue };
        let length = usize::from(u16::from_le_bytes([header[28], header[29]]));
        if !effort.spend(length) {
            return;
        }
        if let Some(what) = bytes.get(at + 46..at + 46 + length).and_then(path::path_is_secret) {
            each(at, what);
        }
    }
}

/// Walks the headers, one per member, each followed by the content in blocks of 512 bytes.
fn tar(bytes: &[u8], each: &mut impl FnMut(usize, &'static str)) {
    let mut at = 0;
    while let Some(header) = bytes.get(at..at + 512) {
        let name = &header[..header[..100].iter().position(|b| *b == 0).unwrap_or(100)];
        if name.is_empty() {
            return;
        }
        if let Some(what) = path::path_is_secret(name) {
            each(at, what);
        }
        let digits = header[124..136].iter().filter(|b| (b'0'..=b'7').contains(b));
        let size = digits
            .fold(0_usize, |size, digit| size.saturating_mul(8).saturating_add(usize::from(digit - b'0')));
        at = at.saturating_add(512).saturating_add(size.div_ceil(512).saturating_mul(512));
    }
}
