//! Finds the name that a line of source code defines: functions, types, classes, constants.
//!
//! Works on single lines as a patch shows them, so it answers only for shapes that are definitions in their language
//! wherever they stand. No answer is always allowed; a wrong one never.

use autocommit_core::path::RepoPath;

/// Longest name that is taken, in characters.
const LONGEST: usize = 40;

/// A definition found on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    /// What it defines.
    pub(crate) name: String,
    /// It only adds to a type that is defined elsewhere (`impl X` in Rust).
    pub(crate) extends: bool,
    /// Columns in front of it; a tab counts as 4.
    pub(crate) indent: usize,
}

/// What a language's definitions look like.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Language {
    extensions: &'static [&'static str],
    /// Words that may stand before a keyword.
    modifiers: &'static [&'static str],
    /// Words that the name follows.
    keywords: &'static [&'static str],
    shape: Shape,
    /// Functions usually stand inside a type, indented.
    pub(crate) methods: bool,
}

/// Definitions that no keyword announces.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    Plain,
    Script,
    C,
    Method,
    Shell,
    Go,
}

const ACCESS: &[&str] = &[
    "public",
    "private",
    "protected",
    "internal",
    "static",
    "abstract",
    "final",
    "open",
    "override",
    "sealed",
    "data",
    "async",
    "export",
    "default",
    "declare",
    "virtual",
    "partial",
    "readonly",
    "inline",
    "suspend",
    "operator",
    "mutating",
    "fileprivate",
    "synchronized",
    "native",
    "local",
];

const LANGUAGES: &[Language] = &[
    Language {
        extensions: &["rs"],
        modifiers: &["pub", "async", "unsafe", "extern", "const", "default", "\"C\""],
        keywords: &[
            "fn",
            "struct",
            "enum",
            "union",
            "trait",
            "type",
            "mod",
            "static",
            "const",
            "macro_rules!",
            "impl",
        ],
        shape: Shape::Plain,
        methods: false,
    },
    Language {
        extensions: &["py", "pyi"],
        modifiers: &["async"],
        keywords: &["def", "class"],
        shape: Shape::Plain,
        methods: false,
    },
    Language {
        extensions: &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"],
        modifiers: ACCESS,
        keywords: &["function", "function*", "class", "interface", "type", "enum"],
        shape: Shape::Script,
        methods: false,
    },
    Language {
        extensions: &["go"],
        modifiers: &[],
        keywords: &["func", "type"],
        shape: Shape::Go,
        methods: false,
    },
    Language {
        extensions: &["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m"],
        modifiers: &[],
        keywords: &["#define"],
        shape: Shape::C,
        methods: false,
    },
    Language {
        extensions: &["java", "cs"],
        modifiers: ACCESS,
        keywords: &["class", "interface", "enum", "record", "@interface"],
        shape: Shape::Method,
        methods: true,
    },
    Language {
        extensions: &["kt", "kts", "swift", "scala", "php"],
        modifiers: ACCESS,
        keywords: &[
            "fun",
            "func",
            "def",
            "function",
            "class",
            "object",
            "interface",
            "trait",
            "protocol",
            "struct",
            "enum",
        ],
        shape: Shape::Plain,
        methods: true,
    },
    Language {
        extensions: &["rb"],
        modifiers: &[],
        keywords: &["def", "class", "module"],
        shape: Shape::Plain,
        methods: true,
    },
    Language {
        extensions: &["lua"],
        modifiers: &["local"],
        keywords: &["function"],
        shape: Shape::Plain,
        methods: false,
    },
    Language {
        extensions: &["ex", "exs"],
        modifiers: &[],
        keywords: &["def", "defp", "defmodule", "defmacro"],
        shape: Shape::Plain,
        methods: true,
    },
    Language {
        extensions: &["sh", "bash", "zsh"],
        modifiers: &[],
        keywords: &["function"],
        shape: Shape::Shell,
        methods: false,
    },
];

