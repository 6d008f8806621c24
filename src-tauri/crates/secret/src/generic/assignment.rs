//! What is assigned to a name, in the many ways files do it.

use crate::input::Input;
use std::ops::Range;

/// Longest value looked at.
const LONGEST: usize = 512;

/// Where the value is that `name` is given.
pub(super) fn value_of(input: &Input<'_>, name: &Range<usize>) -> Option<Range<usize>> {
    let mut at = Cursor { bytes: input.bytes, at: name.end };
    let before = name.start.checked_sub(1).map(|index| input.bytes[index]);
    let quoted_name = at.quotes() > 0;
    at.skip(b"])");
    at.spaces();
    match at.connector(quoted_name, before)? {
        Connector::Assign => {
            at.spaces();
            at.value(
                !input.place.code || matches!(before, Some(b'?' | b'&' | b';')) || is_flag(input.bytes, name),
            )
        }
        Connector::Quoted => {
            at.spaces();
            at.value(false)
        }
        Connector::Element => at.until(b"<\r\n"),
        Connector::Default => at.until(b"}\r\n"),
        Connector::Flag => at.value(is_flag(input.bytes, name)),
    }
}

/// Whether the name is an option of a command: `--password`.
fn is_flag(bytes: &[u8], name: &Range<usize>) -> bool {
    bytes[name.clone()].starts_with(b"--")
}

