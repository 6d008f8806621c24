//! A folder with real repositories, real bare remotes and a home of its own.
#![allow(clippy::disallowed_methods, reason = "these tests are about git, and ask it themselves")]
#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    missing_docs,
    dead_code,
    reason = "each test program uses its part"
)]

use autocommit_core::settings::Settings;
use autocommit_engine::{Engine, TrustBook};
use std::{
    collections::BTreeMap,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Once,
    time::{Duration, Instant},
};

/// Longest wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Looks again and again until there is an answer.
pub async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub struct World {
    dir: tempfile::TempDir,
}

/// Path → (content, mode, mtime in ns).
pub type Manifest = BTreeMap<PathBuf, (Vec<u8>, u32, i128)>;

impl World {
    pub fn new() -> Self {
        static HOME: Once = Once::new();
        HOME.call_once(|| {
            // One home for the whole test program: the engine reads it from the environment.
            let home = tempfile::tempdir().unwrap().keep();
            std::fs::write(
                home.join(".gitconfig"),
                "[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n[protocol \"file\"]\nallow = always\n",
            )
            .unwrap();
            // SAFETY: called once, before any other thread of this program reads the environment.
            #[allow(unsafe_code)]
            unsafe {
                std::env::set_var("HOME", &home);
                std::env::remove_var("XDG_CONFIG_HOME");
            }
        });
        let dir = tempfile::tempdir().unwrap();
        for part in ["base", "remotes", "state"] {
            std::fs::create_dir(dir.path().join(part)).unwrap();
        }
        Self { dir }
    }

    pub fn base(&self) -> PathBuf {
        self.dir.path().join("base").canonicalize().unwrap()
    }

    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub async fn engine(&self, settings: Settings) -> Engine {
        let mut settings = Settings { repos_base_paths: vec![self.base().display().to_string()], ..settings };
        // Whatever listens at the usual address is no part of this world.
        settings.llm.enabled = false;
        Engine::open(&self.state(), settings).await.expect("the engine opens")
    }

    /// Approves everything that asks now, as a person would.
    pub async fn trust(&self) {
        let settings =
            Settings { repos_base_paths: vec![self.base().display().to_string()], ..Settings::default() };
        let book = TrustBook::open(settings, &self.state()).await.unwrap();
        let views = book.all().await;
        book.allow(&views.iter().collect::<Vec<_>>()).await.unwrap();
    }

    fn output(&self, dir: &Path, args: &[&str]) -> Output {
        Command::new("git").current_dir(dir).args(args).env("GIT_EDITOR", "true").output().unwrap()
    }

    #[track_caller]
    pub fn git(&self, dir: &Path, args: &[&str]) -> String {
        let output = self.output(dir, args);
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    pub fn git_may_fail(&self, dir: &Path, args: &[&str]) -> bool {
        self.output(dir, args).status.success()
    }

    pub fn remote(&self, name: &str) -> PathBuf {
        self.dir.path().join("remotes").join(format!("{name}.git"))
    }

    pub fn bare(&self, name: &str) -> PathBuf {
        let remote = self.remote(name);
        self.git(self.dir.path(), &["init", "-q", "--bare", remote.to_str().unwrap()]);
        remote
    }

    pub fn initialised(&self, name: &str) -> PathBuf {
        let repo = self.base().join(name);
        self.git(self.dir.path(), &["init", "-q", repo.to_str().unwrap()]);
        repo
    }

    pub fn clone_of(&self, remote: &str, name: &str) -> PathBuf {
        let repo = self.base().join(name);
        self.git(
            self.dir.path(),
            &["clone", "-q", self.remote(remote).to_str().unwrap(), repo.to_str().unwrap()],
        );
        repo
    }

    /// A repository with one pushed commit (README.md, old.txt) and an upstream.
    pub fn cloned(&self, name: &str) -> PathBuf {
        self.bare(name);
        let repo = self.clone_of(name, name);
        self.write(&repo, "old.txt", "old\n");
        self.commit(&repo, "README.md", &format!("# {name}\n"));
        self.git(&repo, &["push", "-q", "-u", "origin", "main"]);
        repo
    }

    pub fn write(&self, repo: &Path, path: &str, text: &str) {
        let path = repo.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn commit(&self, repo: &Path, path: &str, text: &str) {
        self.write(repo, path, text);
        self.git(repo, &["add", "-A"]);
        self.git(repo, &["commit", "-qm", &format!("change {path}")]);
    }

    pub fn script(&self, path: &Path, body: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn tip(&self, repo: &Path) -> String {
        self.git(repo, &["rev-parse", "HEAD"])
    }

    pub fn remote_tip(&self, name: &str) -> String {
        self.git(&self.remote(name), &["rev-parse", "main"])
    }

    /// The work tree without `.git`.
    pub fn manifest(&self, repo: &Path) -> Manifest {
        let mut all = self.everything(repo);
        all.retain(|path, _| !path.starts_with(".git"));
        all
    }

    /// Work tree and git folder.
    pub fn everything(&self, repo: &Path) -> Manifest {
        let mut found = BTreeMap::new();
        let mut todo = vec![repo.to_owned()];
        while let Some(dir) = todo.pop() {
            for entry in std::fs::read_dir(dir).unwrap().flatten() {
                let path = entry.path();
                let meta = path.symlink_metadata().unwrap();
                if meta.is_dir() {
                    todo.push(path.clone());
                }
                let content = if meta.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
                let mtime = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
                found.insert(path.strip_prefix(repo).unwrap().to_owned(), (content, meta.mode(), mtime));
            }
        }
        found
    }
}
