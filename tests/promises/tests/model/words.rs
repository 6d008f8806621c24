//! The paths that are used, and bytes as a shell reads them.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path};

/// Paths of a work tree: plain ones and odd ones.
const NAMES: [&[u8]; 18] = [
    b"a.txt",
    b"b.txt",
    b"dir/c.txt",
    b"dir/deep/d.txt",
    b"e.md",
    b"src/f.rs",
    b"-rf",
    b"new\nline.txt",
    b"tab\there",
    b"quote\"s and 'such'",
    b"\xff\xfe.bin",
    "\u{1f980} crab.md".as_bytes(),
    b" leading and trailing ",
    b"*",
    b":(top)magic",
    b"back\\slash",
    b"HEAD",
    b"dir",
];

/// The path that a number stands for.
pub(crate) fn name(number: u8) -> &'static Path {
    Path::new(OsStr::from_bytes(NAMES[usize::from(number) % NAMES.len()]))
}

/// A word as a shell reads it.
pub(crate) fn quoted(word: &OsStr) -> String {
    let bytes = word.as_bytes();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_./:=@%+-,^~".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let inner: String = bytes
        .iter()
        .map(|b| match b {
            b'\'' | b'\\' => format!("\\{}", char::from(*b)),
            b'\n' => "\\n".to_owned(),
            b'\t' => "\\t".to_owned(),
            b' '..=b'~' => char::from(*b).to_string(),
            other => format!("\\x{other:02x}"),
        })
        .collect();
    format!("$'{inner}'")
}

/// A path as Autocommit's own JSON shows it.
pub(crate) fn shown(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path).into_owned();
    text.chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}

#[test]
fn words_are_quoted_for_a_shell() {
    assert_eq!(quoted(OsStr::new("src/f.rs")), "src/f.rs");
    assert_eq!(quoted(name(7).as_os_str()), "$'new\\nline.txt'");
    assert_eq!(quoted(name(10).as_os_str()), "$'\\xff\\xfe.bin'");
    assert_eq!(quoted(OsStr::new("it's")), "$'it\\'s'");
}
