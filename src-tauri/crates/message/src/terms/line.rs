//! A line of code or of settings in its parts: names, texts between quotation marks, numbers, and all other signs.

use crate::language;

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word of the language or of the author's.
    Name,
    /// What stands between quotation marks, without them.
    Text,
    /// A number or a version.
    Number,
    /// One other sign.
    Sign,
}

/// One part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    /// No space stands in front of it.
    pub(crate) glued: bool,
}

/// Space says nothing.
impl PartialEq for Token<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.text) == (other.kind, other.text)
    }
}

/// How lines of a file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// A dash joins words: `librsvg2-dev`.
    pub(crate) dashes: bool,
    /// `#` begins a remark, not `//`.
    pub(crate) hash: bool,
    /// It is prose: an apostrophe is no quotation mark, and nothing is a remark.
    pub(crate) prose: bool,
}

/// The parts of a line up to a remark at its end.
pub(crate) fn tokens(line: &str, reading: Reading) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = line.trim();
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let glued = !before.is_whitespace();
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if before.is_whitespace() && begins_remark(rest, reading) {
            break;
        } else if let Some(length) = quoted(rest, before, reading) {
            let mark = first.len_utf8();
            found.push(Token { kind: Kind::Text, text: &rest[mark..length - mark], glued });
            length
        } else if first.is_ascii_digit()
            || first == 'v' && rest[1..].starts_with(|c: char| c.is_ascii_digit())
        {
            let length = run(rest, char::is_alphanumeric, Some(".-_"));
            found.push(Token { kind: Kind::Number, text: &rest[..length], glued });
            length
        } else if first.is_alphabetic() || first == '_' || first == '$' {
            let length =
                run(rest, |c| c.is_alphanumeric() || c == '_' || c == '$', reading.dashes.then_some("-"));
            found.push(Token { kind: Kind::Name, text: &rest[..length], glued });
            length
        } else {
            found.push(Token { kind: Kind::Sign, text: &rest[..first.len_utf8()], glued });
            first.len_utf8()
        };
        before = rest[..length].chars().next_back().unwrap_or(' ');
        rest = &rest[length..];
    }
    found
}

fn begins_remark(rest: &str, reading: Reading) -> bool {
    !reading.prose && (reading.hash && rest.starts_with("# ") || !reading.hash && rest.starts_with("//"))
}

/// Bytes of a text with both its quotation marks, where one begins here and ends on the line.
fn quoted(rest: &str, before: char, reading: Reading) -> Option<usize> {
    let mark = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    // An apostrophe, or a lifetime.
    if mark == '\'' && (reading.prose || before.is_alphanumeric() || matches!(before, '&' | '<' | '+')) {
        return None;
    }
    language::quoted(rest)
}

/// Bytes of a run; a sign of `joints` belongs to it between two of its characters.
fn run(text: &str, belongs: impl Fn(char) -> bool, joints: Option<&str>) -> usize {
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = joints.is_some_and(|j| j.contains(c))
            && at > 0
            && chars.peek().is_some_and(|(_, next)| belongs(*next));
        if !belongs(c) && !joins {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: Reading = Reading { dashes: false, hash: false, prose: false };
    const SETTINGS: Reading = Reading { dashes: true, hash: true, prose: false };
    const PROSE: Reading = Reading { dashes: true, hash: true, prose: true };

    #[test]
    fn lines_fall_into_parts() {
        for (line, reading, parts) in [
            ("call(\"a b\", 'c'); // d", CODE, "call ( \"a b\" , \"c\" ) ;"),
            ("let x: &'a str = y.z1_w;", CODE, "let x : & ' a str = y . z1_w ;"),
            ("\"version\": \"7.0.0-alpha.7\",", CODE, "\"version\" : \"7.0.0-alpha.7\" ,"),
            ("- librsvg2-dev  # for icons", SETTINGS, "- librsvg2-dev"),
            ("wait-time = 1.5", SETTINGS, "wait-time = 1.5"),
            ("a-b", CODE, "a - b"),
            ("It's `the end`", PROSE, "It ' s \"the end\""),
            ("\"open", CODE, "\" open"),
            ("größe 10ms", CODE, "größe 10ms"),
            ("tag v2.11.0, value", CODE, "tag v2.11.0 , value"),
            ("", CODE, ""),
        ] {
            let shown: Vec<String> = tokens(line, reading)
                .iter()
                .map(|t| if t.kind == Kind::Text { format!("\"{}\"", t.text) } else { t.text.to_owned() })
                .collect();
            assert_eq!(shown.join(" "), parts, "{line}");
        }
    }
}
