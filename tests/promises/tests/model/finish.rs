//! The end of a sequence: the person finishes what they had begun, everything arrives, and a clone has all of it.

use crate::{
    look::contents,
    step::Run,
    words::shown,
    world::{Verdict, World, text},
};
use std::{collections::BTreeSet, ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path};

impl World {
    /// Finishes, and compares what a new machine would have.
    pub(crate) fn finish(&mut self) -> Verdict {
        self.say("# the end: everything is finished, and everything arrives");
        self.stop_daemon()?;
        if !self.enabled {
            self.run(Run::Enable)?;
        }
        self.refuse(false);
        for tree in 0..self.trees.len() {
            self.close_editor(tree)?;
            self.unlock(tree);
            self.finish_operation(tree)?;
            self.unflag(tree)?;
            if self.branch(tree).is_none() {
                let rescue = format!("rescue-{}", self.message());
                self.git(tree, &["switch", "-q", "-c", &rescue], None)?;
            }
        }
        self.run_all()?;
        for tree in 0..self.trees.len() {
            self.settle_held(tree)?;
        }
        self.run_all()?;
        for tree in 0..self.trees.len() {
            self.integrate(tree)?;
        }
        self.run_all()?;
        self.other_branches()?;
        self.arrived()?;
        self.restored()
    }

    fn finish_operation(&mut self, tree: usize) -> Verdict {
        for _ in 0..4 {
            let unmerged = !self.ask(&self.trees[tree].path, &["ls-files", "--unmerged"]).is_empty();
            if self.operation(tree).is_none() && !unmerged {
                return Ok(());
            }
            self.resolve(tree)?;
            if let Some(operation) = self.operation(tree) {
                let args: &[&str] = match operation {
                    "rebase-merge" | "rebase-apply" => &["rebase", "--quit"],
                    "BISECT_LOG" => &["bisect", "reset", "HEAD"],
                    "CHERRY_PICK_HEAD" | "sequencer" => &["cherry-pick", "--quit"],
                    _ => &["reset", "-q"],
                };
                self.git(tree, args, None)?;
                self.git(tree, &["add", "--all"], None)?;
            }
        }
        Err(format!("the person cannot finish: {:?}", self.operation(tree)))
    }

    /// Takes back every flag that hides changes.
    fn unflag(&mut self, tree: usize) -> Verdict {
        let seen = self.look();
        if self.is(&self.trees[tree].path, &["config", "core.sparseCheckout"]) {
            self.git(tree, &["sparse-checkout", "disable"], None)?;
        }
        for ((path, _), entry) in &seen.trees[tree].index {
            if entry.tag != "H" {
                let mut command = self.sandbox.git_command(&self.trees[tree].path);
                command.args(["update-index", "--no-assume-unchanged", "--"]).arg(OsStr::from_bytes(path));
                let _ = self.sandbox.output_of(command).ok();
                let mut command = self.sandbox.git_command(&self.trees[tree].path);
                command.args(["update-index", "--no-skip-worktree", "--"]).arg(OsStr::from_bytes(path));
                let _ = self.sandbox.output_of(command).ok();
            }
        }
        Ok(())
    }

