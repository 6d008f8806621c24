//! How each of the other programs is had, and started over a set of repositories.

use super::super::{daemon::free_port, sets::Set};
use crate::{place::Place, process};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    os::unix::{fs::lchown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The programs, in the order in which they are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Autocommit,
    Hasty,
    Dura,
    GitSync,
    Inotify,
}

/// What it is made of while it runs; dropped, it is ended.
pub(super) struct Running {
    pub(super) children: Vec<Child>,
}

/// A user without rights, where this one is root: dura refuses to run as root.
const NOBODY: u32 = 65_534;

/// What a person writes who has inotifywait: one watcher of everything but git's own files, two seconds of patience.
const SCRIPT: &str = r#"inotifywait -m -q -r -e close_write,create,delete,move --exclude '/\.git(/|$)' --format '%w' "$1" |
while read -r folder; do
    sleep 2
    cd "$folder" && git add -A . && git commit -q -m Update && git push -q
done"#;

impl Kind {
    pub(super) const ALL: [Self; 5] =
        [Self::Autocommit, Self::Hasty, Self::Dura, Self::GitSync, Self::Inotify];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Autocommit => "autocommit, its own settings (3 s of rest)",
            Self::Hasty => "autocommit with quiet_seconds = 0.25",
            Self::Dura => "dura 0.2.0 (branch of its own, every 5 s)",
            Self::GitSync => "git-sync-rs 0.7.7 (its own settings)",
            Self::Inotify => "inotifywait and a shell script (2 s)",
        }
    }

    /// Starts it; an error says why it cannot be had.
    pub(super) fn start(self, place: &Place, ours: &Path, set: &Set) -> Result<Running> {
        let folder = place.root.join(format!("{self:?}-files"));
        fs::create_dir_all(&folder)?;
        let log = fs::File::create(place.root.join(format!("{self:?}.log")))?;
        let mut command = match self {
            Self::Autocommit => autocommit(place, ours, set, &folder, "")?,
            Self::Hasty => autocommit(place, ours, set, &folder, "quiet_seconds = 0.25\n")?,
            Self::Dura => dura(place, set, &folder)?,
            Self::GitSync => git_sync(place, set, &folder)?,
            Self::Inotify => inotify(place, set)?,
        };
        let shown = process::shown(&command);
        let child =
            command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn().context(shown)?;
        Ok(Running { children: vec![child] })
    }
}

fn autocommit(place: &Place, ours: &Path, set: &Set, folder: &Path, more: &str) -> Result<Command> {
    let config = folder.join("config.toml");
    let base = serde_json::json!(set.folder);
    let port = free_port()?;
    let text = format!("repos_base_paths = [{base}]\n{more}[http]\nport = {port}\n[llm]\nenabled = false\n");
    fs::write(&config, text)?;
    let mut command = place.command(ours);
    command.arg("run").env("AUTOCOMMIT_CONFIG", &config).env("AUTOCOMMIT_STATE_DIR", folder.join("state"));
    Ok(command)
}

fn dura(place: &Place, set: &Set, folder: &Path) -> Result<Command> {
    let program = folder.join("dura");
    fs::copy(installed("dura", "0.2.0")?, &program)?;
    let mut text = String::from("commit_exclude_git_config = false\n");
    for number in 0..set.count() {
        let tree = set.tree(number);
        text.push_str(&format!(
            "[repos.{}]\ninclude = []\nexclude = []\nmax_depth = 255\n",
            serde_json::json!(tree)
        ));
    }
    fs::write(folder.join("config.toml"), text)?;
    fs::copy(place.home().join(".gitconfig"), folder.join(".gitconfig"))?;
    let mut command = place.command(program);
    command.arg("serve").env("HOME", folder).env("DURA_CONFIG_HOME", folder).env("DURA_CACHE_HOME", folder);
    if nix::unistd::geteuid().is_root() {
        for top in [folder, &set.folder] {
            give_away(top)?;
        }
        command.uid(NOBODY).gid(NOBODY);
    }
    Ok(command)
}

fn git_sync(place: &Place, set: &Set, folder: &Path) -> Result<Command> {
    let program = installed("git-sync-rs", "0.7.7")?;
    let config = folder.join("config.toml");
    let repository = |number| {
        let path = serde_json::json!(set.tree(number));
        format!("[[repositories]]\npath = {path}\nsync_new_files = true\nwatch = true\n")
    };
    fs::write(&config, (0..set.count()).map(repository).collect::<String>())?;
    let mut command = place.command(program);
    command.arg("--config").arg(config).arg("watch");
    Ok(command)
}

fn inotify(place: &Place, set: &Set) -> Result<Command> {
    process::on_path("inotifywait").context("inotifywait is not installed (package inotify-tools)")?;
    let mut command = place.command("sh");
    command.args(["-c", SCRIPT, "sh"]).arg(&set.folder);
    Ok(command)
}

/// A program of the Rust registry, built once and kept with what else is built here.
fn installed(name: &str, version: &str) -> Result<PathBuf> {
    let root = process::target_folder()?.join("tools").join(name);
    let program = root.join("bin").join(name);
    if !program.is_file() {
        println!("Building {name} {version}.");
        let mut install = process::cargo();
        install.args(["install", "--locked", "--quiet", "--root"]).arg(&root);
        install.arg(format!("{name}@{version}"));
        if !install.status()?.success() {
            bail!("{name} {version} cannot be built here");
        }
    }
    Ok(program)
}

fn give_away(path: &Path) -> Result<()> {
    lchown(path, Some(NOBODY), Some(NOBODY))?;
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path)? {
            give_away(&entry?.path())?;
        }
    }
    Ok(())
}
