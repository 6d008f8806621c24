//! One change to write a message for, with what people wrote.

use super::{header::Header, read, text::share};
use anyhow::Result;
use autocommit_core::{
    draft::{Background, Diff},
    path::RepoPath,
};
use autocommit_message::Habits;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// One change.
#[derive(Debug)]
pub(super) struct Case {
    /// The repository's name.
    pub(super) repository: String,
    /// The commit, or the name of a made-up change.
    pub(super) name: String,
    /// What people wrote; nothing for a change without reference.
    pub(super) reference: Option<String>,
    /// What changed.
    pub(super) diff: Diff,
    /// What was there before.
    pub(super) background: Background,
    /// The product's view of it.
    pub(super) habits: Habits,
    /// How long it took to form that view.
    pub(super) habits_took: Duration,
    /// Most past subjects of people have a type.
    pub(super) conventional: bool,
    /// A program that reads types to cut releases is configured.
    pub(super) automation: bool,
}

impl Case {
    /// Reads a commit of a clone.
    pub(super) fn of(clone: &Path, repository: &str, commit: &str) -> Result<Self> {
        let subject = read::bytes(clone, &["log", "-1", "--format=%s", commit])?;
        let subject = String::from_utf8_lossy(&subject).trim().to_owned();
        let (diff, background) = (read::diff(clone, commit)?, read::background(clone, commit)?);
        Ok(Self::new(repository, commit, Some(subject), diff, background))
    }

    /// A change of which everything is known.
    pub(super) fn new(
        repository: &str,
        name: &str,
        reference: Option<String>,
        diff: Diff,
        background: Background,
    ) -> Self {
        let start = Instant::now();
        let habits = Habits::of(&background);
        let habits_took = start.elapsed();
        // What people write now: some began with types not long ago.
        let people: Vec<&str> = people(&background).take(100).collect();
        let typed = people.iter().filter(|subject| Header::of(subject).kind.is_some()).count();
        Self {
            repository: repository.to_owned(),
            name: name.to_owned(),
            reference,
            conventional: share(typed, people.len()) > 0.5,
            automation: automation(&background),
            diff,
            background,
            habits,
            habits_took,
        }
    }

    /// Whether a source file is among what changed.
    pub(super) fn has_source(&self) -> bool {
        self.diff.files.iter().any(|file| is_source(&file.path))
    }
}

/// What people wrote before, newest first.
pub(super) fn people(background: &Background) -> impl Iterator<Item = &str> {
    background.past.iter().filter(|past| !is_bot(&past.author)).map(|past| past.subject.as_str())
}

/// Whether a program signs so.
pub(super) fn is_bot(author: &str) -> bool {
    let author = author.to_lowercase();
    let name = author.split(" <").next().unwrap_or_default();
    let known =
        ["dependabot", "renovate", "github-actions", "web-flow", "allcontributors", "semantic-release"];
    author.contains("[bot]") || name.ends_with("bot") || known.iter().any(|bot| author.contains(bot))
}

/// Whether configuration is there of a program that reads types.
fn automation(background: &Background) -> bool {
    background.files.iter().any(|(path, content)| {
        let name = String::from_utf8_lossy(path.as_bytes()).to_lowercase();
        let content = String::from_utf8_lossy(content);
        let known = [
            ".releaserc",
            "release.config.",
            "release-please",
            ".release-please",
            ".versionrc",
            "cog.toml",
            ".cz.",
            ".svu.",
        ];
        known.iter().any(|start| name.starts_with(start))
            || name == "package.json"
                && ["semantic-release", "standard-version"].iter().any(|tool| content.contains(tool))
            || name == "pyproject.toml" && content.contains("[tool.commitizen]")
            || name == "cliff.toml" && content.contains("[bump]")
    })
}

/// Whether a file is code of the program itself, by its name.
pub(super) fn is_source(path: &RepoPath) -> bool {
    const CODE: [&str; 44] = [
        "rs", "go", "ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "py", "rb", "java", "kt", "kts",
        "swift", "c", "h", "cc", "cpp", "hpp", "cs", "php", "sh", "bash", "zsh", "fish", "vim", "lua", "vue",
        "svelte", "css", "scss", "less", "html", "ejs", "sql", "dart", "ex", "hs", "ml", "m", "mm", "nu",
    ];
    const NOT: [&str; 17] = [
        "test",
        "tests",
        "__tests__",
        "spec",
        "specs",
        "e2e",
        "fixtures",
        "snapshots",
        "docs",
        "website",
        "www",
        "dist",
        "vendor",
        "node_modules",
        ".github",
        "playground",
        "testdata",
    ];
    let name = String::from_utf8_lossy(path.as_bytes()).to_lowercase();
    let mut parts: Vec<&str> = name.split('/').collect();
    let file = parts.pop().unwrap_or_default();
    let Some((stem, extension)) = file.rsplit_once('.') else { return false };
    let tests =
        ["_test", ".test", ".spec", ".config", "-spec", "_spec"].iter().any(|end| stem.ends_with(end));
    let builds =
        matches!(stem, "build" | "setup" | "conftest") || stem.starts_with("test_") || stem.is_empty();
    CODE.contains(&extension) && !tests && !builds && !parts.iter().any(|part| NOT.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_program_itself() {
        for (path, source) in [
            ("src/main.rs", true),
            ("src/main_test.go", false),
            ("packages/vite/src/node/__tests__/a.ts", false),
            ("docs/x.ts", false),
            ("README.md", false),
            ("build.rs", false),
            ("vitest.config.ts", false),
            ("shell/completion.bash", true),
        ] {
            assert_eq!(is_source(&path.into()), source, "{path}");
        }
    }

    #[test]
    fn programs_are_told_from_people() {
        for bot in ["renovate[bot] <x@y>", "dependabot <a@b>", "my-bot <a@b>", "GitHub <github-actions@x>"] {
            assert!(is_bot(bot), "{bot}");
        }
        assert!(!is_bot("Abbott <abbott@bottle.example>"));
    }
}
