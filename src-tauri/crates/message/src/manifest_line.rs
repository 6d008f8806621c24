//! Reads one changed line of a manifest: which dependency it names, and in which version.

use crate::file_class::Manifest;

/// What a line of a manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ManifestLine {
    /// Blank, a comment, a bracket, the head of a list of dependencies.
    Nothing,
    /// A key with a version, or a dependency without one.
    Entry(Entry),
    /// Anything else: whoever reads it must not claim to know what changed.
    Unknown,
}

/// A key with what it is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The name as written.
    pub(crate) key: String,
    /// The version as written, where there is one.
    pub(crate) version: Option<String>,
    /// Everything behind the name, to see that something else changed.
    pub(crate) rest: String,
    /// The line alone shows that it is a dependency.
    pub(crate) dependency: bool,
}

/// Keys that carry versions and are no dependencies.
const OWN_KEYS: &[&str] = &[
    "version",
    "edition",
    "rust-version",
    "resolver",
    "name",
    "license",
    "description",
    "node",
    "npm",
    "pnpm",
    "yarn",
    "bun",
    "deno",
    "python",
    "requires-python",
    "python_version",
    "target-version",
    "go",
    "toolchain",
];

/// Reads `line` of a manifest of this kind.
pub(crate) fn read(manifest: Manifest, line: &str) -> ManifestLine {
    let text = line.trim().trim_end_matches('\\').trim_end();
    let comment = match manifest {
        Manifest::Go => text.starts_with("//"),
        Manifest::Npm => false,
        _ => text.starts_with('#') || text.starts_with("--hash="),
    };
    if text.is_empty() || comment || text.chars().all(|c| "{}[](),".contains(c)) {
        return ManifestLine::Nothing;
    }
    if heads_dependencies(manifest, text) == Some(true) {
        return ManifestLine::Nothing;
    }
    let entry = match manifest {
        Manifest::Cargo => toml_entry(text),
        Manifest::Npm => json_entry(text),
        Manifest::Pyproject => toml_entry(text).or_else(|| listed_requirement(text)),
        Manifest::Requirements => requirement(text),
        Manifest::Go => go_entry(text),
        Manifest::Other => None,
    };
    entry.map_or(ManifestLine::Unknown, ManifestLine::Entry)
}

/// Whether a line opens a section of dependencies, or another section; nothing where it opens none.
pub(crate) fn heads_dependencies(manifest: Manifest, text: &str) -> Option<bool> {
    let text = text.trim();
    match manifest {
        Manifest::Cargo | Manifest::Pyproject if text.starts_with('[') && text.ends_with(']') => {
            let name = text.trim_matches(['[', ']']);
            Some(name.ends_with("dependencies") || name == "dependency-groups")
        }
        Manifest::Pyproject if text == "]" => Some(false),
        Manifest::Pyproject if text.ends_with("= [") => Some(text.starts_with("dependencies")),
        Manifest::Npm if text.ends_with('{') || text.ends_with("}") || text.ends_with("},") => {
            let key = text.split('"').nth(1).unwrap_or_default();
            Some(key == "dependencies" || key.ends_with("Dependencies"))
        }
        Manifest::Go if text == "require (" => Some(true),
        _ => None,
    }
}

impl Entry {
    fn new(key: &str, version: Option<&str>, rest: &str, dependency: bool) -> Option<Self> {
        let named = !key.is_empty()
            && key.chars().count() <= 60
            && key.chars().all(|c| c.is_ascii_alphanumeric() || "._/@-".contains(c));
        let (key, rest) = (key.to_owned(), rest.to_owned());
        named.then(|| Self { key, version: version.map(str::to_owned), rest, dependency })
    }

    /// Whether the key carries a version and is known to be no dependency.
    pub(crate) fn is_own(&self) -> bool {
        OWN_KEYS.contains(&self.key.as_str())
    }
}

/// `serde = "1.0"`, `serde = { version = "1.0", … }`, `serde.workspace = true`.
fn toml_entry(text: &str) -> Option<Entry> {
    let (key, value) = text.split_once('=')?;
    let (key, value) = (key.trim().trim_matches('"'), value.trim());
    if let Some(name) = key.strip_suffix(".workspace").filter(|_| value == "true") {
        return Entry::new(name, None, value, true);
    }
    if let Some(table) = value.strip_prefix('{').and_then(|v| v.strip_suffix('}')) {
        let has =
            |k: &str| table.split(',').any(|p| p.split('=').next().is_some_and(|name| name.trim() == k));
        let told = ["version", "path", "git", "workspace"].iter().any(|k| has(k));
        let version = table
            .split(',')
            .filter_map(|p| p.split_once('='))
            .find(|(k, _)| k.trim() == "version")
            .and_then(|(_, v)| quoted(v.trim()));
        let version = version.filter(|v| is_version(v));
        return told.then(|| Entry::new(key, version, value, false)).flatten();
    }
    let version = quoted(value).filter(|v| is_version(v))?;
    Entry::new(key, Some(version), value, false)
}

