//! Words of sentences and of code, cut and compared the same way.

use crate::vocabulary::STOP;

/// What a word of a sentence looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An ordinary word.
    Word,
    /// `12`, `1.2.3`, `v2`.
    Number,
    /// `src/a.rs`, `a.rs`.
    Path,
    /// `snake_case`, `camelCase`, `--flag`, `a::b`, `call()`, anything in back-ticks.
    Name,
}

/// One word of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Without quotes and marks around it.
    pub(crate) text: String,
    /// What it looks like.
    pub(crate) kind: Kind,
}

/// Proper names that are written like identifiers.
const PROPER: &[&str] = &[
    "javascript",
    "typescript",
    "github",
    "gitlab",
    "macos",
    "ios",
    "openapi",
    "nodejs",
    "postgresql",
    "mysql",
    "graphql",
    "youtube",
    "linkedin",
    "devops",
    "webassembly",
    "websocket",
    "websockets",
    "restful",
    "ipv4",
    "ipv6",
    "powershell",
    "vscode",
    "bitbucket",
    "e.g",
    "i.e",
    "vs",
];

/// The words of a sentence.
pub(crate) fn tokens(sentence: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (i, piece) in sentence.split('`').enumerate() {
        // What stands between back-ticks is meant word for word.
        let code = i % 2 == 1;
        for raw in piece.split(|c: char| c.is_whitespace() || c == ',' || c == ';') {
            let text = raw.trim_matches(|c: char| "\"'“”‘’()[]:!?*".contains(c)).trim_end_matches('.');
            if !text.chars().any(char::is_alphanumeric) {
                continue;
            }
            let kind = if code && !text.chars().all(|c| c.is_ascii_digit()) && !is_path(text) {
                Kind::Name
            } else {
                kind(text, raw)
            };
            found.push(Token { text: text.to_owned(), kind });
        }
    }
    found
}

fn kind(text: &str, raw: &str) -> Kind {
    let digits = text.strip_prefix(['v', '^', '~', '=']).unwrap_or(text);
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_alphanumeric() || ".+-%_".contains(c))
        && digits.chars().filter(|c| c.is_ascii_alphabetic()).count() <= 8;
    let lower = text.to_lowercase();
    match () {
        () if numeric => Kind::Number,
        () if PROPER.contains(&lower.as_str()) => Kind::Word,
        () if is_path(text) => Kind::Path,
        () if is_name(text) || raw.contains("()") => Kind::Name,
        () => Kind::Word,
    }
}

/// A slash between two names, or a short extension. `and/or` is told from a path by whoever knows the change.
fn is_path(text: &str) -> bool {
    let extension = text.rsplit_once('.').filter(|(stem, end)| {
        let short = (1..=5).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric());
        short && !stem.is_empty() && end.starts_with(|c: char| c.is_ascii_lowercase())
    });
    text.contains('/') || extension.is_some()
}

fn is_name(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let joined = text.contains('_') || text.contains("::") || text.starts_with("--") || text.contains('$');
    let dotted = text.split('.').count() > 1;
    let hump = chars.windows(2).any(|w| w[0].is_lowercase() && w[1].is_uppercase());
    let digit = chars.windows(2).any(|w| w[0].is_ascii_alphabetic() && w[1].is_ascii_digit());
    joined || dotted || hump || digit || text.contains(['@', '=', '<', '>', '\\', '|', '#', '*', '+'])
}

/// The parts of a text in lower case, cut at everything that is no letter or digit, at humps and between letters and
/// digits: `parseHTMLFile2` is `parse`, `html`, `file`, `2`.
pub(crate) fn parts(text: &str, mut take: impl FnMut(&str)) {
    let mut part = String::new();
    let mut chars = text.chars().peekable();
    let mut before: Option<char> = None;
    while let Some(c) = chars.next() {
        if !c.is_alphanumeric() {
            before = None;
            if !part.is_empty() {
                take(&part);
                part.clear();
            }
            continue;
        }
        let hump = before.is_some_and(|b| {
            b.is_lowercase() && c.is_uppercase()
                || b.is_uppercase()
                    && c.is_uppercase()
                    && chars.peek().is_some_and(|next| next.is_lowercase())
                || b.is_ascii_digit() != c.is_ascii_digit()
        });
        if hump && !part.is_empty() {
            take(&part);
            part.clear();
        }
        part.extend(c.to_lowercase());
        before = Some(c);
    }
    if !part.is_empty() {
        take(&part);
    }
}

