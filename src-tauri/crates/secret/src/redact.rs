//! Text that is kept or shown, without the secrets in it.

use crate::{hits, input::Place};
use std::borrow::Cow;

/// `text` with a word such as `[a GitHub token]` where each secret was: for what hooks, servers and programs say.
pub fn redact(text: &str) -> Cow<'_, str> {
    let hits = hits::of(text.as_bytes(), Place::default(), false, "");
    if hits.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for hit in hits {
        if hit.rule == hits::OVERFULL {
            return Cow::Owned(format!("[{}]", hit.rule.1));
        }
        if hit.at.end <= done {
            continue;
        }
        // A part of a secret is too much: all that is written together with it goes.
        let before = text.as_bytes()[done..hit.at.start.max(done)].iter().rposition(ends_word);
        let behind = text.as_bytes()[hit.at.end..].iter().position(ends_word);
        out.push_str(&text[done..before.map_or(done, |before| done + before + 1)]);
        out.push_str(&format!("[{}]", hit.rule.1));
        done = match hit.rule.0 {
            PRIVATE_KEY => end_of_key(text, hit.at.end),
            _ => behind.map_or(text.len(), |behind| hit.at.end + behind),
        };
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// The rule whose secrets may be longer than what it looks at.
const PRIVATE_KEY: &str = "private-key";

fn ends_word(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'=' | b'<' | b'>' | b'(' | b')')
}

/// The end of a key's last line; of the whole text if there is none.
fn end_of_key(text: &str, from: usize) -> usize {
    let Some(last) = memchr::memmem::find(&text.as_bytes()[from..], b"-----END").map(|at| from + at) else {
        return text.len();
    };
    memchr::memchr(b'\n', &text.as_bytes()[last..]).map_or(text.len(), |line_end| last + line_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made at run time: no line here looks like a token to whoever scans it.
    fn token() -> String {
        ["gh", "p_", "q8Zt4LmXv2RkW9sBn", "7YhJc3PdF6gTe5QaUoK"].concat()
    }

    #[test]
    fn secrets_leave_and_the_rest_stays() {
        let (token, word) = (token(), ["Tr0ub", "4dor&3xq"].concat());
        for (said, kept) in [
            (format!("fatal: {token} is no good\nä"), "fatal: [a GitHub token] is no good\nä".to_owned()),
            (format!("ü {token}ä ü"), "ü [a GitHub token] ü".to_owned()),
            (format!("x '{token}', {token},{token}"), "x '[a GitHub token]', [a GitHub token]".to_owned()),
            (format!("password=\"{word}\" refused"), "password=\"[a password]\" refused".to_owned()),
            (format!("{token} {token}"), "[a GitHub token] [a GitHub token]".to_owned()),
        ] {
            assert_eq!(redact(&said), kept);
        }
        assert!(matches!(redact("error: failed to push some refs to 'origin'"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_key_that_a_server_says_leaves_with_all_its_lines() {
        let line = "MIIEvQIBADANBgkq4kiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        let dashes = "-".repeat(5);
        let said = format!(
            "remote: {dashes}BEGIN PRIVATE KEY{dashes}\nremote: {line}\nremote: {line}x\nremote: {dashes}END PRIVATE KEY{dashes}\nremote: no\n"
        );
        let kept = redact(&said);
        assert!(
            !kept.contains("MIIE") && !kept.contains("Us8cKj") && kept.ends_with("remote: no\n"),
            "{kept}"
        );
    }

    #[test]
    fn a_key_without_an_end_takes_all_that_follows() {
        let long = "q8Zt4LmXv2RkW9sBn7YhJc3PdF6gTe5QaUoKx1M0\n".repeat(300);
        let kept = redact(&format!("no: {}BEGIN RSA PRIVATE KEY{0}\n{long}", "-".repeat(5))).into_owned();
        assert!(!kept.contains("q8Zt") && kept.starts_with("no: "), "{kept}");
    }

    #[test]
    fn what_is_too_much_to_search_is_left_out_whole() {
        let kept = redact(&"-eyJ".repeat(30_000)).into_owned();
        assert!(kept.len() < 100, "{kept}");
    }
}
