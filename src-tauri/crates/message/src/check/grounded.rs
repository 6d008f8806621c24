//! Whether a sentence is about the change: each name, file and number in it stands there, and enough of its words.

use super::{
    Refusal,
    evidence::Evidence,
    words::{Kind, Token, is_stop, parts},
};
use crate::vocabulary::imperative;

/// The least share of a sentence's own words that must be in the change.
const SHARE: f64 = 0.34;

/// Words that any change could be described with.
const EMPTY: &[&str] = &[
    "code",
    "codebase",
    "file",
    "files",
    "change",
    "changes",
    "project",
    "stuff",
    "thing",
    "things",
    "logic",
    "update",
    "updates",
    "improvement",
    "improvements",
    "repository",
    "functionality",
    "minor",
    "various",
    "several",
    "multiple",
    "content",
    "contents",
    "modification",
    "modifications",
    "implementation",
    "source",
    "general",
    "miscellaneous",
    "necessary",
    "required",
    "better",
    "correct",
    "correctly",
    "properly",
    "existing",
    "related",
    "commit",
    "work",
    "feature",
    "features",
    "bug",
    "bugs",
    "issue",
    "issues",
    "fixes",
    "line",
    "lines",
    "quality",
    "readability",
    "diff",
    "structure",
    "small",
    "few",
    "following",
    "specific",
    "details",
    "data",
];

/// What people think of what they change.
const JUDGING: &[&str] = &[
    "accidental",
    "broken",
    "deprecated",
    "duplicate",
    "duplicated",
    "extra",
    "inconsistency",
    "inconsistent",
    "incorrect",
    "invalid",
    "mistake",
    "missing",
    "obsolete",
    "outdated",
    "redundant",
    "same",
    "spelling",
    "stale",
    "superfluous",
    "typo",
    "typos",
    "unnecessary",
    "unneeded",
    "unused",
    "useless",
    "wrong",
];

/// Checks a sentence that has been cleaned.
pub(super) fn check(tokens: &[Token], evidence: &Evidence) -> Result<(), Refusal> {
    let (mut own, mut found, mut telling) = (0usize, 0usize, false);
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Number => {
                if !evidence.has_number(&token.text) {
                    return Err(Refusal::Number);
                }
                telling |= token.text.contains('.');
            }
            Kind::Path if is_alternative(&token.text, evidence) => telling = true,
            Kind::Path => {
                if !evidence.has_path(&token.text) {
                    return Err(Refusal::File);
                }
                telling = true;
                own += 1;
                found += 1;
            }
            Kind::Name => {
                if !evidence.has_name(&token.text) {
                    return Err(Refusal::Name);
                }
                telling = true;
                own += 1;
                found += 1;
            }
            Kind::Word => {
                // What is done to things, and what is thought of them, never stands in a change.
                let begins = i == 0 || ["and", "to"].contains(&tokens[i - 1].text.as_str());
                let verb = begins && imperative(&token.text).is_some();
                parts(&token.text, |part| {
                    if verb || is_stop(part) || part.chars().count() < 2 {
                        return;
                    }
                    if JUDGING.contains(&part) {
                        return;
                    }
                    let empty = EMPTY.contains(&part);
                    let known = evidence.has_word(part);
                    own += usize::from(!empty || !known);
                    found += usize::from(known && !empty);
                    telling |= !empty;
                });
            }
        }
    }
    if !telling {
        return Err(Refusal::Nothing);
    }
    let enough = own == 0 || found > 0 && found as f64 >= own as f64 * SHARE;
    enough.then_some(()).ok_or(Refusal::Unrelated)
}

/// `and/or`, `read/write`: two words of a sentence.
fn is_alternative(text: &str, evidence: &Evidence) -> bool {
    let mut parts = text.split('/');
    let number = |part: &str| part.starts_with(|c: char| c.is_ascii_digit()) && evidence.has_number(part);
    parts.all(|part| number(part) || !part.contains('.') && (is_stop(part) || evidence.has_word(part)))
}