impl Language {
    /// The language of a file, by its extension.
    pub(crate) fn of(path: &RepoPath) -> Option<&'static Self> {
        let name = std::str::from_utf8(path.file_name()).ok()?;
        let (_, extension) = name.rsplit_once('.')?;
        LANGUAGES.iter().find(|l| l.extensions.contains(&extension))
    }

    /// What `line` defines, if anything.
    pub(crate) fn definition(&self, line: &str) -> Option<Definition> {
        let text = line.trim();
        let indent = indent_of(line);
        let found = self.by_keyword(text).or_else(|| match self.shape {
            Shape::Plain => None,
            Shape::Script => script(text, indent),
            Shape::C => c_function(text, indent).or_else(|| c_type(text)),
            Shape::Method => method(text),
            Shape::Shell => shell_function(text),
            Shape::Go => {
                text.strip_prefix("func (").and_then(|t| identifier(t.split_once(')')?.1.trim_start()))
            }
        });
        let extends =
            self.keywords.contains(&"impl") && text.trim_start_matches("unsafe ").starts_with("impl");
        found.map(|name| Definition { name, extends, indent })
    }

    fn by_keyword(&self, text: &str) -> Option<String> {
        let mut rest = text;
        loop {
            let (word, tail) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let tail = tail.trim_start();
            let next = tail.split_whitespace().next().unwrap_or_default();
            let more_to_come = self.keywords.contains(&next) || self.modifiers.contains(&next);
            if word.starts_with("impl<") || word == "impl" {
                return if self.keywords.contains(&"impl") { implemented(rest) } else { None };
            }
            let modifier = self.modifiers.contains(&word) || word.starts_with("pub(");
            if self.keywords.contains(&word) && !(modifier && more_to_come) {
                return self.name_after(word, tail);
            }
            if !modifier || tail.is_empty() {
                return None;
            }
            rest = tail;
        }
    }

    fn name_after(&self, keyword: &str, tail: &str) -> Option<String> {
        // It only names the file that has the module.
        if keyword == "mod" && tail.ends_with(';') {
            return None;
        }
        let tail = tail.strip_prefix("mut ").or_else(|| tail.strip_prefix("self.")).unwrap_or(tail);
        let tail = tail.strip_prefix("ref ").unwrap_or(tail);
        // `type X =`, `type X struct`: a property or a variable called `type` is none.
        if keyword == "type" && !tail.contains(['=', '{', ' ', ';']) {
            return None;
        }
        identifier(tail)
    }
}

