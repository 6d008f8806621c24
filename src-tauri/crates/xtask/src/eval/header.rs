//! The first line of a message, read as Conventional Commits 1.0 where it is written so.

/// The types of `@commitlint/config-conventional`.
pub(super) const TYPES: [&str; 11] =
    ["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];

/// Further words that people write in the place of a type.
const ALSO: [&str; 11] =
    ["doc", "deps", "types", "tests", "wip", "release", "security", "examples", "sec", "enhance", "dx"];

/// A first line in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// The type as written; nothing where the line has none.
    pub(super) kind: Option<&'a str>,
    /// What stands in round brackets behind the type.
    pub(super) scope: Option<&'a str>,
    /// A `!` says that something breaks.
    pub(super) breaking: bool,
    /// What is left, without the number of a pull request at its end.
    pub(super) description: &'a str,
}

impl<'a> Header<'a> {
    /// Reads one line.
    pub(super) fn of(line: &'a str) -> Self {
        let line = without_number(line.trim());
        let plain = Self { kind: None, scope: None, breaking: false, description: line };
        let Some((before, description)) = line.split_once(": ") else { return plain };
        let (before, breaking) = before.strip_suffix('!').map_or((before, false), |cut| (cut, true));
        let (kind, scope) = match before.split_once('(') {
            None => (before, None),
            Some((kind, rest)) => match rest.strip_suffix(')') {
                Some(scope) if !scope.is_empty() => (kind, Some(scope)),
                _ => return plain,
            },
        };
        let lower = kind.to_ascii_lowercase();
        if !TYPES.contains(&lower.as_str()) && !ALSO.contains(&lower.as_str()) {
            return plain;
        }
        Self { kind: Some(kind), scope, breaking, description: description.trim() }
    }
}

/// The line without ` (#123)` at its end, which the host adds when it merges.
fn without_number(line: &str) -> &str {
    let mut line = line;
    while let Some((before, number)) = line.rsplit_once(" (#") {
        let digits = number.strip_suffix(')').unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            break;
        }
        line = before.trim_end();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_people_write_them() {
        let read = |line| {
            let Header { kind, scope, breaking, description } = Header::of(line);
            (kind, scope, breaking, description)
        };
        assert_eq!(read("feat(cli): add x (#12)"), (Some("feat"), Some("cli"), false, "add x"));
        assert_eq!(read("fix!: y (#1) (#22)"), (Some("fix"), None, true, "y"));
        assert_eq!(read("chore(a)!: z"), (Some("chore"), Some("a"), true, "z"));
        assert_eq!(read("zsh: no type"), (None, None, false, "zsh: no type"));
        assert_eq!(read("fix(): broken"), (None, None, false, "fix(): broken"));
        assert_eq!(read("Fix the thing (see #3)"), (None, None, false, "Fix the thing (see #3)"));
    }
}
