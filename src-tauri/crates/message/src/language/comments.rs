//! Lines that say nothing to a compiler.

use autocommit_core::path::RepoPath;

fn extension(path: &RepoPath) -> Option<String> {
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
        || text.starts_with("* ")
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
        _ => false,
    }
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

/// Whether leading spaces are part of what a line says.
pub(crate) fn by_indentation(path: &RepoPath) -> bool {
    let known = [
        "rs", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "go", "c", "h", "cc", "cpp", "hpp",
        "java", "cs", "css", "scss",
    ];
    !extension(path).is_some_and(|e| known.contains(&e.as_str()))
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
        ] {
            assert_eq!(is_comment(&RepoPath::from(path), line), comment, "{path} {line}");
        }
    }
}
