//! Paths and lists of names as they stand in a message: short, told apart, harmless.

use crate::defuse;
use autocommit_core::path::RepoPath;

/// Longest name in a subject, in characters.
pub(crate) const SUBJECT_NAME: usize = 40;

/// Names that say little without the folder they are in.
const GENERIC: &[&str] = &[
    "mod.rs",
    "lib.rs",
    "main.rs",
    "build.rs",
    "tests.rs",
    "__init__.py",
    "__main__.py",
    "main.py",
    "main.go",
    "doc.go",
    "Cargo.toml",
    "Cargo.lock",
    "package.json",
    "go.mod",
    "go.sum",
    "README.md",
    "README",
    "CHANGELOG.md",
    "Makefile",
    "Dockerfile",
    "CMakeLists.txt",
    "pyproject.toml",
    "page.tsx",
    "layout.tsx",
    "route.ts",
];

/// Folders that say little themselves.
const PLAIN_FOLDERS: &[&str] = &["src", "lib", "app", "main"];

/// The file's name; with the folders that make it say something where it is one of the usual ones.
pub(crate) fn short(path: &RepoPath) -> String {
    let text = text_of(path.as_bytes());
    let parts: Vec<&str> = text.split('/').collect();
    let name = parts.last().copied().unwrap_or_default();
    let mut from = parts.len().saturating_sub(1);
    if GENERIC.contains(&name) || name.starts_with("index.") {
        while from > 0 {
            from -= 1;
            if !PLAIN_FOLDERS.contains(&parts[from]) {
                break;
            }
        }
    }
    one(&parts[from..].join("/"), SUBJECT_NAME)
}

/// The same for a subject about documents: `README` is enough for `README.md`.
pub(crate) fn document(path: &RepoPath) -> String {
    let short = short(path);
    let stem = short
        .strip_suffix(".md")
        .or_else(|| short.strip_suffix(".rst"))
        .or_else(|| short.strip_suffix(".adoc"));
    let known = |stem: &&str| {
        let name = stem.rsplit('/').next().unwrap_or_default();
        name.len() > 3 && name.chars().all(|c| c.is_ascii_uppercase() || "_-".contains(c))
    };
    stem.filter(known).map_or_else(|| short.clone(), str::to_owned)
}

/// The last component alone.
pub(crate) fn file_name(path: &RepoPath) -> String {
    one(&text_of(path.file_name()), SUBJECT_NAME)
}

/// The whole path in at most about `limit` characters.
pub(crate) fn full(path: &RepoPath, limit: usize) -> String {
    one(&text_of(path.as_bytes()), limit)
}

/// A folder; `""` is the top of the repository.
pub(crate) fn folder(path: &str) -> String {
    if path.is_empty() { "the top folder".to_owned() } else { one(path, SUBJECT_NAME) }
}

/// The folder of a path, without final slash; empty at the top.
pub(crate) fn folder_of(path: &RepoPath) -> String {
    let text = text_of(path.as_bytes());
    text.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
}

/// The deepest folder that all paths are below of; empty at the top.
pub(crate) fn common_folder<'a>(paths: impl Iterator<Item = &'a RepoPath>) -> String {
    let mut common: Option<Vec<String>> = None;
    for path in paths {
        let folder = folder_of(path);
        let parts = folder.split('/').filter(|p| !p.is_empty());
        common = Some(match common {
            None => parts.map(str::to_owned).collect(),
            Some(common) => common
                .iter()
                .zip(parts)
                .take_while(|(a, b)| a.as_str() == *b)
                .map(|(a, _)| a.clone())
                .collect(),
        });
    }
    common.unwrap_or_default().join("/")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// One name, shortened and harmless.
fn one(text: &str, limit: usize) -> String {
    let harmless = defuse::name(&middle_cut(text, limit));
    // Escapes made it longer: names like that are cut as they are shown.
    if harmless.chars().count() > limit * 2 { defuse::line(&middle_cut(&harmless, limit)) } else { harmless }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// At most `limit` characters, with `…` for what is left out in the middle, preferably between words.
pub(crate) fn middle_cut(text: &str, limit: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= limit {
        return text.to_owned();
    }
    let (mut head, tail) = (limit / 2, limit - limit / 2 - 1);
    let mut tail = chars.len() - tail;
    let seam = |i: usize| !chars[i - 1].is_alphanumeric() || !chars[i].is_alphanumeric();
    if let Some(better) = (head.saturating_sub(8).max(1)..=head).rev().find(|i| seam(*i)) {
        head = better;
    }
    if let Some(better) = (tail..(tail + 8).min(chars.len())).find(|i| seam(*i)) {
        tail = better;
    }
    let (head, tail): (String, String) = (chars[..head].iter().collect(), chars[tail..].iter().collect());
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_bring_their_folder() {
        for (path, shown) in [
            ("src/cli.rs", "cli.rs"),
            ("crates/git/src/lib.rs", "git/src/lib.rs"),
            ("lib.rs", "lib.rs"),
            ("src/main.rs", "src/main.rs"),
            ("web/api/index.ts", "api/index.ts"),
            ("my notes.txt", "\"my notes.txt\""),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("packages/@me/x/mod.rs", "x/mod.rs"),
            ("@me", "`@me`"),
        ] {
            assert_eq!(short(&RepoPath::from(path)), shown);
        }
    }

    #[test]
    fn long_names_lose_their_middle() {
        let name = "a_very_long_file_name_that_nobody_would_type_twice.generated.rs";
        let cut = middle_cut(name, 40);
        assert!(cut.chars().count() <= 40, "{cut}");
        assert_eq!(cut, "a_very_long_file_…_twice.generated.rs");
        assert_eq!(middle_cut("äöü", 3), "äöü");
        assert_eq!(middle_cut("äöüß", 3).chars().count(), 3);
    }

    #[test]
    fn the_common_folder() {
        let paths = ["src/api/a.rs", "src/api/http/b.rs", "src/apix/c.rs"].map(RepoPath::from);
        assert_eq!(common_folder(paths[..2].iter()), "src/api");
        assert_eq!(common_folder(paths.iter()), "src");
        assert_eq!(listed(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
