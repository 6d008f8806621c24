//! Lines that say nothing to a compiler.

use autocommit_core::path::RepoPath;

/// What stands behind the last point of a file's name, in small letters.
pub(crate) fn extension(path: &RepoPath) -> Option<String> {
    let name = std::str::from_utf8(path.file_name()).ok()?;
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase())
}

/// Whether a line is blank or nothing but a comment that begins on it. Lines within a longer comment are known by the
/// star in front of them alone. Never true where a language is unknown.
pub(crate) fn is_comment(path: &RepoPath, line: &str) -> bool {
    let Some(extension) = extension(path) else { return false };
    let text = line.trim();
    if text.is_empty() {
        return true;
    }
    let slashes = text.starts_with("//")
        || text.starts_with("/*") && !behind_end(text)
        || text.strip_prefix("* ").is_some_and(reads_as_prose)
        || text == "*"
        || text == "*/";
    match extension.as_str() {
        "rs" | "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "go" | "c" | "h" | "cc"
        | "cpp" | "hpp" | "cxx" | "hh" | "java" | "cs" | "kt" | "kts" | "swift" | "scala" | "php"
        | "dart" | "zig" | "css" | "scss" => slashes && !directs(text),
        "py" | "pyi" | "rb" | "sh" | "bash" | "zsh" | "ex" | "exs" | "pl" | "r" | "yml" | "yaml" | "toml" => {
            text.starts_with('#') && !text.starts_with("#!") && !directs(text)
        }
        "lua" | "sql" | "hs" | "elm" => text.starts_with("--"),
        "ini" | "cfg" | "conf" | "properties" => text.starts_with(['#', ';']),
        _ => false,
    }
}

/// Whether what stands behind a star is written for people: `* 24;` and `* { margin: 0 }` are not.
fn reads_as_prose(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let word = |text: &str| text.chars().all(|c| c.is_alphabetic() || "@'-.,:`".contains(c));
    let code =
        text.contains(['{', '}', '=', ';']) || text.ends_with(['(', ')', '+', '*', '/', '&', '|', ',']);
    word(first)
        && first.starts_with(|c: char| c.is_alphabetic() || "@-`".contains(c))
        && text.contains(' ')
        && !code
}

/// Whether some of these lines may be part of a text over several lines, in which the marks of a comment are none.
pub(crate) fn hides_text(path: &RepoPath, after: Option<&[u8]>, lines: &[&str]) -> bool {
    let marks: &[&str] = match extension(path).as_deref() {
        Some("py" | "pyi") => &["\"\"\"", "'''"],
        Some("sh" | "bash" | "zsh" | "rb" | "pl" | "ex" | "exs") => {
            return after.is_some_and(|after| has(after, "<<"));
        }
        _ => return false,
    };
    let Some(after) = after else { return false };
    let text = String::from_utf8_lossy(after);
    marks.iter().any(|mark| {
        let mut open = false;
        text.lines().any(|line| {
            let found = open && lines.iter().any(|l| l.trim() == line.trim() && !l.trim().is_empty());
            open ^= line.matches(mark).count() % 2 == 1;
            found
        })
    })
}

fn has(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}

/// Something stands behind the comment.
fn behind_end(text: &str) -> bool {
    text.split_once("*/").is_some_and(|(_, rest)| !rest.trim().is_empty())
}

/// Comments that tools act on.
fn directs(text: &str) -> bool {
    [
        "//go:",
        "// +build",
        "//export",
        "@ts-",
        "eslint",
        "# type:",
        "noqa",
        "pragma",
        "# frozen_string_literal",
    ]
    .iter()
    .any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_known() {
        for (path, line, comment) in [
            ("a.rs", "    /// Adds.", true),
            ("a.rs", "*x = 1;", false),
            ("a.rs", "#[derive(Debug)]", false),
            ("a.ts", "/* one */ call()", false),
            ("a.ts", "// @ts-ignore", false),
            ("a.go", "//go:embed x", false),
            ("a.py", "# adds", true),
            ("a.py", "x = 1  # adds", false),
            ("a.c", "#define X", false),
            ("a.unknown", "// x", false),
            ("a.rs", "", true),
            ("a.rs", "    * 24;", false),
            ("a.rs", "    * width", false),
            ("a.java", " * Returns the width.", true),
            ("a.css", "* { margin: 0 }", false),
            ("a.ini", "; cache = 3", true),
        ] {
            assert_eq!(is_comment(&RepoPath::from(path), line), comment, "{path} {line}");
        }
    }

    #[test]
    fn marks_within_texts_are_none() {
        let after = b"x = \"\"\"\n# Report\n\"\"\"\n# said\n";
        for (path, line, hidden) in [
            ("a.py", "# Report", true),
            ("a.py", "# said", false),
            ("a.py", "# gone", false),
            ("a.rs", "# Report", false),
        ] {
            assert_eq!(hides_text(&RepoPath::from(path), Some(after), &[line]), hidden, "{path} {line}");
        }
        assert!(hides_text(&RepoPath::from("a.sh"), Some(b"cat <<X\n# new\nX\n"), &["# new"]));
    }
}
