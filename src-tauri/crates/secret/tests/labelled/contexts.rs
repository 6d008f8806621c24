//! The ways in which a secret stands in a file.

use crate::chance::base64;

/// A file with a secret in it.
pub(crate) struct File {
    /// How it is written, for the report.
    pub(crate) how: &'static str,
    /// Its path.
    pub(crate) path: &'static str,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
    /// The line of the secret, where that is plain.
    pub(crate) line: Option<usize>,
}

fn file(how: &'static str, path: &'static str, text: String, line: Option<usize>) -> File {
    File { how, path, bytes: text.into_bytes(), line }
}

/// `token` in every context for tokens that may stand anywhere.
pub(crate) fn around_token(token: &str) -> Vec<File> {
    vec![
        file("bare", "notes.txt", format!("first\n{token}\nlast\n"), Some(2)),
        file("json", "conf.json", format!("{{\n  \"a\": 1,\n  \"value\": \"{token}\"\n}}\n"), Some(3)),
        file("yaml", "conf.yml", format!("a: 1\nvalue: {token}\n"), Some(2)),
        file("env", "settings.conf", format!("A=1\nVALUE={token}\nB=2\n"), Some(2)),
        file("toml", "conf.toml", format!("[a]\nvalue = \"{token}\"\n"), Some(2)),
        file("shell", "run.sh", format!("#!/bin/sh\nexport VALUE='{token}'\n"), Some(2)),
        file("header", "request.http", format!("GET / HTTP/1.1\nX-Value: {token}\n\n"), Some(2)),
        file("go", "main.go", format!("package main\n\nvar v = `{token}`\n"), Some(3)),
        file("javascript", "app.ts", format!("const a = {{\n  value: \"{token}\",\n}};\n"), Some(2)),
        file("xml", "conf.xml", format!("<a>\n  <value>{token}</value>\n</a>\n"), Some(2)),
        file("python", "app.py", format!("import x\n\nclient = x.Client('{token}')\n"), Some(3)),
        file("comment", "src/main.rs", format!("fn main() {{\n    // was {token} before\n}}\n"), Some(2)),
        file("crlf", "conf.ini", format!("[a]\r\nvalue = {token}\r\nb = 1\r\n"), Some(2)),
        file("no final newline", "conf.ini", format!("[a]\nvalue={token}"), Some(2)),
        file("escaped", "conf.json", format!("{{\"text\": \"first\\n{token}\\nlast\"}}\n"), Some(1)),
        file(
            "in an address",
            "app.js",
            format!("fetch(\"https://api.corp.net/v1?value={token}\")\n"),
            Some(1),
        ),
        file(
            "minified",
            "app.min.js",
            format!("{}var a=\"{token}\";{}", "f(1);".repeat(2000), "g(2);".repeat(2000)),
            Some(1),
        ),
        file("in a test", "tests/test_app.py", format!("def test():\n    assert f('{token}')\n"), Some(2)),
        file("lock file", "package-lock.json", format!("{{\n \"resolved\": \"{token}\"\n}}\n"), Some(2)),
        file("html", "index.html", format!("<p>\n<b>{token}</b></p>\n"), Some(2)),
        file(
            "allow comment",
            "app.py",
            format!("x = '{token}'  # gitleaks:allow nosec pragma: allowlist secret\n"),
            Some(1),
        ),
        file(
            "base64",
            "secret.yaml",
            format!("data:\n  conf: {}\n", base64(format!("a=1\nvalue={token}\n").as_bytes())),
            Some(2),
        ),
        file(
            "base64, bare",
            "secret.yaml",
            format!("data:\n  value: {}\n", base64(token.as_bytes())),
            Some(2),
        ),
    ]
    .into_iter()
    .chain(encoded(&format!("first\nvalue {token}\n")))
    .chain([binary(token)])
    .collect()
}

/// `text` in every context for text that tells by itself what it is.
pub(crate) fn around_text(text: &str) -> Vec<File> {
    let crlf = text.replace('\n', "\r\n");
    vec![
        file("bare", "notes.txt", format!("first\n{text}\nlast\n"), None),
        file("indented", "conf.yml", format!("a:\n    {text}\n"), None),
        file("crlf", "conf.ini", format!("[a]\r\n{crlf}\r\nb\r\n"), None),
        file("no final newline", "conf.ini", format!("[a]\n{text}"), None),
        file("behind a comment sign", "run.sh", format!("#!/bin/sh\n# {text}\n"), None),
        file(
            "base64",
            "secret.yaml",
            format!("data:\n  conf: {}\n", base64(format!("# x\n{text}\n").as_bytes())),
            None,
        ),
    ]
    .into_iter()
    .chain(encoded(&format!("first\n{text}\n")))
    .collect()
}

/// `text` in UTF-16.
fn encoded(text: &str) -> Vec<File> {
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let file = |how, bytes| File { how, path: "notes.txt", bytes, line: None };
    vec![
        file("utf-16 le, mark", [&[0xff, 0xfe], &little[..]].concat()),
        file("utf-16 be, mark", [&[0xfe, 0xff], &big[..]].concat()),
        file("utf-16 le", little),
        file("utf-16 be", big),
    ]
}

/// `token` in a program, as it is and in UTF-16.
fn binary(token: &str) -> File {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0".to_vec();
    bytes.extend((0..4000_u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()));
    bytes.extend(b"\0");
    bytes.extend(token.as_bytes());
    bytes.extend(b"\0\x01\x02");
    File { how: "binary", path: "app.bin", bytes, line: None }
}