/// A word without its ending, roughly: enough to take `parser`, `parsing` and `parse` for one.
pub(crate) fn stem(word: &str) -> String {
    for (short, long) in ALIASES {
        if word == *long || word.strip_suffix('s') == Some(long) {
            return (*short).to_owned();
        }
    }
    let mut stem = word.to_owned();
    if !stem.is_ascii() {
        return stem;
    }
    for _ in 0..2 {
        let ending = ENDINGS.iter().find(|end| stem.ends_with(**end) && stem.len() >= end.len() + 3);
        match ending {
            Some(&"ies") => stem.replace_range(stem.len() - 3.., "y"),
            Some(end) => stem.truncate(stem.len() - end.len()),
            None => break,
        }
    }
    // running, run: the doubled letter goes.
    let bytes = stem.as_bytes();
    if let [.., a, b] = bytes
        && a == b
        && stem.len() > 3
        && !b"aeiousl".contains(b)
    {
        stem.pop();
    }
    stem
}

const ENDINGS: &[&str] = &[
    "ations", "ation", "ating", "ators", "ator", "ated", "ates", "ate", "ments", "ment", "ities", "ity",
    "ings", "ing", "ions", "ion", "ies", "ers", "ors", "able", "er", "or", "ed", "es", "ly", "al", "s", "e",
    "y",
];

/// What is written short in code and long in sentences.
const ALIASES: &[(&str, &str)] = &[
    ("dep", "dependency"),
    ("dep", "dependencie"),
    ("dir", "directory"),
    ("dir", "directorie"),
    ("env", "environment"),
    ("err", "error"),
    ("fn", "function"),
    ("fn", "func"),
    ("msg", "message"),
    ("req", "request"),
    ("res", "response"),
    ("ctx", "context"),
    ("cmd", "command"),
    ("btn", "button"),
    ("img", "image"),
    ("db", "database"),
    ("pkg", "package"),
    ("ver", "version"),
    ("num", "number"),
    ("str", "string"),
    ("attr", "attribute"),
    ("prop", "property"),
    ("prop", "propertie"),
    ("doc", "documentation"),
    ("doc", "document"),
];

/// Whether every sentence may have the word.
pub(crate) fn is_stop(word: &str) -> bool {
    STOP.split(' ').any(|stop| stop == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let kinds: Vec<(String, Kind)> = tokens(
            "Move `x` and parse_line, from src/a.rs (v1.2.0) to GitHub's fooBar in call() e.g. \"quoted\".",
        )
        .into_iter()
        .filter(|t| t.kind != Kind::Word)
        .map(|t| (t.text, t.kind))
        .collect();
        let expected = [
            ("x", Kind::Name),
            ("parse_line", Kind::Name),
            ("src/a.rs", Kind::Path),
            ("v1.2.0", Kind::Number),
            ("GitHub's", Kind::Name),
            ("fooBar", Kind::Name),
            ("call", Kind::Name),
        ];
        assert_eq!(kinds, expected.map(|(t, k)| (t.to_owned(), k)));
    }

    #[test]
    fn code_falls_into_words() {
        let mut found = Vec::new();
        parts("parseHTMLFile2 snake_case, kebab-case: XMLHttp", |p| found.push(p.to_owned()));
        assert_eq!(found, ["parse", "html", "file", "2", "snake", "case", "kebab", "case", "xml", "http"]);
    }

    #[test]
    fn stems_meet() {
        for family in [
            &["parse", "parser", "parsing", "parses"][..],
            &["config", "configs"],
            &["dependency", "dependencies", "dep", "deps"],
            &["run", "running", "runs"],
            &["validate", "validation", "validates"],
            &["directory", "directories", "dir"],
            &["documentation", "docs", "document"],
        ] {
            let stems: Vec<String> = family.iter().map(|w| stem(w)).collect();
            assert!(stems.windows(2).all(|w| w[0] == w[1]), "{family:?} {stems:?}");
        }
    }
}
