//! Small rules for text that came from somebody else: a repository, a remote, a program.

use std::borrow::Cow;

/// Replaces control characters and direction overrides by visible escapes; keeps everything else.
pub fn escape_controls(text: &str) -> String {
    if !text.chars().any(is_unsafe) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// Whether a character can change what a terminal or a page shows of its neighbours: C0 and C1 controls, zero-width
/// characters, and the bidirectional controls of Unicode's TR9.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Takes user names and passwords out of every URL in `text` (`https://user:secret@host` becomes `https://host`).
pub fn without_credentials(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let end = tail
            .find(|c: char| c == '/' || c.is_whitespace() || matches!(c, '\'' | '"'))
            .unwrap_or(tail.len());
        let authority = &tail[..end];
        out.push_str(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
        rest = &tail[end..];
    }
    out.push_str(rest);
    out
}

/// `text` with the name of each secret where that stood: for whatever is kept, shown or sent.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    autocommit_secret::redact(text)
}

/// Shortens `text` to at most `limit` characters, ending in `…` where something was cut.
pub fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(limit.saturating_sub(1)).collect();
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// `1 file`, `2 files`, `3 repositories`: a number with its noun, in the plural where it needs one.
pub fn counted(n: usize, noun: &str) -> String {
    match (n, noun.strip_suffix("ry")) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{n} {stem}ries"),
        (_, None) => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_leave_urls() {
        for (input, expected) in [
            ("https://u:p@example.org/x.git", "https://example.org/x.git"),
            (
                "fatal: unable to access 'https://tok@host:8443/a': no",
                "fatal: unable to access 'https://host:8443/a': no",
            ),
            ("ssh://git@host/a and https://a:b@c/d", "ssh://host/a and https://c/d"),
            ("git@github.com:me/x.git", "git@github.com:me/x.git"),
            ("no url, mail@example.org", "no url, mail@example.org"),
        ] {
            assert_eq!(without_credentials(input), expected);
        }
    }

    #[test]
    fn shortening_and_counting() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd efg", 6), "abcd…");
        assert_eq!(counted(1, "repository"), "1 repository");
        assert_eq!(counted(3, "repository"), "3 repositories");
        assert_eq!(counted(0, "file"), "0 files");
    }
}
