//! Making the repositories of the demonstration on disk.

use super::{
    catalogue::{Entry, State},
    story::{self, Tree},
};
use crate::place::{Commit, Content, Place};
use anyhow::Result;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// One repository that was made, and what may be left in it afterwards.
pub(super) struct Made {
    pub(super) name: String,
    pub(super) work_tree: PathBuf,
    pub(super) remote: Option<PathBuf>,
    /// The commit `main` was on.
    pub(super) head: String,
    /// Whether one new commit is expected.
    pub(super) dirty: bool,
    /// Paths that are to stay uncommitted.
    pub(super) held: Vec<String>,
}

const DAY: i64 = 86_400;

/// Makes one repository below `code/`, its remote below `remotes/`; `now` in seconds since 1970.
pub(super) fn build(place: &Place, entry: &Entry, number: usize, now: i64) -> Result<Made> {
    let name = entry.path.rsplit('/').next().unwrap_or(&entry.path).to_owned();
    let work_tree = place.root.join("code").join(&entry.path);
    let remote =
        (entry.state != State::NoRemote).then(|| place.root.join("remotes").join(format!("{name}.git")));
    let life = story::life(entry.kind, &name)?;
    let commits = history(&life[..=entry.history], number, now);
    let pushed = if entry.state == State::Unpushed { commits.len() - 2 } else { commits.len() };
    place.make(&work_tree, remote.as_deref(), &commits[..pushed])?;
    if pushed < commits.len() {
        place.commits(&work_tree, &commits[pushed..], false)?;
    }
    let head = place.git(&work_tree, &["rev-parse", "main"])?;
    let before = &life[entry.history].1;
    change(&work_tree, before, &life[entry.history + entry.fresh].1)?;
    let mut held = Vec::new();
    match entry.state {
        State::Staged => {
            place.git(&work_tree, &["add", "-A"])?;
        }
        State::LargeFile => {
            // Mostly a hole: it takes no room on the disk.
            fs::File::create(work_tree.join("recording.wav"))?.set_len(60 << 20)?;
            held.push("recording.wav".to_owned());
        }
        State::HalfStaged => {
            let path = work_tree.join("README.md");
            let file = if path.exists() { "README.md" } else { "src/styles.css" };
            let text = fs::read_to_string(work_tree.join(file))?;
            fs::write(work_tree.join(file), format!("{text}\n/* first half */\n"))?;
            place.git(&work_tree, &["add", file])?;
            fs::write(work_tree.join(file), format!("{text}\n/* first half */\n/* second half */\n"))?;
            held.push(file.to_owned());
        }
        State::Plain | State::Unpushed | State::NoRemote => {}
    }
    Ok(Made { name, work_tree, remote, head, dirty: entry.fresh > 0, held })
}

/// One commit a few days apart for each step, the last one some hours or days ago.
fn history(life: &[(String, Tree)], number: usize, now: i64) -> Vec<Commit> {
    let mut before = Tree::new();
    let mut commits = Vec::new();
    for (step, (subject, tree)) in life.iter().enumerate() {
        let age = i64::try_from((life.len() - step) * (1 + number % 3)).unwrap_or(1);
        let minutes = i64::try_from((number * 37 + step * 131) % 600).unwrap_or(0);
        let files = story::difference(&before, tree);
        commits.push(Commit { when: now - age * DAY - minutes * 60, message: subject.clone(), files });
        before = tree.clone();
    }
    commits
}

fn change(work_tree: &Path, before: &Tree, after: &Tree) -> Result<()> {
    for (path, content) in story::difference(before, after) {
        let path = work_tree.join(path);
        match content {
            None => fs::remove_file(&path)?,
            Some(Content { text, executable }) => {
                fs::create_dir_all(path.parent().unwrap_or(work_tree))?;
                fs::write(&path, text)?;
                let mode = if executable { 0o755 } else { 0o644 };
                fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
            }
        }
    }
    Ok(())
}
