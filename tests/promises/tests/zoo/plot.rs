//! Where a case is built: short words for what a person does with a repository.

use autocommit_test_support::Sandbox;
use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// The ground of one case.
pub(crate) struct Plot<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) name: &'a str,
}

impl Plot<'_> {
    /// The case's folder below the base path.
    pub(crate) fn dir(&self) -> PathBuf {
        self.sandbox.repos_dir().join(self.name)
    }

    /// A place of the case's own that is below no base path.
    pub(crate) fn aside(&self, name: &str) -> PathBuf {
        let dir = self.sandbox.root().join("aside").join(self.name).join(name);
        fs::create_dir_all(dir.parent().unwrap()).unwrap();
        dir
    }

    /// An address of the case's own for a bare repository.
    pub(crate) fn bare(&self, suffix: &str) -> PathBuf {
        self.sandbox.bare(&format!("{}{suffix}", self.name))
    }

    /// A repository with a few files, one commit, no remote.
    #[track_caller]
    pub(crate) fn local(&self) -> PathBuf {
        self.local_at(self.dir(), &[])
    }

    /// The same elsewhere, made with more options of `git init`.
    #[track_caller]
    pub(crate) fn local_at(&self, dir: PathBuf, init: &[&str]) -> PathBuf {
        fs::create_dir_all(&dir).unwrap();
        self.git(&dir, &[&["init", "--quiet"], init].concat());
        self.fill(&dir);
        self.commit(&dir);
        dir
    }

    /// The files every repository starts with.
    pub(crate) fn fill(&self, dir: &Path) {
        self.write(dir, "README.md", format!("# {}\n", self.name));
        self.write(dir, "a.txt", "one\ntwo\nthree\nfour\nfive\n");
        self.write(dir, "b.txt", "b\n");
        self.write(dir, "src/main.rs", "fn main() {}\n");
        self.write(dir, "src/deep/er/leaf.txt", "leaf\n");
    }

    /// A repository with a few files, one commit, and a bare remote that has it.
    #[track_caller]
    pub(crate) fn cloned(&self) -> (PathBuf, PathBuf) {
        self.with_remote(self.local(), "")
    }

    /// Gives a repository a bare remote `origin` and pushes `main` to it.
    #[track_caller]
    pub(crate) fn with_remote(&self, repo: PathBuf, suffix: &str) -> (PathBuf, PathBuf) {
        let bare = self.bare(suffix);
        self.git(&repo, &["remote", "add", "origin", text(&bare)]);
        self.git(&repo, &["push", "--quiet", "--set-upstream", "origin", "main"]);
        (repo, bare)
    }

    /// A bare remote with the usual files, for cases that clone in their own way.
    #[track_caller]
    pub(crate) fn published(&self, suffix: &str, init: &[&str]) -> PathBuf {
        let bare = self.sandbox.remotes_dir().join(format!("{}{suffix}.git", self.name));
        self.git(&self.sandbox.root(), &[&["init", "--quiet", "--bare"], init, &[text(&bare)]].concat());
        let source = self.local_at(self.aside(&format!("source{suffix}")), init);
        self.git(&source, &["remote", "add", "origin", text(&bare)]);
        self.git(&source, &["push", "--quiet", "origin", "main"]);
        self.git(&bare, &["symbolic-ref", "HEAD", "refs/heads/main"]);
        bare
    }

    /// Clones with options to the case's folder.
    #[track_caller]
    pub(crate) fn clone_with(&self, address: &str, options: &[&str]) -> PathBuf {
        let dir = self.dir();
        self.git(
            &self.sandbox.root(),
            &[&["clone", "--quiet"], options, &["--", address, text(&dir)]].concat(),
        );
        dir
    }

    #[track_caller]
    pub(crate) fn git(&self, dir: &Path, args: &[&str]) -> String {
        self.sandbox.git(dir, args)
    }

    /// Stages and commits everything.
    #[track_caller]
    pub(crate) fn commit(&self, dir: &Path) -> String {
        self.sandbox.commit(dir, "By a person")
    }

    #[track_caller]
    pub(crate) fn write(&self, dir: &Path, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        self.sandbox.write(dir, path, content)
    }

    /// The usual edit.
    #[track_caller]
    pub(crate) fn edit(&self, dir: &Path) {
        self.write(dir, "README.md", format!("# {}\n\nEdited.\n", self.name));
    }

    /// Runs a script with the folder as its own.
    #[track_caller]
    pub(crate) fn sh(&self, dir: &Path, script: &str) -> String {
        self.sandbox.run(dir, "sh", &["-ec", script]).ok().stdout
    }

    /// Makes an executable script somewhere.
    pub(crate) fn script(&self, file: &Path, body: &str) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A file of this many MiB that takes no room.
    pub(crate) fn sparse_file(&self, dir: &Path, path: &str, mib: u64) {
        fs::File::create(dir.join(path)).unwrap().set_len(mib << 20).unwrap();
    }
}

/// A path of the sandbox as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A name that need not be text.
pub(crate) fn name(bytes: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(OsStr::from_bytes(bytes))
}
