//! What role a file has in a project, told by its path, and by the mark of those that machines write.

mod names;

use crate::{
    language::Language,
    patch::{FilePatch, Side},
};
use autocommit_core::path::RepoPath;
use names::{
    BUILD_FOLDERS, BUILD_NAMES, CI_FOLDERS, CI_NAMES, CONFIG_EXTENSIONS, CONFIG_FOLDERS, CONFIG_NAMES,
    DOCS_EXTENSIONS, DOCS_FOLDERS, DOCS_STEMS, GENERATED_EXTENSIONS, GENERATED_FOLDERS, GENERATED_MARKS,
    LOCKS, MANIFESTS, TEST_FOLDERS,
};

/// The role of a file; the first that fits, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileClass {
    /// Written by a package manager.
    Lock,
    /// Tells a build server or a robot what to do.
    Ci,
    /// Checks the rest.
    Test,
    /// Names dependencies.
    Manifest(Manifest),
    /// Is for reading.
    Docs,
    /// Makes the program out of its source.
    Build,
    /// Sets up tools.
    Config,
    /// Written by a program.
    Generated,
    /// Anything else.
    Source,
}

/// Kinds of manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Manifest {
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
    /// One whose lines we do not read.
    Other,
}

impl FileClass {
    /// The class of a path.
    pub fn of(path: &RepoPath) -> Self {
        let text = String::from_utf8_lossy(path.as_bytes());
        let (folders, name) = text.rsplit_once('/').unwrap_or(("", &text));
        let place = Place::new(folders, name);
        if place.is_lock() {
            Self::Lock
        } else if place.is_ci() {
            Self::Ci
        } else if place.is_test() {
            Self::Test
        } else if let Some(manifest) = place.manifest() {
            Self::Manifest(manifest)
        } else if place.is_docs() {
            Self::Docs
        } else if place.is_build() {
            Self::Build
        } else if place.is_config() {
            Self::Config
        } else if place.is_generated() {
            Self::Generated
        } else {
            Self::Source
        }
    }

    /// The same once something of the file was seen: a program may have left its mark in the first lines.
    pub(crate) fn seen(self, patch: Option<&FilePatch<'_>>) -> Self {
        let first = |p: &FilePatch<'_>| {
            p.old.is_none()
                && p.side(Side::Added).take(5).any(|l| GENERATED_MARKS.iter().any(|m| l.contains(m)))
        };
        if self == Self::Source && patch.is_some_and(first) { Self::Generated } else { self }
    }

    /// The kind of manifest it is.
    pub(crate) fn manifest(self) -> Option<Manifest> {
        match self {
            Self::Manifest(manifest) => Some(manifest),
            _ => None,
        }
    }
}

/// A path in pieces.
struct Place<'a> {
    folders: Vec<&'a str>,
    name: &'a str,
    /// Without the last extension.
    stem: &'a str,
    /// In small letters, without point.
    extension: String,
}