/// Columns in front of the text; a tab counts as 4.
pub(crate) fn indent_of(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// The identifier that `text` starts with.
fn identifier(text: &str) -> Option<String> {
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
fn implemented(text: &str) -> Option<String> {
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
fn script(text: &str, indent: usize) -> Option<String> {
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
fn c_function(text: &str, indent: usize) -> Option<String> {
    const NOT_TYPES: &[&str] = &[
        "return", "else", "if", "while", "for", "switch", "case", "typedef", "using", "goto", "do", "delete",
        "throw", "new",
    ];
    let (before, after) = text.split_once('(')?;
    let first = before.split_whitespace().next()?;
    let fits = indent == 0
        && text.ends_with(['{', ')', ','])
        && !after.starts_with(['(', '*'])
        && !before.contains(['=', '#', '"', ';', '{', '/', '.'])
        && before.split_whitespace().count() >= 2
        && !NOT_TYPES.contains(&first)
        && first.starts_with(|c: char| c.is_alphabetic() || c == '_');
    fits.then(|| last_identifier(before.trim_end())).flatten()
}

/// `struct name {` and nothing behind it.
fn c_type(text: &str) -> Option<String> {
    let text = text.strip_prefix("typedef ").unwrap_or(text);
    let rest = ["struct ", "enum class ", "enum ", "union ", "class ", "namespace "]
        .iter()
        .find_map(|k| text.strip_prefix(k))?;
    let name = identifier(rest)?;
    let tail = rest[name.len()..].trim();
    (tail == "{" || tail.starts_with(": ") && tail.ends_with('{')).then_some(name)
}

/// `public static Type name(args) {` in Java and C#: needs a word of access, to be told from a call.
fn method(text: &str) -> Option<String> {
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
fn shell_function(text: &str) -> Option<String> {
    let (name, rest) = text.split_once("()")?;
    let name = name.trim_end();
    let rest = rest.trim_start();
    (rest.is_empty() || rest.starts_with(['{', '(']))
        .then(|| identifier(name))
        .flatten()
        .filter(|n| n.len() == name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(file: &str, line: &str) -> Option<String> {
        Language::of(&RepoPath::from(file)).and_then(|l| l.definition(line)).map(|d| d.name)
    }

    #[test]
    fn definitions_are_found() {
        for (file, line, expected) in [
            ("a.rs", "pub(crate) async fn parse_args(input: &str) -> u8 {", "parse_args"),
            ("a.rs", "    pub const fn new() -> Self {", "new"),
            ("a.rs", "const LIMIT: usize = 4;", "LIMIT"),
            ("a.rs", "pub static mut X: u8 = 1;", "X"),
            ("a.rs", "pub struct Thing<T>(T);", "Thing"),
            ("a.rs", "impl<T: Fn() -> u8> Display for fmt::Thing<T> {", "Thing"),
            ("a.rs", "macro_rules! check {", "check"),
            ("a.py", "    async def fetch(self):", "fetch"),
            ("a.py", "class Größe(Base):", "Größe"),
            ("a.ts", "export default async function load() {", "load"),
            ("a.ts", "export interface Props {", "Props"),
            ("a.ts", "export const LIMIT = 4;", "LIMIT"),
            ("a.ts", "const add = (a: number) => a + 1;", "add"),
            ("a.ts", "  private async fetchAll(limit: number): Promise<void> {", "fetchAll"),
            ("a.go", "func (s *Server) Start(ctx context.Context) error {", "Start"),
            ("a.go", "type Server struct {", "Server"),
            ("a.c", "static int parse_line(const char *s,", "parse_line"),
            ("a.cpp", "void Thing::run() {", "Thing::run"),
            ("a.c", "struct node {", "node"),
            ("a.h", "#define LIMIT 4", "LIMIT"),
            ("A.java", "    public static List<String> names(int n) {", "names"),
            ("A.java", "public final class Thing extends Base {", "Thing"),
            ("a.rb", "  def self.call(x)", "call"),
            ("a.sh", "build() {", "build"),
            ("a.kt", "suspend fun load(id: Int): Thing {", "load"),
        ] {
            assert_eq!(name(file, line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn other_lines_are_left_alone() {
        for (file, line) in [
            ("a.rs", "let fn_name = 4;"),
            ("a.rs", "// fn parse()"),
            ("a.rs", "pub mod parse;"),
            ("a.rs", "const _: () = assert!(true);"),
            ("a.rs", "return fn_pointer(x)"),
            ("a.py", "definition = 4"),
            ("a.py", "# class Foo"),
            ("a.ts", "  if (ready) {"),
            ("a.ts", "  it(\"adds\", function () {"),
            ("a.ts", "  type: string;"),
            ("a.ts", "  const local = compute(1);"),
            ("a.ts", "    doSomething();"),
            ("a.c", "int parse_line(const char *s);"),
            ("a.c", "else if (x) {"),
            ("a.c", "struct node *make(void);"),
            ("a.c", "    return call(x)"),
            ("A.java", "        return new Thing() {"),
            ("A.java", "        call(x);"),
            ("a.go", "type ("),
            ("a.sh", "build \"$(pwd)\""),
            ("a.txt", "fn parse() {"),
        ] {
            assert_eq!(name(file, line), None, "{line}");
        }
    }
}
