//! Whether a value looks like a secret: chosen by chance or by a person who wanted it hard to guess, and not a word, a
//! reference to where the secret is, a filler, or one of the other random things files are full of.

use crate::{
    encoding,
    input::contains,
    random::{classes, distinct, is_filler, jumble},
};

/// What kind of secret the name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A person may have chosen it.
    Password,
    /// A machine made it.
    Token,
}

/// Whether `value` looks like a secret; where values are `made_up` (tests, documentation) only chance convinces.
pub(crate) fn is_secret(value: &[u8], kind: Kind, made_up: bool) -> bool {
    // Most values are short: nothing else needs to be asked of them.
    let least = if kind == Kind::Password { 8 } else { 16 };
    if value.len() < least || is_reference(value) || is_other(value) || is_filler(value) {
        return false;
    }
    match kind {
        Kind::Password => is_password(value, made_up),
        Kind::Token => is_token(value, made_up),
    }
}

/// Whether `password` in a login (`user:password`) looks like one that counts.
pub(crate) fn is_login_password(password: &[u8], user: &[u8]) -> bool {
    !password.eq_ignore_ascii_case(user)
        && (is_secret(password, Kind::Password, false) || is_secret(password, Kind::Token, false))
}

fn is_token(value: &[u8], made_up: bool) -> bool {
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || b"_-+/=.~:%!@#$^*".contains(b));
    if !plain || made_up && value.len() < 24 {
        return false;
    }
    if !value.iter().any(u8::is_ascii_digit) {
        return value.len() >= 20
            && distinct(value) >= 12
            && jumble(value).is_some_and(|jumble| jumble >= 0.66);
    }
    if is_hex(value) {
        return value.len() >= 20 && distinct(value) >= 8;
    }
    if is_encoded_filler(value) {
        return false;
    }
    let asked = if made_up { 0.62 } else { 0.52 };
    distinct(value) >= 10 && jumble(value).is_some_and(|jumble| jumble >= asked)
}

/// Whether the value is base64 of a filler, as Kubernetes writes it.
fn is_encoded_filler(value: &[u8]) -> bool {
    let mut decoded = Vec::new();
    encoding::decode(value, &mut decoded);
    decoded.len() + 1 >= value.len() * 3 / 4 - 1
        && decoded.iter().all(|b| matches!(b, 0x20..=0x7e | b'\n'))
        && is_filler(&decoded)
}

fn is_password(value: &[u8], made_up: bool) -> bool {
    if value.len() > 128 || value.iter().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
        return false;
    }
    let jumble = jumble(value).unwrap_or(0.0);
    if made_up {
        return value.len() >= 16
            && jumble >= 0.6
            && distinct(value) >= 10
            && (value.iter().any(u8::is_ascii_digit) || jumble >= 0.65);
    }
    if is_weak(value) {
        return false;
    }
    let [lower, upper, digit, symbol] = classes(value);
    let by_chance = jumble >= 0.5 && digit && distinct(value) >= 7
        || jumble >= 0.6 && lower && upper && value.len() >= 10 && distinct(value) >= 8;
    let by_a_person = (lower || upper) && digit && symbol
        || lower && upper && digit
        || lower && upper && symbol && value.len() >= 10;
    by_chance || by_a_person && !is_code(value)
}

/// Words that a password contains only if it protects nothing, after `0` is read as `o`, `@` as `a`, `$` as `s`, `3` as `e`, `1` and `!` as `i`.
const WEAK: [&str; 15] = [
    "password", "passwd", "passwort", "secret", "token", "example", "changeme", "change", "test", "dummy",
    "foobar", "qwerty", "letmein", "welcome", "default",
];

fn is_weak(value: &[u8]) -> bool {
    let plain: Vec<u8> = value
        .iter()
        .map(|b| match b.to_ascii_lowercase() {
            b'0' => b'o',
            b'@' => b'a',
            b'$' => b's',
            b'3' => b'e',
            b'1' | b'!' => b'i',
            other => other,
        })
        .collect();
    WEAK.iter().any(|word| contains(&plain, word.as_bytes())) || contains(value, b"1234")
}