impl<'a> Place<'a> {
    fn new(folders: &'a str, name: &'a str) -> Self {
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, extension.to_ascii_lowercase()),
            _ => (name, String::new()),
        };
        Self { folders: folders.split('/').filter(|f| !f.is_empty()).collect(), name, stem, extension }
    }

    fn below(&self, list: &[&str]) -> bool {
        self.folders.iter().any(|folder| list.contains(folder))
    }

    fn is_lock(&self) -> bool {
        LOCKS.contains(&self.name)
    }

    fn is_ci(&self) -> bool {
        let first = self.folders.first().copied().unwrap_or_default();
        let workflow = first == ".github" && matches!(self.folders.get(1), Some(&("workflows" | "actions")));
        workflow || CI_FOLDERS.contains(&first) || CI_NAMES.contains(&self.name)
    }

    fn is_test(&self) -> bool {
        let by_name = self.name.starts_with("test_")
            || [".test", ".spec", "_test", "_spec", "-test"].iter().any(|end| self.stem.ends_with(end))
            || ["conftest.py", "tests.rs", "test.rs", "tests.py"].contains(&self.name)
            || self.extension == "snap";
        by_name || self.below(TEST_FOLDERS)
    }

    fn manifest(&self) -> Option<Manifest> {
        let extension = self.extension.as_str();
        match self.name {
            "Cargo.toml" => Some(Manifest::Cargo),
            "package.json" => Some(Manifest::Npm),
            "pyproject.toml" => Some(Manifest::Pyproject),
            "go.mod" => Some(Manifest::Go),
            name if name.starts_with("requirements") && extension == "txt" => Some(Manifest::Requirements),
            name if MANIFESTS.contains(&name) => Some(Manifest::Other),
            _ => ["csproj", "fsproj", "gemspec", "cabal"].contains(&extension).then_some(Manifest::Other),
        }
    }

    fn is_docs(&self) -> bool {
        // Notes for a release robot are its input.
        if self.folders.first().is_some_and(|f| [".changes", ".changeset"].contains(f)) {
            return false;
        }
        let is_code = Language::of(&RepoPath::from(self.name)).is_some();
        DOCS_EXTENSIONS.contains(&self.extension.as_str())
            // `changelog.py` is a program.
            || DOCS_STEMS.contains(&self.stem.to_ascii_uppercase().as_str()) && !is_code
            || self.below(DOCS_FOLDERS)
    }

    fn is_build(&self) -> bool {
        let bundler = [
            "webpack.",
            "rollup.",
            "vite.config.",
            "esbuild.",
            "rolldown.",
            "tsup.",
            "babel.config.",
            "gulpfile.",
        ];
        // Below `src` a file of that name is part of the program.
        let script = self.name != "build.rs" || !self.folders.contains(&"src");
        BUILD_NAMES.contains(&self.name) && script
            || self.below(BUILD_FOLDERS)
            || bundler.iter().any(|start| self.name.starts_with(start))
            || self.name.starts_with("Dockerfile")
            || ["cmake", "mk", "nix", "bzl", "gradle"].contains(&self.extension.as_str())
    }

    fn is_config(&self) -> bool {
        let dotted = self.name.starts_with('.') || self.folders.first().is_some_and(|f| f.starts_with('.'));
        dotted
            || CONFIG_NAMES.contains(&self.name)
            || self.below(CONFIG_FOLDERS)
            || self.name.starts_with("tsconfig")
            || [".config", "rc"].iter().any(|end| self.stem.ends_with(end)) && !self.folders.contains(&"src")
            || self.folders.is_empty() && CONFIG_EXTENSIONS.contains(&self.extension.as_str())
    }

    fn is_generated(&self) -> bool {
        self.below(GENERATED_FOLDERS)
            || GENERATED_EXTENSIONS.iter().any(|end| self.name.ends_with(end))
            || self.stem.ends_with(".generated")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_that_fits_wins() {
        use FileClass as C;
        for (path, class) in [
            ("docs/Cargo.lock", C::Lock),
            ("tests/yarn.lock", C::Lock),
            (".github/workflows/test.yml", C::Ci),
            (".circleci/config.yml", C::Ci),
            (".gitlab-ci.yml", C::Ci),
            ("renovate.json", C::Ci),
            (".github/dependabot.yml", C::Ci),
            ("src/cli.test.ts", C::Test),
            ("pkg/cli_test.go", C::Test),
            ("tests/fixtures/a.md", C::Test),
            ("tests/fixtures/package.json", C::Test),
            ("src/__snapshots__/a.snap", C::Test),
            ("a/Cargo.toml", C::Manifest(Manifest::Cargo)),
            ("requirements-dev.txt", C::Manifest(Manifest::Requirements)),
            ("Gemfile", C::Manifest(Manifest::Other)),
            ("App.csproj", C::Manifest(Manifest::Other)),
            (".changeset/odd-name.md", C::Config),
            ("README", C::Docs),
            ("LICENSE-MIT", C::Docs),
            ("docs/guide.md", C::Docs),
            ("docs/images/a.png", C::Docs),
            ("website/src/pages/index.tsx", C::Docs),
            ("Makefile", C::Build),
            ("docker/Dockerfile.dev", C::Build),
            ("CMakeLists.txt", C::Build),
            ("a/build.rs", C::Build),
            ("cli/src/ios/build.rs", C::Source),
            ("rollup.config.mjs", C::Build),
            ("justfile", C::Build),
            ("flake.nix", C::Build),
            (".editorconfig", C::Config),
            (".vscode/settings.json", C::Config),
            ("tsconfig.base.json", C::Config),
            ("eslint.config.js", C::Config),
            ("clippy.toml", C::Config),
            ("dist/index.js", C::Generated),
            ("vendor/a/b.go", C::Generated),
            ("web/app.min.js", C::Generated),
            ("api/x.pb.go", C::Generated),
            ("src/testing_ground.rs", C::Source),
            ("contest.py", C::Source),
            ("src/config.rs", C::Source),
            ("src/config.json", C::Source),
            ("main.go", C::Source),
        ] {
            assert_eq!(FileClass::of(&RepoPath::from(path)), class, "{path}");
        }
    }
}