enum Connector {
    /// `=`, `:` and their like: a value follows.
    Assign,
    /// A comma or a parenthesis: only a value in quotes counts.
    Quoted,
    /// `<password>`: the value ends where the element does.
    Element,
    /// `${PASSWORD:-`: the value ends with the brace.
    Default,
    /// Space behind an option of a command.
    Flag,
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at.min(self.bytes.len())..]
    }

    fn take(&mut self, what: &[u8]) -> bool {
        let there = self.rest().starts_with(what);
        if there {
            self.at += what.len();
        }
        there
    }

    fn skip(&mut self, any: &[u8]) {
        while self.rest().first().is_some_and(|b| any.contains(b)) {
            self.at += 1;
        }
    }

    fn spaces(&mut self) -> usize {
        let count = self.rest().iter().take(40).take_while(|b| matches!(b, b' ' | b'\t')).count();
        self.at += count;
        count
    }

    /// A closing quote, with the backslash it has inside another string; its length.
    fn quotes(&mut self) -> usize {
        let length = match self.rest() {
            [b'\\', b'"' | b'\'', ..] => 2,
            [b'"' | b'\'' | b'`', ..] => 1,
            _ => 0,
        };
        self.at += length;
        length
    }

    fn connector(&mut self, quoted_name: bool, before: Option<u8>) -> Option<Connector> {
        let start = self.at;
        const ASSIGN: [&[u8]; 14] = [
            b":=", b"=>", b"===", b"!==", b"==", b"!=", b"?=", b"+=", b"||=", b"??", b"||", b"=", b":", b"?:",
        ];
        if !quoted_name && self.rest().starts_with(b":-") {
            self.at += 2;
            return Some(Connector::Default);
        }
        if self.rest().starts_with(b"::") {
            return None;
        }
        if let Some(sign) = ASSIGN.iter().find(|sign| self.rest().starts_with(sign)) {
            self.at += sign.len();
            if *sign == b":" {
                self.type_annotation();
            }
            return Some(Connector::Assign);
        }
        match self.rest() {
            [b'(', ..] if !quoted_name => self.advance(1, Connector::Quoted),
            [b'>', ..] if !quoted_name && before == Some(b'<') => self.advance(1, Connector::Element),
            [b',', ..] if quoted_name && self.value_attribute() => Some(Connector::Assign),
            [b',', ..] if quoted_name => self.advance(1, Connector::Quoted),
            [b'v' | b'V', ..] if quoted_name && self.value_attribute() => Some(Connector::Assign),
            [b'\r' | b'\n', ..] if self.value_on_next_line() => Some(Connector::Assign),
            _ if start > 0 && matches!(self.bytes[start - 1], b' ') => Some(Connector::Flag),
            _ => None,
        }
    }

    fn advance(&mut self, by: usize, connector: Connector) -> Option<Connector> {
        self.at += by;
        Some(connector)
    }

    /// `: &str = "…"`: goes to the value, if there is one.
    fn type_annotation(&mut self) {
        let rest = self.rest();
        let of_type = |b: &&u8| {
            b.is_ascii_alphanumeric()
                || matches!(
                    **b,
                    b'_' | b'<' | b'>' | b'&' | b'\'' | b':' | b'?' | b'|' | b'[' | b']' | b'.' | b' '
                )
        };
        let length = rest.iter().take(48).take_while(of_type).count();
        // A quote begins a value, however it goes on.
        let has_letters = rest[..length].iter().any(u8::is_ascii_alphabetic)
            && rest.trim_ascii_start().first().is_some_and(|b| *b != b'\'');
        let then_quote = rest[length..].strip_prefix(b"=").is_some_and(|value| {
            value
                .iter()
                .find(|b| **b != b' ')
                .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'"' | b'\'' | b'`'))
        });
        if has_letters && then_quote {
            self.at += length + 1;
        }
    }

    /// `"name": "PASSWORD", "value": "…"` and `key="Password" value="…"`: goes to the value.
    fn value_attribute(&mut self) -> bool {
        let mut there = Cursor { bytes: self.bytes, at: self.at };
        there.skip(b", \t\r\n");
        there.quotes();
        if !(there.take(b"value") || there.take(b"Value")) {
            return false;
        }
        there.quotes();
        there.spaces();
        let found = there.take(b":") || there.take(b"=");
        if found {
            self.at = there.at;
        }
        found
    }

    /// `name: PASSWORD` with `value: …` on the next line, as Kubernetes writes it.
    fn value_on_next_line(&mut self) -> bool {
        let mut there = Cursor { bytes: self.bytes, at: self.at };
        there.take(b"\r");
        there.take(b"\n");
        there.spaces();
        let found = there.take(b"value:");
        if found {
            self.at = there.at;
        }
        found
    }

    /// The value at the cursor: in quotes, perhaps behind the name of a function or of a kind of string; or bare.
    fn value(&mut self, bare: bool) -> Option<Range<usize>> {
        let rest = self.rest();
        let wrapper = rest
            .iter()
            .take(40)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b' ' | b'&' | b'!'))
            .count();
        let prefix = match rest.get(wrapper) {
            Some(b'(') if wrapper > 0 => wrapper + 1,
            Some(b'"' | b'\'') if wrapper <= 2 => wrapper,
            Some(b'@') if rest.get(wrapper + 1) == Some(&b'"') => wrapper + 1,
            _ => 0,
        };
        let quote_at = rest.get(prefix..)?;
        let (open, quote): (usize, &[u8]) = match quote_at {
            [b'\\', quote @ (b'"' | b'\''), ..] => (2, if *quote == b'"' { b"\\\"" } else { b"\\'" }),
            [b'"', b'"', b'"', ..] => (3, b"\"\"\""),
            [b'"', ..] => (1, b"\""),
            [b'\'', ..] => (1, b"'"),
            [b'`', ..] => (1, b"`"),
            _ if bare => return self.until(b" \t\r\n\"'`<>;,&\\"),
            _ => return None,
        };
        let start = self.at + prefix + open;
        let inside = &self.bytes[start..self.bytes.len().min(start + LONGEST)];
        let line = &inside[..memchr::memchr(b'\n', inside).unwrap_or(inside.len())];
        let end = memchr::memmem::find_iter(line, quote)
            .find(|at| quote.len() > 1 || *at == 0 || line[at - 1] != b'\\')?;
        Some(start..start + end)
    }

    fn until(&mut self, ends: &[u8]) -> Option<Range<usize>> {
        let rest = self.rest();
        let length = rest.iter().take(LONGEST).take_while(|b| !ends.contains(b)).count();
        (length < LONGEST).then(|| self.at..self.at + length)
    }
}
