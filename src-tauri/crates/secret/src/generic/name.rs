//! Whether a name says that its value is secret: `db_password`, `apiKey`, `CLIENT_SECRET`, not `password_hash`.

use std::ops::Range;

/// Bytes to either side that can belong to the same name.
const REACH: usize = 64;

/// What may follow the telling word in a name that still means the value itself.
const TAILS: [&str; 44] = [
    "",
    "s",
    "key",
    "keys",
    "value",
    "val",
    "string",
    "str",
    "text",
    "plain",
    "plaintext",
    "raw",
    "hex",
    "base64",
    "b64",
    "prod",
    "production",
    "dev",
    "development",
    "staging",
    "stage",
    "live",
    "sandbox",
    "test",
    "local",
    "default",
    "new",
    "old",
    "current",
    "primary",
    "secondary",
    "root",
    "admin",
    "user",
    "db",
    "database",
    "master",
    "override",
    "pw",
    "code",
    "data",
    "const",
    "fallback",
    "env",
];

/// Words in front of the telling word with which the value is public, a switch, a message or a mark of a place.
const HEADS: [&str; 34] = [
    "public",
    "no",
    "has",
    "is",
    "show",
    "hide",
    "forgot",
    "forgotten",
    "reset",
    "invalid",
    "wrong",
    "incorrect",
    "missing",
    "next",
    "page",
    "continuation",
    "sync",
    "cursor",
    "csrf",
    "xsrf",
    "idempotency",
    "eos",
    "bos",
    "pad",
    "unk",
    "cls",
    "mask",
    "sep",
    "cancellation",
    "cancel",
    "design",
    "hashed",
    "encrypted",
    "sealed",
];

/// The whole name around a telling word, if it names a secret.
pub(super) fn around(bytes: &[u8], literal: Range<usize>) -> Option<Range<usize>> {
    let before = &bytes[literal.start.saturating_sub(REACH)..literal.start];
    let after = &bytes[literal.end..bytes.len().min(literal.end + REACH)];
    let of_name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'-' | b'$');
    let head = before.iter().rev().take_while(of_name).count();
    let tail = after.iter().take_while(of_name).count();
    if head >= REACH || tail >= 24 {
        return None;
    }
    let name = literal.start - head..literal.end + tail;
    let (head, tail) = (&bytes[name.start..literal.start], &bytes[literal.end..name.end]);
    (tail_is_good(tail) && head_is_good(head, &bytes[literal])).then_some(name)
}

fn tail_is_good(tail: &[u8]) -> bool {
    if tail.is_empty() {
        return true;
    }
    let letters: Vec<u8> =
        tail.iter().filter(|b| b.is_ascii_alphabetic() || b.is_ascii_digit()).copied().collect();
    let lower = letters.to_ascii_lowercase();
    let word = lower.strip_suffix(b"s").filter(|word| word.ends_with(b"key")).unwrap_or(&lower);
    let word = &word[..word.len() - word.iter().rev().take_while(|b| b.is_ascii_digit()).count()];
    // `base64` and `b64` end in digits of their own.
    TAILS.iter().any(|known| known.as_bytes() == word || known.as_bytes() == lower)
}

fn head_is_good(head: &[u8], literal: &[u8]) -> bool {
    let short = literal.len() <= 4;
    let starts_word = head.last().is_none_or(|b| !b.is_ascii_alphanumeric())
        || head.last().is_some_and(u8::is_ascii_lowercase) && literal[0].is_ascii_uppercase();
    let glued = [
        "db", "smtp", "mail", "ftp", "ssh", "my", "root", "admin", "redis", "pg", "user", "sql", "ldap",
        "wifi",
    ];
    let lower = head.to_ascii_lowercase();
    if short && !starts_word && !glued.iter().any(|word| lower.ends_with(word.as_bytes())) {
        return false;
    }
    !words(head).any(|word| HEADS.iter().any(|known| known.as_bytes() == word))
}

/// The words of a name, in lower case: `resetDB_Pass` has `reset`, `db`, `pass`.
fn words(name: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut words = vec![Vec::new()];
    let mut previous = b'_';
    for byte in name {
        let new = previous.is_ascii_lowercase() && byte.is_ascii_uppercase();
        if new || !byte.is_ascii_alphanumeric() {
            words.push(Vec::new());
        }
        if byte.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(byte.to_ascii_lowercase());
        }
        previous = *byte;
    }
    words.into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, literal: &str) -> bool {
        let start = name.to_ascii_lowercase().rfind(literal).unwrap();
        let name = format!("x {name} = 1");
        around(name.as_bytes(), start + 2..start + 2 + literal.len()).is_some()
    }

    #[test]
    fn names_of_secrets() {
        for name in ["password", "DB_PASSWORD", "dbPassword2", "password_value", "spring-password-base64"] {
            assert!(found(name, "password"), "{name}");
        }
        for name in ["SMTP_PASS", "dbPass", "pass", "mysqlpass"] {
            assert!(found(name, "pass"), "{name}");
        }
        assert!(found("clientSecretKey", "secret") && found("X-Auth-Token", "token"));
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "password_hash",
            "passwordField",
            "resetPassword",
            "hashed_password",
            "hide-password",
            "PasswordReset",
        ] {
            assert!(!found(name, "password"), "{name}");
        }
        for name in ["bypass", "compass", "passing", "passed"] {
            assert!(!found(name, "pass"), "{name}");
        }
        for name in ["tokenizer", "nextPageToken", "token_type", "eos_token"] {
            assert!(!found(name, "token"), "{name}");
        }
    }
}