/// Whether the value says where the secret is, instead of being it.
fn is_reference(value: &[u8]) -> bool {
    const INSIDE: [&[u8]; 14] =
        [b"${", b"{{", b"#{", b"<%", b"%>", b"$(", b"{%", b"%(", b"%s", b"%v", b"%@", b"{}", b"{0}", b"\\("];
    const BEGINS: [&[u8]; 18] = [
        b"ENC[",
        b"vault:",
        b"ssm:",
        b"op://",
        b"secretref:",
        b"arn:",
        b"env:",
        b"env.",
        b"file:",
        b"ref+",
        b"sm://",
        b"kms:",
        b"!vault",
        b"keyring:",
        b"projects/",
        b"azurekeyvault",
        b"@Microsoft.KeyVault",
        b"!",
    ];
    let wrapped = [(b'<', b'>'), (b'[', b']'), (b'{', b'}'), (b'%', b'%'), (b'(', b')'), (b'@', b'@')]
        .iter()
        .any(|(open, close)| value.first() == Some(open) && value.last() == Some(close));
    let variable = matches!(value, [b'$' | b'&' | b'*', rest @ ..] if rest.iter().all(|b| b.is_ascii_alphanumeric() || b"_.:->[]'\"()".contains(b)));
    let windows = value.starts_with(b"%")
        && value.len() > 2
        && value[1..].contains(&b'%')
        && value[1..].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'%'));
    wrapped
        || has_gap(value)
        || variable
        || windows
        || INSIDE.iter().any(|mark| contains(value, mark))
        || BEGINS.iter().any(|mark| value.starts_with(mark) && value.len() > mark.len() + 1 && *mark != b"!")
}

/// Whether a part of the value is left for others to fill in: `key-<name>-1`.
fn has_gap(value: &[u8]) -> bool {
    let Some(open) = value.iter().position(|b| *b == b'<') else { return false };
    let word = value[open + 1..].iter().position(|b| !b.is_ascii_alphanumeric() && !b" _:.-".contains(b));
    word.is_some_and(|length| length >= 3 && value[open + 1 + length] == b'>')
}

/// Whether the value is random or odd for another reason: an address, a path, a UUID, a hash of a password, markup.
fn is_other(value: &[u8]) -> bool {
    const HASHES: [&[u8]; 12] = [
        b"$2a$", b"$2b$", b"$2y$", b"$argon2", b"$5$", b"$6$", b"$y$", b"$apr1$", b"pbkdf2", b"bcrypt",
        b"sha256:", b"{SHA}",
    ];
    // `{bcrypt}$2a$…`: a hash that says how it was made.
    let hash = match value.iter().position(|b| *b == b'}') {
        Some(close) if value.first() == Some(&b'{') => &value[close + 1..],
        _ => value,
    };
    contains(value, b"://")
        || is_path(value)
        || HASHES.iter().any(|begin| hash.starts_with(begin))
        || is_uuid(value)
        || value.iter().any(|b| *b >= 0x80) && value.iter().filter(|b| **b >= 0x80).count() * 2 > value.len()
}

/// Base64 may begin with a slash as well, but hardly ever reads like words.
fn is_path(value: &[u8]) -> bool {
    matches!(value, [b'/' | b'.' | b'~', ..])
        && contains(value, b"/")
        && jumble(value).is_none_or(|jumble| jumble < 0.6)
}

/// Also with a word in front and in braces: `_SA_{…}`.
fn is_uuid(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"urn:uuid:").unwrap_or(value);
    let value = match value.iter().position(|b| *b == b'{') {
        Some(open) if value.ends_with(b"}") => &value[open + 1..value.len() - 1],
        _ => value,
    };
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn is_hex(value: &[u8]) -> bool {
    value.strip_prefix(b"0x").unwrap_or(value).iter().all(u8::is_ascii_hexdigit)
}

/// Whether the value reads like a piece of a program: calls, paths of names, markup, a pattern.
fn is_code(value: &[u8]) -> bool {
    let names =
        value.split(|b| matches!(b, b'.' | b'_' | b'-' | b':' | b'/')).filter(|part| !part.is_empty());
    let all_words = names.clone().count() > 1
        && names
            .clone()
            .all(|part| part.iter().all(u8::is_ascii_alphabetic) && jumble(part).unwrap_or(0.0) < 0.5);
    all_words
        || value.iter().any(|b| {
            matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b'\\' | b'"' | b'\'' | b'`')
        })
        || contains(value, b"::")
        || contains(value, b"->")
        || contains(value, b"=>")
        || contains(value, b"&&")
        || contains(value, b"||")
}
