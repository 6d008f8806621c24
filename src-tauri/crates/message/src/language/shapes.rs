//! Definitions that no single keyword announces, one function for each shape of them.

use super::{ACCESS, LONGEST};

/// The identifier that `text` starts with.
pub(super) fn identifier(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| is_name(*c)).collect();
    let sound = name.chars().next().is_some_and(|c| !c.is_ascii_digit())
        && name.chars().any(char::is_alphanumeric)
        && name.chars().count() <= LONGEST;
    sound.then_some(name)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The identifier that `text` ends with, with its `Type::` in C++.
fn last_identifier(text: &str) -> Option<String> {
    let name: String = text.chars().rev().take_while(|c| is_name(*c) || matches!(c, ':' | '~')).collect();
    let name: String = name.chars().rev().collect();
    let sound =
        name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_') && name.chars().count() <= LONGEST;
    sound.then_some(name)
}

/// The type of `impl<T> Trait for Type`.
pub(super) fn implemented(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix("impl")?;
    if rest.starts_with('<') {
        let mut depth = 0i32;
        let end = rest.char_indices().find(|(i, c)| {
            depth += match c {
                '<' => 1,
                '>' if !rest[..*i].ends_with('-') => -1,
                _ => 0,
            };
            depth == 0
        })?;
        rest = &rest[end.0 + 1..];
    }
    let target = rest.split_once(" for ").map_or(rest, |(_, target)| target).trim_start();
    let path: String = target.chars().take_while(|c| is_name(*c) || *c == ':').collect();
    identifier(path.rsplit("::").next().unwrap_or_default())
}

/// `const name = () =>`, `export const NAME =`, `async name(args) {`.
pub(super) fn script(text: &str, indent: usize) -> Option<String> {
    let plain = text.strip_prefix("export ").unwrap_or(text);
    if let Some(rest) = ["const ", "let ", "var "].iter().find_map(|k| plain.strip_prefix(k)) {
        let (name, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let callable = value.contains("=>") && value.starts_with(['(', 'a'])
            || value.starts_with("function")
            || value.starts_with("async ");
        return (indent == 0 && (callable || plain.len() < text.len())).then(|| identifier(name)).flatten();
    }
    let mut rest = text;
    while let Some((word, tail)) =
        rest.split_once(' ').filter(|(w, _)| ACCESS.contains(w) || ["get", "set"].contains(w))
    {
        (_, rest) = (word, tail);
    }
    let (name, args) = rest.split_once('(')?;
    const NOT_NAMES: &[&str] =
        &["if", "for", "while", "switch", "catch", "with", "function", "return", "super", "await"];
    let method = indent > 0
        && args.ends_with('{')
        && args.contains(')')
        && !args.contains(['=', '"', '\'', '`', '('])
        && !args.contains("function")
        && !NOT_NAMES.contains(&name);
    method.then(|| identifier(name)).flatten().filter(|n| n.len() == name.len())
}

/// `static int name(…`, `void Type::name(…`: in the first column, not a statement, not an announcement.
pub(super) fn c_function(text: &str, indent: usize) -> Option<String> {
    const NOT_TYPES: &[&str] = &[
        "return", "else", "if", "while", "for", "switch", "case", "typedef", "using", "goto", "do", "delete",
        "throw", "new",
    ];
    const TYPES: &[&str] = &[
        "static", "extern", "inline", "const", "unsigned", "signed", "struct", "enum", "void", "bool",
        "char", "short", "int", "long", "float", "double", "size_t", "ssize_t",
    ];
    let (before, after) = text.split_once('(')?;
    let first = before.split_whitespace().next()?;
    // Prose has spaces in front of its parentheses, too.
    let fits = (indent == 0 && (!before.ends_with(' ') || TYPES.contains(&first)))
        && text.ends_with(['{', ')', ','])
        && !after.starts_with(['(', '*'])
        && !before.contains(['=', '#', '"', ';', '{', '/', '.'])
        && before.split_whitespace().count() >= 2
        && !NOT_TYPES.contains(&first)
        && first.starts_with(|c: char| c.is_alphabetic() || c == '_');
    fits.then(|| last_identifier(before.trim_end())).flatten()
}

/// `struct name {` and nothing behind it.
pub(super) fn c_type(text: &str) -> Option<String> {
    let text = text.strip_prefix("typedef ").unwrap_or(text);
    let rest = ["struct ", "enum class ", "enum ", "union ", "class ", "namespace "]
        .iter()
        .find_map(|k| text.strip_prefix(k))?;
    let name = identifier(rest)?;
    let tail = rest[name.len()..].trim();
    (tail == "{" || tail.starts_with(": ") && tail.ends_with('{')).then_some(name)
}

/// `public static Type name(args) {` in Java and C#: needs a word of access, to be told from a call.
pub(super) fn method(text: &str) -> Option<String> {
    let (before, _) = text.split_once('(')?;
    let words: Vec<&str> = before.split_whitespace().collect();
    let fits = words.len() >= 2
        && ACCESS.contains(&words[0])
        && !before.contains(['=', '"', '.', '@'])
        && !words.contains(&"new")
        && text.ends_with(['{', ')', ',', '(']);
    fits.then(|| last_identifier(before.trim_end())).flatten()
}

/// `name() {`.
pub(super) fn shell_function(text: &str) -> Option<String> {
    let (name, rest) = text.split_once("()")?;
    let name = name.trim_end();
    let rest = rest.trim_start();
    (rest.is_empty() || rest.starts_with(['{', '(']))
        .then(|| identifier(name))
        .flatten()
        .filter(|n| n.len() == name.len())
}
