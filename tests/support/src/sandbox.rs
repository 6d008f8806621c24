//! A whole world for one test: nothing outside of one temporary folder is read for configuration or written.

use crate::{Config, Output, fake_git::FakeGit, process, programs};
use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;

/// Longest a single git command of a test may take.
const GIT_LIMIT: Duration = Duration::from_secs(120);
/// Longest a run of the program under test may take.
const PROGRAM_LIMIT: Duration = Duration::from_secs(120);
/// Date of the first commit, in seconds since the epoch (1 January 2024); each git command is a second later.
const FIRST_COMMIT: u64 = 1_704_067_200;

const GITCONFIG: &str = "[user]
\tname = Ada Test
\temail = ada@example.org
[init]
\tdefaultBranch = main
[commit]
\tgpgSign = false
[tag]
\tgpgSign = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdefaultBranchName = false
";

/// One test's world, gone when dropped.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
    seconds: AtomicU64,
    environment: Mutex<BTreeMap<OsString, OsString>>,
}

impl Sandbox {
    /// Makes the world: a home with a git identity, empty folders for repositories, remotes, settings and state.
    #[expect(clippy::new_without_default, reason = "making a world has effects")]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("autocommit-").tempdir().expect("a temporary folder");
        let sandbox = Self { folder, seconds: AtomicU64::new(0), environment: Mutex::default() };
        for folder in ["home", "repos", "remotes", "config", "run", "tmp", "bin"] {
            fs::create_dir(sandbox.root().join(folder)).expect("a folder of the sandbox");
        }
        // The system refuses a runtime folder that others can enter.
        fs::set_permissions(sandbox.root().join("run"), fs::Permissions::from_mode(0o700))
            .expect("mode 0700");
        fs::write(sandbox.home().join(".gitconfig"), GITCONFIG).expect("the git configuration");
        sandbox
    }

    /// The folder that everything is in, without symbolic links.
    pub fn root(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).expect("the sandbox's folder")
    }

    /// The home folder, with `.gitconfig`.
    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// The folder that repositories are made in: the base path of [`Config`].
    pub fn repos_dir(&self) -> PathBuf {
        self.root().join("repos")
    }

    /// The folder that bare repositories are made in.
    pub fn remotes_dir(&self) -> PathBuf {
        self.root().join("remotes")
    }

    /// Where Autocommit's settings are written to.
    pub fn config_file(&self) -> PathBuf {
        self.root().join("config").join("config.toml")
    }

    /// Autocommit's state folder; the program makes it.
    pub fn state_dir(&self) -> PathBuf {
        self.root().join("state")
    }

    /// Comes first in the program's PATH: programs put here are found instead of the real ones.
    pub fn bin_dir(&self) -> PathBuf {
        self.root().join("bin")
    }

    // --- git, as the person who owns the repositories

    /// Runs the real git in `folder` and returns what it printed, trimmed at the end; panics with its output where it fails.
    #[track_caller]
    pub fn git(&self, folder: impl AsRef<Path>, args: &[&str]) -> String {
        let output = self.try_git(folder, args).ok();
        output.stdout.trim_end().to_owned()
    }

    /// Runs the real git, which may fail.
    #[track_caller]
    pub fn try_git(&self, folder: impl AsRef<Path>, args: &[&str]) -> Output {
        let mut command = self.git_command(folder.as_ref());
        command.args(args);
        process::run(command, &[], GIT_LIMIT)
    }

    /// The real git with the sandbox's environment, for what [`Sandbox::git`] cannot express.
    pub fn git_command(&self, folder: &Path) -> Command {
        let date = format!("{} +0000", FIRST_COMMIT + self.seconds.fetch_add(1, Ordering::Relaxed));
        let mut command = Command::new(programs::git());
        command.current_dir(folder).env_clear().envs(self.base_environment());
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .env("GIT_TERMINAL_PROMPT", "0");
        command
    }

    /// Runs a command of [`Sandbox::git_command`] to its end, which may be a bad one.
    #[track_caller]
    pub fn output_of(&self, command: Command) -> Output {
        process::run(command, &[], GIT_LIMIT)
    }

    /// Appends lines to the person's `.gitconfig`.
    pub fn add_git_config(&self, lines: &str) {
        let file = self.home().join(".gitconfig");
        let text = fs::read_to_string(&file).expect("the git configuration");
        fs::write(&file, format!("{text}{lines}\n")).expect("the git configuration");
    }

    /// Makes a repository below [`Sandbox::repos_dir`] with one commit on `main`.
    #[track_caller]
    pub fn repo(&self, name: &str) -> PathBuf {
        let repo = self.repos_dir().join(name);
        fs::create_dir_all(&repo).expect("a folder for the repository");
        self.git(&repo, &["init", "--quiet"]);
        self.write(&repo, "README.md", format!("# {name}\n"));
        self.commit(&repo, "Start");
        repo
    }

    /// Makes an empty bare repository below [`Sandbox::remotes_dir`].
    #[track_caller]
    pub fn bare(&self, name: &str) -> PathBuf {
        let bare = self.remotes_dir().join(format!("{name}.git"));
        self.git(self.remotes_dir(), &["init", "--quiet", "--bare", &shown(&bare)]);
        bare
    }

    /// Makes a repository and a bare one that it has pushed to as `origin`, with an upstream; returns both.
    #[track_caller]
    pub fn repo_with_remote(&self, name: &str) -> (PathBuf, PathBuf) {
        let (repo, bare) = (self.repo(name), self.bare(name));
        self.git(&repo, &["remote", "add", "origin", &shown(&bare)]);
        self.git(&repo, &["push", "--quiet", "--set-upstream", "origin", "main"]);
        (repo, bare)
    }

    /// Clones an address or folder to a repository below [`Sandbox::repos_dir`].
    #[track_caller]
    pub fn clone_of(&self, address: impl AsRef<Path>, name: &str) -> PathBuf {
        let repo = self.repos_dir().join(name);
        self.git(self.repos_dir(), &["clone", "--quiet", &shown(address.as_ref()), &shown(&repo)]);
        repo
    }

    /// Writes a file, with the folders above it.
    #[track_caller]
    pub fn write(
        &self,
        repo: impl AsRef<Path>,
        path: impl AsRef<Path>,
        content: impl AsRef<[u8]>,
    ) -> PathBuf {
        let file = repo.as_ref().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, content).unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
        file
    }

    /// Commits everything there is, as a person would, and returns the commit.
    #[track_caller]
    pub fn commit(&self, repo: impl AsRef<Path>, message: &str) -> String {
        self.git(&repo, &["add", "--all"]);
        self.git(&repo, &["commit", "--quiet", "--allow-empty", "--message", message]);
        self.git(&repo, &["rev-parse", "HEAD"])
    }

    /// Writes an executable hook of a repository, bare or not.
    #[track_caller]
    pub fn hook(&self, repo: impl AsRef<Path>, name: &str, script: &str) -> PathBuf {
        let folder = self.git(&repo, &["rev-parse", "--git-path", "hooks"]);
        let file = self.write(repo.as_ref().join(folder), name, format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("an executable hook");
        file
    }

    // --- the program under test

    /// Settings that suit a test; change them and hand them to [`Sandbox::write_config`] or [`Sandbox::daemon_with`].
    pub fn config(&self) -> Config {
        Config::new(&shown(&self.repos_dir()))
    }

    /// Writes the settings file.
    pub fn write_config(&self, config: &Config) {
        fs::write(self.config_file(), config.toml()).expect("the settings file");
    }

    /// Sets a variable for every program under test that is started from now on.
    pub fn set_env(&self, name: &str, value: &str) {
        let mut environment = self.environment.lock().unwrap_or_else(PoisonError::into_inner);
        environment.insert(name.into(), value.into());
    }

    /// Runs `autocommit` to its end in the sandbox. Where no settings file was written, [`Sandbox::config`] is.
    #[track_caller]
    pub fn autocommit(&self, args: &[&str]) -> Output {
        self.autocommit_in(self.root(), args)
    }

    /// Says, as a person would on the command line, that the programs a repository brings now may run: its hooks, filters
    /// and the like, and those of a folder that it pushes to.
    #[track_caller]
    pub fn trust(&self, repo: impl AsRef<Path>) {
        let _ = self.autocommit(&["trust", "allow", &shown(repo.as_ref())]).ok();
    }

    /// The same in a folder of choice.
    #[track_caller]
    pub fn autocommit_in(&self, folder: impl AsRef<Path>, args: &[&str]) -> Output {
        if !self.config_file().exists() {
            self.write_config(&self.config().set("http.enabled", false));
        }
        let mut command = self.autocommit_command();
        command.current_dir(folder).args(args);
        process::run(command, &[], PROGRAM_LIMIT)
    }

    /// Runs any program as the program under test would be: with its environment and its PATH.
    #[track_caller]
    pub fn run(&self, folder: impl AsRef<Path>, program: &str, args: &[&str]) -> Output {
        let mut command = self.program_command(Path::new(program));
        command.current_dir(folder).args(args);
        process::run(command, &[], PROGRAM_LIMIT)
    }

    /// `autocommit` with the sandbox's environment, to be started in another way.
    #[track_caller]
    pub fn autocommit_command(&self) -> Command {
        self.program_command(&programs::autocommit())
    }

    /// Puts the double of git in front of the real one, for every program under test that is started from now on.
    #[track_caller]
    pub fn fake_git(&self) -> FakeGit {
        FakeGit::install(&self.bin_dir(), &programs::fake_git())
    }

    /// Any program as the program under test would be started: with its environment and its PATH.
    pub fn program_command(&self, program: &Path) -> Command {
        let outer = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.bin_dir()).chain(env::split_paths(&outer));
        let path = env::join_paths(folders).expect("a PATH");
        // A bare name is looked up by the system in the PATH that is set here.
        let mut command = Command::new(program);
        command.current_dir(self.root()).env_clear().envs(self.base_environment()).env("PATH", path);
        command.env("AUTOCOMMIT_CONFIG", self.config_file()).env("AUTOCOMMIT_STATE_DIR", self.state_dir());
        command.envs(&*self.environment.lock().unwrap_or_else(PoisonError::into_inner));
        command
    }

    fn base_environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("HOME", self.home()),
            ("XDG_CONFIG_HOME", self.home().join(".config")),
            ("XDG_STATE_HOME", self.home().join(".local/state")),
            ("XDG_DATA_HOME", self.home().join(".local/share")),
            ("XDG_CACHE_HOME", self.home().join(".cache")),
            ("XDG_RUNTIME_DIR", self.root().join("run")),
            ("TMPDIR", self.root().join("tmp")),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            // Nobody there: what the machine of whoever tests says counts in no test.
            ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/system.socket".into()),
            ("LC_ALL", "C".into()),
            ("TZ", "UTC".into()),
        ]
    }
}

fn shown(path: &Path) -> String {
    path.to_str().expect("a path of the sandbox is text").to_owned()
}
