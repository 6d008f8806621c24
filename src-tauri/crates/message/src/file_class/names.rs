//! Names of files and folders that tell what a file is for.

pub(super) const LOCKS: &[&str] = &[
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
    "pixi.lock",
    "Pipfile.lock",
    "go.sum",
    "go.work.sum",
    "composer.lock",
    "Gemfile.lock",
    "flake.lock",
    "mix.lock",
    "pubspec.lock",
    "Podfile.lock",
    "Package.resolved",
    "deno.lock",
    "packages.lock.json",
    "gradle.lockfile",
    "MODULE.bazel.lock",
    "conda-lock.yml",
    "mise.lock",
];

pub(super) const CI_FOLDERS: &[&str] =
    &[".circleci", ".buildkite", ".gitlab", ".woodpecker", ".drone", ".azure-pipelines"];

pub(super) const CI_NAMES: &[&str] = &[
    ".gitlab-ci.yml",
    ".travis.yml",
    "appveyor.yml",
    ".appveyor.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
    "bitbucket-pipelines.yml",
    ".drone.yml",
    ".cirrus.yml",
    "cloudbuild.yaml",
    "codecov.yml",
    ".codecov.yml",
    "renovate.json",
    "renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    "dependabot.yml",
    "dependabot.yaml",
    "netlify.toml",
    "vercel.json",
    ".mergify.yml",
    "bors.toml",
];

pub(super) const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "spec",
    "specs",
    "e2e",
    "testing",
    "testdata",
    "fixtures",
    "__fixtures__",
    "snapshots",
    "__snapshots__",
    "__mocks__",
    "cypress",
];

/// Manifests whose lines are not read.
pub(super) const MANIFESTS: &[&str] = &[
    "Pipfile",
    "setup.py",
    "setup.cfg",
    "Gemfile",
    "composer.json",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Package.swift",
    "Podfile",
    "pubspec.yaml",
    "mix.exs",
    "deno.json",
    "deno.jsonc",
    "pnpm-workspace.yaml",
    "environment.yml",
    "vcpkg.json",
    "conanfile.txt",
    "conanfile.py",
    "go.work",
    "rebar.config",
    "stack.yaml",
    "libs.versions.toml",
    "shard.yml",
];

pub(super) const DOCS_EXTENSIONS: &[&str] =
    &["md", "mdx", "markdown", "rst", "adoc", "asciidoc", "textile", "org"];

pub(super) const DOCS_STEMS: &[&str] = &[
    "README",
    "CHANGELOG",
    "CHANGES",
    "CONTRIBUTING",
    "AUTHORS",
    "MAINTAINERS",
    "LICENSE",
    "LICENCE",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "COPYING",
    "NOTICE",
    "SECURITY",
    "CODE_OF_CONDUCT",
    "CITATION",
    "NEWS",
    "HISTORY",
];

pub(super) const DOCS_FOLDERS: &[&str] = &["docs", "doc", "website", "man", "documentation"];

pub(super) const BUILD_NAMES: &[&str] = &[
    "Makefile",
    "makefile",
    "GNUmakefile",
    "CMakeLists.txt",
    "meson.build",
    "build.rs",
    "build.zig",
    "build.sbt",
    "justfile",
    "Justfile",
    ".justfile",
    "Taskfile.yml",
    "Taskfile.yaml",
    "Rakefile",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    "Containerfile",
    ".dockerignore",
    "BUILD",
    "BUILD.bazel",
    "WORKSPACE",
    "MODULE.bazel",
    "configure.ac",
    "Makefile.am",
    ".goreleaser.yml",
    ".goreleaser.yaml",
    "Procfile",
    "settings.gradle",
    "gradle.properties",
    "gradlew",
    "gradlew.bat",
    "mvnw",
    "snapcraft.yaml",
    "nx.json",
    "turbo.json",
    "bacon.toml",
];

pub(super) const BUILD_FOLDERS: &[&str] = &["gradle", "cmake"];

pub(super) const CONFIG_FOLDERS: &[&str] =
    &[".vscode", ".idea", ".cargo", ".config", ".devcontainer", ".husky", ".zed"];

pub(super) const CONFIG_NAMES: &[&str] = &[
    "rustfmt.toml",
    "clippy.toml",
    "deny.toml",
    "typos.toml",
    "_typos.toml",
    "rust-toolchain",
    "rust-toolchain.toml",
    "tox.ini",
    "mypy.ini",
    "pytest.ini",
    "ruff.toml",
    "jest.config.js",
    "karma.conf.js",
    "biome.json",
    "biome.jsonc",
    "dprint.json",
    "lerna.json",
    "cliff.toml",
    "release-plz.toml",
    "committed.toml",
    "jsconfig.json",
    "mise.toml",
    "phpunit.xml",
    "phpstan.neon",
    "sonar-project.properties",
    "lefthook.yml",
    "mkdocs.yml",
    "hk.pkl",
];

/// Of files in the top folder.
pub(super) const CONFIG_EXTENSIONS: &[&str] = &["toml", "ini", "cfg", "yml", "yaml", "conf", "properties"];

pub(super) const GENERATED_FOLDERS: &[&str] =
    &["dist", "vendor", "node_modules", "third_party", "generated", "__generated__"];

pub(super) const GENERATED_EXTENSIONS: &[&str] = &[
    ".min.js",
    ".min.css",
    ".pb.go",
    "_pb2.py",
    "_pb2.pyi",
    ".pb.cc",
    ".pb.h",
    ".js.map",
    ".css.map",
    ".g.dart",
    ".freezed.dart",
    ".designer.cs",
    "_generated.go",
    "_generated.rs",
];

/// What programs write into the first lines of what they wrote.
pub(super) const GENERATED_MARKS: &[&str] =
    &["DO NOT EDIT", "Do not edit", "@generated", "automatically generated", "auto-generated"];
