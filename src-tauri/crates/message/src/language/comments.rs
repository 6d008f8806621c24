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
        || extension != "rs" && text.strip_prefix("* ").is_some_and(reads_as_prose)
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

/// Whether files that end so are JavaScript or TypeScript.
pub(crate) fn is_script(extension: &str) -> bool {
    matches!(extension, "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts")
}

/// Bytes of the text that begins with a quotation mark, with both its marks; nothing where it does not end on its line.
pub(crate) fn quoted(text: &str) -> Option<usize> {
    let mark = text.chars().next()?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// How a text over several lines begins and ends in a language, where that is by the same marks.
pub(crate) fn text_marks(path: &RepoPath) -> &'static [&'static str] {
    match extension(path).as_deref() {
        Some("py" | "pyi") => &["\"\"\"", "'''"],
        Some(script) if is_script(script) => &["`"],
        _ => &[],
    }
}

/// Whether a language has texts that end with a word of their own: `<<END`.
pub(crate) fn has_here_documents(path: &RepoPath) -> bool {
    matches!(extension(path).as_deref(), Some("sh" | "bash" | "zsh" | "rb" | "pl" | "php"))
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
        "yamllint",
        "shellcheck",
        "renovate:",
        "prettier-ignore",
        "yaml-language-server",
        "#cloud-config",
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
}