/// `"react": "^18.0.0",`.
fn json_entry(text: &str) -> Option<Entry> {
    let (key, value) = text.trim_end_matches(',').split_once(':')?;
    let (key, value) = (quoted(key.trim())?, value.trim());
    let version = quoted(value).filter(|v| is_version(v) && v.contains('.'))?;
    Entry::new(key, Some(version), value, false)
}

/// `"requests>=2.0",` in a list.
fn listed_requirement(text: &str) -> Option<Entry> {
    requirement(quoted(text.trim_end_matches(','))?).map(|entry| Entry { dependency: false, ..entry })
}

/// `requests[socks]>=2.0 ; python_version > "3"`.
fn requirement(text: &str) -> Option<Entry> {
    let text = text.split(" #").next().unwrap_or_default().trim();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)))?;
    let (key, tail) = text.split_at(end);
    let tail = tail.trim_start();
    let tail = match tail.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => tail,
    };
    let version = tail.split(';').next().unwrap_or_default().trim();
    let pinned = version.starts_with(['=', '>', '<', '~', '!']) && is_version(version);
    pinned.then(|| Entry::new(key, Some(version), tail, true)).flatten()
}

/// `require example.org/x v1.2.3`, `example.org/x v1.2.3 // indirect`, `go 1.22`.
fn go_entry(text: &str) -> Option<Entry> {
    let text = text.strip_prefix("require ").unwrap_or(text);
    let mut words = text.split("//").next().unwrap_or_default().split_whitespace();
    let (key, version) = (words.next()?, words.next()?);
    let module = key.contains(['/', '.']) && version.starts_with('v');
    let fits = words.next().is_none() && is_version(version) && (module || key == "go");
    fits.then(|| Entry::new(key, Some(version), version, module)).flatten()
}

fn quoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    let inner = inner.or_else(|| text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')))?;
    (!inner.contains(['"', '\''])).then_some(inner)
}

/// Whether a text is a version or a requirement on one, short enough to be shown.
fn is_version(text: &str) -> bool {
    let bare = text.trim_start_matches(['^', '~', '=', '<', '>', '!', ' ', 'v']);
    bare.starts_with(|c: char| c.is_ascii_digit())
        && text.len() <= 24
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "^~=<>!.+-*, ".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        use Manifest::{Cargo, Go, Npm, Pyproject, Requirements};
        for (manifest, line, key, version) in [
            (Cargo, "serde = \"1.0.1\"", "serde", Some("1.0.1")),
            (Cargo, "serde = { version = \"1\", features = [\"derive\"] }", "serde", Some("1")),
            (Cargo, "serde.workspace = true", "serde", None),
            (Cargo, "mine = { path = \"../mine\" }", "mine", None),
            (Npm, "    \"@types/node\": \"^20.1.0\",", "@types/node", Some("^20.1.0")),
            (Pyproject, "    \"requests[socks]>=2.0\",", "requests", Some(">=2.0")),
            (Pyproject, "black = \"^23.1\"", "black", Some("^23.1")),
            (Requirements, "flask==2.0.1 ; python_version > '3'", "flask", Some("==2.0.1")),
            (Requirements, "flask==2.0.1 \\", "flask", Some("==2.0.1")),
            (Go, "\tgolang.org/x/sys v0.1.0 // indirect", "golang.org/x/sys", Some("v0.1.0")),
            (Go, "go 1.22", "go", Some("1.22")),
        ] {
            let ManifestLine::Entry(entry) = read(manifest, line) else { panic!("{line}") };
            assert_eq!((entry.key.as_str(), entry.version.as_deref()), (key, version), "{line}");
        }
    }

    #[test]
    fn everything_else_is_nothing_or_unknown() {
        use Manifest::{Cargo, Go, Npm, Requirements};
        for (manifest, line, expected) in [
            (Cargo, "[dependencies]", ManifestLine::Nothing),
            (Cargo, "[target.'cfg(unix)'.dependencies]", ManifestLine::Nothing),
            (Cargo, "# serde = \"1\"", ManifestLine::Nothing),
            (Cargo, "[features]", ManifestLine::Unknown),
            (Cargo, "description = \"A tool\"", ManifestLine::Unknown),
            (Cargo, "default = [\"std\"]", ManifestLine::Unknown),
            (Npm, "  \"devDependencies\": {", ManifestLine::Nothing),
            (Npm, "  },", ManifestLine::Nothing),
            (Npm, "    \"build\": \"tsc -p .\",", ManifestLine::Unknown),
            (Npm, "  \"scripts\": {", ManifestLine::Unknown),
            (Go, "replace a/b => ../b", ManifestLine::Unknown),
            (Requirements, "-r base.txt", ManifestLine::Unknown),
            (Requirements, "git+https://example.org/x", ManifestLine::Unknown),
        ] {
            assert_eq!(read(manifest, line), expected, "{line}");
        }
    }
}
