//! Takes the effect out of text that came from a repository and is about to become part of a commit message.
//!
//! Hosts, build servers and release robots act on what they read in messages: they close issues, notify people, skip
//! checks, publish. Only a person may cause that. What has an effect is shown as a visible escape, the same that paths
//! have everywhere in Autocommit (`\u{23}12`), so that the name stays readable and nothing is silently left out. Two
//! functions: [`name`] for one name before it is put into a line, [`line`] for the line as a whole, as the boundary.

use autocommit_core::text::is_unsafe;

/// Whether a character may not be in a message as it is: core's list, and the invisible ones it leaves alone.
pub(crate) fn is_hidden(c: char) -> bool {
    is_unsafe(c)
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{2065}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// One name, harmless within any line: escaped where needed, in back-ticks where it could mention somebody, and in
/// quotation marks where its own spaces would make the line ambiguous.
pub(crate) fn name(raw: &str) -> String {
    let text = line(raw);
    // An empty component cannot come from git; a name of spaces could, and must be seen.
    if text.trim().is_empty() {
        return format!("\"{text}\"");
    }
    if mentions(raw) || text.starts_with('`') {
        return text;
    }
    let ambiguous = text.contains(|c: char| c.is_whitespace() || c == ',') || text.ends_with('.');
    if ambiguous { format!("\"{}\"", text.replace('"', "\\u{22}")) } else { text }
}

/// A whole line, harmless: applying it twice is the same as applying it once.
pub(crate) fn line(raw: &str) -> String {
    let chars: Vec<char> = raw.chars().collect();
    let lower: Vec<char> = chars.iter().map(|c| c.to_ascii_lowercase()).collect();
    let mut escape = vec![false; chars.len()];
    for (i, c) in chars.iter().enumerate() {
        escape[i] = is_hidden(*c);
    }
    for i in 0..chars.len() {
        mark(&lower, i, &mut escape);
    }
    let mut out = String::with_capacity(raw.len() + 8);
    for (c, escaped) in chars.iter().zip(&escape) {
        if *escaped { out.push_str(&format!("\\u{{{:x}}}", u32::from(*c))) } else { out.push(*c) }
    }
    if mentions(&out) { in_code(&out) } else { out }
}

const CLOSERS: &[&str] = &[
    "close",
    "closes",
    "closed",
    "closing",
    "fix",
    "fixes",
    "fixed",
    "fixing",
    "resolve",
    "resolves",
    "resolved",
    "resolving",
    "implement",
    "implements",
    "implemented",
    "implementing",
];

/// Whether a small word closes issues that are named behind it.
pub(crate) fn is_closer(word: &str) -> bool {
    CLOSERS.contains(&word)
}

/// Words that make a bracketed group a switch for a build server or a release robot.
const SWITCHES: &[&str] = &[
    "skip",
    "skipped",
    "ci",
    "cd",
    "no",
    "noci",
    "nodeploy",
    "deploy",
    "release",
    "publish",
    "build",
    "major",
    "minor",
    "patch",
    "breaking",
    "wip",
    "actions",
    "norelease",
];

/// Marks what has an effect at position `i` of the lower-case text.
fn mark(text: &[char], i: usize, escape: &mut [bool]) {
    let rest = &text[i..];
    let word_before = i > 0 && is_word(text[i - 1]);
    match text[i] {
        // An issue, a pull request, a smart commit: #12, owner/repo#12, #close.
        '#' if rest.get(1).is_some_and(|c| c.is_alphanumeric()) => escape[i] = true,
        '!' if !word_before && rest.get(1).is_some_and(char::is_ascii_digit) => escape[i] = true,
        '[' if switch_group(rest) => escape[i] = true,
        '*' if starts(rest, "***no_ci***") => escape[i] = true,
        '-' if starts(rest, "--skip-") || starts(rest, "--ci-skip") => escape[i] = true,
        ':' if starts(rest, "://") => escape[i] = true,
        'g' if !word_before && starts(rest, "gh-") && rest.get(3).is_some_and(char::is_ascii_digit) => {
            escape[i + 2] = true;
        }
        's' if starts(rest, "skip-checks") || starts(rest, "skip_checks") => escape[i + 4] = true,
        'b' if starts(rest, "breaking change") || starts(rest, "breaking-change") => escape[i + 8] = true,
        'w' if !word_before && starts(rest, "www.") => escape[i + 3] = true,
        _ => {}
    }
    if !word_before && is_word(text[i]) {
        mark_closer(text, i, escape);
    }
    if !word_before {
        mark_trailer(text, i, escape);
    }
}

/// A closing word before something that could be an issue: the gap between them is escaped.
fn mark_closer(text: &[char], i: usize, escape: &mut [bool]) {
    let end = word_end(text, i);
    if !CLOSERS.iter().any(|w| text[i..end].iter().copied().eq(w.chars())) {
        return;
    }
    let gap = text[end..].iter().take_while(|c| c.is_whitespace() || **c == ':').count();
    let target: String = text[end + gap..].iter().take_while(|c| !c.is_whitespace()).collect();
    let numbered =
        target.split(['-', '/', '!', '#', '&']).skip(1).any(|s| s.starts_with(|c: char| c.is_ascii_digit()));
    if gap > 0 && (numbered || target.starts_with(['#', '!']) || target.starts_with("http")) {
        escape[end] = true;
    }
}

/// `Signed-off-by:` and its like: the colon is escaped, wherever in a line it stands.
fn mark_trailer(text: &[char], i: usize, escape: &mut [bool]) {
    let end = i + text[i..].iter().take_while(|c| is_word(**c) || **c == '-').count();
    let by = text[i..end].ends_with(&['-', 'b', 'y']);
    let colon = end + text[end..].iter().take_while(|c| c.is_whitespace()).count();
    if by && text.get(colon) == Some(&':') {
        escape[colon] = true;
    }
}

fn switch_group(rest: &[char]) -> bool {
    let inside: String = rest[1..].iter().take_while(|c| **c != ']').collect();
    inside.split(|c: char| !c.is_alphanumeric()).any(|word| SWITCHES.contains(&word))
}

fn word_end(text: &[char], i: usize) -> usize {
    i + text[i..].iter().take_while(|c| is_word(**c)).count()
}

fn starts(rest: &[char], with: &str) -> bool {
    let mut chars = rest.iter();
    with.chars().all(|c| chars.next() == Some(&c))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether an `@` outside of back-ticks could be taken for somebody's name.
fn mentions(text: &str) -> bool {
    let mut before = ' ';
    let mut code = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '`' {
            code = !code;
        }
        if c == '@' && !code && !is_word(before) && chars.peek().is_some_and(|next| is_word(*next)) {
            return true;
        }
        before = c;
    }
    code && text.contains('@')
}

/// Puts each word that mentions somebody into back-ticks; back-ticks of its own would end them and are escaped.
fn in_code(text: &str) -> String {
    let plain = text.replace('`', "\\u{60}");
    let words =
        plain.split(' ').map(|word| if mentions(word) { format!("`{word}`") } else { word.to_owned() });
    words.collect::<Vec<_>>().join(" ")
}
