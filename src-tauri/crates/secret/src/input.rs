//! What is searched: bytes, and what their path says of them.

/// Bytes with what is known of the file they come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a> {
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// What the path says.
    pub(crate) place: Place,
    /// Whether rules for text count.
    pub(crate) text: bool,
}

/// What a path says of the content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// A list of dependencies with their checksums.
    pub(crate) lock: bool,
    /// Tests, documentation, examples: made-up values are at home here.
    pub(crate) made_up: bool,
    /// Source code: what is not in quotes is an expression.
    pub(crate) code: bool,
    /// A package manager's settings: what is an option elsewhere is a login here.
    pub(crate) npmrc: bool,
}

const LOCKS: [&str; 26] = [
    "cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "deno.lock",
    "go.sum",
    "go.work.sum",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pipfile.lock",
    "pixi.lock",
    "gemfile.lock",
    "composer.lock",
    "mix.lock",
    "podfile.lock",
    "pubspec.lock",
    "package.resolved",
    "flake.lock",
    "packages.lock.json",
    "gradle.lockfile",
    "conan.lock",
    ".terraform.lock.hcl",
    "module.bazel.lock",
];

const CODE: [&str; 62] = [
    "rs", "go", "py", "pyi", "rb", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "java", "kt", "kts",
    "scala", "groovy", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "cs", "fs", "vb", "swift",
    "php", "pl", "pm", "lua", "r", "jl", "dart", "ex", "exs", "erl", "hrl", "clj", "cljs", "hs", "ml", "mli",
    "elm", "zig", "nim", "d", "v", "sv", "vue", "svelte", "astro", "gradle", "sol", "proto", "thrift",
    "graphql", "css",
];

/// Parts of a path that say that its content is made up.
const MADE_UP: [&str; 30] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "__mocks__",
    "__tests__",
    "e2e",
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "snapshot",
    "snapshots",
    "__snapshots__",
    "cassettes",
    "benches",
    "stubs",
];

impl Place {
    /// Reads a path as git writes it.
    pub(crate) fn of(path: &[u8]) -> Self {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit(|b| *b == b'/').next().unwrap_or_default();
        let extension = match name.iter().rposition(|b| *b == b'.') {
            Some(dot) => &name[dot + 1..],
            None => &[],
        };
        let is = |list: &[&str], what: &[u8]| list.iter().any(|one| one.as_bytes() == what);
        let prose = is(&["md", "mdx", "rst", "adoc", "tex", "html", "htm", "ipynb", "snap"], extension);
        let made_up = prose
            || lower
                .split(|b| matches!(b, b'/' | b'.' | b'_' | b'-'))
                .any(|part| is(&MADE_UP, part) || part.starts_with(b"test") || part.ends_with(b"test"))
            || path.split(|b| *b == b'/').any(|part| contains(part, b"Test"))
            || lower.split(|b| *b == b'/').any(|part| part.starts_with(b"example"));
        Self {
            lock: is(&LOCKS, name),
            made_up,
            code: is(&CODE, extension),
            npmrc: name.ends_with(b"npmrc") || name.starts_with(b".yarnrc"),
        }
    }
}

/// Whether `haystack` contains `needle`.
pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}
