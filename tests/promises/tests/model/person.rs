//! What a person does with git. Any of it may fail for reasons of their own.

use crate::{
    step::{Edit, Person},
    words::name,
    world::{Editor, Tree, Verdict, World, text},
};
use std::{
    fs,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

/// Longest wait for a person's own commit to open its editor, or to end.
const LIMIT: Duration = Duration::from_secs(30);

impl World {
    /// One command of the person's in a work tree.
    pub(crate) fn person(&mut self, tree: usize, path: u8, what: Person) -> Verdict {
        use Person::*;
        if what == CloseEditor {
            return self.close_editor(tree);
        }
        // While a message is being written the person is busy with it.
        if self.trees[tree].editor.is_some() {
            return Ok(());
        }
        let message = self.message();
        let path_args = |args: &'static [&'static str]| (args, Some(path));
        let (args, path): (&[&str], Option<u8>) = match what {
            Add => path_args(&["add"]),
            AddAll => (&["add", "--all"], None),
            IntentToAdd => path_args(&["add", "-N"]),
            TakeOut => path_args(&["rm", "-q", "--cached"]),
            Unstage => path_args(&["restore", "--staged"]),
            Restore => path_args(&["restore"]),
            AssumeUnchanged => path_args(&["update-index", "--assume-unchanged"]),
            SkipWorktree => path_args(&["update-index", "--skip-worktree"]),
            Commit => (&["commit", "-q", "-m", &message], None),
            CommitAll => (&["commit", "-q", "-a", "-m", &message], None),
            Stash => (&["stash", "push", "-q"], None),
            StashUntracked => (&["stash", "push", "-q", "-u"], None),
            StashPop => (&["stash", "pop", "-q"], None),
            Branch => (&["switch", "-q", "-c", &format!("topic-{message}")], None),
            Detach => (&["switch", "-q", "--detach"], None),
            Revert => (&["revert", "--no-edit", "HEAD"], None),
            Bisect => (&["bisect", "start", "HEAD", "HEAD~1"], None),
            Tag => (&["tag", &format!("tag-{message}")], None),
            Gc => (&["gc", "-q"], None),
            PackRefs => (&["pack-refs", "--all"], None),
            Sparse => (&["sparse-checkout", "set", "--no-cone", "/*", "!/dir/"], None),
            SparseOff => (&["sparse-checkout", "disable"], None),
            AddThenEdit => {
                self.git(tree, &["add"], Some(path))?;
                return self.edit(tree, path, Edit::InPlace);
            }
            Unflag => {
                self.git(tree, &["update-index", "--no-assume-unchanged"], Some(path))?;
                (&["update-index", "--no-skip-worktree"], Some(path))
            }
            _ => return self.person_elsewhere(tree, path, what, &message),
        };
        self.git(tree, args, path).map(|_| ())
    }

    fn person_elsewhere(&mut self, tree: usize, path: u8, what: Person, message: &str) -> Verdict {
        use Person::*;
        match what {
            OpenEditor | OpenEditorAll => self.open_editor(tree, what == OpenEditorAll, message),
            Resolve => self.resolve(tree),
            Abort => self.abort(tree),
            Lock => {
                self.lock(tree);
                Ok(())
            }
            Unlock => {
                self.unlock(tree);
                Ok(())
            }
            Worktree if self.trees.len() == 1 => {
                let side = self.sandbox.repos_dir().join("side");
                let branch = format!("side-{message}");
                let made = self.git(0, &["worktree", "add", "-q", "-b", &branch, text(&side)], None)?;
                if made {
                    self.trees.push(Tree { path: side, name: "side", editor: None, locked: false });
                }
                Ok(())
            }
            RemoveWorktree if self.trees.len() == 2 && self.trees[1].editor.is_none() => {
                let side = self.trees[1].path.clone();
                self.unlock(1);
                let gone = self.git(0, &["worktree", "remove", "--force", text(&side)], None)?;
                if gone {
                    self.trees.pop();
                }
                Ok(())
            }
            // What is at the remote is not rewritten here: that would be the person's own quarrel with it.
            Amend | ResetSoft | ResetMixed => {
                let head = self.ask(&self.trees[tree].path, &["rev-parse", "HEAD"]);
                if !self.remote_is_there() || self.at_remote(&head) || self.operation(tree).is_some() {
                    return Ok(());
                }
                match what {
                    Amend => self.git(tree, &["commit", "-q", "--amend", "-m", message], None)?,
                    ResetSoft => self.git(tree, &["reset", "-q", "--soft", "HEAD~1"], None)?,
                    _ => self.git(tree, &["reset", "-q", "HEAD~1"], None)?,
                };
                Ok(())
            }
            Switch | Merge | MergeSquash | MergeNoCommit | CherryPick | Rebase => {
                let Some(branch) = self.other_branch(tree, path) else { return Ok(()) };
                let args: &[&str] = match what {
                    Switch => &["switch", "-q"],
                    Merge => &["merge", "-q", "--no-edit"],
                    MergeSquash => &["merge", "-q", "--squash"],
                    MergeNoCommit => &["merge", "-q", "--no-ff", "--no-commit"],
                    CherryPick => &["cherry-pick"],
                    _ => &["rebase", "-q"],
                };
                self.git(tree, &[args, &[branch.as_str()]].concat(), None).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// A branch other than the one that is checked out.
    fn other_branch(&self, tree: usize, number: u8) -> Option<String> {
        let all = self.ask(self.app(), &["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        let current = self.branch(tree);
        let others: Vec<_> = all.lines().filter(|b| Some(*b) != current.as_deref()).collect();
        (!others.is_empty()).then(|| others[usize::from(number) % others.len()].to_owned())
    }

    fn lock(&mut self, tree: usize) {
        let lock = self.git_dir(tree).join("index.lock");
        if fs::File::create_new(&lock).is_ok() {
            self.trees[tree].locked = true;
            self.say(format!("touch $(git -C {} rev-parse --git-path index.lock)", self.trees[tree].name));
        }
    }

    pub(crate) fn unlock(&mut self, tree: usize) {
        if std::mem::take(&mut self.trees[tree].locked) {
            fs::remove_file(self.git_dir(tree).join("index.lock")).expect("the lock of the person");
            self.say(format!("rm $(git -C {} rev-parse --git-path index.lock)", self.trees[tree].name));
        }
    }

    // --- a message that takes its time

    fn open_editor(&mut self, tree: usize, all: bool, message: &str) -> Verdict {
        if self.operation(tree).is_some() || self.trees[tree].locked {
            return Ok(());
        }
        let number = self.next();
        let (go, seen) = (
            self.sandbox.root().join(format!("go-{number}")),
            self.sandbox.root().join(format!("seen-{number}")),
        );
        let editor = format!(
            "sh -c 'echo {message} > \"$1\"; touch {}; while [ ! -e {} ]; do sleep 0.02; done' --",
            text(&seen),
            text(&go)
        );
        let mut command = self.sandbox.git_command(&self.trees[tree].path);
        command.args(["commit", "--quiet"]).args(all.then_some("--all")).env("GIT_EDITOR", editor);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("git starts");
        self.count("user commands", 1);
        let started = Instant::now();
        while !seen.exists() {
            if let Ok(Some(_)) = child.try_wait() {
                return Ok(());
            }
            if started.elapsed() > LIMIT {
                let _ = child.kill();
                return Err("the person's own git commit opened no editor".to_owned());
            }
            thread::sleep(Duration::from_millis(2));
        }
        let all = if all { " -a" } else { "" };
        self.say(format!(
            "git -C {} commit{all} &  # the editor stays open: {message}",
            self.trees[tree].name
        ));
        self.trees[tree].editor = Some(Editor { child, go, message: message.to_owned() });
        Ok(())
    }

    /// The person saves the message: their commit succeeds, and the message is theirs.
    pub(crate) fn close_editor(&mut self, tree: usize) -> Verdict {
        let Some(mut editor) = self.trees[tree].editor.take() else { return Ok(()) };
        self.say(format!("# the editor in {} is closed", self.trees[tree].name));
        let git_dir = self.git_dir(tree);
        let kept = fs::read_to_string(git_dir.join("COMMIT_EDITMSG")).unwrap_or_default();
        fs::write(&editor.go, "").map_err(|e| e.to_string())?;
        let ended = editor.child.wait().map_err(|e| e.to_string())?;
        if kept.trim() != editor.message {
            return Err(format!("7: the message being written was overwritten: {kept:?}"));
        }
        if !ended.success() {
            return Err(format!("7: the commit whose message was being written failed ({ended})"));
        }
        let subject = self.ask(&self.trees[tree].path, &["log", "-1", "--format=%s"]);
        if subject != editor.message {
            return Err(format!(
                "7: the message {:?} is not that of the commit: {subject:?}",
                editor.message
            ));
        }
        self.count("messages written slowly", 1);
        Ok(())
    }

    // --- operations

    /// The person resolves every conflict there is and finishes what they had begun.
    pub(crate) fn resolve(&mut self, tree: usize) -> Verdict {
        let folder = self.trees[tree].path.clone();
        for _ in 0..8 {
            let records = self.bytes(&folder, &["ls-files", "--unmerged", "-z"]);
            let mut unmerged: Vec<Vec<u8>> = records
                .split(|b| *b == 0)
                .filter_map(|r| r.iter().position(|b| *b == b'\t').map(|at| r[at + 1..].to_vec()))
                .collect();
            unmerged.dedup();
            for path in unmerged {
                self.settle_path(tree, &path)?;
            }
            let args: &[&str] = match self.operation(tree) {
                None => return Ok(()),
                Some("rebase-merge" | "rebase-apply") => &["rebase", "--continue"],
                Some("CHERRY_PICK_HEAD") => &["cherry-pick", "--continue"],
                Some("REVERT_HEAD") => &["revert", "--continue"],
                Some("BISECT_LOG") => &["bisect", "reset"],
                Some(_) => &["commit", "-q", "--no-edit"],
            };
            if !self.git(tree, args, None)? {
                // Nothing is left of the change: the person skips it.
                let args: &[&str] = match self.operation(tree) {
                    Some("rebase-merge" | "rebase-apply") => &["rebase", "--skip"],
                    Some("CHERRY_PICK_HEAD") => &["cherry-pick", "--skip"],
                    Some("REVERT_HEAD") => &["revert", "--skip"],
                    _ => return Ok(()),
                };
                self.git(tree, args, None)?;
            }
        }
        Ok(())
    }

    /// Gives a conflicted path fresh content.
    fn settle_path(&mut self, tree: usize, path: &[u8]) -> Verdict {
        let known = (0..18).find(|n| std::os::unix::ffi::OsStrExt::as_bytes(name(*n).as_os_str()) == path);
        if let Some(number) = known {
            self.edit(tree, number, Edit::Write)?;
            self.git(tree, &["add"], Some(number))?;
        } else {
            self.git(tree, &["add", "--all"], None)?;
        }
        Ok(())
    }

    fn abort(&mut self, tree: usize) -> Verdict {
        let args: &[&str] = match self.operation(tree) {
            None => return Ok(()),
            Some("rebase-merge" | "rebase-apply") => &["rebase", "--abort"],
            Some("CHERRY_PICK_HEAD") => &["cherry-pick", "--abort"],
            Some("REVERT_HEAD") => &["revert", "--abort"],
            Some("BISECT_LOG") => &["bisect", "reset"],
            Some("MERGE_HEAD") => &["merge", "--abort"],
            Some(_) => &["reset", "-q"],
        };
        self.git(tree, args, None).map(|_| ())
    }
}
