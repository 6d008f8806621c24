//! Git's configuration files, read as git reads them (`config.c`): what git would refuse is refused here too, so that
//! nothing can be said to git which is not seen by us.

/// One setting of a file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Section and name in lower case, the subsection between them as written: `remote.Ori.gin.url`.
    pub key: String,
    /// The value's bytes; nothing where the name stands alone, which means true.
    pub value: Option<Vec<u8>>,
}

impl Setting {
    /// The section.
    pub fn section(&self) -> &str {
        self.key.split_once('.').map_or(self.key.as_str(), |(section, _)| section)
    }

    /// The name, after the last dot.
    pub fn name(&self) -> &str {
        self.key.rsplit_once('.').map_or("", |(_, name)| name)
    }

    /// What stands between section and name, where there is anything.
    pub fn subsection(&self) -> Option<&str> {
        let (_, rest) = self.key.split_once('.')?;
        rest.rsplit_once('.').map(|(middle, _)| middle)
    }

    /// The value as text: `true` for a name that stands alone.
    pub fn text(&self) -> String {
        self.value.as_deref().map_or_else(|| "true".to_owned(), |v| String::from_utf8_lossy(v).into_owned())
    }

    /// The value as git reads a boolean; nothing where it is not one.
    pub fn boolean(&self) -> Option<bool> {
        boolean(&self.text())
    }
}

/// A text as git reads a boolean; nothing where it is not one.
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" | "" => Some(false),
        _ => None,
    }
}

/// A file that git would refuse; the line is counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} cannot be read as git configuration")]
pub struct Malformed {
    /// Where.
    pub line: usize,
}

/// The settings of a file.
///
/// # Errors
/// Where git would refuse the file, and where it holds a NUL byte.
pub fn parse(bytes: &[u8]) -> Result<Vec<Setting>, Malformed> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = Reader { bytes, at: 0, line: 1 };
    let line = |reader: &Reader<'_>| Malformed { line: reader.line };
    if let Some(nul) = bytes.iter().position(|b| *b == 0) {
        let before = bytes[..nul].iter().filter(|b| **b == b'\n').count();
        return Err(Malformed { line: before + 1 });
    }
    let mut settings = Vec::new();
    let mut section = None;
    let mut comment = false;
    while let Some(byte) = reader.next() {
        match byte {
            b'\n' => comment = false,
            _ if comment || is_space(byte) => {}
            b'#' | b';' => comment = true,
            b'[' => section = Some(reader.header().ok_or_else(|| line(&reader))?),
            _ if byte.is_ascii_alphabetic() => {
                let at = line(&reader);
                let section = section.as_deref().ok_or(at)?;
                settings.push(reader.setting(section, byte).ok_or(at)?);
            }
            _ => return Err(line(&reader)),
        }
    }
    Ok(settings)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

