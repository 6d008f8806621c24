//! One list of hostile strings for every place that others can fill and every place where it is shown, in the browser's tests
//! too (`hostile.json`); and an oracle of its own for what must never be shown raw.

use serde::Deserialize;

/// What others can write.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corpus {
    /// Messages of commits, words of remotes and hooks, answers of models.
    pub texts: Vec<Text>,
    /// Names of folders and files.
    pub names: Vec<Text>,
    /// Names of branches, as git allows them.
    pub branches: Vec<Text>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub struct Text(String);

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Whole(String),
    Repeated { repeat: String, times: usize },
}

impl From<Written> for Text {
    fn from(written: Written) -> Self {
        match written {
            Written::Whole(text) => Self(text),
            Written::Repeated { repeat, times } => Self(repeat.repeat(times)),
        }
    }
}

/// The list.
pub fn corpus() -> Corpus {
    serde_json::from_str(include_str!("../hostile.json")).expect("the list of hostile strings")
}

/// A character that can change what is seen of others, or cannot be seen itself: every control but the newline, and what
/// Unicode has for directions, joining and tags.
pub fn raw(text: &str) -> Option<char> {
    const INVISIBLE: [std::ops::RangeInclusive<char>; 8] = [
        '\u{ad}'..='\u{ad}',
        '\u{61c}'..='\u{61c}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{2069}',
        '\u{feff}'..='\u{feff}',
        '\u{fff9}'..='\u{fffb}',
        '\u{e0000}'..='\u{e007f}',
    ];
    let raw = |c: &char| (c.is_control() && *c != '\n') || INVISIBLE.iter().any(|range| range.contains(c));
    text.chars().find(raw)
}

/// Panics where something is shown raw. Colours (`ESC [ digits m`) count as such unless they are taken out before.
#[track_caller]
pub fn assert_harmless(what: &str, text: &str) {
    if let Some(c) = raw(text) {
        let at = text.find(c).unwrap_or_default();
        let around: String =
            text[text.floor_char_boundary(at.saturating_sub(80))..].chars().take(160).collect();
        panic!("{what} shows {c:?} raw: {around:?}");
    }
}

/// Without the colours that a terminal gets.
pub fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        let (before, code) = rest.split_at(at);
        let end = code[2..].find(|c: char| !c.is_ascii_digit() && c != ';').map(|end| end + 2);
        out.push_str(before);
        match end.filter(|end| code[*end..].starts_with('m')) {
            Some(end) => rest = &code[end + 1..],
            None => {
                out.push_str(&code[..2]);
                rest = &code[2..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_hostility_is_in_each_list_that_can_hold_it() {
        let Corpus { texts, names, branches } = corpus();
        let any = |list: &[Text], has: fn(&str) -> bool| list.iter().any(|text| has(text));
        for list in [&texts, &names, &branches] {
            assert!(any(list, |text| text.contains('<') && text.contains("onerror")), "markup");
            assert!(any(list, |text| text.contains('\u{9b}')), "escapes of eight bits");
            assert!(any(list, |text| text.contains('\u{202e}')), "directions");
            assert!(any(list, |text| text.contains('\u{200b}')), "what has no width");
            assert!(any(list, |text| text.contains('\u{e0001}')), "tags");
            assert!(any(list, |text| text.contains('\u{2028}')), "separators");
            assert!(any(list, |text| text.contains("$(")), "a shell's words");
            assert!(any(list, |text| text.len() > 150), "length");
        }
        for list in [&texts, &names] {
            assert!(any(list, |text| text.contains('\u{1b}')), "escapes");
            assert!(any(list, |text| text.contains('\n') && text.contains("ERROR")), "a line of the log");
        }
        assert!(any(&texts, |text| text.len() >= 10_000 && !text.contains('\n')), "a line of ten kilobytes");
    }

    #[test]
    fn names_can_be_names() {
        let Corpus { names, branches, .. } = corpus();
        for name in &names {
            assert!(name.len() <= 255 && !name.contains(['/', '\0']), "{name:?}");
        }
        for branch in &branches {
            let git = std::process::Command::new(crate::programs::git())
                .args(["check-ref-format", "--branch", branch])
                .output()
                .expect("git");
            assert!(git.status.success(), "{branch:?}");
        }
    }

    #[test]
    fn colours_and_nothing_else_can_be_taken_out() {
        assert_eq!(without_colours("\u{1b}[38;5;9ma\u{1b}[0mb\u{1b}[m"), "ab");
        for other in ["\u{1b}[2J", "\u{1b}]0;x\u{7}", "\u{1b}[", "\u{1b}[3"] {
            assert_eq!(without_colours(other), other);
            assert!(raw(other).is_some());
        }
        assert_eq!(raw("Grüße, 世界 👋\nund"), None);
    }
}
