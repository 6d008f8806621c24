//! Finds the name that a line of source code defines: functions, types, classes, constants.
//!
//! Works on single lines as a patch shows them, so it answers only for shapes that are definitions in their language
//! wherever they stand. No answer is always allowed; a wrong one never.

mod comments;
mod shapes;

use autocommit_core::path::RepoPath;
pub(crate) use comments::{extension, has_here_documents, is_comment, is_script, quoted, text_marks};
use shapes::{c_function, c_type, identifier, implemented, method, script, shell_function};

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
    /// Behind the name of a definition words may stand without any sign: `def call a, b`.
    bare: bool,
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
        bare: false,
    },
    Language {
        extensions: &["py", "pyi"],
        modifiers: &["async"],
        keywords: &["def", "class"],
        shape: Shape::Plain,
        methods: false,
        bare: false,
    },
    Language {
        extensions: &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"],
        modifiers: ACCESS,
        keywords: &["function", "function*", "class", "interface", "type", "enum"],
        shape: Shape::Script,
        methods: false,
        bare: false,
    },
    Language {
        extensions: &["go"],
        modifiers: &[],
        keywords: &["func", "type"],
        shape: Shape::Go,
        methods: false,
        bare: true,
    },
    Language {
        extensions: &["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m"],
        modifiers: &[],
        keywords: &["#define"],
        shape: Shape::C,
        methods: false,
        bare: false,
    },
    Language {
        extensions: &["java", "cs"],
        modifiers: ACCESS,
        keywords: &["class", "interface", "enum", "record", "@interface"],
        shape: Shape::Method,
        methods: true,
        bare: false,
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
        bare: false,
    },
    Language {
        extensions: &["rb"],
        modifiers: &[],
        keywords: &["def", "class", "module"],
        shape: Shape::Plain,
        methods: true,
        bare: true,
    },
    Language {
        extensions: &["lua"],
        modifiers: &["local"],
        keywords: &["function"],
        shape: Shape::Plain,
        methods: false,
        bare: false,
    },
    Language {
        extensions: &["ex", "exs"],
        modifiers: &[],
        keywords: &["def", "defp", "defmodule", "defmacro"],
        shape: Shape::Plain,
        methods: true,
        bare: true,
    },
    Language {
        extensions: &["sh", "bash", "zsh"],
        modifiers: &[],
        keywords: &["function"],
        shape: Shape::Shell,
        methods: false,
        bare: false,
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
        let name = identifier(tail)?;
        // `class that knows the file` is said, not defined.
        let opens = self.bare || !OPENERS.contains(&keyword) || goes_on(tail[name.len()..].trim_start());
        opens.then_some(name)
    }
}

/// Keywords whose name is followed by a sign, or by a word that belongs to a definition.
const OPENERS: &[&str] = &[
    "class",
    "interface",
    "function",
    "function*",
    "def",
    "trait",
    "enum",
    "struct",
    "object",
    "protocol",
    "record",
    "fun",
    "func",
    "fn",
    "@interface",
];

/// Whether what stands behind the name of a definition can stand there.
fn goes_on(rest: &str) -> bool {
    const WORDS: &[&str] = &[
        "extends",
        "implements",
        "where",
        "with",
        "permits",
        "for",
        "is",
        "final",
        "inherits",
        "private",
        "protected",
        "public",
        "internal",
        "constructor",
        "throws",
        "returns",
    ];
    let word = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    rest.is_empty() || rest.starts_with(['(', '{', ':', '<', '=', ';', '[', '@']) || WORDS.contains(&word)
}

/// Columns in front of the text; a tab counts as 4.
pub(crate) fn indent_of(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum()
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
            ("a.sh", "function build {", "build"),
            ("a.rb", "def call a, b", "call"),
            ("a.c", "static int parse_line (const char *s)", "parse_line"),
            ("a.kt", "class Thing private constructor(x: Int)", "Thing"),
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
            ("a.py", "class that knows the file."),
            ("a.py", "class Foo."),
            ("a.js", "function that adds up"),
            ("a.c", "Parse the input (see RFC 123)"),
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
