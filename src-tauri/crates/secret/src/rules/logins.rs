//! Logins as protocols and commands write them: in addresses, headers, connection strings, options.

use crate::{
    encoding,
    generic::{Kind, is_login_password, is_secret},
    input::{Input, contains},
    rule::{Rule, code, token},
};
use std::ops::Range;

pub(super) const RULES: &[Rule] = &[
    token("json-web-token", "a JSON web token", &["eyJ"], r"eyJ[A-Za-z0-9_-]{12,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}").window(4096).check(is_web_token),
    code("url-password", "a password in an address", &["://"], url),
    token("basic-login", "a login in a header", &["basic "], r#"(?i:basic) (?<s>[A-Za-z0-9+/]{12,400}={0,2})"#).any_case().open().text_only().check(encoding::is_login),
    token("bearer-token", "a bearer token", &["bearer "], r#"(?i:bearer) (?<s>[A-Za-z0-9_.~+/-]{20,}={0,2})"#).any_case().window(1024).open().text_only().check(|secret| is_secret(secret, Kind::Token, true)),
    code("connection-string-password", "a password in a connection string", &["password=", "pwd=", "password =", "pwd ="], connection_string),
    token("netrc-password", "a login in the form of .netrc", &["machine "], r#"machine[ \t]{1,8}\S{1,100}\s{1,8}login[ \t]{1,8}\S{1,100}\s{1,8}password[ \t]{1,8}(?<s>[^\s<>${}"'\\]{6,200})"#).open().text_only(),
    token("curl-login", "a login in a command", &["curl"], r#"curl(?:[ \t][^\n]{0,200}?)?[ \t](?:-u|--user)[ =]{0,2}["']?(?<s>[^\s:"'$<{]{1,64}:[^\s"'$<{]{6,200})"#).open().text_only().check(is_user_and_password),
    token("sshpass-password", "a password in a command", &["sshpass"], r#"sshpass[ \t]{1,4}-p[ \t]{0,2}["']?(?<s>[^\s"'$<{]{6,200})"#).open().text_only().check(|secret| is_secret(secret, Kind::Password, false)),
    token("sql-password", "a password in a database command", &["identified by", "password '", "password e'"], r"(?i:identified[ \t]{1,4}by|password)[ \t]{1,4}(?i:e)?'(?<s>[^'\s$<{]{6,200})'").any_case().open().text_only().check(|secret| is_secret(secret, Kind::Password, false)),
    token("powershell-password", "a password in a command", &["convertto-securestring"], r#"(?i:ConvertTo-SecureString)[ \t]{1,4}(?:-String[ \t]{1,4})?["'](?<s>[^"'$]{6,200})["']"#).any_case().open().text_only().check(|secret| is_secret(secret, Kind::Password, false)),
];

/// Whether it is a token of a person or a machine, not the one of the specification nor a key that is public by design.
fn is_web_token(token: &[u8]) -> bool {
    let mut parts = token.split(|b| *b == b'.');
    let mut decoded = Vec::new();
    let mut part = || {
        encoding::decode(parts.next().unwrap_or_default(), &mut decoded);
        decoded.clone()
    };
    let (header, payload) = (part(), part());
    const PUBLIC: [&[u8]; 4] = [b"1234567890", b"John Doe", b"\"anon\"", b"example"];
    contains(&header, b"\"alg\"")
        && payload.starts_with(b"{")
        && !PUBLIC.iter().any(|mark| contains(&payload, mark))
}

fn is_user_and_password(login: &[u8]) -> bool {
    let colon = login.iter().position(|b| *b == b':').unwrap_or(login.len());
    let password = login.get(colon + 1..).unwrap_or_default();
    is_login_password(password, &login[..colon])
}

/// `scheme://user:password@host`.
fn url(input: &Input<'_>, literal: Range<usize>) -> Option<Range<usize>> {
    let bytes = input.bytes;
    let scheme = bytes[literal.start.saturating_sub(24)..literal.start]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'))
        .count();
    let rest = &bytes[literal.end..bytes.len().min(literal.end + 300)];
    let of_login = |b: &u8| b.is_ascii_graphic() && !b"/\"'<>`\\?#,;|)]".contains(b);
    let length = rest.iter().take_while(|b| of_login(b)).count();
    let at = rest[..length].iter().rposition(|b| *b == b'@')?;
    let colon = rest[..at].iter().position(|b| *b == b':')?;
    let (user, password) = (&rest[..colon], &rest[colon + 1..at]);
    let host = &rest[at + 1..length];
    let real = scheme > 0
        && !host.is_empty()
        && !is_made_up_host(host)
        && is_login_password(password, user)
        && (!input.place.made_up || is_secret(password, Kind::Password, true));
    real.then(|| literal.end + colon + 1..literal.end + at)
}

fn is_made_up_host(host: &[u8]) -> bool {
    const HOSTS: [&[u8]; 8] =
        [b"localhost", b"127.0.0.1", b"[::1]", b"0.0.0.0", b"example.", b"host", b"$", b"hostname"];
    let lower = host.to_ascii_lowercase();
    HOSTS.iter().any(|made_up| lower.starts_with(made_up) || contains(&lower, b".example"))
}

/// `Server=…;User Id=…;Password=…`: the other parts tell that it is one.
fn connection_string(input: &Input<'_>, literal: Range<usize>) -> Option<Range<usize>> {
    let bytes = input.bytes;
    let rest = &bytes[literal.end..bytes.len().min(literal.end + 128)];
    let spaces = rest.iter().take_while(|b| **b == b' ').count();
    let length =
        rest[spaces..].iter().take_while(|b| b.is_ascii_graphic() && !b";\"'`<>".contains(b)).count();
    let value = literal.end + spaces..literal.end + spaces + length;
    const OTHERS: [&[u8]; 10] = [
        b"server=",
        b"server =",
        b"data source=",
        b"user id=",
        b"uid=",
        b"host=",
        b"initial catalog=",
        b"username=",
        b"user=",
        b"database=",
    ];
    let divided =
        bytes.get(value.end) == Some(&b';') || bytes[..literal.start].trim_ascii_end().ends_with(b";");
    if !divided {
        return None;
    }
    let around = &bytes[literal.start.saturating_sub(200)..bytes.len().min(value.end + 200)];
    let around = around.to_ascii_lowercase();
    let real = OTHERS.iter().any(|other| contains(&around, other))
        && is_secret(&bytes[value.clone()], Kind::Password, input.place.made_up);
    real.then_some(value)
}
