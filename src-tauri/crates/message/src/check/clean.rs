//! From what a model wrote to one line: thinking, fences, labels, quotes and prefixes go; nothing is invented.

use super::Refusal;
use crate::defuse::is_hidden;

/// Tags that models put around what they think.
const THINKING: &[&str] = &["think", "thinking", "thought", "reasoning", "reflection"];

/// What models write in front of a message.
const LABELS: &[&str] = &[
    "commit message subject",
    "commit message",
    "commit subject",
    "subject line",
    "subject",
    "commit",
    "message",
    "title",
    "answer",
    "output",
    "summary",
    "description",
];

/// Types of conventional commits, and what repositories made of them.
const TYPES: &[&str] = &[
    "feat", "feature", "fix", "bugfix", "hotfix", "docs", "doc", "style", "refactor", "perf", "test",
    "tests", "build", "ci", "chore", "revert", "deps", "types", "release", "wip", "security",
];

/// The line of an answer that could be a description; `cut` says that the server stopped it.
pub(crate) fn line(answer: &str, cut: bool) -> Result<String, Refusal> {
    if answer.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    let mut text = without_thinking(answer).ok_or(Refusal::Thinking)?;
    if cut {
        // Lines before the last one are whole all the same.
        text.truncate(text.rfind('\n').ok_or(Refusal::CutOff)?);
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_fence(line)).peekable();
    let Some(mut line) = lines.next() else {
        return Err(if cut { Refusal::CutOff } else { Refusal::Markup });
    };
    if line.ends_with(':') && introduces(line) {
        line = lines.next().ok_or(Refusal::Prose)?;
    }
    let line: String = line.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let line: String = line.chars().filter(|c| !is_hidden(*c)).collect();
    let line = unwrapped(&line);
    if line.ends_with("...") || line.ends_with('…') {
        return Err(Refusal::CutOff);
    }
    let line = line.trim_end_matches('.').split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { Err(Refusal::Empty) } else { Ok(line) }
}

/// A type in front of a description, with its scope: `("feat", "add x")`.
pub(crate) fn typed(line: &str) -> Option<(&str, &str)> {
    let (head, rest) = line.split_once(':')?;
    let name = head.trim().trim_end_matches('!');
    let name =
        name.split_once('(').map_or(name, |(name, scope)| if scope.ends_with(')') { name } else { head });
    let known = TYPES.contains(&name.trim().to_lowercase().as_str());
    known.then(|| (name.trim(), rest.trim_start()))
}

/// Nothing where there is an end of thinking missing.
fn without_thinking(answer: &str) -> Option<String> {
    let mut text = answer.to_owned();
    loop {
        let lower = text.to_ascii_lowercase();
        let found = |form: fn(&str) -> String| {
            THINKING.iter().filter_map(|t| Some((lower.find(&form(t))?, form(t).len(), *t))).min()
        };
        let open = found(|tag| format!("<{tag}>"));
        let close = found(|tag| format!("</{tag}>"));
        match (open, close) {
            (None, None) => return Some(text),
            (Some((from, _, _)), Some((to, length, _))) if from < to => {
                text.replace_range(from..to + length, "");
            }
            // What stands before a closing tag alone was thought.
            (_, Some((to, length, _))) => {
                text.replace_range(..to + length, "");
            }
            (Some(_), None) => return None,
        }
    }
}

fn is_fence(line: &str) -> bool {
    line.starts_with("```") && !line[3..].contains('`') && !line[3..].contains(' ') || line.starts_with("~~~")
}

/// `Here is the commit message:` before the message.
fn introduces(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["here is", "here's", "sure", "certainly", "of course", "the commit", "commit message", "subject"]
        .iter()
        .any(|opener| lower.trim_start_matches(['*', '#', ' ']).starts_with(opener))
}

/// Without labels, commands, bullets and quotes, however they are nested.
fn unwrapped(line: &str) -> String {
    let mut line = line.trim().to_owned();
    for _ in 0..6 {
        let next = once(&line);
        if next == line {
            break;
        }
        line = next;
    }
    line
}

fn once(line: &str) -> String {
    let line = line.trim();
    for pair in ["**", "__", "```", "\"", "'", "`", "*"] {
        let inner = line.strip_prefix(pair).and_then(|l| l.strip_suffix(pair));
        if let Some(inner) = inner.filter(|i| !i.is_empty() && !i.contains(pair)) {
            return inner.to_owned();
        }
    }
    if let Some(inner) = line.strip_prefix('“').and_then(|l| l.strip_suffix('”')) {
        return inner.to_owned();
    }
    if let Some(command) = line.strip_prefix("git commit ") {
        return command.trim_start_matches("-a").trim_start_matches("-m").trim().to_owned();
    }
    for bullet in ["- ", "* ", "• ", "> ", "# ", "## ", "### ", "+ "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return rest.to_owned();
        }
    }
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    if let Some(rest) = line[digits..].strip_prefix(". ").filter(|_| (1..=2).contains(&digits)) {
        return rest.to_owned();
    }
    // A picture in front, as some people put it.
    let picture = line.trim_start_matches(|c: char| !c.is_alphanumeric() && !c.is_ascii() || c == '\u{fe0f}');
    if picture.len() < line.len() && picture.starts_with(' ') {
        return picture.trim_start().to_owned();
    }
    let plain = line.trim_start_matches('*');
    let lower = plain.to_ascii_lowercase();
    for label in LABELS {
        let rest = lower.strip_prefix(label).map(|r| r.trim_start_matches('*').trim_start());
        if let Some(rest) = rest.and_then(|r| r.strip_prefix(':')) {
            let from = plain.len() - rest.len();
            return plain[from..].trim_start_matches('*').trim().to_owned();
        }
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_left() {
        for answer in [
            "add a parser",
            "\n\n  add   a parser.\n\nIt parses.",
            "<think>\nhm: x\n</think>\n\nadd a parser",
            "hm, I think</think>add a parser",
            "<reasoning>a</reasoning><think>b</think>add a parser",
            "```\nadd a parser\n```",
            "```text\nadd a parser",
            "`add a parser`",
            "\"add a parser\"",
            "Commit message: add a parser",
            "**Subject:** `add a parser`",
            "**Commit message**: \"add a parser.\"",
            "Here is the commit message:\n\n```\nadd a parser\n```",
            "git commit -m \"add a parser\"",
            "- add a parser",
            "1. \"add a parser\"",
            "✨ add a parser",
            "add\u{202e} a\tparser\u{7}",
        ] {
            assert_eq!(line(answer, false).as_deref(), Ok("add a parser"), "{answer}");
        }
        assert_eq!(line("add a parser\n\nIt par", true).as_deref(), Ok("add a parser"));
    }

    #[test]
    fn nothing_is_left() {
        for (answer, cut, why) in [
            ("", false, Refusal::Empty),
            (" \n ", false, Refusal::Empty),
            ("<think>\nThe user wants", false, Refusal::Thinking),
            ("```\n```", false, Refusal::Markup),
            ("add a par", true, Refusal::CutOff),
            ("add a parser for…", false, Refusal::CutOff),
            ("Here is the commit message:", false, Refusal::Prose),
        ] {
            assert_eq!(line(answer, cut), Err(why), "{answer}");
        }
    }

    #[test]
    fn types_are_seen() {
        assert_eq!(typed("feat(ui)!: add x"), Some(("feat", "add x")));
        assert_eq!(typed("Fix: add x"), Some(("Fix", "add x")));
        assert_eq!(typed("add x: y"), None);
        assert_eq!(typed("std::fix"), None);
    }
}
