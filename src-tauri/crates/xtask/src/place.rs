//! A throw-away folder with a home of its own: repositories are made there, and no setting of the person at the
//! keyboard is read or changed.

use crate::process;
use anyhow::{Context, Result, bail};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The folder.
pub(crate) struct Place {
    pub(crate) root: PathBuf,
    /// Programs found before those of PATH.
    programs: Option<PathBuf>,
}

/// One commit to be made.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    /// Seconds since 1970.
    pub(crate) when: i64,
    pub(crate) message: String,
    /// Each changed file with its new content; `None`: deleted.
    pub(crate) files: Vec<(String, Option<Content>)>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) text: String,
    pub(crate) executable: bool,
}

/// The person in whose name everything in the folder is done.
const NAME: &str = "Ada Example";
const EMAIL: &str = "ada@example.org";

impl Place {
    /// Sets up home and git configuration in the existing folder `root`.
    pub(crate) fn new(root: &Path) -> Result<Self> {
        let place = Self { root: fs::canonicalize(root)?, programs: None };
        for folder in [place.home(), place.state(), place.home().join(".config")] {
            fs::create_dir_all(&folder)?;
        }
        let gitconfig = format!(
            "[user]\n\tname = {NAME}\n\temail = {EMAIL}\n[init]\n\tdefaultBranch = main\n[push]\n\tdefault = simple\n"
        );
        fs::write(place.home().join(".gitconfig"), gitconfig)?;
        Ok(place)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// Writes Autocommit's configuration for this folder, with `more` at its end.
    pub(crate) fn write_config(&self, bases: &[&Path], more: &str) -> Result<()> {
        let bases: Vec<_> = bases.iter().map(|base| serde_json::json!(base).to_string()).collect();
        let text = format!("repos_base_paths = [{}]\n{more}", bases.join(", "));
        Ok(fs::write(self.config(), text)?)
    }

    /// The variables that keep a program inside this folder.
    pub(crate) fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("HOME", self.home()),
            ("XDG_CONFIG_HOME", self.home().join(".config")),
            ("XDG_STATE_HOME", self.home().join(".local/state")),
            ("XDG_DATA_HOME", self.home().join(".local/share")),
            ("XDG_CACHE_HOME", self.home().join(".cache")),
            ("AUTOCOMMIT_CONFIG", self.config()),
            ("AUTOCOMMIT_STATE_DIR", self.state()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ]
    }

    /// A program that sees this folder's home and configuration instead of the person's.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["GIT_", "AUTOCOMMIT_", "XDG_", "SSH_"].iter().any(|start| text.starts_with(start)) {
                command.env_remove(&name);
            }
        }
        command.envs(self.variables()).current_dir(&self.root);
        if let Some(programs) = &self.programs {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders = std::iter::once(programs.clone()).chain(std::env::split_paths(&path));
            // Only a folder with a colon in its name cannot be joined.
            command.env("PATH", std::env::join_paths(folders).unwrap_or(path));
        }
        command
    }

    /// From now on the programs in this folder are found before others of the same name; `None`: as before.
    pub(crate) fn find_first(&mut self, programs: Option<PathBuf>) {
        self.programs = programs;
    }

    /// git in the folder `dir`.
    pub(crate) fn git(&self, dir: &Path, args: &[&str]) -> Result<String> {
        process::output(self.command("git").arg("-C").arg(dir).args(args))
    }

    /// Makes a repository at `work_tree` whose branch `main` has `commits`, checked out; with `remote`, a bare
    /// repository there that has them too, as the upstream.
    pub(crate) fn make(&self, work_tree: &Path, remote: Option<&Path>, commits: &[Commit]) -> Result<()> {
        fs::create_dir_all(work_tree)?;
        self.git(work_tree, &["init", "-q", "--template="])?;
        self.commits(work_tree, commits, remote.is_some())?;
        if let Some(remote) = remote {
            fs::create_dir_all(remote)?;
            self.git(remote, &["init", "-q", "--bare", "--template="])?;
            copy_tree(&work_tree.join(".git/objects"), &remote.join("objects"))?;
            fs::copy(work_tree.join(".git/refs/heads/main"), remote.join("refs/heads/main"))?;
            let url = format!("file://{}", remote.display());
            let mut config = fs::OpenOptions::new().append(true).open(work_tree.join(".git/config"))?;
            write!(
                config,
                "[remote \"origin\"]\n\turl = {url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
            )?;
            write!(config, "[branch \"main\"]\n\tremote = origin\n\tmerge = refs/heads/main\n")?;
        }
        Ok(())
    }

    /// Puts `commits` on top of `main` and checks it out; `tracked`: the remote-tracking branch follows.
    pub(crate) fn commits(&self, work_tree: &Path, commits: &[Commit], tracked: bool) -> Result<()> {
        let grown = fs::exists(work_tree.join(".git/refs/heads/main"))?;
        let mut import = self.command("git");
        import.arg("-C").arg(work_tree).args(["fast-import", "--quiet", "--done"]);
        let mut child = import.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let stream = stream(commits, grown, tracked);
        child.stdin.take().context("a pipe was asked for")?.write_all(&stream)?;
        if !child.wait()?.success() {
            bail!("git fast-import failed in {}", work_tree.display());
        }
        self.git(work_tree, &["reset", "-q", "--hard", "main"]).map(|_| ())
    }
}