    /// Takes away what cannot be committed, and commits what is left of a kind that a person must decide on.
    fn settle_held(&mut self, tree: usize) -> Verdict {
        let top = self.trees[tree].path.clone();
        for path in self.status(&top).into_keys() {
            let file = top.join(OsStr::from_bytes(path.strip_suffix(b"/").unwrap_or(&path)));
            let large = file.symlink_metadata().is_ok_and(|m| m.len() > 1 << 20);
            let special = file.symlink_metadata().is_ok_and(|m| !m.is_file() && !m.is_symlink());
            if large || special {
                self.remove(tree, &file);
            }
        }
        // Git does not show a FIFO where it knows nothing of that name; a pull would stumble over it.
        let files = self.sandbox.worktree_manifest(&top);
        for (path, _) in files.iter().filter(|(_, entry)| entry.mode & 0o170_000 == 0o010_000) {
            self.remove(tree, &top.join(path));
        }
        if !self.status(&top).is_empty() {
            let message = self.message();
            self.git(tree, &["add", "--all"], None)?;
            self.git(tree, &["commit", "-q", "-m", &message], None)?;
        }
        let left = self.status(&top);
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "the person cannot settle {:?}",
                left.keys().map(|p| shown(p)).collect::<Vec<_>>()
            )),
        }
    }

    /// Takes what the remote has and this work tree has not.
    fn integrate(&mut self, tree: usize) -> Verdict {
        let Some(branch) = self.branch(tree) else { return Ok(()) };
        let Some(there) = self.sandbox.remote_tip(&self.bare, &branch) else { return Ok(()) };
        let folder = self.trees[tree].path.clone();
        if self.is(&folder, &["merge-base", "--is-ancestor", &there, "HEAD"]) {
            return Ok(());
        }
        let args = ["pull", "-q", "--no-rebase", "--no-edit", "-X", "ours", "origin", &branch];
        if !self.git(tree, &args, None)? {
            self.finish_operation(tree)?;
        }
        match self.is(&folder, &["merge-base", "--is-ancestor", &there, "HEAD"]) {
            true => Ok(()),
            false => Err(format!("the person cannot integrate {there} into {branch}")),
        }
    }

    /// Visits every branch that has something the remote has not.
    fn other_branches(&mut self) -> Verdict {
        let checked_out: BTreeSet<_> = (0..self.trees.len()).filter_map(|tree| self.branch(tree)).collect();
        let all = self.ask(self.app(), &["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        for branch in all.lines().filter(|b| !checked_out.contains(*b)) {
            let tip = self.ask(self.app(), &["rev-parse", &format!("refs/heads/{branch}")]);
            if self.at_remote(&tip) {
                continue;
            }
            let switched = self.git(0, &["switch", "-q", branch], None)?;
            if !switched {
                return Err(format!("the person cannot switch to {branch}"));
            }
            // Ignored on one branch is not ignored on another.
            self.run_all()?;
            self.settle_held(0)?;
            self.integrate(0)?;
            self.run_all()?;
        }
        Ok(())
    }

    /// 3, 12: every commit of every branch is at the remote, which was only moved forward.
    fn arrived(&mut self) -> Verdict {
        let there = self.sandbox.refs(&self.bare);
        let branches =
            self.ask(self.app(), &["for-each-ref", "--format=%(objectname) %(refname:short)", "refs/heads"]);
        for (tip, branch) in branches.lines().filter_map(|line| line.split_once(' ')) {
            if !self.at_remote(tip) {
                return Err(format!("not at the remote in the end: {tip} of {branch}"));
            }
        }
        for (name, tip) in &there {
            for commit in self.ask(&self.bare, &["reflog", "show", "--format=%H", name]).lines() {
                if !commit.is_empty() && !self.is_ancestor(&self.bare, commit, tip) {
                    return Err(format!("3: {name} of the remote was forced: {commit} is not in {tip}"));
                }
            }
        }
        for folder in [self.app(), &self.bare] {
            let args = ["fsck", "--full", "--strict", "--no-dangling", "--no-progress"];
            let output = self.sandbox.try_git(folder, &args);
            if output.code() != Some(0) {
                return Err(format!("damaged:\n{}", output.shown()));
            }
        }
        Ok(())
    }

    /// The machine is gone: a clone has every byte of every work tree, and everything that was ever said to be pushed.
    fn restored(&mut self) -> Verdict {
        let clone = self.sandbox.root().join("restored");
        for tree in 0..self.trees.len() {
            let path = self.trees[tree].path.clone();
            let branch = self.branch(tree).unwrap_or_default();
            let head = self.ask(&path, &["rev-parse", "HEAD"]);
            self.sandbox
                .git(self.sandbox.root(), &["clone", "-q", "--no-checkout", text(&self.bare), text(&clone)]);
            self.sandbox.git(&clone, &["checkout", "-q", "--detach", &head]);
            let here = contents(&path, &self.sandbox.worktree_manifest(&path));
            let there = contents(&clone, &self.sandbox.worktree_manifest(&clone));
            let ignored =
                self.bytes(&path, &["ls-files", "-z", "--others", "--ignored", "--exclude-standard"]);
            let ignored: BTreeSet<&[u8]> = ignored.split(|b| *b == 0).collect();
            // What a person made a pointer themselves is another repository's.
            let pointers = self.bytes(&path, &["ls-tree", "-r", "-z", "HEAD"]);
            let pointers = pointers.split(|b| *b == 0).filter(|r| r.starts_with(b"160000 "));
            let pointers: Vec<Vec<u8>> = pointers
                .filter_map(|r| Some([r.splitn(2, |b| *b == b'\t').nth(1)?, b"/"].concat()))
                .collect();
            for (file, content) in &here {
                let is_ignored =
                    ignored.iter().any(|i| *i == file || i.ends_with(b"/") && file.starts_with(i))
                        || pointers.iter().any(|inside| file.starts_with(inside));
                if !is_ignored && there.get(file) != Some(content) {
                    return Err(format!("not restored: {} of {branch}", shown(file)));
                }
            }
            if let Some(more) = there.keys().find(|file| !here.contains_key(*file)) {
                return Err(format!("restored, and not there before: {} of {branch}", shown(more)));
            }
            self.count("files restored", here.len() as u64);
            for commit in &self.arrived {
                if !self.has(&clone, commit) {
                    return Err(format!("12: {commit} was said to be pushed, and a clone does not have it"));
                }
            }
            std::fs::remove_dir_all(&clone).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    fn has(&self, folder: &Path, commit: &str) -> bool {
        self.is(folder, &["cat-file", "-e", commit])
    }
}
