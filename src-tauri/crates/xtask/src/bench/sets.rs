//! Sets of identical repositories.

use crate::{
    place::{Commit, Content, Place, copy_tree},
    process,
};
use anyhow::{Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Repositories `r0000`, `r0001` … in one folder, with remotes in another.
pub(super) struct Set {
    pub(super) folder: PathBuf,
    remotes: PathBuf,
    count: usize,
    files: usize,
    shape: Shape,
}

/// What else the repositories of a set are like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// Each has a remote of its own, that can be pushed to; otherwise all have the same one.
    pub(super) remotes: bool,
    /// What stands before a remote's path in its address.
    pub(super) scheme: String,
    /// Each object is a file, as after some hundred commits of a day; otherwise all are in one pack, as after a clone.
    pub(super) loose: bool,
}

impl Shape {
    /// To be committed in and pushed.
    pub(super) fn dirty() -> Self {
        Self { remotes: true, scheme: "file://".to_owned(), loose: false }
    }

    /// To be looked at.
    pub(super) fn clean() -> Self {
        Self { remotes: false, ..Self::dirty() }
    }
}

/// How many files a piece of work changes.
pub(super) const CHANGED: usize = 3;

impl Set {
    /// Makes `count` repositories of `files` files each, clean and pushed, with a fresh index.
    pub(super) fn make(place: &Place, name: &str, count: usize, files: usize, shape: Shape) -> Result<Self> {
        let remotes = place.root.join("remotes").join(name);
        let set = Self { folder: place.root.join(name), remotes, count, files, shape };
        let (tree, remote) = (set.remotes.join("model"), set.remotes.join("model.git"));
        let content = |number| Content { text: text(number, 0), executable: false };
        let content = |number| (file(number), Some(content(number)));
        let commit = Commit {
            when: 1_760_000_000,
            message: "Start".to_owned(),
            files: (0..files).map(content).collect(),
        };
        place.make(&tree, Some(&remote), &[commit])?;
        if set.shape.loose {
            unpack(place, &tree)?;
        }
        let old_url = format!("file://{}", remote.display());
        for number in 0..count {
            copy_tree(&tree, &set.tree(number))?;
            if set.shape.remotes {
                copy_tree(&remote, &set.remote(number))?;
            }
            let config = set.tree(number).join(".git/config");
            let new_url = format!("{}{}", set.shape.scheme, set.remote(number).display());
            fs::write(&config, fs::read_to_string(&config)?.replace(&old_url, &new_url))?;
        }
        // Copies have new inodes: without this both sides would hash every file again in every pass.
        for number in 0..count {
            place.git(&set.tree(number), &["status", "--porcelain"])?;
        }
        Ok(set)
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Removes it from the disk.
    pub(super) fn remove(self) -> Result<()> {
        fs::remove_dir_all(&self.folder)?;
        Ok(fs::remove_dir_all(&self.remotes)?)
    }

    /// Changes one file of one repository, in one write.
    pub(super) fn save(&self, number: usize, round: usize) -> Result<()> {
        Ok(fs::write(self.tree(number).join(file(round % self.files)), text(number, round + 1))?)
    }

    /// Where git keeps what the branch of a repository is at.
    pub(super) fn branch(&self, number: usize) -> PathBuf {
        self.tree(number).join(".git/refs/heads/main")
    }

    /// Where the remote keeps it.
    pub(super) fn pushed(&self, number: usize) -> PathBuf {
        self.remote(number).join("refs/heads/main")
    }

    /// Changes a few files of every repository.
    pub(super) fn work(&self, round: usize) -> Result<()> {
        for number in 0..self.count {
            for change in 0..CHANGED {
                let changed = (number + change * 7) % self.files;
                fs::write(self.tree(number).join(file(changed)), text(changed, round + 1))?;
            }
        }
        Ok(())
    }

    /// The files that [`Self::work`] changes.
    pub(super) fn changed(&self) -> Vec<PathBuf> {
        let of = |number: usize| {
            (0..CHANGED).map(move |change| self.tree(number).join(file((number + change * 7) % self.files)))
        };
        (0..self.count).flat_map(of).collect()
    }

    /// An error unless every repository is clean, has `commits` commits, and its remote has them too.
    pub(super) fn check(&self, place: &Place, commits: usize) -> Result<()> {
        for number in 0..self.count {
            let (tree, remote) = (self.tree(number), self.remote(number));
            let count = place.git(&tree, &["rev-list", "--count", "main"])?;
            let heads =
                (place.git(&tree, &["rev-parse", "main"])?, place.git(&remote, &["rev-parse", "main"])?);
            let status = place.git(&tree, &["status", "--porcelain"])?;
            if count != commits.to_string() || heads.0 != heads.1 || !status.is_empty() {
                bail!(
                    "{} has {count} commits of {commits}, heads {heads:?}, status {status:?}",
                    tree.display()
                );
            }
        }
        Ok(())
    }

    pub(super) fn tree(&self, number: usize) -> PathBuf {
        self.folder.join(format!("r{number:04}"))
    }

    fn remote(&self, number: usize) -> PathBuf {
        let name = if self.shape.remotes { format!("r{number:04}.git") } else { "model.git".to_owned() };
        self.remotes.join(name)
    }
}

/// Makes a file of every packed object.
fn unpack(place: &Place, tree: &Path) -> Result<()> {
    let (packs, aside) = (tree.join(".git/objects/pack"), tree.join("packs"));
    fs::rename(&packs, &aside)?;
    for entry in fs::read_dir(&aside)? {
        let pack = entry?.path();
        if pack.extension().is_some_and(|extension| extension == "pack") {
            let script = "exec git unpack-objects -q <\"$1\"";
            process::output(place.command("sh").args(["-c", script, "sh"]).arg(&pack).current_dir(tree))?;
        }
    }
    Ok(fs::remove_dir_all(&aside)?)
}

fn file(number: usize) -> String {
    format!("src/part{}/file{number}.rs", number % 10)
}

fn text(number: usize, round: usize) -> String {
    let mut text = format!("//! File {number}, round {round}.\n");
    for line in 0..12 {
        text.push_str(&format!("pub fn step_{line}(n: usize) -> usize {{ n + {} }}\n", number * 31 + line));
    }
    text.push_str(&format!("\npub const ROUND: usize = {round};\n"));
    text
}

/// The loop to be compared with: what a person writes who wants everything pushed.
pub(super) const PUSH_LOOP: &str = r#"set -e
for repo in "$1"/*/; do
    cd "$repo"
    if [ -n "$(git status --porcelain)" ]; then
        git add -A
        git commit -q -m "Update"
        git push -q
    fi
done"#;

/// The same without anything to do.
pub(super) const STATUS_LOOP: &str = r#"set -e
for repo in "$1"/*/; do
    cd "$repo"
    git status --porcelain
done"#;

/// The loop over the repositories in `folder`.
pub(super) fn shell_loop(place: &Place, script: &str, folder: &Path) -> std::process::Command {
    let mut command = place.command("sh");
    command.args(["-c", script, "loop"]).arg(folder);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_does_the_work_and_the_check_can_fail() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::new(dir.path()).unwrap();
        let set = Set::make(&place, "set", 3, 20, Shape::dirty()).unwrap();
        set.check(&place, 1).unwrap();
        set.work(0).unwrap();
        assert!(set.check(&place, 1).is_err(), "uncommitted");
        let run = |script| crate::process::output(&mut shell_loop(&place, script, &set.folder)).unwrap();
        assert_eq!(run(STATUS_LOOP).lines().count(), 3 * CHANGED);
        run(PUSH_LOOP);
        set.check(&place, 2).unwrap();
        assert!(set.check(&place, 1).is_err(), "one commit too many");
        assert_eq!(run(STATUS_LOOP), "");
        set.save(2, 5).unwrap();
        assert_eq!(run(STATUS_LOOP), " M src/part5/file5.rs");
    }

    #[test]
    fn objects_are_files_where_that_is_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::new(dir.path()).unwrap();
        let set = Set::make(&place, "set", 2, 20, Shape { loose: true, ..Shape::clean() }).unwrap();
        set.check(&place, 1).unwrap();
        let counted = place.git(&set.tree(1), &["count-objects", "-v"]).unwrap();
        assert!(counted.contains("packs: 0") && !counted.starts_with("count: 0"), "{counted}");
        set.remove().unwrap();
        assert!(!dir.path().join("set").exists());
    }
}
