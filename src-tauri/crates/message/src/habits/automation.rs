//! Programs that read the types of commits and decide about versions and releases.

/// Files that only such a program has, by name or by the beginning of it.
const FILES: &[&str] = &[
    ".releaserc",
    "release.config.",
    "release-please-config.json",
    ".release-please-manifest.json",
    ".versionrc",
    ".changeset/",
    "release-plz.toml",
    ".release-plz.toml",
    "cog.toml",
    ".cz.",
    "cz.",
    ".autorc",
    "GitVersion.yml",
    "gitversion.yml",
    ".semrelrc",
    ".svu.",
    "beachball.config.",
    ".release-it.",
];

/// What mentions such a program inside of a file that is there for other things as well.
const MENTIONS: &[(&str, &[&str])] = &[
    (
        "package.json",
        &[
            "\"semantic-release\"",
            "\"standard-version\"",
            "\"commit-and-tag-version\"",
            "\"release-please\"",
            "\"@changesets/cli\"",
            "conventional-recommended-bump",
            "\"release-it\"",
            "\"@release-it/conventional-changelog\"",
            "\"changelogen\"",
            "\"bumpp\": {",
            "\"auto\":",
        ],
    ),
    ("pyproject.toml", &["[tool.semantic_release", "[tool.commitizen", "[tool.semantic-release"]),
    ("setup.cfg", &["[semantic_release]", "[tool:commitizen]"]),
    ("cliff.toml", &["[bump]"]),
    ("Cargo.toml", &["[workspace.metadata.release-plz", "[package.metadata.release-plz"]),
    ("lerna.json", &["\"conventionalCommits\": true", "\"conventionalCommits\":true"]),
    ("nx.json", &["\"conventionalCommits\""]),
    ("project.json", &["@jscutlery/semver"]),
];

/// In whatever a build server does.
const WORKFLOWS: &[&str] = &[
    "semantic-release",
    "release-please",
    "release-plz",
    "standard-version",
    "conventional-changelog-action",
    "github-tag-action",
    "cocogitto",
    "commitizen",
    "changesets/action",
    "git-cliff --bump",
    "git cliff --bump",
    "semantic-version",
    "svu",
];

/// Whether a file says that a program reads the types here.
pub(super) fn reads_types(path: &str, content: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let own =
        FILES.iter().any(|start| path.starts_with(start) || name.starts_with(start) && !start.ends_with('/'));
    let workflow =
        path.starts_with(".github/workflows/") || name == ".gitlab-ci.yml" || path.starts_with(".circleci/");
    own || MENTIONS.iter().any(|(file, words)| name == *file && words.iter().any(|w| content.contains(w)))
        || workflow && WORKFLOWS.iter().any(|w| content.contains(w))
}

/// Whether a file is worth reading for that.
pub(super) fn is_of_interest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let top = !path.contains('/');
    top && (MENTIONS.iter().any(|(file, _)| name == *file)
        || FILES.iter().any(|start| name.starts_with(start)))
        || path.starts_with(".changeset/config")
        || path.starts_with(".github/workflows/")
            && (name.contains("release") || name.contains("publish") || name.contains("version"))
        || name == ".gitlab-ci.yml" && top
}