impl Reader<'_> {
    /// The next byte; CR LF counts as LF.
    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        let byte = match byte {
            b'\r' if self.bytes.get(self.at) == Some(&b'\n') => {
                self.at += 1;
                b'\n'
            }
            other => other,
        };
        self.line += usize::from(byte == b'\n');
        Some(byte)
    }

    /// The end of the file ends a line.
    fn next_or_end(&mut self) -> u8 {
        self.next().unwrap_or(b'\n')
    }

    /// After `[`: `section`, `section.SUB` (all in lower case) or `section "sub"`, then `]`.
    fn header(&mut self) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        loop {
            let byte = self.next()?;
            match byte {
                b']' => return Some(name).filter(|name| !name.is_empty()),
                _ if is_space(byte) => return self.quoted_header(name, byte),
                _ if is_key(byte) || byte == b'.' => name.push(byte.to_ascii_lowercase()),
                _ => return None,
            }
        }
    }

    fn quoted_header(&mut self, mut name: Vec<u8>, mut byte: u8) -> Option<Vec<u8>> {
        while is_space(byte) {
            if byte == b'\n' {
                return None;
            }
            byte = self.next_or_end();
        }
        if byte != b'"' {
            return None;
        }
        name.push(b'.');
        loop {
            match self.next_or_end() {
                b'\n' => return None,
                b'"' => break,
                b'\\' => match self.next_or_end() {
                    b'\n' => return None,
                    escaped => name.push(escaped),
                },
                byte => name.push(byte),
            }
        }
        (self.next() == Some(b']')).then_some(name)
    }

    fn setting(&mut self, section: &[u8], first: u8) -> Option<Setting> {
        let mut key = [section, b".", &[first.to_ascii_lowercase()]].concat();
        let mut byte = self.next_or_end();
        while is_key(byte) {
            key.push(byte.to_ascii_lowercase());
            byte = self.next_or_end();
        }
        while matches!(byte, b' ' | b'\t') {
            byte = self.next_or_end();
        }
        let value = match byte {
            b'\n' => None,
            b'=' => Some(self.value()?),
            _ => return None,
        };
        Some(Setting { key: String::from_utf8_lossy(&key).into_owned(), value })
    }

    fn value(&mut self) -> Option<Vec<u8>> {
        let (mut value, mut quoted, mut comment) = (Vec::new(), false, false);
        // Length without the space at its end.
        let mut whole = 0;
        loop {
            let byte = self.next_or_end();
            match byte {
                b'\n' if quoted => return None,
                b'\n' => {
                    value.truncate(whole);
                    return Some(value);
                }
                _ if comment => continue,
                _ if is_space(byte) && !quoted => {
                    if !value.is_empty() {
                        value.push(byte);
                    }
                    continue;
                }
                b';' | b'#' if !quoted => {
                    comment = true;
                    continue;
                }
                b'\\' => match self.next_or_end() {
                    b'\n' => {}
                    b't' => value.push(b'\t'),
                    b'b' => value.push(8),
                    b'n' => value.push(b'\n'),
                    escaped @ (b'\\' | b'"') => value.push(escaped),
                    _ => return None,
                },
                b'"' => quoted = !quoted,
                byte => value.push(byte),
            }
            whole = value.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<(String, String)> {
        parse(text.as_bytes()).unwrap().into_iter().map(|s| (s.key.clone(), s.text())).collect()
    }

    #[test]
    fn as_git_reads_it() {
        for (text, key, value) in [
            ("[core]\n\tBare = false\n", "core.bare", "false"),
            ("\u{feff}[core] bare\n", "core.bare", "true"),
            (
                "[Remote \"Ori.gin\"]\r\nURL = \"https://h/a b\" ; note\r\n",
                "remote.Ori.gin.url",
                "https://h/a b",
            ),
            ("[a.B]c=1", "a.b.c", "1"),
            ("[a \"x\\\"\\\\y\"] k-1 = v", "a.x\"\\y.k-1", "v"),
            ("[a]\nk = one \\\n  two\n", "a.k", "one   two"),
            ("[a]\nk = \" x \"  \t\n", "a.k", " x "),
            ("[a]\nk = \\t\\n\\\\\\\"#no\n", "a.k", "\t\n\\\""),
            ("[a]\nk = x#y\n", "a.k", "x"),
            ("[a]\nk = \"x#y;z\"w\n", "a.k", "x#y;zw"),
            ("[a]#note\n;note\nk=v", "a.k", "v"),
            ("[a]\nk=\n", "a.k", ""),
        ] {
            assert_eq!(of(text), [(key.to_owned(), value.to_owned())], "{text:?}");
        }
    }

    #[test]
    fn what_git_refuses() {
        for (text, line) in [
            ("[broken\n", 2),
            ("k = v\n", 1),
            ("[a]\n1k = v\n", 2),
            ("[a]\nk! = v\n", 2),
            ("[a]\nk = \"open\n", 2),
            ("[a]\nk = \\x\n", 2),
            ("[ include]\n", 1),
            ("[]\n", 1),
            ("[a b]\n", 1),
            ("[a \"b\" ]\n", 1),
            ("[a]\nk = v\0w\n", 2),
            ("[a_b]\nk = v\n", 1),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(Malformed { line }), "{text:?}");
        }
    }

    #[test]
    fn parts_of_a_key() {
        let setting = |key: &str| Setting { key: key.to_owned(), value: None };
        let parts = |key: &str| {
            let setting = setting(key);
            (setting.section().to_owned(), setting.subsection().map(str::to_owned), setting.name().to_owned())
        };
        assert_eq!(parts("core.bare"), ("core".into(), None, "bare".into()));
        assert_eq!(parts("a.b.c.d"), ("a".into(), Some("b.c".into()), "d".into()));
        assert_eq!(setting("a.b").boolean(), Some(true));
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
