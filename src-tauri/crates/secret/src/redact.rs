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
        let start = (0..=hit.at.start).rfind(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (hit.at.end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        if start >= done {
            out.push_str(&text[done..start]);
            out.push_str(&format!("[{}]", hit.rule.1));
        }
        done = done.max(end);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
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
            (format!("ü{token}"), format!("ü{token}").replace(&token, "[a GitHub token]")),
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
    fn what_is_too_much_to_search_is_left_out_whole() {
        let kept = redact(&"-eyJ".repeat(30_000)).into_owned();
        assert!(kept.len() < 100, "{kept}");
    }
}
