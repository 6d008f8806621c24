//! One past subject taken apart: type, scope, ticket, description.

use super::ticket::Ticket;

/// The pieces of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SubjectLine<'a> {
    /// The word before the parentheses and the colon, in small letters.
    pub(super) kind: Option<String>,
    /// Within the parentheses, as written.
    pub(super) scope: Option<&'a str>,
    /// What comes behind type and ticket.
    pub(super) description: &'a str,
    /// Behind the type, with its ticket.
    pub(super) rest: &'a str,
    /// What stands before a colon where that is no type: `net/http`.
    pub(super) area: Option<&'a str>,
}

/// Types that are known everywhere; a repository may have more.
pub(crate) const KNOWN: &[&str] = &[
    "feat", "feature", "fix", "bugfix", "hotfix", "docs", "doc", "style", "refactor", "perf", "test",
    "tests", "build", "ci", "chore", "revert", "release", "deps", "wip", "security", "types", "examples",
    "i18n", "dx",
];

impl<'a> SubjectLine<'a> {
    pub(super) fn of(subject: &'a str) -> Self {
        let subject = subject.trim();
        let plain = |rest: &'a str| Ticket::in_text(rest).map_or(rest, |(_, text)| text);
        let bare = Self { description: plain(subject), rest: subject, ..Self::default() };
        if Ticket::in_front(subject) {
            return bare;
        }
        let Some((head, rest)) = subject.split_once(": ") else { return bare };
        let rest = rest.trim_start();
        let head = head.strip_suffix('!').unwrap_or(head);
        let (word, scope) = match head.split_once('(') {
            Some((word, scope)) => (word, scope.strip_suffix(')').filter(|s| !s.contains(['(', ')']))),
            None => (head, None),
        };
        let broken = head.contains('(') && scope.is_none();
        let is_word = (2..=20).contains(&word.len())
            && word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        let area = (scope.is_none() && is_area(head)).then_some(head);
        if broken || !is_word && area.is_none() || rest.is_empty() {
            return bare;
        }
        let kind = is_word.then(|| word.to_ascii_lowercase());
        Self { kind, scope: scope.filter(|s| !s.trim().is_empty()), description: plain(rest), rest, area }
    }
}

/// Whether a text could name a part of a repository: `net/http`, `crates: git`.
fn is_area(text: &str) -> bool {
    (1..=30).contains(&text.len())
        && !text.contains(' ')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_/.,*".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_taken_apart() {
        for (subject, kind, scope, description) in [
            ("fix(parser)!: stop at the end", Some("fix"), Some("parser"), "stop at the end"),
            ("Feat: ABC-12 new thing", Some("feat"), None, "new thing"),
            ("add: nothing", Some("add"), None, "nothing"),
            ("net/http: close the body", None, None, "close the body"),
            ("Add a thing (#12)", None, None, "Add a thing"),
            ("[ABC-1] Add a thing", None, None, "Add a thing"),
            ("ABC-1: Add a thing", None, None, "Add a thing"),
            ("Why not: this is one", None, None, "Why not: this is one"),
            ("fix(a: b", None, None, "fix(a: b"),
        ] {
            let line = SubjectLine::of(subject);
            assert_eq!(
                (line.kind.as_deref(), line.scope, line.description),
                (kind, scope, description),
                "{subject}"
            );
        }
        assert_eq!(SubjectLine::of("net/http: close the body").area, Some("net/http"));
    }
}
