//! A throw-away folder with real repositories in it.
#![allow(clippy::unwrap_used, reason = "only tests use this")]
#![allow(dead_code, reason = "each test program uses its part")]

pub(crate) mod shell;

use autocommit_watch::{Discovery, Limits, discover};
use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) struct Yard {
    _dir: tempfile::TempDir,
    pub(crate) root: PathBuf,
}

impl Yard {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        Self { _dir: dir, root }
    }

    /// A path inside the yard; one that would leave it stops the test.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        let path = Path::new(relative);
        assert!(path.is_relative() && !relative.contains(".."), "{relative} leaves the yard");
        self.root.join(path)
    }

    /// Creates a folder, with those above it.
    pub(crate) fn folder(&self, relative: &str) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(&path).unwrap();
        path
    }

    pub(crate) fn file(&self, relative: &str, text: &str) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Creates a repository without starting git: what git itself checks for.
    pub(crate) fn bones(&self, relative: &str) -> PathBuf {
        let relative = if relative.is_empty() { "." } else { relative };
        self.file(&format!("{relative}/.git/HEAD"), "ref: refs/heads/main\n");
        self.folder(&format!("{relative}/.git/objects"));
        self.folder(&format!("{relative}/.git/refs"));
        self.path(relative)
    }

    /// Creates a repository with one commit.
    pub(crate) fn repo(&self, relative: &str) -> PathBuf {
        self.folder(relative);
        self.git(relative, &["init", "-q"]);
        self.file(&format!("{relative}/README"), "x");
        self.git(relative, &["add", "-A"]);
        self.git(relative, &["commit", "-q", "-m", "one"]);
        self.path(relative)
    }

    #[allow(clippy::disallowed_methods, reason = "tests make real repositories with the real git")]
    pub(crate) fn git(&self, relative: &str, args: &[&str]) {
        let mut git = std::process::Command::new("git");
        git.arg("-C").arg(self.path(relative)).args(["-c", "protocol.file.allow=always"]).args(args);
        git.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", &self.root);
        for (role, value) in [("NAME", "Ada"), ("EMAIL", "ada@example.org")] {
            git.env(format!("GIT_AUTHOR_{role}"), value).env(format!("GIT_COMMITTER_{role}"), value);
        }
        git.env("GIT_CONFIG_NOSYSTEM", "1");
        let output = git.output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Searches the whole yard.
    pub(crate) fn discover(&self) -> Discovery {
        self.discover_below(&[""], 6, &["node_modules", "target"])
    }

    pub(crate) fn discover_below(&self, bases: &[&str], depth: usize, exclude: &[&str]) -> Discovery {
        let bases: Vec<_> = bases.iter().map(|base| self.path(base)).collect();
        let exclude_patterns = exclude.iter().map(|p| (*p).to_owned()).collect();
        discover(&bases, &Limits { depth, exclude_patterns })
    }

    /// The work trees found, relative to the yard.
    pub(crate) fn names(&self, discovery: &Discovery) -> Vec<String> {
        let relative = |path: &Path| path.strip_prefix(&self.root).unwrap().to_string_lossy().into_owned();
        discovery.repos.iter().map(|found| relative(&found.repo.work_tree)).collect()
    }
}

/// The only problem's sentence.
pub(crate) fn only_problem(discovery: &Discovery) -> &str {
    assert_eq!(discovery.problems.len(), 1, "{:?}", discovery.problems);
    &discovery.problems[0].sentence
}