fn stream(commits: &[Commit], grown: bool, tracked: bool) -> Vec<u8> {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    for (number, commit) in commits.iter().enumerate() {
        let Commit { when, message, files } = commit;
        line("commit refs/heads/main");
        line(&format!("committer {NAME} <{EMAIL}> {when} +0000"));
        line(&format!("data {}\n{message}", message.len()));
        if number == 0 && grown {
            line("from refs/heads/main^0");
        }
        for (path, content) in files {
            match content {
                None => line(&format!("D {path}")),
                Some(Content { text, executable }) => {
                    let mode = if *executable { "100755" } else { "100644" };
                    line(&format!("M {mode} inline {path}\ndata {}\n{text}", text.len()));
                }
            }
        }
    }
    if tracked {
        line("reset refs/remotes/origin/main\nfrom refs/heads/main\n");
    }
    line("done");
    out.into_bytes()
}

/// Copies a folder with everything in it: files with their permissions, folders, symbolic links.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let (source, target, kind) = (entry.path(), to.join(entry.file_name()), entry.file_type()?);
        if kind.is_dir() {
            copy_tree(&source, &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(when: i64, files: &[(&str, Option<&str>)]) -> Commit {
        let content = |text: &str| Content { text: text.to_owned(), executable: false };
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.map(content))).collect();
        Commit { when, message: format!("At {when}"), files }
    }

    #[test]
    fn a_repository_is_made_with_its_remote() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::new(dir.path()).unwrap();
        let (tree, remote) = (place.root.join("tree"), place.root.join("remote.git"));
        let commits = [commit(1_700_000_000, &[("a", Some("1\n")), ("b/c", Some(""))])];
        place.make(&tree, Some(&remote), &commits).unwrap();
        assert_eq!(place.git(&tree, &["status", "--porcelain", "-b"]).unwrap(), "## main...origin/main");
        place.commits(&tree, &[commit(1_700_000_100, &[("a", None)])], false).unwrap();
        assert_eq!(
            place.git(&tree, &["status", "--porcelain", "-b"]).unwrap(),
            "## main...origin/main [ahead 1]"
        );
        assert_eq!(
            place.git(&tree, &["log", "--format=%ct %s"]).unwrap(),
            "1700000100 At 1700000100\n1700000000 At 1700000000"
        );
        assert_eq!(place.git(&remote, &["rev-list", "--count", "main"]).unwrap(), "1");
        place.git(&tree, &["push", "-q"]).unwrap();
        assert_eq!(place.git(&remote, &["fsck", "--full", "--strict"]).unwrap(), "");
        assert!(
            place.git(&tree, &["config", "--show-origin", "user.name"]).unwrap().contains("home/.gitconfig")
        );
    }
}
