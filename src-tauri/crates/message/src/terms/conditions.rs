//! Conditions that came, went, or are others now.

use super::{Block, Kind, Reading, Token, is_plain, keywords::is_keyword, tokens};

/// What happened to a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// What it asks about first.
    pub(crate) on: String,
    pub(crate) fate: Fate,
    pub(crate) inside: Option<String>,
}

/// Whether it was there before, and is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Came,
    Changed,
    Went,
}

/// One for each place that begins with one, and how many places there are: lines that came or went together, or one line
/// in another's place.
pub(super) fn of(blocks: &[Block<'_>], reading: Reading) -> (Vec<Condition>, usize) {
    let (mut found, mut places) = (Vec::new(), 0);
    for block in blocks {
        let mut note = |on: Option<String>, fate: Fate| {
            places += 1;
            found.extend(on.map(|on| Condition { on, fate, inside: block.inside.clone() }));
        };
        match (block.old.as_slice(), block.new.as_slice()) {
            ([], []) => {}
            ([], [first, ..]) => note(asked(first, reading).filter(|_| !loops(first)), Fate::Came),
            ([first, ..], []) => note(asked(first, reading).filter(|_| !loops(first)), Fate::Went),
            (old, new) if old.len() == new.len() => {
                for (old, new) in old.iter().zip(new) {
                    note(
                        asked(old, reading).filter(|on| asked(new, reading).as_ref() == Some(on)),
                        Fate::Changed,
                    );
                }
            }
            _ => note(None, Fate::Changed),
        }
    }
    (found, places)
}

/// Whether a line begins what is done again and again: it is more than a condition.
fn loops(line: &str) -> bool {
    let text = line.trim().trim_start_matches(['}', ' ']);
    ["while", "until"].iter().any(|word| text.starts_with(word))
}

/// What a line that asks something asks about first: a name, with what it is a part of.
fn asked(line: &str, reading: Reading) -> Option<String> {
    let text = line.trim().trim_start_matches(['}', ' ']);
    let text = text.strip_prefix("else ").unwrap_or(text);
    let word = text.split(|c: char| !c.is_alphabetic()).next()?;
    if !["if", "elif", "elsif", "unless", "while", "until"].contains(&word) {
        return None;
    }
    let all = tokens(&text[word.len()..], reading);
    let joins = |t: &Token<'_>| t.glued && matches!(t.text, "." | ":" | "?");
    let mut at = 0;
    while at < all.len() {
        if all[at].kind != Kind::Name {
            at += 1;
            continue;
        }
        let mut name = all[at].text.to_owned();
        let mut next = at + 1;
        while next + 1 < all.len()
            && joins(&all[next])
            && all[next + 1].kind == Kind::Name
            && all[next + 1].glued
        {
            name = match name.as_str() {
                "this" | "self" => all[next + 1].text.to_owned(),
                _ => format!("{name}{}{}", all[next].text, all[next + 1].text),
            };
            next += 2;
        }
        let plain = name.trim_start_matches('$');
        if !is_keyword(plain) && is_plain(plain) {
            return Some(plain.to_owned());
        }
        at = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_about() {
        let reading = Reading { dashes: false, hash: false, prose: false };
        for (line, on) in [
            ("if cached.atMost >= atMost {", Some("cached.atMost")),
            ("  if (!this.ready) {", Some("ready")),
            ("} else if (user.name && x) {", Some("user.name")),
            ("elif grep -q \"failed\" tmp.out; then", Some("grep")),
            ("if [[ $tmux_version =~ ^3 ]]; then", Some("tmux_version")),
            ("if (not ok)", None),
            ("iffy(x)", None),
            ("let x = if a { 1 }", None),
        ] {
            assert_eq!(asked(line, reading).as_deref(), on, "{line}");
        }
    }
}
