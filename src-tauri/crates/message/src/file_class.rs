//! What role a file has in a project, told by its path alone.

use autocommit_core::path::RepoPath;

/// The role of a file; the first that fits, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileClass {
    /// Written by a package manager.
    Lock,
    /// Names dependencies.
    Manifest(Manifest),
    /// Checks the rest.
    Test,
    /// Is for reading.
    Docs,
    /// Anything else.
    Other,
}

/// Manifests whose lines we can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manifest {
    /// `Cargo.toml`.
    Cargo,
    /// `package.json`.
    Npm,
    /// `pyproject.toml`.
    Pyproject,
    /// `requirements.txt` and its like.
    Requirements,
    /// `go.mod`.
    Go,
}

const LOCKS: &[&str] = &[
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile.lock",
    "go.sum",
    "go.work.sum",
    "composer.lock",
    "Gemfile.lock",
    "flake.lock",
    "mix.lock",
    "pubspec.lock",
    "Podfile.lock",
    "deno.lock",
    "packages.lock.json",
    "gradle.lockfile",
];

const TEST_FOLDERS: &[&str] = &["test", "tests", "__tests__", "spec", "specs", "e2e", "testing"];

impl FileClass {
    /// The class of a path.
    pub(crate) fn of(path: &RepoPath) -> Self {
        let text = String::from_utf8_lossy(path.as_bytes());
        let name = text.rsplit('/').next().unwrap_or_default();
        if LOCKS.contains(&name) {
            return Self::Lock;
        }
        if let Some(manifest) = manifest(name) {
            return Self::Manifest(manifest);
        }
        if is_test_name(name) || text.split('/').rev().skip(1).any(|folder| TEST_FOLDERS.contains(&folder)) {
            return Self::Test;
        }
        if is_docs_name(name) { Self::Docs } else { Self::Other }
    }
}

fn manifest(name: &str) -> Option<Manifest> {
    match name {
        "Cargo.toml" => Some(Manifest::Cargo),
        "package.json" => Some(Manifest::Npm),
        "pyproject.toml" => Some(Manifest::Pyproject),
        "go.mod" => Some(Manifest::Go),
        _ if name.starts_with("requirements") && name.ends_with(".txt") => Some(Manifest::Requirements),
        _ => None,
    }
}

fn is_test_name(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    name.starts_with("test_")
        || [".test", ".spec", "_test", "_spec", "-test"].iter().any(|end| stem.ends_with(end))
        || name == "conftest.py"
}

fn is_docs_name(name: &str) -> bool {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let extension = extension.to_ascii_lowercase();
    ["md", "mdx", "markdown", "rst", "adoc", "asciidoc"].contains(&extension.as_str())
        || ["README", "CHANGELOG", "CONTRIBUTING", "AUTHORS"].contains(&stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_that_fits_wins() {
        for (path, class) in [
            ("docs/Cargo.lock", FileClass::Lock),
            ("a/Cargo.toml", FileClass::Manifest(Manifest::Cargo)),
            ("requirements-dev.txt", FileClass::Manifest(Manifest::Requirements)),
            ("src/cli.test.ts", FileClass::Test),
            ("pkg/cli_test.go", FileClass::Test),
            ("tests/fixtures/a.md", FileClass::Test),
            ("README", FileClass::Docs),
            ("docs/guide.md", FileClass::Docs),
            ("src/testing_ground.rs", FileClass::Other),
            ("contest.py", FileClass::Other),
        ] {
            assert_eq!(FileClass::of(&RepoPath::from(path)), class, "{path}");
        }
    }
}
